import Bytes
import Curl
import Listeners
import Machine
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where it listens, who may connect, and how it ends.
@Suite struct ServingTests {
  private func permissions(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : nil
  }

  @Test func onlyTheOwnerMayConnect() throws {
    let before = umask(0)
    let served = Served()
    umask(before)
    #expect(served.problems.isEmpty)
    #expect(served.address.socketPath == served.socket)
    let mode = try #require(permissions(served.socket))
    #expect(mode & mode_t(S_IFMT) == mode_t(S_IFSOCK))
    #expect(mode & 0o777 == 0o600)
    #expect(try LocalDisk().list(served.folder.path) == ["grouse.sock"])
    served.interface.stop()
    #expect(try LocalDisk().list(served.folder.path).isEmpty)
  }

  @Test func takesThePlaceOfWhatAKilledProcessLeft() throws {
    let folder = TemporaryDirectory()
    let path = folder("grouse.sock")
    // A socket without a listener, and a folder in which another was to be made.
    _ = leaveSocket(path)
    try LocalDisk().createDirectory(folder(".sock"))
    _ = leaveSocket(folder(".sock/s"))
    #expect(try LocalDisk().list(folder.path).sorted() == [".sock", "grouse.sock"])
    let client = try #require(HTTPClient(.socket(path)))
    #expect(throws: CurlError.self) { try client.send(HTTPRequest("GET", "/health")) }
    let served = Served { $0.socketPath = path }
    #expect(served.problems.isEmpty)
    #expect(try client.send(HTTPRequest("GET", "/health")).status == 200)
    #expect(try LocalDisk().list(folder.path) == ["grouse.sock"])
  }

  @Test func aPathThatIsTooLongIsSaidAndPassedOver() throws {
    let long = String(repeating: "d", count: SocketFile.pathLimit) + "/grouse.sock"
    let served = Served { settings in
      settings.socketPath = settings.socketPath.map { Path.join(Path.parent(of: $0), long) }
      settings.port = 0
    }
    #expect(served.address.socketPath == nil)
    #expect(served.problems.count == 1)
    #expect(served.problems.first?.contains("shorter --data-dir") == true)
    // What else it has is served.
    let port = try #require(served.address.port)
    let client = try #require(HTTPClient(.url("http://127.0.0.1:\(port)")))
    #expect(try client.send(HTTPRequest("GET", "/health")).status == 200)
  }

  @Test func aFolderThatIsMissingIsSaid() {
    let served = Served { $0.socketPath = "/nowhere/at/all/grouse.sock" }
    #expect(served.address.socketPath == nil && served.address.port == nil)
    #expect(served.problems.count == 1)
  }

  @Test func aPortThatIsTakenIsSaidAndPassedOver() throws {
    let first = Served { $0.port = 0 }
    let port = try #require(first.address.port)
    let second = Served { $0.port = port }
    #expect(second.address.port == nil)
    #expect(second.problems.count == 1)
    #expect(second.problems.first?.contains("\(port)") == true)
    #expect(try second.send("GET", "/health").status == 200)
  }

  @Test func overAPortNothingIsChanged() throws {
    let served = Served { $0.port = 0 }
    let port = try #require(served.address.port)
    let client = try #require(HTTPClient(.url("http://127.0.0.1:\(port)")))
    #expect(try client.send(HTTPRequest("GET", "/metrics")).status == 200)
    let refused = try client.send(HTTPRequest("POST", "/stop"))
    #expect(refused.status == 403)
    #expect(served.stopCount == 0)
    #expect(try served.send("POST", "/stop").status == 202)
    #expect(served.stopCount == 1)
  }

  @Test(arguments: [
    ("127.0.0.1", 200), ("127.0.0.1:81", 200), ("localhost:9", 200), ("LOCALHOST", 200),
    ("[::1]:80", 200), ("evil.example", 403), ("localhost.evil.example", 403),
    ("127.0.0.1.evil.example:80", 403), ("evil.example:127.0.0.1", 403), ("", 403),
  ])
  func overAPortOnlyThisMachinesNamesAreServed(_ host: String, _ status: Int) throws {
    let served = Served { $0.port = 0 }
    let port = try #require(served.address.port)
    let client = try #require(HTTPClient(.url("http://127.0.0.1:\(port)")))
    var request = HTTPRequest("GET", "/health")
    request.headers = [("Host", host)]
    let answer = try client.send(request).status
    // Without a host the parser itself refuses.
    #expect(answer == status || host.isEmpty && answer == 400)
  }

  @Test func fiftyClientsAtOnceAreAllServed() throws {
    let count = Atomic(0)
    let slow = Route("POST", "/work", bodyLimit: 1 << 20) { request in
      count.add(1, ordering: .acquiringAndReleasing)
      return .json(["bytes": JSON(request.body.count)])
    }
    let served = Served(routes: [slow])
    let good = Atomic(0)
    let workers = (0..<50).map { number in
      Worker {
        guard let client = try? served.client() else { return }
        for round in 0..<10 {
          let body = [UInt8](repeating: 0x78, count: number * 1_000 + round)
          let answer = try? client.send(HTTPRequest("POST", "/work", body: body))
          let json = answer.flatMap { try? JSON(parsing: $0.body) }
          if json == ["bytes": JSON(body.count)] {
            good.add(1, ordering: .acquiringAndReleasing)
          }
        }
      }
    }
    for worker in workers { worker.join() }
    #expect(good.load(ordering: .acquiring) == 500)
    #expect(count.load(ordering: .acquiring) == 500)
  }

  @Test func whatBlocksKeepsNobodyElseWaiting() throws {
    let gate = Gate()
    let waiting = Atomic(0)
    let slow = Route("GET", "/slow") { _ in
      waiting.add(1, ordering: .acquiringAndReleasing)
      gate.wait()
      return .json([])
    }
    let served = Served(routes: [slow]) { ($0.threads, $0.waiting) = (4, 8) }
    let clients = (0..<3).map { _ in RawClient(served.socket) }
    for client in clients { client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n") }
    while waiting.load(ordering: .acquiring) < 3 { Worker.yieldProcessor() }
    #expect(try served.send("GET", "/health").status == 200)
    gate.open()
    for client in clients { #expect(client.read(until: "[]").hasPrefix("HTTP/1.1 200")) }
  }

  @Test func moreThanMayWaitAreToldSo() throws {
    let gate = Gate()
    let slow = Route("GET", "/slow") { _ in
      gate.wait()
      return .json([])
    }
    let served = Served(routes: [slow]) { ($0.threads, $0.waiting) = (1, 1) }
    // One is at work and one waits, whichever they are.
    let race = Race(5, served.socket, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    race.wait(for: 3, "HTTP/1.1 503")
    gate.open()
    race.wait(for: 5, "HTTP/1.1")
    // The second may have come before the first was begun.
    #expect((1...2).contains(race.count("HTTP/1.1 200")))
    #expect(try served.send("GET", "/health").status == 200)
  }

  @Test func endsThoughClientsHangOnIt() throws {
    let served = Served()
    let monitor = served.queries.add(name: "classify", id: "1")
    monitor.record(.sample(0))
    let followers = (0..<5).map { _ in RawClient(served.socket) }
    for client in followers {
      client.send("GET /queries/classify/progress?follow HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(client.read(until: "failedRecords").contains("\"batchId\":0"))
    }
    // One that has said half of what it wants, and one that says nothing.
    let half = RawClient(served.socket)
    half.send("POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
    let silent = RawClient(served.socket)
    served.interface.stop()
    for client in followers { _ = client.readToEnd() }
    _ = half.readToEnd()
    _ = silent.readToEnd()
    #expect(throws: CurlError.self) { try served.send("GET", "/health") }
    // Twice is as good as once.
    served.interface.stop()
  }
}

/// A socket in the file system that nobody listens to any more.
private func leaveSocket(_ path: String) -> Bool {
  #if canImport(Glibc)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  #else
    let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
  #endif
  defer { close(descriptor) }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        && listen(descriptor, 1) == 0
    }
  }
}

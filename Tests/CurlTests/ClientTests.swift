import Curl
import Machine
import Synchronization
import TestSupport
import Testing

@Suite struct ClientTests {
  private let folder = TemporaryDirectory()
  private var path: String { folder("s") }

  private func client(_ patience: HTTPPatience = HTTPPatience()) throws -> HTTPClient {
    try #require(HTTPClient(.socket(path), patience: patience))
  }

  private static func answer(_ body: String, _ status: String = "200 OK", _ more: String = "")
    -> String
  {
    "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
  }

  @Test func sendsWhatItWasGivenAndReturnsWhatCame() throws {
    let heard = Mutex("")
    let server = LittleServer(socket: path) { connection in
      let request = connection.request()
      heard.withLock { $0 = request }
      connection.send(Self.answer("done", "202 Accepted", "X-Place:  here \r\n"))
    }
    let response = try client().send(
      HTTPRequest(
        "PATCH", HTTPRequest.path(["a b", "ü/"], [("q", "1&2")]), body: Array("hello".utf8),
        type: "text/plain"))
    #expect(response.status == 202)
    #expect(response.isSuccess)
    #expect(response.body == Array("done".utf8))
    #expect(response[header: "x-place"] == "here")
    let request = heard.withLock { $0 }
    #expect(request.hasPrefix("PATCH /a%20b/%C3%BC%2F?q=1%262 HTTP/1.1\r\n"))
    #expect(request.contains("\r\nHost: localhost\r\n"))
    #expect(request.contains("\r\nContent-Type: text/plain\r\n"))
    #expect(!request.contains("Expect"))
    #expect(request.hasSuffix("\r\n\r\nhello"))
    withExtendedLifetime(server) {}
  }

  @Test(arguments: ["GET", "POST", "DELETE", "PUT"])
  func sendsBodiesOfNoBytesAsSuch(_ method: String) throws {
    let heard = Mutex("")
    let server = LittleServer(socket: path) { connection in
      let request = connection.request()
      heard.withLock { $0 = request }
      connection.send(Self.answer(""))
    }
    let response = try client().send(HTTPRequest(method, "/", body: []))
    #expect(response.body.isEmpty)
    #expect(heard.withLock { $0 }.hasPrefix("\(method) / HTTP/1.1\r\n"))
    #expect(heard.withLock { $0 }.contains("Content-Length: 0\r\n"))
    withExtendedLifetime(server) {}
  }

  @Test func keepsItsConnection() throws {
    let server = LittleServer(socket: path) { connection in
      while !connection.request().isEmpty { connection.send(Self.answer("x")) }
    }
    let client = try client()
    for _ in 0..<5 { #expect(try client.send(HTTPRequest("GET", "/")).status == 200) }
    #expect(server.accepted == 1)
  }

  @Test func speaksOverTCP() throws {
    let server = LittleServer { connection in
      _ = connection.request()
      connection.send(Self.answer("over TCP"))
    }
    let port = try #require(server.port)
    let client = try #require(HTTPClient(.url("http://127.0.0.1:\(port)")))
    #expect(try client.send(HTTPRequest("GET", "/")).body == Array("over TCP".utf8))
  }

  @Test func handsOverLinesAsTheyCome() throws {
    let server = LittleServer(socket: path) { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfi")
      connection.send("rst\r\n\nthi")
      connection.send("rd\nrest")
    }
    var lines: [String] = []
    let response = try client().stream(HTTPRequest("GET", "/")) { line in
      lines.append(String(decoding: line, as: UTF8.self))
      return true
    }
    #expect(lines == ["first", "", "third"])
    // A line without its end was cut off, and is none.
    #expect(response.body == Array("rest".utf8))
    withExtendedLifetime(server) {}
  }

  @Test func anUnsuccessfulStreamHasNoLines() throws {
    let server = LittleServer(socket: path) { connection in
      _ = connection.request()
      connection.send(Self.answer("no\nsuch\n", "404 Not Found"))
    }
    let response = try client().stream(HTTPRequest("GET", "/")) { _ in
      Issue.record("a line of an error")
      return true
    }
    #expect(response.status == 404)
    #expect(response.body == Array("no\nsuch\n".utf8))
    withExtendedLifetime(server) {}
  }

  @Test func takesNoMoreThanItIsTold() throws {
    let server = LittleServer(socket: path) { connection in
      while !connection.request().isEmpty { connection.send(Self.answer("12345")) }
    }
    let client = try client()
    #expect(try client.send(HTTPRequest("GET", "/"), limit: 5).body.count == 5)
    #expect(throws: CurlError.tooLarge(place: path, limit: 4)) {
      try client.send(HTTPRequest("GET", "/"), limit: 4)
    }
    #expect(throws: CurlError.tooLarge(place: path, limit: 4)) {
      try client.stream(HTTPRequest("GET", "/"), lineLimit: 4) { _ in true }
    }
    // And goes on behind it.
    #expect(try client.send(HTTPRequest("GET", "/")).status == 200)
    withExtendedLifetime(server) {}
  }

  @Test func saysThatNobodyListens() throws {
    func noConnection() -> Bool {
      do {
        _ = try client().send(HTTPRequest("GET", "/"))
        return false
      } catch let error as CurlError {
        if case .noConnection = error { return true }
        return false
      } catch { return false }
    }
    #expect(noConnection())
    do {
      let server = LittleServer(socket: path) { $0.send("") }
      withExtendedLifetime(server) {}
    }
    // The file is there, and nobody behind it.
    #expect(LocalDisk().exists(path))
    #expect(noConnection())
  }

  @Test func losesPatienceWhereItWasGivenSome() throws {
    let server = LittleServer(socket: path) { connection in connection.waitForEnd() }
    var patience = HTTPPatience()
    patience.whole = 30
    let client = try client(patience)
    #expect(throws: CurlError.timedOut(place: path)) {
      try client.send(HTTPRequest("GET", "/"))
    }
    withExtendedLifetime(server) {}
  }

  @Test func isCancelledWhileNothingComes() throws {
    let isWaiting = Atomic(false)
    let server = LittleServer(socket: path) { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      isWaiting.store(true, ordering: .releasing)
      connection.waitForEnd()
    }
    let client = try client()
    #expect(throws: CurlError.cancelled) {
      try client.send(HTTPRequest("GET", "/")) { isWaiting.load(ordering: .acquiring) }
    }
    #expect(throws: CurlError.cancelled) {
      try client.stream(HTTPRequest("GET", "/"), isCancelled: { true }, line: { _ in true })
    }
    withExtendedLifetime(server) {}
  }

  @Test func whoReadsLinesMayHaveEnough() throws {
    let server = LittleServer(socket: path) { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\n\r\n1\n2\n3\n")
      connection.waitForEnd()
    }
    var lines = 0
    #expect(throws: CurlError.cancelled) {
      try client().stream(HTTPRequest("GET", "/")) { _ in
        lines += 1
        return lines < 2
      }
    }
    #expect(lines == 2)
    withExtendedLifetime(server) {}
  }

  @Test func anAnswerCutOffIsAFailure() throws {
    let server = LittleServer(socket: path) { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    }
    let error = #expect(throws: CurlError.self) {
      try client().send(HTTPRequest("GET", "/"))
    }
    guard case .failed(path, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    withExtendedLifetime(server) {}
  }

  @Test func encodesWhateverIsNotUnreserved() {
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    for byte in UInt8(0)..<128 {
      let character = Character(Unicode.Scalar(byte))
      let encoded = HTTPRequest.encode(String(character))
      if unreserved.contains(character) {
        #expect(encoded == String(character))
      } else {
        #expect(encoded.count == 3)
        #expect(UInt8(encoded.dropFirst(), radix: 16) == byte)
      }
    }
    #expect(HTTPRequest.encode("é²") == "%C3%A9%C2%B2")
  }
}

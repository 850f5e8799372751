import Curl
import Machine
import Synchronization
import TestSupport
import Testing

@Suite struct SessionTests {
  private func session() throws -> HTTPSession { try #require(HTTPSession(userAgent: "test/1")) }

  private func url(_ server: LittleServer) throws -> HTTPClient.Server {
    .url("http://127.0.0.1:\(try #require(server.port))")
  }

  /// Waits on a thread of its own, not on one of Swift's few.
  private static func wait(for signal: Signal) async {
    await withCheckedContinuation { continuation in
      _ = Worker {
        signal.wait(since: 0)
        continuation.resume()
      }
    }
  }

  private static func answer(_ body: String, _ status: String = "200 OK", _ more: String = "")
    -> String
  {
    "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
  }

  @Test func sendsAndReceivesManyAtATime() async throws {
    let heard = Mutex<Set<String>>([])
    let server = LittleServer { connection in
      while true {
        let request = connection.request()
        if request.isEmpty { return }
        _ = heard.withLock { $0.insert(request) }
        connection.send(Self.answer(String(request.split(separator: "\r\n").last ?? "")))
      }
    }
    let session = try session()
    let place = try url(server)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          let body = Array("number \(number)".utf8)
          let response = try await session.send(
            HTTPRequest("POST", "/\(number)", body: body, type: "text/plain"), to: place)
          #expect(response.status == 200)
          #expect(response.body == body)
        }
      }
      try await group.waitForAll()
    }
    let requests = heard.withLock { $0 }
    #expect(requests.count == 50)
    #expect(requests.allSatisfy { $0.contains("\r\nUser-Agent: test/1\r\n") })
    #expect(requests.allSatisfy { $0.contains("\r\nAccept-Encoding: gzip\r\n") })
  }

  @Test func handsOverABodyAsItComes() async throws {
    let isRead = Signal()
    let server = LittleServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 206 Partial\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n")
      for piece in ["one", "two", "three"] {
        let seen = isRead.generation
        connection.send("\(piece.count)\r\n\(piece)\r\n")
        isRead.wait(since: seen)
      }
      connection.send("0\r\n\r\n")
    }
    let answer = try await session().open(HTTPRequest("GET", "/"), at: url(server))
    #expect(answer.status == 206)
    #expect(answer[header: "x-a"] == "b")
    var pieces: [String] = []
    while let piece = try await answer.body.next() {
      pieces.append(String(decoding: piece, as: UTF8.self))
      isRead.raise()
    }
    #expect(pieces == ["one", "two", "three"])
  }

  @Test func makesTheServerWaitForAReaderThatDoesNotRead() async throws {
    let sent = Atomic(0)
    let total = 32 << 20
    let isStuck = Signal()
    let server = LittleServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
      connection.sendAll(total, piece: 64 << 10, progress: sent, stuck: isStuck)
    }
    var terms = HTTPTerms()
    terms.bufferLimit = 256 << 10
    // Its own silence is not the server's.
    terms.silence = 5_000
    let answer = try await session().open(HTTPRequest("GET", "/"), at: url(server), terms)
    await Self.wait(for: isStuck)
    // What fits into the system's buffers has been sent, and far from all.
    #expect(sent.load(ordering: .acquiring) < total)
    var read = 0
    var largest = 0
    while let piece = try await answer.body.next() {
      read += piece.count
      largest = max(largest, piece.count)
    }
    #expect(read == total)
    #expect(largest <= 512 << 10)
  }

  @Test func losesPatienceWithSilence() async throws {
    let server = LittleServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      connection.waitForEnd()
    }
    var terms = HTTPTerms()
    terms.silence = 50
    let place = try url(server)
    let answer = try await session().open(HTTPRequest("GET", "/"), at: place, terms)
    #expect(try await answer.body.next() == Array("half".utf8))
    await #expect(throws: CurlError.silent(place: place.description, milliseconds: 50)) {
      try await answer.body.next()
    }
  }

  @Test func losesPatienceWithTheWhole() async throws {
    let server = LittleServer { $0.waitForEnd() }
    var terms = HTTPTerms()
    terms.whole = 30
    let patient = terms
    let place = try url(server)
    let session = try session()
    await #expect(throws: CurlError.timedOut(place: place.description)) {
      try await session.send(HTTPRequest("GET", "/"), to: place, patient)
    }
  }

  @Test func isCancelledAtOnce() async throws {
    let isWaiting = Signal()
    let hasEnded = Signal()
    let server = LittleServer { connection in
      _ = connection.request()
      isWaiting.raise()
      connection.waitForEnd()
      hasEnded.raise()
    }
    let session = try session()
    let place = try url(server)
    let task = Task { try await session.send(HTTPRequest("GET", "/"), to: place) }
    await Self.wait(for: isWaiting)
    task.cancel()
    let outcome = await task.result
    #expect(throws: CurlError.cancelled) { try outcome.get() }
    // The server hears of it, too: the connection is gone.
    await Self.wait(for: hasEnded)
    // A pause as well, and what is asked when the task was cancelled before.
    let pause = Task { try await session.pause(milliseconds: 3_600_000) }
    pause.cancel()
    let ended = await pause.result
    #expect(throws: CurlError.cancelled) { try ended.get() }
  }

  @Test func whatCameBeforeTheEndIsRead() async throws {
    let server = LittleServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      connection.waitForEnd()
    }
    let answer = try await session().open(HTTPRequest("GET", "/"), at: url(server))
    #expect(try await answer.body.next() == Array("half".utf8))
    answer.body.cancel()
    await #expect(throws: CurlError.cancelled) { try await answer.body.next() }
  }

  @Test func aCutBodyIsAFailure() async throws {
    let server = LittleServer { connection in
      _ = connection.request()
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf")
    }
    let session = try session()
    let place = try url(server)
    let error = await #expect(throws: CurlError.self) {
      try await session.send(HTTPRequest("GET", "/"), to: place)
    }
    guard case .failed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func takesNoMoreThanItIsTold() async throws {
    let server = LittleServer { connection in
      while !connection.request().isEmpty { connection.send(Self.answer("12345")) }
    }
    let session = try session()
    let place = try url(server)
    #expect(try await session.send(HTTPRequest("GET", "/"), to: place, limit: 5).body.count == 5)
    await #expect(throws: CurlError.tooLarge(place: place.description, limit: 4)) {
      try await session.send(HTTPRequest("GET", "/"), to: place, limit: 4)
    }
  }

  @Test func sendsAgainWhatMayBeSentAgain() async throws {
    let count = Atomic(0)
    let server = LittleServer { connection in
      while !connection.request().isEmpty {
        let number = count.add(1, ordering: .acquiringAndReleasing).newValue
        connection.send(
          number < 3 ? Self.answer("", "503 Busy") : Self.answer("at last"))
      }
    }
    var retries = HTTPRetries()
    retries.scale = 0
    let session = try session()
    let place = try url(server)
    let response = try await session.send(
      HTTPRequest("GET", "/"), to: place, retries: retries)
    #expect(response.body == Array("at last".utf8))
    count.store(0, ordering: .releasing)
    let post = try await session.send(
      HTTPRequest("POST", "/", body: []), to: place, retries: retries)
    #expect(post.status == 503)
  }

  /// libcurl itself does so on a kept connection that ends without an answer.
  @Test(arguments: ["POST", "PATCH"])
  func neverSendsTwiceWhatMustNotBe(_ method: String) async throws {
    let heard = Mutex<[String]>([])
    let server = LittleServer { connection in
      while true {
        let request = connection.request()
        if request.isEmpty { return }
        heard.withLock { $0.append(String(request.prefix { $0 != " " })) }
        guard request.hasPrefix("GET") else { return }
        connection.send(Self.answer("kept"))
      }
    }
    let session = try session()
    let place = try url(server)
    for _ in 0..<2 { _ = try await session.send(HTTPRequest("GET", "/"), to: place) }
    await #expect(throws: CurlError.self) {
      try await session.send(HTTPRequest(method, "/", body: [1]), to: place)
    }
    #expect(heard.withLock { $0 } == ["GET", "GET", method])
  }

  @Test func waitsLongerEachTimeAndAsTheServerSays() {
    var retries = HTTPRetries()
    retries.random = { 0.5 }
    func wait(_ status: Int, _ attempt: Int, after: String? = nil, _ method: String = "GET")
      -> Int?
    {
      let headers = after.map { [(name: "retry-after", value: $0)] } ?? []
      return retries.wait(
        after: .success(HTTPResponse(status: status, headers: headers, body: [])), to: method,
        attempt: attempt)
    }
    #expect([0, 1, 2, 3].map { wait(503, $0) } == [187, 375, 750, nil])
    #expect(wait(500, 0, after: "7") == 7_000)
    #expect(wait(500, 0, after: "3600") == nil)
    #expect(wait(404, 0) == nil)
    #expect(wait(200, 0) == nil)
    #expect(wait(503, 0, "POST") == nil)
    #expect(retries.wait(after: .failure(.cancelled), to: "GET", attempt: 0) == nil)
    #expect(retries.wait(after: .failure(.timedOut(place: "")), to: "GET", attempt: 0) == 187)
    retries.scale = 0.01
    #expect(wait(503, 0) == 1)
    #expect(wait(503, 0, after: "1") == 1_000)
  }
}

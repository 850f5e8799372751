import Bytes
import Curl
import Listeners
import Testing

/// What is asked for and answered, right and wrong.
@Suite struct RouteTests {
  private let echo = [
    Route("POST", "/echo/:name/of/:place", bodyLimit: 1_000) { request in
      let body = try request.object()
      return .json([
        "name": .text(request.parameters["name"] ?? ""),
        "place": .text(request.parameters["place"] ?? ""),
        "query": .text(request.query["q"] ?? ""), "body": body, "type": .text(request.contentType),
      ])
    },
    Route("DELETE", "/echo/:name/of/:place") { _ in throw InterfaceError(409, "no", [.init("n", 1)])
    },
    Route("GET", "/broken") { _ in throw Broken() },
  ]

  private struct Broken: Error, CustomStringConvertible {
    let description = "the disk is gone"
  }

  @Test func answersHealthAndListsItsRoutes() throws {
    let served = Served(routes: echo)
    #expect(try served.send("GET", "/health").json == ["status": "ok"])
    let routes = try served.send("GET", "/").json["routes"]?.elements?.compactMap(\.text) ?? []
    #expect(routes.contains("POST /echo/:name/of/:place"))
    #expect(routes.contains("GET /metrics"))
    #expect(Set(routes).count == routes.count)
  }

  @Test func handsOverPathQueryAndBody() throws {
    let served = Served(routes: echo)
    let path = HTTPRequest.path(["echo", "a/b ü", "of", "%"], [("q", "1&2=3 +")])
    let (status, json) = try served.send(
      "POST", path, "{\"x\": [1, 2.5, null]}", type: "Application/JSON; charset=utf-8")
    #expect(status == 200)
    #expect(json["name"]?.text == "a/b ü")
    #expect(json["place"]?.text == "%")
    #expect(json["query"]?.text == "1&2=3 +")
    #expect(json["body"] == ["x": [1, .number("2.5"), .null]])
    #expect(json["type"]?.text == "application/json")
  }

  @Test func refusesWhatItDoesNotKnow() throws {
    let served = Served(routes: echo)
    #expect(try served.send("GET", "/nothing").status == 404)
    #expect(try served.send("GET", "/echo/a/of").status == 404)
    let response = try served.client().send(HTTPRequest("GET", "/echo/a/of/b"))
    #expect(response.status == 405)
    #expect(response[header: "allow"] == "DELETE, POST")
    #expect(try served.send("DELETE", "/echo/a/of/b").json == ["error": "no", "n": 1])
    let broken = try served.send("GET", "/broken")
    #expect(broken.status == 500)
    #expect(broken.json == ["error": "the disk is gone"])
  }

  @Test(arguments: ["{", "[]", "7", "{\"a\":}", "\u{0}", "{\"a\":1}x"])
  func refusesBodiesThatAreNoObject(_ body: String) throws {
    let served = Served(routes: echo)
    let (status, json) = try served.send("POST", "/echo/a/of/b", body)
    #expect(status == 400)
    #expect(json["error"]?.text?.isEmpty == false)
  }

  @Test(arguments: ["/echo/%/of/b", "/echo/%zz/of/b", "/echo/%ff/of/b", "/echo/a/of/b?q=%1"])
  func refusesPathsThatAreNotEncoded(_ path: String) throws {
    let served = Served(routes: echo)
    #expect(try served.send("POST", path, "{}").status == 400)
  }

  @Test func headHasNoBody() throws {
    let served = Served()
    let response = try served.client().send(HTTPRequest("HEAD", "/health"))
    #expect(response.status == 200)
    #expect(response.body.isEmpty)
    #expect(response[header: "content-type"] == "application/json")
  }

  @Test func stopsThroughItsProgram() throws {
    let served = Served()
    #expect(try served.send("POST", "/stop").status == 202)
    #expect(served.stopCount == 1)
    #expect(try served.send("GET", "/stop").status == 405)
    #expect(served.stopCount == 1)
  }

  @Test func takesBodiesUpToTheLimitAndNotAByteMore() throws {
    let served = Served(routes: echo)
    func body(_ bytes: Int) -> String {
      "{\"x\":\"" + String(repeating: "y", count: bytes - 8) + "\"}"
    }
    #expect(try served.send("POST", "/echo/a/of/b", body(1_000)).status == 200)
    let (status, json) = try served.send("POST", "/echo/a/of/b", body(1_001))
    #expect(status == 413)
    #expect(json["error"]?.text?.contains("1000 bytes") == true)
  }

  @Test func aBodyThatSaysItIsTooLargeIsNotRead() {
    let served = Served(routes: echo)
    let client = RawClient(served.socket)
    // The body never comes, and is not waited for.
    client.send(
      "POST /echo/a/of/b HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n")
    #expect(client.readToEnd().hasPrefix("HTTP/1.1 413 "))
  }

  @Test func aBodyInPiecesEndsAtTheLimit() {
    let served = Served(routes: echo)
    let client = RawClient(served.socket)
    client.send(
      "POST /echo/a/of/b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<11 { client.send("64\r\n\(String(repeating: " ", count: 100))\r\n") }
    #expect(client.readToEnd().hasPrefix("HTTP/1.1 413 "))
  }

  @Test func aBodyThatDoesNotComeIsGivenUp() throws {
    let served = Served(routes: echo) { $0.bodySeconds = 1 }
    let client = RawClient(served.socket)
    client.send("POST /echo/a/of/b HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
    // Others are served meanwhile.
    #expect(try served.send("GET", "/health").status == 200)
    #expect(client.readToEnd().hasPrefix("HTTP/1.1 408 "))
  }

  @Test(arguments: [
    "Content-Length: 10\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
  ])
  func nothingIsDoneForWhoGoesAwayInTheMiddle(_ rest: String) throws {
    let served = Served()
    do {
      let client = RawClient(served.socket)
      client.send("POST /stop HTTP/1.1\r\nHost: x\r\n" + rest)
      client.endSending()
      #expect(!client.readToEnd().hasPrefix("HTTP/1.1 2"))
    }
    #expect(try served.send("GET", "/health").status == 200)
    #expect(served.stopCount == 0)
  }

  @Test(arguments: [
    "nonsense\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n", "GET\r\n\r\n",
    "GET /health HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "POST /stop HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
  ])
  func nonsenseEndsItsConnectionAlone(_ text: String) throws {
    let served = Served()
    let client = RawClient(served.socket)
    client.send(text)
    #expect(client.readToEnd().hasPrefix("HTTP/1.1 400 "))
    #expect(served.stopCount == 0)
    #expect(try served.send("GET", "/health").status == 200)
  }

  @Test func keepsNoMemoryForMoreBodiesThanItMay() throws {
    let slow = Route("POST", "/slow", bodyLimit: 1_000) { _ in .json([]) }
    let served = Served(routes: [slow]) { $0.bodyBytes = 1_500 }
    // Whichever comes first is waited for: its body has room.
    let race = Race(
      3, served.socket, "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
    race.wait(for: 2, "HTTP/1.1 503")
    #expect(try served.send("GET", "/health").status == 200)
    // It sends its body, and is served.
    race.send(String(repeating: " ", count: 1_000))
    race.wait(for: 1, "HTTP/1.1 200")
    #expect(race.count("HTTP/1.1") == 3)
  }
}

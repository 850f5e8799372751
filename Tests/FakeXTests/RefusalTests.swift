import Bytes
import FakeX
import Machine
import Testing

/// When a stream is not to be had, and what happens to other requests then.
@Suite struct RefusalTests {
  private func refused(_ stream: StreamClient) throws -> (Int, JSON) {
    let size = Int(stream.head.headers["content-length"] ?? "") ?? 0
    return (stream.head.status, try JSON(parsing: stream.wire.take(size)))
  }

  @Test func `who is not known, or comes with the wrong credentials, gets no stream`() throws {
    let served = try Served()
    for token in ["Bearer wrong", "Basic abc", "Bearer"] {
      let (status, json) = try refused(StreamClient(served.address, authorization: token))
      #expect(status == 401 && json["title"]?.text == "Unauthorized", "\(token)")
    }
    let signer = Signer()
    let header = signer.header("GET", "https://api.x.com/2/tweets/search/stream", [])
    let (status, json) = try refused(StreamClient(served.address, authorization: header))
    #expect(status == 403 && json["title"]?.text == "Unsupported Authentication")
  }

  @Test func `there is no stream without rules`() throws {
    let served = try Served(rules: [])
    let (status, json) = try refused(StreamClient(served.address))
    #expect(status == 409)
    #expect(json["connection_issue"]?.text == "RuleConfigurationIssue")
  }

  @Test func `a second stream is refused until the first one's place is free`() throws {
    let served = try Served { $0.stream.ghost = 60_000 }
    let first = try served.stream()
    let (status, json) = try refused(StreamClient(served.address))
    #expect(status == 429)
    #expect(json["connection_issue"]?.text == "TooManyConnections")
    first.wire.hangUp()
    served.fake.wait { $0.openStreams == 0 }
    #expect(try StreamClient(served.address).head.status == 429)
    served.fake.advance(milliseconds: 60_000)
    let second = try served.stream()
    second.wire.hangUp()
    served.fake.wait { $0.openStreams == 0 }
    #expect(try StreamClient(served.address).head.status == 429)
    let listed = try served.client.get("/2/connections").json
    #expect(listed["meta"]?["result_count"]?.integer == 1)
    #expect(listed["data"]?.elements?.first?["endpoint_name"]?.text == "filtered_stream")
    let killed = try served.client.send("DELETE", "/2/connections/all").json
    #expect(killed["data"]?["successful_kills"]?.integer == 1)
    _ = try served.stream()
  }

  @Test func `killing an open stream closes it`() throws {
    let served = try Served()
    let stream = try served.stream()
    let id = try #require(
      try served.client.get("/2/connections").json["data"]?.elements?.first?["id"])
    let killed = try served.client.send(
      "DELETE", "/2/connections", JSON.object([JSON.Field("uuids", [id, "none"])]).line
    ).json
    #expect(killed["data"]?["successful_kills"]?.integer == 1)
    #expect(killed["data"]?["failed_kills"]?.integer == 1)
    #expect(stream.line() == nil && stream.wire.ending == .closed)
    let gone = try served.client.get("/2/connections?status=inactive").json
    #expect(gone["data"]?.elements?.first?["disconnect_reason"]?.text == "killed")
  }

  @Test func `fifty connects in a window are allowed`() throws {
    let served = try Served(rules: [])
    for _ in 0..<50 { #expect(try StreamClient(served.address).head.status == 409) }
    let refused = try StreamClient(served.address)
    #expect(refused.head.status == 429)
    #expect(refused.head.headers["x-rate-limit-remaining"] == "0")
    #expect(refused.head.headers["x-rate-limit-reset"].flatMap { Int64($0) } != nil)
    served.fake.advance(milliseconds: 900_000)
    #expect(try StreamClient(served.address).head.status == 409)
  }

  @Test(arguments: [
    (Refusal.Kind.unavailable, 503, "Service Unavailable"), (.badGateway, 502, "<html>"),
    (.usageCap, 429, "UsageCapExceeded"), (.tooManyConnections, 429, "TooManyConnections"),
    (.tooManyRequests, 429, "Too Many Requests"), (.clientForbidden, 403, "client-not-enrolled"),
    (.unauthorized, 401, "Unauthorized"),
  ])
  func `the next requests can be refused`(_ kind: Refusal.Kind, _ status: Int, _ words: String)
    throws
  {
    let served = try Served()
    served.fake.refuse(Refusal(kind, path: "/2/tweets/search/stream", times: 2))
    #expect(try served.client.get("/2/tweets/search/stream/rules").status == 200)
    for _ in 0..<2 {
      let refused = try served.client.get("/2/tweets/search/stream")
      #expect(refused.status == status && refused.text.contains(words))
    }
    _ = try served.stream()
  }

  @Test func `a refusal can say when to come back`() throws {
    let served = try Served()
    served.fake.refuse(Refusal(.tooManyRequests, reset: 7))
    let refused = try served.client.get("/2/tweets?ids=1")
    let reset = try #require(refused.headers["x-rate-limit-reset"].flatMap { Int64($0) })
    #expect((1...9).contains(reset - Clock.system.milliseconds / 1_000))
    #expect(refused.headers["x-rate-limit-remaining"] == "0")
  }

  @Test func `a request can end without an answer`() throws {
    let served = try Served()
    for (kind, ending) in [
      (Refusal.Kind.hangUp, Wire.Ending.closed), (.reset, .reset), (.lostAnswer, .closed),
    ] {
      served.fake.refuse(Refusal(kind))
      let wire = try Wire(served.address)
      let body = #"{"add":[{"value":"late"}]}"#
      wire.send(served.client.request("POST", "/2/tweets/search/stream/rules", body))
      #expect(wire.line() == nil && wire.ending == ending)
      #expect(served.fake.status.rules == (kind == .lostAnswer ? 2 : 1))
    }
    served.fake.refuse(Refusal(.silence))
    let wire = try Wire(served.address)
    wire.send(served.client.request("GET", "/2/users/me"))
    served.fake.wait { $0.requests.last == "GET /2/users/me" }
    #expect(wire.ending == nil)
  }

  @Test func `the month's posts can be read up`() throws {
    let served = try Served { $0.caps.posts = 1 }
    let stream = try served.stream()
    served.fake.deliver(Sample.post(11))
    #expect(stream.line() != nil)
    stream.wire.hangUp()
    served.fake.wait { $0.openStreams == 0 }
    let refused = try served.client.get("/2/tweets/search/stream")
    #expect(refused.status == 429)
    #expect(try refused.json["title"]?.text == "UsageCapExceeded")
    let usage = try served.client.get("/2/usage/tweets").json
    #expect(usage["data"]?["project_usage"]?.text == "1")
  }
}

import Bytes
import FakeX
import Testing

/// `/_fake/…`, for shells and other programs.
@Suite struct ControlTests {
  private func post(_ served: Served, _ path: String, _ body: String = "") throws -> Response {
    var client = served.client
    client.authorization = nil
    return try client.send("POST", "/_fake/" + path, body)
  }

  @Test func `posts, faults and refusals are ordered over HTTP`() throws {
    let served = try Served()
    #expect(try post(served, "fault?kind=duplicate&at=1").status == 200)
    let stream = try served.stream()
    let posts = Sample.posts(2).joined(separator: "\n")
    #expect(try post(served, "deliver", posts).json["published"]?.integer == 2)
    let lines = try (0..<3).map { _ in try #require(stream.line()) }
    #expect(lines[1] == lines[2])
    _ = try post(served, "keep-alive")
    #expect(stream.line() == "\r\n")
    _ = try post(served, "fault?kind=disconnect")
    #expect(stream.line()?.contains("errors") == true)
    #expect(stream.line() == nil && stream.hasEnd)
    _ = try post(served, "refuse?answer=503&path=/2/tweets&times=1")
    #expect(try served.client.get("/2/tweets?ids=1000").status == 503)
    #expect(try served.client.get("/2/tweets?ids=1000").status == 200)
    let requests = try served.client.get("/_fake/requests").json
    #expect(requests.elements?.last?.text == "GET /2/tweets")
    let status = try served.client.get("/_fake/status").json
    #expect(status["faults"]?["disconnect"]?.integer == 1)
  }

  @Test func `a supply and its faults too`() throws {
    let served = try Served()
    _ = try post(served, "fault?every=10&seed=3&kind=duplicate,notice")
    _ = try post(served, "supply?rounds=10", Sample.posts(20).joined(separator: "\r\n") + "\r\n")
    let stream = try served.stream()
    served.fake.wait { $0.isSupplyDelivered }
    let faults = served.fake.status.faults
    #expect(Set(faults.keys) == ["duplicate", "notice"])
    #expect(served.fake.status.sent == 200)
    withExtendedLifetime(stream) {}
  }

  @Test func `settings are changed by name`() throws {
    let served = try Served()
    let body: JSON = [
      "connections": 2, "chunking": "bytes=1", "rate_limits": ["GET /2/users/:id": 1],
      "enterprise": true, "rule_cap": 1, "keep_alive_ms": .null,
    ]
    #expect(try post(served, "settings", body.line).status == 200)
    let streams = try [served.stream(), served.stream("?backfill_minutes=1")]
    served.fake.sendKeepAlive()
    #expect(streams[0].chunk() == [13])
    #expect(try served.client.get("/2/users/7").status == 200)
    #expect(try served.client.get("/2/users/7").status == 429)
    _ = try post(served, "advance?milliseconds=900000")
    #expect(try served.client.get("/2/users/7").status == 200)
    for (path, body) in [
      ("settings", #"{"colour":1}"#), ("settings", #"{"chunking":"x"}"#), ("fault?kind=fire", ""),
      ("refuse?answer=tired", ""), ("supply?rounds=0", ""),
    ] { #expect(try post(served, path, body).status == 400, "\(path)") }
  }
}

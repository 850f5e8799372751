import Bytes
import FakeX
import Testing

/// Posts that come by themselves.
@Suite struct SupplyTests {
  private func lines(_ count: Int) -> [[UInt8]] {
    (0..<count).map { index in
      let id = UInt64(2_123_567_551_994_196_187) + UInt64(index)
      let answered: JSON = [
        "data": ["referenced_tweets": [["type": "replied_to", "id": .text("\(id - 1)")]]]
      ]
      return Array(Sample.post(id, "asos \(index)", answered).utf8)
    }
  }

  @Test func `rounds are the same posts, days later`() throws {
    let served = try Served()
    served.fake.supply(lines(50), rounds: 3)
    let stream = try served.stream(
      "?tweet.fields=created_at,referenced_tweets,conversation_id")
    let objects = try (0..<150).map { _ in try stream.object() }
    let ids = objects.compactMap { $0["data"]?["id"]?.text.flatMap { UInt64($0) } }
    #expect(ids == ids.sorted() && Set(ids).count == 150)
    #expect(objects.allSatisfy { $0["data"]?["id"] == $0["data"]?["conversation_id"] })
    let later = objects[61]["data"]
    #expect(later?["created_at"]?.text == "2026-11-21T18:04:31.000Z")
    #expect(
      later?["referenced_tweets"]?.elements?.first?["id"]
        == objects[60]["data"]?["id"])
    #expect(ids[50] - ids[0] == UInt64(86_400_000) << 22)
    served.fake.wait { $0.isSupplyDelivered }
    let found = try served.client.get("/2/tweets/\(ids[61])?tweet.fields=created_at").json
    #expect(found["data"]?["created_at"] == later?["created_at"])
    let all = try served.client.get("/2/tweets/search/all?query=asos&max_results=500").json
    #expect(all["data"]?.elements?.count == 150)
  }

  @Test func `a pace is kept, and nothing is published while nobody reads`() throws {
    let served = try Served()
    served.fake.supply(lines(40), rate: 1_000)
    #expect(served.fake.status.published == 0)
    let stream = try served.stream()
    #expect(stream.line() != nil)
    let status = served.fake.wait { $0.isSupplyDelivered }
    #expect(status?.published == 40 && status?.sent == 40)
  }

  @Test func `lines that are no posts go out as they are`() throws {
    let served = try Served()
    served.fake.supply([[], Array("{broken".utf8), Array(#"{"errors":[]}"#.utf8)] + lines(1))
    let stream = try served.stream()
    #expect(stream.line() == "\r\n")
    #expect(stream.line() == "{broken\r\n")
    #expect(stream.line() == "{\"errors\":[]}\r\n")
    #expect(try stream.object()["data"] != nil)
  }

  @Test func `what a lost stream has not sent is found by a search`() throws {
    let served = try Served()
    served.fake.supply(lines(300))
    served.fake.script([100: .reset])
    let first = try served.stream()
    let got = first.rest()
    #expect(got.count == 100 && first.wire.ending == .reset)
    served.fake.wait { $0.openStreams == 0 }
    let second = try served.stream()
    served.fake.wait { $0.isSupplyDelivered }
    let last = try #require(got.last)
    let missed = try served.client.get(
      "/2/tweets/search/all?query=asos&max_results=500&since_id=" + last)
    let found = try #require(try missed.json["data"]?.elements).compactMap { $0["id"]?.text }
    second.wire.hangUp()
    #expect(Set(got + found).count == 300)
  }

  @Test func `what no rule matches can be sent all the same`() throws {
    let served = try Served(rules: ["nothing"]) { $0.stream.ignoresRules = true }
    let stream = try served.stream()
    served.fake.deliver(Sample.post(11))
    #expect(try stream.object()["matching_rules"]?.elements?.count == 1)
  }
}

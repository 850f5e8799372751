import FakeX
import Testing

/// The local X, judged by a client that was written for X itself.
@Suite(.enabled(if: Peers.areInstalled, Peers.absence))
struct TweepyTests {
  private static func post(_ id: Int, _ text: String, _ author: String) -> String {
    #"{"data":{"id":"\#(id)","text":"\#(text)","author_id":"\#(author)","lang":"en","#
      + #""created_at":"2026-11-20T18:04:31.000Z"},"includes":{"users":[{"id":"\#(author)","#
      + #""name":"M","username":"user\#(author)"}]}}"#
  }

  @Test func `Tweepy streams, keeps rules, searches and answers`() throws {
    let fake = FakeX()
    let posts = [
      Self.post(1_001, "@GrouseDesk asos lost it", "7"), Self.post(1_002, "asos again", "7"),
      Self.post(1_003, "asos 😡", "8"),
    ]
    fake.supply(posts.map { Array($0.utf8) })
    let outcome = try Peers.tweet(try fake.start())
    #expect(outcome.withoutRules == [409] && outcome.problems == [])
    #expect(outcome.rules == [["asos", "brand"], ["from:user7", nil]])
    #expect(outcome.ruleErrors == ["UnprocessableEntity"])
    #expect(outcome.listed == ["asos", "from:user7"])
    #expect(outcome.stream.map(\.id) == [1_001, 1_002, 1_003])
    #expect(outcome.stream.map(\.text) == ["@GrouseDesk asos lost it", "asos again", "asos 😡"])
    #expect(outcome.stream.map(\.author) == ["user7", "user7", "user8"])
    #expect(outcome.stream.map(\.tags) == [["brand", ""], ["brand", ""], ["brand"]])
    #expect(outcome.search == [1_003, 1_002, 1_001])
    #expect(outcome.lookup == [1_001, 1_003] && outcome.missing == ["77"])
    #expect(outcome.me == "GrouseDesk" && outcome.mentions == [1_001])
    #expect(outcome.reply == "sorry! tell us your order?" && outcome.deleted)
    #expect(outcome.notSummoned?.first == "Forbidden")
    #expect(outcome.notSummoned?.last?.contains("have not been mentioned") == true)
    #expect(outcome.twice?.last?.contains("duplicate") == true)
    #expect(outcome.wrongBearer?.first == "Unauthorized")
    #expect(fake.status.written.count == 1)
    fake.stop()
  }
}

/// What `tweet-locally` prints.
struct Tweeted: Decodable {
  struct Post: Decodable {
    var id: Int
    var text: String
    var author: String
    var tags: [String]
  }

  var withoutRules: [Int]
  var rules: [[String?]]
  var ruleErrors: [String]
  var listed: [String]
  var stream: [Post]
  var problems: [String]
  var search: [Int]
  var lookup: [Int]
  var missing: [String]
  var me: String
  var mentions: [Int]
  var reply: String
  var notSummoned: [String]?
  var twice: [String]?
  var deleted: Bool
  var wrongBearer: [String]?
}

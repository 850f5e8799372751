import Bytes
import Testing

@testable import XAPI

@Suite struct WritingTests {
  @Test(arguments: [
    ("hello", 5), ("", 0), ("é", 1), ("日本", 4), ("😀", 2), ("👨‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("👍🏽", 2),
    ("1️⃣", 2), ("1", 1), ("©", 1), ("“quoted”…", 10),
    ("https://example.com/a/very/long/path/that/would/be/more/than/twenty-three", 23),
    ("see https://x.com, ok", 4 + 23 + 4), ("see asos.com now", 4 + 23 + 4), ("3.5 stars", 9),
    ("mail me@asos.com", 16), ("http://", 7), ("end.Start", 9),
  ])
  func `lengths are weighted as X weighs them`(_ text: String, _ length: Int) {
    #expect(WeightedLength.of(text) == length)
  }

  @Test func `a draft's faults and warnings`() {
    #expect(Draft("fine").faults.isEmpty)
    #expect(Draft(" ").faults.count == 1)
    #expect(Draft(String(repeating: "a", count: 280)).faults.isEmpty)
    #expect(Draft(String(repeating: "日", count: 141)).faults.count == 1)
    #expect(Draft("$ASOS and $TSLA").faults.count == 1)
    #expect(Draft("$5 and $6").faults.isEmpty)
    #expect(Draft("no link").warnings(Prices()).isEmpty)
    #expect(Draft("a link: x.com").warnings(Prices()).first?.contains("0.2") == true)
  }

  private static func line(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test func `who mentions or quotes us has called us`() throws {
    let mention = #"{"data":{"id":"1","entities":{"mentions":[{"username":"asos","id":"7"}]}}}"#
    let note =
      #"{"data":{"id":"1","note_tweet":{"entities":{"mentions":[{"username":"x","id":"9"}]}}}}"#
    let quote =
      #"{"data":{"id":"1","referenced_tweets":[{"type":"quoted","id":"5"}]},"#
      + #""includes":{"tweets":[{"id":"5","author_id":"9"}]}}"#
    let answer =
      #"{"data":{"id":"1","referenced_tweets":[{"type":"replied_to","id":"5"}]},"#
      + #""includes":{"tweets":[{"id":"5","author_id":"9"}]}}"#
    #expect(Summons.calls(try Self.line(mention), account: "9", named: "@ASOS"))
    #expect(!Summons.calls(try Self.line(mention), account: "9", named: "other"))
    #expect(Summons.calls(try Self.line(note), account: "9", named: ""))
    #expect(Summons.calls(try Self.line(quote), account: "9", named: ""))
    #expect(!Summons.calls(try Self.line(answer), account: "9", named: ""))
  }

  @Test func `a post is known again`() throws {
    let intent = PostIntent(Draft("Sorry & hello https://a.com/b"), key: "k", started: 0)
    let same = try Self.line(#"{"id":"3","text":"Sorry &amp; hello https://t.co/xyz"}"#)
    #expect(intent.isTrace(same, answering: nil))
    let other = try Self.line(#"{"id":"3","text":"another"}"#)
    #expect(!intent.isTrace(other, answering: nil))
    let reply = PostIntent(Draft("Sorry", replyTo: "5"), key: "k", started: 0)
    let answer = try Self.line(
      #"{"id":"3","text":"changed","referenced_tweets":[{"type":"replied_to","id":"5"}]}"#)
    #expect(reply.isTrace(answer, answering: "5"))
    #expect(!reply.isTrace(answer, answering: "6"))
    #expect(!reply.isTrace(try Self.line(#"{"id":"3","text":"Sorry"}"#), answering: "5"))
  }
}

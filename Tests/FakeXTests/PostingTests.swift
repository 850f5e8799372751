import Bytes
import Testing

@testable import FakeX

/// Writing and deleting posts.
@Suite struct PostingTests {
  private func create(
    _ served: Served, _ text: String, to id: String? = nil, _ more: [JSON.Field] = []
  ) throws -> Response {
    var fields = [JSON.Field("text", .text(text))] + more
    if let id { fields.append(JSON.Field("reply", ["in_reply_to_tweet_id": .text(id)])) }
    return try Signer().send(served, "POST", "/2/tweets", .object(fields))
  }

  @Test func `only who has called for the account is answered`() throws {
    let served = try Served(rules: ["from:GrouseDesk"])
    let stream = try served.stream("?tweet.fields=conversation_id,referenced_tweets")
    let quote: JSON = [
      "data": ["referenced_tweets": [["type": "quoted", "id": "5"]]],
      "tweets": [["id": "5", "text": "x", "author_id": "90210009"]],
    ]
    served.fake.deliver(
      Sample.post(11, "@GrouseDesk help"), Sample.post(12, "asos help"),
      Sample.post(13, "help", quote))
    let refused = try create(served, "hello", to: "12")
    #expect(refused.status == 403 && refused.problem.contains("have not been mentioned"))
    #expect(try create(served, "hello", to: "99").status == 403)
    let made = try create(served, "hello", to: "11")
    #expect(made.status == 201)
    let id = try #require(try made.json["data"]?["id"]?.text)
    let sent = try stream.object()
    #expect(sent["data"]?["id"]?.text == id && sent["data"]?["conversation_id"]?.text == "11")
    #expect(try create(served, "hello again", to: "13").status == 201)
    // Its own threads go on.
    #expect(try create(served, "one more thing", to: id).status == 201)
    #expect(served.fake.status.written.count == 3)
    let paid = ["summoned_reply": 2, "create": 1, "post_read": 3]
    served.fake.wait { $0.paid == paid }
    served.fake.configure { $0.isEnterprise = true }
    #expect(try create(served, "hello there", to: "12").status == 201)
  }

  @Test func `no text comes twice, until the first is deleted`() throws {
    let served = try Served()
    let id = try #require(try create(served, "hello").json["data"]?["id"]?.text)
    let refused = try create(served, "hello")
    #expect(refused.status == 403 && refused.problem.contains("duplicate content"))
    let path = "/2/tweets/" + id
    #expect(try Signer().send(served, "DELETE", path).json["data"]?["deleted"] == true)
    #expect(try Signer().send(served, "DELETE", path).status == 404)
    #expect(try create(served, "hello").status == 201)
    served.fake.deliver(Sample.post(11))
    #expect(try Signer().send(served, "DELETE", "/2/tweets/11").status == 403)
    #expect(served.fake.status.paid["delete"] == 1)
  }

  @Test(arguments: [
    ("abc", 3), ("", 0), (String(repeating: "a", count: 280), 280), ("né", 2), ("日本", 4),
    ("😀", 2), ("👨‍👩‍👧‍👦", 2), ("see https://example.com/a-very-long-path?x=1 now", 4 + 23 + 4),
    ("asos.com", 23), ("a.b", 3), ("http://x", 8), ("line\nhttps://t.co/abc", 5 + 23), ("“x”", 3),
  ])
  func `length is weighted`(_ text: String, _ length: Int) {
    #expect(WeightedText(text).length == length)
  }

  @Test func `what is too long, empty or has two cashtags is refused`() throws {
    let served = try Served()
    let fits = String(repeating: "日", count: 140)
    #expect(try create(served, fits + "!").status == 400)
    #expect(try create(served, fits).status == 201)
    #expect(try create(served, "").status == 400)
    #expect(try create(served, "$ASC and $TSLA").status == 403)
    #expect(try create(served, "$ASC for $20").status == 201)
    #expect(try create(served, "x", [JSON.Field("colour", "red")]).status == 400)
    #expect(try create(served, "x", [JSON.Field("quote_tweet_id", "5")]).status == 403)
    #expect(try served.client.send("POST", "/2/tweets", #"{"text":"x"}"#).status == 403)
  }

  @Test func `a link costs more than a post`() throws {
    let served = try Served()
    #expect(try create(served, "hello").status == 201)
    #expect(served.fake.status.spent == 15)
    #expect(try create(served, "see https://example.com").status == 201)
    #expect(served.fake.status.spent == 215)
  }

  @Test func `what was done before its answer was lost is done`() throws {
    let served = try Served()
    served.fake.refuse(Refusal(.lostAnswer, path: "/2/tweets", method: "POST"))
    let wire = try Wire(served.address)
    let client = Signer().client(served.address, "POST", "/2/tweets")
    wire.send(client.request("POST", "/2/tweets", #"{"text":"hello"}"#))
    #expect(wire.line() == nil)
    #expect(served.fake.status.written.count == 1)
    #expect(try create(served, "hello").status == 403)
  }
}

import Bytes
import FakeX
import TestSupport
import Testing

/// The filtered stream as long as nothing goes wrong.
@Suite struct StreamTests {
  @Test func `a post comes in a chunk of its own, with the rules it came for`() throws {
    let served = try Served(rules: ["asos", "lang:en late"])
    let stream = try served.stream()
    let head = stream.head.headers
    #expect(head["content-type"] == "application/json; charset=utf-8")
    #expect(head["transfer-encoding"] == "chunked" && head["content-encoding"] == nil)
    #expect(head["x-rate-limit-limit"] == "50" && head["x-rate-limit-remaining"] == "49")
    #expect(head["x-rate-limit-reset"].flatMap { Int($0) } != nil)
    #expect(head["x-access-level"] == "read" && head["api-version"] != nil)
    served.fake.deliver(Sample.post(11, "ASOS is late"), Sample.post(12, "no"), Sample.post(13))
    let first = try #require(stream.chunk())
    #expect(first.suffix(2) == [13, 10])
    let json = try JSON(parsing: first)
    #expect(json["data"]?.fields?.map(\.name) == ["id", "text", "edit_history_tweet_ids"])
    #expect(json["includes"] == nil)
    let rules = json["matching_rules"]?.elements
    #expect(rules?.count == 2 && rules?.allSatisfy { $0["tag"]?.text == "brand" } == true)
    #expect(try stream.object()["data"]?["id"]?.text == "13")
    #expect(served.fake.status.sent == 2)
  }

  @Test func `a rule without a tag has an empty one, unless tags are switched off`() throws {
    let served = try Served(rules: [])
    served.fake.addRule("asos")
    let stream = try served.stream()
    served.fake.deliver(Sample.post(11))
    #expect(try stream.object()["matching_rules"]?.elements?.first?["tag"]?.text == "")
    served.fake.configure { $0.stream.hasTags = false }
    served.fake.deliver(Sample.post(12))
    let rule = try stream.object()["matching_rules"]?.elements?.first
    #expect(rule?.fields?.map(\.name) == ["id"])
  }

  @Test func `fields and expansions are those asked for`() throws {
    let served = try Served()
    let stream = try served.stream(
      "?tweet.fields=created_at%2Clang&expansions=author_id,referenced_tweets.id"
        + "&user.fields=verified")
    let quoted: JSON = [
      "data": ["referenced_tweets": [["type": "quoted", "id": "5"]]],
      "tweets": [["id": "5", "text": "new in", "author_id": "8"], ["id": "6", "text": "other"]],
    ]
    served.fake.deliver(Sample.post(11, "asos again", quoted))
    let json = try stream.object()
    #expect(
      Set(json["data"]?.fields?.map(\.name) ?? []) == [
        "id", "text", "edit_history_tweet_ids", "created_at", "lang", "author_id",
        "referenced_tweets",
      ])
    let user = json["includes"]?["users"]?.elements?.first
    #expect(user?["verified"] == false && user?["username"]?.text == "user7")
    #expect(json["includes"]?["tweets"]?.elements?.map { $0["id"]?.text } == ["5"])
    let unknown = try StreamClient(served.address, "?tweet.fields=colour")
    #expect(unknown.head.status == 400)
    let spelling = try StreamClient(served.address, "?post.fields=lang")
    #expect(spelling.head.status == 400)
  }

  @Test func `both spellings are taken, and given as set`() throws {
    let served = try Served { $0.spelling = .post }
    let stream = try served.stream("?post.fields=note_post,withheld&expansions=referenced_posts.id")
    let more: JSON = [
      "data": [
        "note_post": ["text": "long asos"], "edit_history_post_ids": ["3", "11"],
        "withheld": ["scope": "post"], "referenced_posts": [["type": "quoted", "id": "5"]],
      ],
      "tweets": [["id": "5", "text": "x", "edit_history_tweet_ids": ["5"]]],
    ]
    served.fake.deliver(Sample.post(11, "short", more))
    let json = try stream.object()
    #expect(json["data"]?["note_post"]?["text"]?.text == "long asos")
    #expect(json["data"]?["edit_history_post_ids"]?.elements?.count == 2)
    #expect(json["data"]?["withheld"]?["scope"]?.text == "post")
    #expect(json["includes"]?["posts"]?.elements?.first?["edit_history_post_ids"] != nil)
    let old = try served.client.get("/2/tweets/11?tweet.fields=note_tweet").json
    #expect(old["data"]?["note_post"] != nil)
    served.fake.configure { $0.spelling = .asAsked }
    let asked = try served.client.get("/2/tweets/11?tweet.fields=note_tweet,withheld").json
    #expect(asked["data"]?["note_tweet"] != nil)
    #expect(asked["data"]?["withheld"]?["scope"]?.text == "tweet")
  }

  @Test func `keep-alives come when nothing else does, and when sent by hand`() throws {
    let served = try Served { settings in
      settings.stream.keepAlive = 20_000
      settings.timeScale = 0.000_5
    }
    let stream = try served.stream()
    #expect(stream.chunk() == [13, 10])
    let quiet = try Served()
    let other = try quiet.stream()
    quiet.fake.sendKeepAlive()
    #expect(other.chunk() == [13, 10])
    #expect(quiet.fake.status.keepAlives == 1)
  }

  @Test func `rules take effect on an open stream`() throws {
    let served = try Served(rules: ["late"])
    let stream = try served.stream()
    served.fake.deliver(Sample.post(11, "asos"))
    let rules = "/2/tweets/search/stream/rules"
    #expect(try served.client.post(rules, ["add": [["value": "asos"]]]).status == 201)
    served.fake.deliver(Sample.post(12, "asos"))
    let removed = try served.client.post(rules, ["delete": ["values": ["asos"]]]).json
    #expect(removed["meta"]?["summary"]?["deleted"]?.integer == 1)
    served.fake.deliver(Sample.post(13, "asos"), Sample.post(14, "late"))
    #expect(try stream.object()["data"]?["id"]?.text == "12")
    #expect(try stream.object()["data"]?["id"]?.text == "14")
  }

  @Test func `however it is cut into chunks, the bytes are the same`() throws {
    var random = Seed.random()
    let modes: [Chunking] = [
      .lines, .severalLines(3), .bytes(1), .bytes(7), .betweenEnds,
      .random(seed: UInt64.random(in: 0...UInt64.max, using: &random)),
    ]
    let posts = (0..<20).map { Sample.post(UInt64(100 + $0), "asos délai 😡 \($0)") }
    var expected: [String]?
    for mode in modes {
      let served = try Served { $0.stream.chunking = mode }
      let stream = try served.stream()
      served.fake.deliver(posts)
      let lines = try posts.map { _ in try #require(stream.line()) }
      if let expected { #expect(lines == expected, "\(mode)") } else { expected = lines }
    }
  }

  @Test func `chunks are of the sort that was asked for`() throws {
    func chunks(_ mode: Chunking, _ count: Int) throws -> [[UInt8]] {
      let served = try Served { $0.stream.chunking = mode }
      let stream = try served.stream()
      served.fake.deliver(Sample.posts(6))
      return try (0..<count).map { _ in try #require(stream.chunk()) }
    }
    #expect(try chunks(.bytes(1), 50).allSatisfy { $0.count == 1 })
    let between = try chunks(.betweenEnds, 6)
    #expect(between.allSatisfy { $0.last == 13 } && between.dropFirst().allSatisfy { $0[0] == 10 })
    #expect(try chunks(.severalLines(3), 2).allSatisfy { $0.count { $0 == 10 } == 3 })
    #expect(Set(try chunks(.random(seed: 1), 30).map(\.count)).count > 3)
  }

  @Test func `an enterprise customer gets the last minutes again, others do not`() throws {
    let served = try Served { $0.isEnterprise = true }
    served.fake.deliver(Sample.post(11))
    served.fake.advance(milliseconds: 200_000)
    served.fake.deliver(Sample.post(12))
    let stream = try served.stream("?backfill_minutes=2")
    #expect(try stream.object()["data"]?["id"]?.text == "12")
    stream.wire.hangUp()
    served.fake.wait { $0.openStreams == 0 }
    let longer = try served.stream("?backfill_minutes=5")
    #expect(try longer.object()["data"]?["id"]?.text == "11")
    served.fake.configure { $0.isEnterprise = false }
    #expect(try StreamClient(served.address, "?backfill_minutes=2").head.status == 400)
  }
}

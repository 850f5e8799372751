import Posts
import Testing

@Suite struct JetstreamPostTests {
  private static let reply = #"""
    {"did":"did:plc:abc","time_us":1763661871000000,"kind":"commit","commit":{"rev":"3m1",\#
    "operation":"create","collection":"app.bsky.feed.post","rkey":"3m5x","cid":"bafy",\#
    "record":{"$type":"app.bsky.feed.post","text":"asos sent \u00e9 &amp; the wrong size",\#
    "createdAt":"2026-11-20T18:04:31.000Z","langs":["en-GB","fr"],\#
    "facets":[{"text":"x","index":{"byteStart":0}}],\#
    "embed":{"$type":"app.bsky.embed.recordWithMedia","record":{"record":{"uri":"at://q/p/1"}}},\#
    "reply":{"root":{"uri":"at://r/p/1","cid":"c"},"parent":{"uri":"at://s/p/2","cid":"c"}}}}}
    """#

  private func parse(_ text: String, _ body: (RecordKind, borrowing PostBatch) throws -> Void)
    throws
  {
    var parser = PostParser()
    var batch = PostBatch()
    let kind = try Array(text.utf8).withUnsafeBytes { bytes in
      try parser.parse(bytes, as: .json, into: &batch)
    }
    try body(kind, batch)
  }

  @Test func `a commit is a post`() throws {
    try parse(Self.reply) { kind, batch in
      #expect(kind == .posts(1))
      let post = batch.posts[0]
      #expect(batch.string(post.id) == "at://did:plc:abc/app.bsky.feed.post/3m5x")
      #expect(post.rootID == post.id)
      #expect(batch.string(post.authorID) == "did:plc:abc")
      #expect(batch.string(post.text) == "asos sent é & the wrong size")
      #expect(batch.string(post.language) == "en-GB")
      #expect(batch.string(post.conversationID) == "at://r/p/1")
      #expect(batch.string(post.inReplyToID) == "at://s/p/2")
      #expect(post.createdAt == 1_795_197_871_000)
      #expect(post.isReply && post.isQuote && !post.isRetweet && !post.isUpdate)
    }
    try parse(Self.reply.replacing(#""create""#, with: #""update""#)) { kind, batch in
      #expect(kind == .posts(1) && batch.posts[0].isUpdate)
    }
  }

  private static func account(_ status: String) -> String {
    #"{"did":"did:plc:a","time_us":5,"kind":"account","account":{"active":false,"did":"x","#
      + #""status":"\#(status)"}}"#
  }

  @Test(arguments: [("deleted", true), ("takendown", true), ("deactivated", false), ("", false)])
  func `an account that is gone takes its posts along`(_ status: String, _ isGone: Bool) throws {
    let text = Self.account(status)
    let event = try Array(text.utf8).withUnsafeBytes { try JetstreamEvent($0) }
    #expect(event.kind == (isGone ? .departure : .other) && event.did == "did:plc:a")
    try parse(text) { kind, batch in
      #expect(kind == .control(isGone ? .delete : .compliance))
      let authors = batch.removals.map { batch.string($0.authorID) }
      #expect(authors == (isGone ? ["did:plc:a"] : []))
      #expect(batch.removals.allSatisfy { $0.id.isEmpty })
    }
  }

  @Test func `a commit is an event`() throws {
    let event = try Array(Self.reply.utf8).withUnsafeBytes { try JetstreamEvent($0) }
    #expect(event.kind == .commit(.create))
    #expect(event.time == 1_763_661_871_000_000)
    #expect(event.address == "at://did:plc:abc/app.bsky.feed.post/3m5x")
    #expect(event.revision == "3m1")
    #expect(String(decoding: event.text, as: UTF8.self) == "asos sent é &amp; the wrong size")
  }

  @Test(arguments: [
    (
      #"{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"rev":"r","operation":"delete","#
        + #""collection":"app.bsky.feed.post","rkey":"k"}}"#,
      "at://did:plc:a/app.bsky.feed.post/k", "did:plc:a"
    ),
    (
      #"{"delete":{"status":{"id":12,"id_str":"13","user_id":3,"user_id_str":"4"},"timestamp_ms":"5"}}"#,
      "13", "3"
    ),
    (#"{"data":{"delete":{"tweet":{"id":"12","author_id":"7"},"event_at":"x"}}}"#, "12", "7"),
    (#"{"delete":{"status":{"id":12}}}"#, "12", ""),
  ])
  func `deletions say what of`(_ text: String, _ id: String, _ author: String) throws {
    try parse(text) { kind, batch in
      #expect(kind == .control(.delete))
      #expect(batch.count == 0)
      #expect(batch.removals.map { batch.string($0.id) } == [id])
      #expect(batch.removals.map { batch.string($0.authorID) } == [author])
    }
  }

  @Test(arguments: [
    #"{"delete":{"user":{"id":1}}}"#, #"{"delete":null,"limit":{}}"#, #"{"delete":{}}"#,
  ])
  func `a deletion of something else removes nothing`(_ text: String) throws {
    try parse(text) { kind, batch in
      if case .posts = kind { Issue.record("a post") }
      #expect(batch.removals.isEmpty)
    }
  }

  @Test(arguments: [
    #"{"did":"a","kind":"commit"}"#, #"{"time_us":"1"}"#, "[]", "{", "",
    #"{"did":"a","time_us":1,"commit":{"operation":"create","rkey":"k"}}"#,
  ])
  func `what is no event is thrown`(_ text: String) {
    #expect(throws: PostError.self) {
      try Array(text.utf8).withUnsafeBytes { try JetstreamEvent($0) }
    }
  }

  @Test(arguments: ["identity", "account", "new"])
  func `other kinds are passed over`(_ kind: String) throws {
    let text = #"{"did":"a","time_us":5,"kind":"\#(kind)","\#(kind)":{"handle":"x"}}"#
    let event = try Array(text.utf8).withUnsafeBytes { try JetstreamEvent($0) }
    #expect(event.kind == .other)
    #expect(event.time == 5)
  }
}

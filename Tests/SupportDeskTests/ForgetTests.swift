import Bytes
import Foundation
import Machine
import Node
import Records
import SupportDesk
import Tables
import TestSupport
import Testing

/// Forgetting, against a desk that has never heard of what was to be forgotten.
@Suite struct `Forgetting posts and people` {
  private static let texts = [
    "angry parcel", "late parcel", "angry order big day", "nice shoes",
    "angry order we all want our money back right now please asos",
    "angry order we all want our money back RIGHT now, please! @asos https://t.co/x1",
  ]

  private struct Post {
    var id, root, author: Int
    var line: String

    init(_ random: inout SeededRandom) {
      root = 100_000 + 10 * Int.random(in: 0..<40, using: &random)
      let version = Int.random(in: 0..<3, using: &random)
      id = root + version
      var own = SeededRandom(seed: UInt64(id))
      let text = texts[Int.random(in: 0..<texts.count, using: &own)]
      var common = SeededRandom(seed: UInt64(root))
      let minute = 10 + Int.random(in: 0..<48, using: &common) + version
      author = 900_000 + root / 10 % 4
      let history = version == 0 ? "\"\(root)\"" : "\"\(root)\",\"\(id)\""
      let conversation = root % 70 < 20 ? "" : #","conversation_id":"c\#(root / 10 % 5)""#
      line =
        #"{"data":{"id":"\#(id)","text":"\#(text)","author_id":"\#(author)","lang":"en","#
        + #""created_at":"2026-11-20T10:\#(minute):00.000Z","#
        + #""edit_history_tweet_ids":[\#(history)]\#(conversation)}}"#
    }
  }

  private func everything(_ desk: Desk) throws -> [[String]] {
    try desk.contents() + [
      desk.rows("SELECT post_id, posts, copies, last_at FROM grouse.cases").sorted()
    ]
  }

  @Test func `it leaves what there would be, had it never been there`() throws {
    var random = Seed.random()
    for _ in 0..<6 {
      let posts = (0..<90).map { _ in Post(&random) }
      let roots = Set((0..<8).map { _ in posts.randomElement(using: &random)?.root ?? 0 })
      let author = posts.randomElement(using: &random)?.author ?? 0
      func isDoomed(_ post: Post) -> Bool { roots.contains(post.root) || post.author == author }
      let desk = try Desk()
      try desk.append(posts.map(\.line))
      try desk.classify()
      // Any version that has a row names the post.
      let subjects = Set(roots.map { Forgetting.Subject.post("\($0)") } + [.author("\(author)")])
      let forgetter = Forgetter(desk.commitLog, desk.store, topic: "posts")
      let report = try forgetter.forget(subjects)
      let doomed = posts.filter(isDoomed)
      #expect(report.records == doomed.count)
      #expect(try desk.values() == posts.filter { !isDoomed($0) }.map(\.line))

      let other = try Desk()
      try other.append(posts.filter { !isDoomed($0) }.map(\.line))
      try other.classify()
      let expected = try everything(other)
      #expect(try everything(desk) == expected)
      #expect(try !forgetter.isPurgeDue)

      // Again, and from the log anew, and with the same posts once more.
      _ = try forgetter.forget(subjects)
      try desk.rewind()
      try desk.classify()
      #expect(try everything(desk) == expected)
      try desk.append(doomed.map(\.line))
      #expect(try desk.classify().forgotten == doomed.count)
      #expect(try everything(desk) == expected)
      // The log is rid of them once more.
      #expect(try forgetter.isPurgeDue == !doomed.isEmpty)
      #expect(try forgetter.purge() == doomed.count)
      #expect(try desk.values() == posts.filter { !isDoomed($0) }.map(\.line))
    }
  }

  @Test func `notices of deletion do the same, before or behind the post`() throws {
    var random = Seed.random()
    for _ in 0..<4 {
      let posts = (0..<60).map { _ in Post(&random) }
      let roots = Set((0..<10).map { _ in posts.randomElement(using: &random)?.root ?? 0 })
      var lines = posts.map(\.line)
      for root in roots {
        lines.insert(
          #"{"data":{"delete":{"tweet":{"id":"\#(root)","author_id":"1"}}}}"#,
          at: Int.random(in: 0...lines.count, using: &random))
      }
      let desk = try Desk()
      try desk.append(lines)
      try desk.classify()
      let other = try Desk()
      let rest = posts.filter { !roots.contains($0.root) }.map(\.line)
      try other.append(rest)
      try other.classify()
      #expect(try everything(desk) == everything(other))
      let forgetter = Forgetter(desk.commitLog, desk.store, topic: "posts")
      #expect(try forgetter.isPurgeDue)
      _ = try forgetter.purge()
      #expect(try desk.values().filter { !$0.contains("delete") } == rest)
      #expect(try !forgetter.isPurgeDue)
    }
  }

  private static func commit(_ operation: String, _ key: String, _ text: String) -> String {
    #"{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"rev":"r","operation":"#
      + #""\#(operation)","collection":"app.bsky.feed.post","rkey":"\#(key)","record":{"text":"#
      + #""\#(text)","createdAt":"2026-11-19T10:30:00.000Z","langs":["en"]}}}"#
  }

  @Test func `an update takes the row's place, and an account that is gone its rows`() throws {
    let desk = try Desk()
    let lines = [
      Self.commit("create", "k1", "angry parcel"), Self.commit("create", "k2", "nice shoes"),
      Self.commit("update", "k1", "nice parcel"), Self.commit("update", "k2", "angry shoes"),
      Self.commit("update", "k2", "angry boots"),
    ]
    try desk.append(lines)
    let totals = try desk.classify()
    #expect(totals.new == 2 && totals.renewed == 3)
    let expected = try desk.contents()
    #expect(try desk.rows("SELECT text FROM grouse.posts").count == 2)
    let texts = try desk.rows("SELECT text, prediction FROM grouse.posts").sorted()
    #expect(texts.contains { $0.contains("angry boots") && $0.contains("1.0") })
    #expect(texts.contains { $0.contains("nice parcel") && $0.contains("0.0") })
    #expect(try desk.rows("SELECT text FROM grouse.cases").count == 1)
    try desk.rewind()
    try desk.classify()
    #expect(try desk.contents() == expected)

    try desk.append([
      #"{"did":"did:plc:a","time_us":9,"kind":"account","account":{"status":"deleted"}}"#
    ])
    try desk.classify()
    let forgetter = Forgetter(desk.commitLog, desk.store, topic: "posts")
    #expect(try forgetter.purge() == lines.count)
    #expect(try desk.rows("SELECT text FROM grouse.posts").isEmpty)
    #expect(try desk.rows("SELECT text FROM grouse.cases").isEmpty)
    #expect(try desk.values().count == 1)
  }

  @Test func `posts that are too old go from the tables, and stay counted`() throws {
    var random = Seed.random()
    for _ in 0..<4 {
      let posts = (0..<80).map { _ in Post(&random) }
      let desk = try Desk()
      try desk.append(posts.map(\.line))
      try desk.classify()
      let counts = try desk.rows("SELECT minute, posts, complaints FROM grouse.counts_by_minute")
      // 2026-11-20T10:30 UTC.
      let cutoff: Int64 = 1_795_170_600_000
      let forgetter = Forgetter(desk.commitLog, desk.store, topic: "posts")
      let before = try desk.rows("SELECT id FROM grouse.posts").count
      let gone = try forgetter.expire(before: cutoff)
      let kept = try desk.rows("SELECT id, created_at FROM grouse.posts")
      #expect(gone + kept.count == before && gone > 0)
      #expect(!kept.contains { $0.contains("10:1") || $0.contains("10:2") })
      let cases = try desk.rows("SELECT opened_at, last_at FROM grouse.cases")
      #expect(!cases.contains { $0.contains("10:1") || $0.contains("10:2") })
      #expect(
        try desk.rows("SELECT minute, posts, complaints FROM grouse.counts_by_minute")
          == counts)
      #expect(try forgetter.expire(before: cutoff) == 0)

      // Read again, with the same limit, they come back neither as rows nor in the counts.
      desk.settings.clock = Clock { (cutoff + 1_000) * 1_000 }
      desk.settings.retention = 1_000
      try desk.rewind()
      try desk.classify()
      #expect(try desk.rows("SELECT id, created_at FROM grouse.posts") == kept)
      #expect(
        try desk.rows("SELECT minute, posts, complaints FROM grouse.counts_by_minute")
          == counts)
    }
  }

  @Test func `no table of ours knows a forgotten text, closed cases neither`() throws {
    let desk = try Desk()
    try desk.append([
      #"{"id":"777001","text":"angry secret parcel","author_id":"42","username":"Mara"}"#,
      #"{"id":"777002","text":"angry other parcel","author_id":"43","username":"Nils"}"#,
    ])
    try desk.classify()
    // Somebody closes all cases.
    for row in try desk.rows("SELECT opened_at, post_id, text FROM grouse.cases") {
      let fields =
        try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: String] ?? [:]
      let (opened, id) = (fields["opened_at"] ?? "", fields["post_id"] ?? "")
      try desk.store.execute(
        """
        INSERT INTO grouse.cases (brand, state, opened_at, post_id, text)
        VALUES ('asos', 'closed', '\(opened)', '\(id)', '\(fields["text"] ?? "")')
        """)
      try desk.store.execute(
        """
        DELETE FROM grouse.cases WHERE brand = 'asos' AND state = 'open'
          AND opened_at = '\(opened)' AND post_id = '\(id)'
        """)
    }
    let workbench = desk.folder("workbench.sqlite")
    try LabelBook(writing: workbench, except: .never).add(
      .complaint, post: "777001", text: "angry secret parcel", by: "ann")
    try LabelBook(writing: workbench, except: .never).add(
      .complaint, post: "777002", text: "angry other parcel", by: "ann")
    let forgetter = Forgetter(desk.commitLog, desk.store, topic: "posts", workbench: workbench)
    _ = try forgetter.forget([.handle("mara")])
    var labels: [String] = []
    try LabelBook(reading: workbench, except: .never).visit { labels.append($0.text) }
    #expect(labels == ["angry other parcel"])
    for table in ["posts", "cases"] {
      let rows = try desk.rows("SELECT * FROM grouse.\(table)")
      #expect(!rows.contains { $0.contains("secret") || $0.contains("Mara") }, "\(table)")
      #expect(rows.contains { $0.contains("other") })
    }
    #expect(try !desk.values().contains { $0.contains("secret") })
  }

  @Test func `a page loses the post and keeps the others`() throws {
    let page =
      #"{"data":[{"id":"51001","text":"a","author_id":"7"},{"id":"51002","text":"b","#
      + #""author_id":"8","n":1.50}],"includes":{"users":[{"id":"7","username":"x"}],"#
      + #""tweets":[{"id":"51003","text":"quoted"}]}}"#
    #expect(try fate(page, posts: ["51001"])?.contains("51002") == true)
    #expect(try fate(page, posts: ["51001"])?.contains("51001") == false)
    #expect(try fate(page, posts: ["51001"])?.contains("1.50") == true)
    #expect(try fate(page, posts: ["51003"])?.contains("quoted") == false)
    #expect(try fate(page, posts: ["51001", "51002"]) == "dropped")
    #expect(try fate(page, posts: ["51009"]) == nil)
    #expect(try fate("no JSON 51001 at all", posts: ["51001"]) == "dropped")
    #expect(try fate("no JSON 51001 at all", posts: ["51001"], isOfPosts: false) == nil)
    #expect(try fate("no JSON 151001 at all", posts: ["51001"]) == nil)
    #expect(try fate("see https://x.com/a/status/51001.", posts: ["51001"]) == "dropped")
    let address = "at://did:plc:a/app.bsky.feed.post/3k2a"
    #expect(try fate(#"{"did":"did:plc:a","rkey":"3k2a""#, posts: [address]) == "dropped")
    #expect(try fate("a text without an author", posts: [""]) == nil)
  }

  /// Nil: it stays as it is.
  private func fate(
    _ value: String, posts: Set<String>, isOfPosts: Bool = true
  ) throws -> String? {
    var pending = Forgetting.Pending()
    pending.posts = posts
    let censor = RecordCensor(pending)
    var builder = RecordBatchBuilder()
    try Array(value.utf8).withUnsafeBytes {
      try builder.append(timestamp: 1, key: nil, value: $0)
    }
    var found: String?
    _ = try builder.finish { bytes in
      try RecordBatches.forEach(UnsafeRawBufferPointer(bytes), from: 0) { record in
        switch censor.fate(of: record, isOfPosts: isOfPosts) {
        case .keep: found = nil
        case .drop: found = "dropped"
        case .replace(let other): found = String(decoding: other, as: UTF8.self)
        }
      }
    }
    return found
  }

  @Test(arguments: [
    ("123", Forgetting.Subject.post("123")), ("post:123", .post("123")), ("user:9", .author("9")),
    ("at://did:plc:a/app.bsky.feed.post/k", .post("at://did:plc:a/app.bsky.feed.post/k")),
    ("at://did:plc:a", .author("did:plc:a")), ("did:plc:a", .author("did:plc:a")),
    ("@Mara", .handle("Mara")), ("https://x.com/Mara/status/12?s=1", .post("12")),
    ("https://x.com/Mara", .handle("Mara")), ("https://x.com/i/web/status/12", .post("12")),
    ("at://mara.example", .handle("mara.example")),
    ("https://bsky.app/profile/mara.example", .handle("mara.example")),
    (
      "https://bsky.app/profile/did:plc:a/post/k",
      .post("at://did:plc:a/app.bsky.feed.post/k")
    ),
  ])
  func `posts and people are named as usual`(_ text: String, _ subject: Forgetting.Subject) {
    #expect(Forgetting.Subject(text) == subject)
  }

  @Test(arguments: [
    "", "@", "user:", "a b", "https://example.org/1", "a/b", "x\n", "post:", "at://",
    "at:///app.bsky.feed.post/k", "at://mara.example/app.bsky.feed.post/k", "at://did:plc:a/",
    "https://bsky.app/profile/mara.example/post/k", "https://x.com/",
  ])
  func `what names nobody is refused`(_ text: String) {
    #expect(Forgetting.Subject(text) == nil)
  }
}

import Foundation
import Machine
import SupportDesk
import Tables
import TestSupport
import Testing
import TextClassification

/// The fields of a row as text; those that are null are left out.
private func fields(_ json: String) throws -> [String: String] {
  let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
  return object.compactMapValues { $0 is NSNull ? nil : "\($0)" }
}

/// Cases against their definition, over random threads, pasted texts, edits and models.
@Suite struct `Cases` {
  private static let texts = [
    "angry parcel", "late parcel", "angry order big day", "nice shoes",
    "angry order we all want our money back right now please asos",
    "angry order we all want our money back RIGHT now, please! @asos https://t.co/x1",
    "late order we all want to know where it is today",
    "angry late order we all want to know where it is today",
  ]

  /// A post as X sends it, of one of a few authors and conversations.
  private static func line(_ random: inout SeededRandom, version: Int) -> String {
    let root = 100 + 10 * Int.random(in: 0..<40, using: &random)
    let id = root + version
    // What a version says and when is its own, whenever it comes.
    var own = SeededRandom(seed: UInt64(id))
    let text = texts[Int.random(in: 0..<texts.count, using: &own)]
    let minute = Int.random(in: 0..<60, using: &own)
    let day = Int.random(in: 20...21, using: &own)
    let author = root / 10 % 3
    let conversation = root % 70 < 20 ? "" : #","conversation_id":"c\#(root / 10 % 5)""#
    let history = version == 0 ? "\"\(root)\"" : "\"\(root)\",\"\(id)\""
    return #"{"data":{"id":"\#(id)","text":"\#(text)","author_id":"a\#(author)","lang":"en","#
      + #""created_at":"2026-11-\#(day)T10:\#(minute < 10 ? "0" : "")\#(minute):00.000Z","#
      + #""edit_history_tweet_ids":[\#(history)]\#(conversation)},"#
      + #""matching_rules":[{"id":"1","tag":"brand:asos"}]}"#
  }

  private struct Row {
    var id, createdAt, author, conversation, text: String

    init(_ json: String) throws {
      let object = try fields(json)
      func field(_ name: String) -> String { object[name] ?? "" }
      id = field("id")
      createdAt = field("created_at")
      author = field("author_id")
      conversation = field("conversation_id")
      text = field("text")
    }

    var words: [String] {
      text.split(separator: " ").filter { !$0.hasPrefix("@") && !$0.hasPrefix("http") }
        .map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }.filter { !$0.isEmpty }
    }
  }

  /// Post, how many posts of its thread stand for themselves, how many copies they have.
  private func expected(_ desk: Desk) throws -> [String] {
    let rows = try desk.rows(
      """
      SELECT id, created_at, author_id, conversation_id, text FROM grouse.posts
      WHERE prediction = 1.0 ALLOW FILTERING
      """
    ).map(Row.init).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    var groups: [[String]: [Row]] = [:]
    for row in rows {
      let key =
        row.words.count < 8
        ? ["", row.id] : [String(row.createdAt.prefix(10))] + row.words
      groups[key, default: []].append(row)
    }
    var threads: [[String]: [(Row, Int)]] = [:]
    for group in groups.values {
      let place = group[0].conversation.isEmpty ? group[0].id : group[0].conversation
      threads[[place, group[0].author], default: []].append((group[0], group.count - 1))
    }
    return threads.values.map { thread in
      let sorted = thread.sorted { ($0.0.createdAt, $0.0.id) < ($1.0.createdAt, $1.0.id) }
      let copies = sorted.reduce(0) { $0 + $1.1 }
      return "\(sorted[0].0.id) \(sorted.count) \(copies) \(sorted[sorted.count - 1].0.createdAt)"
    }.sorted()
  }

  private func found(_ desk: Desk) throws -> [String] {
    try desk.rows("SELECT post_id, posts, copies, last_at FROM grouse.cases").map {
      let object = try fields($0)
      return ["post_id", "posts", "copies", "last_at"].map { object[$0] ?? "" }
        .joined(separator: " ")
    }.sorted()
  }

  @Test func `there is one for each author in a conversation, and one for a pasted text`() throws {
    var random = Seed.random()
    for _ in 0..<10 {
      let desk = try Desk()
      desk.settings.batchBytes = Int.random(in: 1...8_000, using: &random)
      let lines = (0..<Int.random(in: 1...120, using: &random)).map { _ in
        Self.line(&random, version: Int.random(in: 0..<4, using: &random) / 2)
      }
      let middle = Int.random(in: 0...lines.count, using: &random)
      try desk.append(Array(lines[..<middle]))
      try desk.classify()
      #expect(try found(desk) == expected(desk))
      try desk.append(Array(lines[middle...]))
      try desk.classify()
      #expect(try found(desk) == expected(desk))
      // Another model takes complaints away and makes others.
      try desk.rewind()
      try desk.classify(Desk.late, model: "m@2")
      #expect(try found(desk) == expected(desk))
      // And the order in which they came makes no difference.
      let other = try Desk()
      try other.append(lines.shuffled(using: &random))
      try other.classify(Desk.late, model: "m@2")
      #expect(try found(other) == found(desk))
    }
  }

  @Test func `a closed case is opened by what its author writes next`() throws {
    func line(_ id: Int, _ text: String) -> String {
      #"{"data":{"id":"\#(id)","text":"\#(text)","author_id":"7","lang":"en","#
        + #""conversation_id":"1","created_at":"2026-11-20T10:0\#(id):00.000Z","#
        + #""edit_history_tweet_ids":["\#(id)"]}}"#
    }
    let desk = try Desk()
    try desk.append([line(1, "angry parcel"), line(2, "angry dress")])
    try desk.classify()
    #expect(try found(desk).map { $0.prefix(5) } == ["1 2 0"])
    for row in try desk.rows("SELECT brand, opened_at FROM grouse.cases") {
      let brand = try fields(row)["brand"] ?? ""
      _ = try desk.tables.execute(
        "DELETE FROM grouse.cases WHERE brand = '\(brand)' AND state = 'open'")
    }
    try desk.rewind()
    try desk.classify()
    #expect(try found(desk) == [])
    try desk.append([line(3, "angry again")])
    try desk.classify()
    #expect(try found(desk).map { $0.prefix(5) } == ["1 3 0"])
  }
}

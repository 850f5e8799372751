import CommitLog
import Machine
import SupportDesk
import Synchronization
import Tables
import TestSupport
import Testing

@Suite struct ClassifyQueryTests {
  @Test func `each record has the outcome it should`() throws {
    let desk = try Desk()
    try desk.append([
      post(100, "angry big order"), post(101, "late nice shoes"), post(100, "angry big order"),
      post(102, "angry rt", retweet: true), post(103, "angry parcel", language: "de"),
      post(104, "angry parcel", language: "und"), "", #"{"errors":[{"title":"x"}]}"#,
      #"{"data":{"id":"105"}}"#, "not json", post(106, "angry the app", tag: "brand:loomly"),
    ])
    let totals = try desk.classify()
    #expect(totals.read == 11 && totals.kept == 5 && totals.new == 4 && totals.duplicates == 1)
    #expect(totals.retweets == 1 && totals.otherLanguages == 1 && totals.control == 2)
    #expect(totals.unreadable == 2 && totals.complaints == 3)
    #expect(
      try desk.rows("SELECT id, label FROM grouse.posts WHERE id = '101'") == [
        #"{"id": "101", "label": "other"}"#
      ])
    #expect(
      try desk.rows(
        "SELECT post_id FROM grouse.cases WHERE brand = 'loomly' AND state = 'open'") == [
          #"{"post_id": "106"}"#
        ])
    #expect(try desk.rows("SELECT count(*) FROM grouse.posts") == [#"{"count": 4}"#])
    #expect(try TablesCheck(desk.tables).faults == [])
  }

  @Test func `nothing is read twice, and what comes later is read`() throws {
    let desk = try Desk()
    try desk.append([post(1, "angry a coat")])
    #expect(try desk.classify().read == 1)
    #expect(try desk.classify().read == 0)
    try desk.append([post(2, "late a coat")])
    #expect(try desk.classify().new == 1)
  }

  @Test func `a post has the row of its last version, whatever the order and the batches`() throws {
    var random = Seed.random()
    for _ in 0..<12 {
      let desk = try Desk()
      desk.settings.batchBytes = Int.random(in: 1...6_000, using: &random)
      var latest: [Int: (id: Int, text: String)] = [:]
      var lines: [String] = []
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        let root = 100 + 10 * Int.random(in: 0..<12, using: &random)
        let version = root + Int.random(in: 0..<4, using: &random)
        let word = ["angry", "late", "angry blue"][version % 3]
        let text = "\(word) dress \(version)"
        lines.append(post(version, text, history: root == version ? [root] : [root, version]))
        if version >= latest[root]?.id ?? 0 { latest[root] = (version, text) }
      }
      try desk.append(lines)
      try desk.classify()
      let expected = latest.values.map { #"{"id": "\#($0.id)", "text": "\#($0.text)"}"# }.sorted()
      #expect(try desk.rows("SELECT id, text FROM grouse.posts").sorted() == expected)
      try expectCountsAndCases(desk)
      // The same again from the start changes nothing.
      let before = try desk.contents()
      try desk.rewind()
      try desk.classify()
      #expect(try desk.contents() == before)
      #expect(try TablesCheck(desk.tables).faults == [])
    }
  }

  @Test func `a newer model leaves what it would have made alone`() throws {
    var random = Seed.random()
    let words = ["angry", "late", "angry late", "nice"]
    let lines = (0..<80).map { _ in
      let id = Int.random(in: 1...50, using: &random)
      return post(id, "\(words[id % 4]) parcel \(id)")
    }
    let desk = try Desk()
    try desk.append(lines)
    try desk.classify(Desk.angry)
    try desk.rewind()
    let totals = try desk.classify(Desk.late, model: "m@2")
    #expect(totals.new == 0)
    #expect(totals.renewed == Set(lines).count)
    let fresh = try Desk()
    try fresh.append(lines)
    try fresh.classify(Desk.late, model: "m@2")
    #expect(try desk.contents() == fresh.contents())
    #expect(
      try desk.rows("SELECT DISTINCT brand, day FROM grouse.posts").count == 1)
  }

  @Test func `a closed case stays closed when its post is read again`() throws {
    let desk = try Desk()
    try desk.append([post(5, "angry big order")])
    try desk.classify()
    let row =
      "brand = 'asos' AND state = 'open' AND opened_at = '2026-11-20 10:15:00' AND post_id = '5'"
    _ = try desk.tables.execute("DELETE FROM grouse.cases WHERE \(row)")
    try desk.rewind()
    #expect(try desk.classify().renewed == 1)
    #expect(try desk.rows("SELECT post_id FROM grouse.cases") == [])
  }

  @Test(arguments: 0..<5)
  func `a commit that fails leaves one dead letter a record, not two`(failing: Int) throws {
    let desk = try Desk()
    desk.settings.batchBytes = 1
    try desk.append(["broken", post(3, "angry"), "worse", "{worst", post(4, "late")])
    let store = FailingStore(desk.store, failingAt: failing)
    #expect(throws: FailingStore.Refused.self) { try desk.classify(store: store) }
    try desk.append(["and more"])
    try desk.classify()
    #expect(try DeadLetters(desk.log).end() == 4)
    #expect(try desk.rows("SELECT id FROM grouse.posts").count == 2)
  }

  @Test func `smaller batches after a failed commit double no dead letter`() throws {
    let desk = try Desk()
    try desk.append(["broken", post(3, "angry"), "worse", "{worst"])
    desk.settings.batchBytes = 1 << 20
    #expect(throws: FailingStore.Refused.self) {
      try desk.classify(store: FailingStore(desk.store, failingAt: 0))
    }
    desk.settings.batchBytes = 1
    try desk.classify()
    #expect(try DeadLetters(desk.log).end() == 3)
  }

  /// Counts and cases must be what the posts say.
  private func expectCountsAndCases(_ desk: Desk) throws {
    var counts: [String: (posts: Int, complaints: Int)] = [:]
    for row in try desk.rows("SELECT created_at, prediction FROM grouse.posts") {
      let minute = String(row.dropFirst(16).prefix(16))
      counts[minute, default: (0, 0)].posts += 1
      if row.hasSuffix("1.0}") { counts[minute, default: (0, 0)].complaints += 1 }
    }
    let expected = counts.map {
      #"{"minute": "\#($0.key):00.000Z", "posts": \#($0.value.posts), "complaints": \#($0.value.complaints)}"#
    }.sorted()
    let stored = try desk.rows("SELECT minute, posts, complaints FROM grouse.counts_by_minute")
      .filter { !$0.contains(#""posts": 0"#) }.sorted()
    #expect(stored == expected)
    let complaints = counts.values.reduce(0) { $0 + $1.complaints }
    #expect(try desk.rows("SELECT post_id FROM grouse.cases").count == complaints)
    try expectSubjectCounts(desk)
  }

  /// Every post and every complaint is counted under its row's subject.
  private func expectSubjectCounts(_ desk: Desk) throws {
    var counts: [String: (posts: Int, complaints: Int)] = [:]
    for row in try desk.rows("SELECT subject, prediction FROM grouse.posts") {
      let subject = String(row.split(separator: "\"")[3])
      counts[subject, default: (0, 0)].posts += 1
      if row.hasSuffix("1.0}") { counts[subject, default: (0, 0)].complaints += 1 }
    }
    let expected = counts.map {
      #"{"subject": "\#($0.key)", "posts": \#($0.value.posts), "#
        + #""complaints": \#($0.value.complaints)}"#
    }.sorted()
    let stored = try desk.rows("SELECT subject, posts, complaints FROM grouse.counts_by_subject")
      .filter { !$0.contains(#""posts": 0"#) }.sorted()
    #expect(stored == expected)
  }
}

/// A store whose Nth commit does nothing but fail.
final class FailingStore: TableStore {
  struct Refused: Error {}

  private let store: any TableStore
  private let failing: Int
  private let commits = Atomic<Int>(0)

  init(_ store: any TableStore, failingAt failing: Int) {
    self.store = store
    self.failing = failing
  }

  func prepare(_ statement: String) throws -> PreparedStatement { try store.prepare(statement) }

  func execute(_ statement: String) throws -> Page { try store.execute(statement) }

  func commit(_ body: (any TableTransaction) throws -> Void) throws {
    if commits.add(1, ordering: .relaxed).oldValue == failing { throw Refused() }
    try store.commit(body)
  }

  func state(_ name: String) throws -> [UInt8]? { try store.state(name) }

  func state(_ name: [UInt8]) throws -> [UInt8]? { try store.state(name) }

  func execute(
    _ statement: PreparedStatement, _ values: borrowing BoundValues, from page: PagingState?
  ) throws -> Page { try store.execute(statement, values, from: page) }

  func exchange(
    _ pairs: [(String, String)], _ body: (any StateAccess) throws -> Bool
  ) throws -> Bool { try store.exchange(pairs, body) }

  func states(
    from lower: [UInt8], to upper: [UInt8], limit: Int
  ) throws -> [(name: [UInt8], bytes: [UInt8])] {
    try store.states(from: lower, to: upper, limit: limit)
  }
}

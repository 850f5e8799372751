import CommitLog
import Machine
import Node
import Records
import SupportDesk
import Synchronization
import Tables
import TestSupport
import Testing

/// Replays beside the live query, what they compare, and the exchange of tables.
@Suite struct `Replays` {
  private static let words = ["angry", "late", "angry late", "nice"]

  private func lines(_ random: inout SeededRandom, _ count: Int, from first: Int) -> [String] {
    (0..<count).map { number in
      let id = first + number
      let word = Self.words.randomElement(using: &random) ?? ""
      return post(id, "\(word) parcel \(id)", history: id % 5 == 0 ? [id - 3, id] : nil)
    }
  }

  private func plan(_ desk: Desk, _ model: String = "m@2") throws -> Replay.Plan {
    let from = try desk.log.bounds(of: .init("posts", 0)).lowerBound
    return try Replay.Plan(table: "again", model: model, from: [from], to: nil, range: "all")
  }

  private func replay(_ desk: Desk, store: (any TableStore)? = nil) throws -> Replay {
    Replay(
      desk.log, store ?? desk.store, live: desk.settings, try plan(desk), classifier: Desk.late)
  }

  /// Rows of posts, cases and counts of either set. A count that has come down to nothing stands
  /// there as 0 where a batch had it otherwise.
  private func contents(_ desk: Desk, _ names: TableNames = .live) throws -> [[String]] {
    func counts(_ select: String) throws -> [String] {
      try desk.rows(select).filter { !$0.contains("\"posts\": 0,") }.sorted()
    }
    return [
      try desk.rows("SELECT id, text, label, probability, subject FROM \(names.posts)").sorted(),
      try desk.rows("SELECT post_id, posts, copies, subject FROM \(names.cases)").sorted(),
      try counts("SELECT minute, posts, complaints FROM \(names.minutes)"),
      try counts("SELECT subject, hour, posts, complaints FROM \(names.subjects)"),
    ]
  }

  @Test func `it makes what the model would have made, wherever it is killed`() throws {
    var random = Seed.random()
    for _ in 0..<6 {
      let desk = try Desk()
      desk.settings.batchBytes = Int.random(in: 200...4_000, using: &random)
      let lines = lines(&random, Int.random(in: 1...80, using: &random), from: 100)
      try desk.append(lines)
      try desk.classify()
      let before = try contents(desk)
      for failing in 0..<Int.random(in: 0...4, using: &random) {
        let store = FailingStore(desk.store, failingAt: failing + 1)
        do { try replay(desk, store: store).run() } catch is FailingStore.Refused {}
      }
      try replay(desk).run()
      let fresh = try Desk()
      try fresh.append(lines)
      try fresh.classify(Desk.late, model: "m@2")
      #expect(try contents(desk, TableNames(replayInto: "again")) == contents(fresh))
      #expect(try contents(desk) == before)
      #expect(try DeadLetters(desk.log).end() == 0)
      #expect(try TablesCheck(desk.tables).faults == [])
    }
  }

  @Test func `a comparison counts what has changed, by its definition`() throws {
    var random = Seed.random()
    let desk = try Desk()
    try desk.append(lines(&random, 120, from: 100))
    try desk.classify()
    try replay(desk).run()
    let found = try ReplayComparison(of: "again", in: desk.store, limit: 7)
    func verdicts(_ table: String) throws -> [String: Bool] {
      var verdicts: [String: Bool] = [:]
      for row in try desk.rows("SELECT id, prediction FROM \(table)") {
        verdicts[String(row.dropFirst(8).prefix { $0 != "\"" })] = row.hasSuffix("1.0}")
      }
      return verdicts
    }
    let (before, after) = (try verdicts("grouse.posts"), try verdicts("grouse.again"))
    var confusion = [[0, 0], [0, 0]]
    for (id, was) in before { confusion[was ? 1 : 0][after[id] == true ? 1 : 0] += 1 }
    #expect(found.confusion == confusion && found.posts == before.count && before.count > 50)
    #expect(found.flipped > 7 && found.largestFlips.count == 7)
    let distances = found.largestFlips.map(\.distance)
    #expect(distances == distances.sorted(by: >))
    #expect(found.largestFlips.allSatisfy { before[$0.id] != after[$0.id] })
    #expect(found.models.before == ["m@1"] && found.models.after == ["m@2"])
    #expect(throws: ReplayError.missing("nowhere")) {
      try ReplayComparison(of: "nowhere", in: desk.store)
    }
  }

  @Test func `a swap takes effect at one moment, goes on and comes back`() throws {
    var random = Seed.random()
    let desk = try Desk()
    try desk.append(lines(&random, 60, from: 100))
    try desk.classify()
    let old = try contents(desk)
    let first = try replay(desk)
    try first.run()
    let new = try contents(desk, TableNames(replayInto: "again"))
    // What the live query reads meanwhile is caught up with.
    try desk.append(lines(&random, 30, from: 300))
    try desk.classify()
    let oldAndMore = try contents(desk)
    try first.swap(liveModel: "m@1")
    let newAndMore = try contents(desk)
    #expect(try contents(desk, TableNames(replayInto: "again")) == oldAndMore)
    #expect(newAndMore != new && newAndMore[0].count == oldAndMore[0].count)
    let swapped = try #require(try Replay.swapped("again", in: desk.store))
    #expect(swapped.live == "m@2" && swapped.former == "m@1")
    // Edits and threads of before are known in the tables that are live now.
    let more = lines(&random, 40, from: 120)
    try desk.append(more)
    try desk.classify(Desk.late, model: "m@2")
    let back = Replay(
      desk.log, desk.store, live: desk.settings, try plan(desk, "m@1"), classifier: Desk.angry)
    try back.swap(liveModel: "m@2")
    #expect(try Replay.swapped("again", in: desk.store) == nil)
    let fresh = try Desk()
    let all = try desk.log.bounds(of: .init("posts", 0)).upperBound
    #expect(all == 130)
    try fresh.append(try desk.values())
    try fresh.classify()
    #expect(try contents(desk) == contents(fresh))
    #expect(try old != contents(fresh))
    #expect(try TablesCheck(desk.tables).faults == [])
  }

  @Test func `what cannot be is refused, and what is dropped leaves nothing`() throws {
    let desk = try Desk()
    try desk.append([post(100, "angry parcel"), post(101, "late parcel")])
    try desk.classify()
    for table in ["", "posts", "Ab", "1a", "a-b", "cases", "counts_by_minute", "counts", "a;drop"] {
      #expect(throws: ReplayError.self) {
        try Replay.Plan(table: table, model: "m@2", from: [0], to: nil, range: "")
      }
    }
    let states = { () throws in try desk.tables.states(withPrefix: "").count }
    let before = try states()
    try replay(desk).run()
    let other = Replay(
      desk.log, desk.store, live: desk.settings, try plan(desk, "m@3"), classifier: Desk.angry)
    #expect(throws: ReplayError.self) { try other.run() }
    let part = try Replay.Plan(table: "part", model: "m@2", from: [1], to: nil, range: "1")
    let partial = Replay(
      desk.log, desk.store, live: desk.settings, part, classifier: Desk.late)
    #expect(try partial.run().read == 1)
    #expect(throws: ReplayError.partial("part")) { try partial.swap(liveModel: "m@1") }
    // Names made of another replay's, or of a table of somebody's own, are taken.
    _ = try desk.tables.execute("CREATE TABLE grouse.notes (id text PRIMARY KEY, n text)")
    for table in ["part_cases", "notes"] {
      let plan = try Replay.Plan(table: table, model: "m@2", from: [0], to: nil, range: "")
      let taken = Replay(
        desk.log, desk.store, live: desk.settings, plan, classifier: Desk.late)
      #expect(throws: ReplayError.taken("grouse.\(table)")) { try taken.run() }
      try Replay.drop(table, in: desk.store)
      #expect(throws: ReplayError.taken("grouse.\(table)")) { try taken.run() }
    }
    _ = try desk.tables.execute("DROP TABLE grouse.notes")
    // Of a replay whose tables somebody drops nothing takes the live ones' place.
    _ = try desk.tables.execute("DROP TABLE grouse.again_cases")
    #expect(throws: ReplayError.incomplete("again")) { try replay(desk).swap(liveModel: "m@1") }
    #expect(try desk.rows("SELECT id FROM grouse.posts").count == 2)
    for table in ["again", "part"] { try Replay.drop(table, in: desk.store) }
    #expect(try states() == before)
    #expect(
      try desk.rows(
        "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'grouse'"
      ).allSatisfy { !$0.contains("again") && !$0.contains("part") })
    try other.run()
  }

  @Test func `a drop that is killed is finished by the next replay`() throws {
    for failing in 0..<6 {
      let desk = try Desk()
      try desk.append([post(100, "angry parcel"), post(101, "late parcel")])
      try desk.classify()
      try replay(desk).run()
      let done = try contents(desk, TableNames(replayInto: "again"))
      let store = FailingStore(desk.store, failingAt: failing)
      do { try Replay.drop("again", in: store) } catch is FailingStore.Refused {}
      try replay(desk).run()
      #expect(try contents(desk, TableNames(replayInto: "again")) == done)
    }
  }

  @Test func `a live query that the replay cannot meet ends the swap, not in a circle`() throws {
    let desk = try Desk()
    try desk.append((100..<120).map { post($0, "angry parcel") })
    #expect(throws: ReplayError.apart("again")) { try replay(desk).swap(liveModel: "m@1") }
    try desk.classify()
    try replay(desk).run()
    try desk.rewind()
    #expect(throws: ReplayError.apart("again")) { try replay(desk).swap(liveModel: "m@1") }
    try desk.classify()
    try replay(desk).swap(liveModel: "m@1")
    #expect(try desk.rows("SELECT id FROM grouse.posts").count == 20)
  }

  @Test func `a log that has lost its beginning takes no live rows away`() throws {
    let desk = try Desk()
    try desk.append((100..<120).map { post($0, "angry parcel") })
    try desk.classify()
    _ = try desk.commitLog.partition(.init("posts", 0)).deleteRecords(before: 5)
    try replay(desk).run()
    #expect(throws: ReplayError.truncated("posts-0", first: 5)) {
      try replay(desk).swap(liveModel: "m@1")
    }
    #expect(try desk.rows("SELECT id FROM grouse.posts").count == 20)
  }

  @Test func `a table can be replayed into again after a swap was undone`() throws {
    let desk = try Desk()
    try desk.append((100..<120).map { post($0, "angry parcel") })
    try desk.classify()
    try replay(desk).swap(liveModel: "m@1")
    #expect(try Replay.unpromoted(in: desk.store) == "m@2")
    try Replay.promoted(in: desk.store)
    #expect(try Replay.unpromoted(in: desk.store) == nil)
    let back = Replay(
      desk.log, desk.store, live: desk.settings, try plan(desk, "m@1"), classifier: Desk.angry)
    try back.swap(liveModel: "m@2")
    try Replay.drop("again", in: desk.store)
    try replay(desk).run()
    #expect(try desk.rows("SELECT id FROM grouse.again WHERE id = '100'").count == 1)
  }
}

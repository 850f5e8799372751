import Machine
import Testing

@testable import Tables

/// What a table of counters must show, in the plainest way: a number for each counter, or that it
/// has been deleted.
private struct CounterModel {
  enum Counter: Equatable {
    case number(Int64)
    /// The counter alone has been deleted: it stays so, whatever is added to it, until the deletion
    /// itself is swept away (`db.rows.Cells.resolveCounter`, CASSANDRA-7346).
    case deleted
  }

  /// A counter's place; no row for a static one.
  struct Place: Hashable {
    var partition: Int
    var row: Int?
    var column: String
  }

  private(set) var counters: [Place: Counter] = [:]

  mutating func add(_ amount: Int64, to place: Place) {
    switch counters[place] {
    case nil: counters[place] = .number(amount)
    case .number(let before): counters[place] = .number(before &+ amount)
    case .deleted: break
    }
  }

  mutating func delete(_ place: Place) { counters[place] = .deleted }

  /// Deletes whole rows, whose counters begin anew (`db.CounterMutation`).
  mutating func delete(where covers: (Place) -> Bool) {
    counters = counters.filter { !covers($0.key) }
  }

  /// Forgets the deletions.
  mutating func sweep() { counters = counters.filter { $0.value != .deleted } }

  private func number(_ place: Place) -> Int64? {
    if case .number(let number) = counters[place] { number } else { nil }
  }

  /// The rows of a partition as JSON, by their clustering column.
  func rows(_ partition: Int, isDescending: Bool) -> [String] {
    let live = counters.filter { $0.key.partition == partition && number($0.key) != nil }
    let rows = Set(live.compactMap(\.key.row)).sorted { ($0 < $1) != isDescending }
    // Static counters without a row are a row for themselves.
    let shown = rows.isEmpty && !live.isEmpty ? [nil] : rows.map(Optional.some)
    return shown.map { row in
      func json(_ column: String, _ row: Int?) -> String {
        number(Place(partition: partition, row: row, column: column)).map { "\($0)" } ?? "null"
      }
      let columns = ["n", "o"].map { "\"\($0)\": \(row == nil ? "null" : json($0, row))" }
      return "{\"k\": \(partition), \"c\": \(row.map { "\($0)" } ?? "null"), "
        + "\"s\": \(json("s", nil)), \(columns.joined(separator: ", "))}"
    }
  }
}

/// Random increments, decrements and deletions of counters, compared with `CounterModel`.
@Suite struct CounterOracleTests {
  @Test func `random statements on counters leave what the model leaves`() throws {
    var random = seededRandom()
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    for number in 0..<8 {
      var session = CounterSession("k.t\(number)", store, clock, random)
      try session.run(rounds: 60)
      random = session.random
    }
  }
}

/// One table of counters under random statements.
private struct CounterSession {
  /// A statement that goes into a batch as well, and what it does.
  private struct Change {
    var text: String
    /// What is added, by places.
    var additions: [(place: CounterModel.Place, amount: Int64)] = []
    var deleted: CounterModel.Place?
    var covers: ((CounterModel.Place) -> Bool)?
  }

  var random: SeededRandom
  private let name: String
  private let store: TemporaryTables
  private let clock: FakeClock
  private let isDescending: Bool
  private var model = CounterModel()
  private var log: [String] = []

  /// Longer than a session, but for the sweeps that take deletions away.
  private static let grace: Int64 = 1_000

  init(_ name: String, _ store: TemporaryTables, _ clock: FakeClock, _ random: SeededRandom) {
    self.name = name
    self.store = store
    self.clock = clock
    var random = random
    isDescending = Bool.random(using: &random)
    self.random = random
  }

  private mutating func chance(_ oneIn: Int) -> Bool {
    Int.random(in: 0..<oneIn, using: &random) == 0
  }

  mutating func run(rounds: Int) throws {
    try store.run(
      "CREATE TABLE \(name) (k int, c int, s counter static, n counter, o counter, "
        + "PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c \(isDescending ? "DESC" : "ASC")) "
        + "AND gc_grace_seconds = \(Self.grace)")
    for _ in 0..<rounds {
      // A deletion hides what is as old as itself.
      clock.advance(microseconds: chance(3) ? 1_000_000 : 1)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<7: try carryOut(change())
      case 7..<9: try batch()
      default: try refuse()
      }
      if chance(15) { store.close() }
      if chance(8) { try sweep() }
      if try !compare() { return }
    }
    let faults = try TablesCheck(store.tables).faults
    #expect(faults == [], "\(log.joined(separator: "\n"))")
  }

  private mutating func execute(_ statement: String) throws {
    log.append("[\(clock.microseconds)] \(statement)")
    _ = try store.tables.execute(statement)
  }

  private mutating func carryOut(_ change: Change) throws {
    try execute(change.text)
    take([change])
  }

  /// Statements of one time: what is deleted is deleted whatever is added beside it.
  private mutating func take(_ changes: [Change]) {
    for (place, amount) in changes.flatMap(\.additions) { model.add(amount, to: place) }
    for change in changes {
      if let covers = change.covers { model.delete(where: covers) }
    }
    for change in changes {
      guard let place = change.deleted else { continue }
      let isCovered = changes.contains { $0.covers?(place) ?? false }
      if !isCovered { model.delete(place) }
    }
  }

  private mutating func batch() throws {
    let count = Int.random(in: 0...(chance(4) ? 40 : 4), using: &random)
    let changes = (0...count).map { _ in change() }
    let kind = chance(2) ? "COUNTER" : "UNLOGGED"
    try execute(
      "BEGIN \(kind) BATCH " + changes.map { $0.text + "; " }.joined() + "APPLY BATCH")
    take(changes)
  }

  private mutating func change() -> Change {
    let (partition, row) = (
      Int.random(in: 0..<2, using: &random), Int.random(in: 0..<4, using: &random)
    )
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return deletion(of: partition)
    case 1: return deletion(of: partition, from: row)
    case 2:
      return Change(
        text: "DELETE FROM \(name) WHERE k = \(partition) AND c = \(row)",
        covers: { $0.partition == partition && $0.row == row })
    case 3:
      let column = ["s", "n", "o"].randomElement(using: &random) ?? "n"
      let place = CounterModel.Place(
        partition: partition, row: column == "s" ? nil : row, column: column)
      return Change(
        text: "DELETE \(column) FROM \(name)" + restriction(place), deleted: place)
    default: return update(partition, row)
    }
  }

  private func deletion(of partition: Int) -> Change {
    Change(
      text: "DELETE FROM \(name) WHERE k = \(partition)", covers: { $0.partition == partition })
  }

  private func deletion(of partition: Int, from first: Int) -> Change {
    Change(
      text: "DELETE FROM \(name) WHERE k = \(partition) AND c >= \(first)",
      covers: { $0.partition == partition && $0.row.map { $0 >= first } ?? false })
  }

  private func restriction(_ place: CounterModel.Place) -> String {
    " WHERE k = \(place.partition)" + (place.row.map { " AND c = \($0)" } ?? "")
  }

  private mutating func update(_ partition: Int, _ row: Int) -> Change {
    var change = Change(text: "")
    var settings: [String] = []
    let columns = chance(4) ? ["s"] : chance(3) ? ["n", "o"] : ["n"]
    for column in columns {
      let place = CounterModel.Place(
        partition: partition, row: column == "s" ? nil : row, column: column)
      var amount = Int64.random(in: -3...9, using: &random)
      // Beyond the ends of 64 bits a counter goes on at the other one.
      if chance(12) { amount = Int64.random(in: (.min + 1)...(.max), using: &random) }
      switch Int.random(in: 0..<4, using: &random) {
      case 0: settings.append("\(column) = \(column) + \(amount)")
      case 1: settings.append("\(column) = \(column) - \(-amount)")
      case 2: settings.append("\(column) += \(amount)")
      default: settings.append("\(column) -= \(-amount)")
      }
      change.additions.append((place, amount))
    }
    change.text =
      "UPDATE \(name) SET " + settings.joined(separator: ", ")
      + restriction(change.additions[0].place)
    return change
  }

  /// What counters do not take leaves them as they are, in a batch with others too.
  private mutating func refuse() throws {
    let good = update(0, 1).text
    let row = "WHERE k = 0 AND c = 1"
    let statements = [
      "UPDATE \(name) USING TTL 5 SET n = n + 1 \(row)",
      "UPDATE \(name) USING TIMESTAMP 5 SET n = n + 1 \(row)",
      "DELETE FROM \(name) USING TIMESTAMP 5 \(row)",
      "UPDATE \(name) SET n = 5 \(row)",
      "UPDATE \(name) SET n = n + null \(row)",
      "UPDATE \(name) SET n = n - -9223372036854775808 \(row)",
      "UPDATE \(name) SET n = n + 1 \(row) IF n = 1",
      "INSERT INTO \(name) (k, c, n) VALUES (0, 1, 1)",
      "ALTER TABLE \(name) WITH default_time_to_live = 5",
      "BEGIN BATCH \(good); APPLY BATCH",
      "BEGIN COUNTER BATCH USING TIMESTAMP 5 \(good); APPLY BATCH",
      "BEGIN COUNTER BATCH \(good); UPDATE \(name) SET n = n - -9223372036854775808 \(row); "
        + "APPLY BATCH",
    ]
    let statement = statements.randomElement(using: &random) ?? good
    log.append("[\(clock.microseconds)] \(statement)")
    #expect(try store.refusal(statement)?.code == .invalid, "\(statement)")
  }

  /// A sweep, now or when all deletions may go.
  private mutating func sweep() throws {
    let isLater = chance(2)
    if isLater { clock.advance(microseconds: (Self.grace + 1) * 1_000_000) }
    log.append("[\(clock.microseconds)] a sweep")
    var sweep: Sweep
    repeat {
      sweep = Sweep()
      while !sweep.isFinished { try store.tables.sweep(&sweep, keys: 7) }
      // What is beside a deletion that hides something goes only with it.
    } while isLater && sweep.purged > 0
    if isLater { model.sweep() }
  }

  /// False where anything is wrong.
  private func compare() throws -> Bool {
    var all: [String] = []
    for partition in 0..<2 {
      let expected = model.rows(partition, isDescending: isDescending)
      let found = try store.rows("SELECT * FROM \(name) WHERE k = \(partition)")
      if found != expected {
        Issue.record("\(found) instead of \(expected):\n\(log.joined(separator: "\n"))")
        return false
      }
      all += expected
    }
    let found = try store.rows("SELECT * FROM \(name)")
    if found.sorted() != all.sorted() {
      Issue.record("all \(found), \(all):\n\(log.joined(separator: "\n"))")
      return false
    }
    return true
  }
}

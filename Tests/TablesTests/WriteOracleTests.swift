import Machine
import Testing

@testable import Tables

/// Random writes of every kind, compared with `WriteModel`.
@Suite struct WriteOracleTests {
  @Test func `random writes leave what the model leaves`() throws {
    var random = seededRandom()
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run("CREATE TYPE k.u (a int, b text)")
    for number in 0..<24 {
      var session = WriteSession("k.t\(number)", store, clock, random)
      try session.run(rounds: 90)
      random = session.random
    }
    try store.run("DROP KEYSPACE k")
    let emptied = try TablesCheck(store.tables)
    #expect(emptied.rows == 0 && emptied.indexEntries == 0 && emptied.faults == [])
  }
}

/// One table under random writes.
struct WriteSession {
  var random: SeededRandom
  private let name: String
  private let store: TemporaryTables
  private let clock: FakeClock
  private var model: WriteModel
  /// The direction of each clustering column.
  private let isDescending: [Bool]
  /// What comes between the places of list elements.
  private var listPlace = 0
  private var log: [String] = []

  init(_ name: String, _ store: TemporaryTables, _ clock: FakeClock, _ random: SeededRandom) {
    self.name = name
    self.store = store
    self.clock = clock
    var random = random
    var isDescending: [Bool] = []
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      isDescending.append(Bool.random(using: &random))
    }
    self.random = random
    self.isDescending = isDescending
    var columns: [(name: String, kind: WriteModel.Kind, isStatic: Bool)] = [
      ("l", .list, false), ("m", .map, false), ("s", .set, false), ("u", .user, false),
      ("v", .number, false), ("w", .text, false),
    ]
    if !isDescending.isEmpty {
      columns = [("sm", .map, true), ("sv", .number, true)] + columns
    }
    model = WriteModel(columns)
  }

  private var now: Int { Int(clock.seconds) }
  private mutating func chance(_ oneIn: Int) -> Bool {
    Int.random(in: 0..<oneIn, using: &random) == 0
  }
  private mutating func number() -> Int { Int.random(in: -1...2, using: &random) }
  private mutating func word() -> String {
    ["a", "b", "", "é"].randomElement(using: &random) ?? ""
  }

  mutating func run(rounds: Int) throws {
    var text = "CREATE TABLE \(name) (k int"
    for place in isDescending.indices { text += ", c\(place) int" }
    let types: [WriteModel.Kind: String] = [
      .number: "int", .text: "text", .set: "set<int>", .map: "map<text, int>",
      .list: "list<int>", .user: "u",
    ]
    for column in model.columns {
      text += ", \(column.name) \(types[column.kind] ?? "")" + (column.isStatic ? " static" : "")
    }
    text += ", PRIMARY KEY (k" + isDescending.indices.map { ", c\($0)" }.joined() + "))"
    if !isDescending.isEmpty {
      let orders = isDescending.enumerated().map { "c\($0) \($1 ? "DESC" : "ASC")" }
      text += " WITH CLUSTERING ORDER BY (\(orders.joined(separator: ", ")))"
    }
    try store.run(text)
    log.append(text)
    if chance(2) {
      for target in ["v", "w", "s", "m", "l"] {
        try store.run("CREATE INDEX ON \(name) (\(target))")
      }
      if !isDescending.isEmpty { try store.run("CREATE INDEX ON \(name) (sv)") }
    }
    for _ in 0..<rounds {
      try step()
      if chance(20) { store.close() }
      if chance(3) { clock.advance(microseconds: 1_000_000) }
      if chance(15) {
        var sweep = Sweep()
        while !sweep.isFinished { try store.tables.sweep(&sweep, keys: 7) }
      }
      if try !compare() { return }
    }
    let faults = try TablesCheck(store.tables).faults
    #expect(faults == [], "\(log.joined(separator: "\n"))")
  }

  private mutating func execute(_ statement: String) throws -> Bool {
    log.append("[\(clock.microseconds)] \(statement)")
    do throws(TableError) {
      _ = try opened().execute(statement)
      return true
    } catch {
      log.append("  refused: \(error)")
      return false
    }
  }

  private func opened() throws(TableError) -> Tables {
    do { return try store.tables } catch { throw TableError(.serverError, "\(error)") }
  }

  // Statements.

  private mutating func step() throws {
    switch Int.random(in: 0..<12, using: &random) {
    case 0..<4: try insert()
    case 4..<8: try update()
    case 8: try deleteColumns()
    case 9: try deleteRow()
    default: try deleteRange()
    }
  }

  /// A timestamp that often meets others, and its clause; a lifetime where one is taken.
  private mutating func using(lives: Bool) -> (text: String, timestamp: Int, expiry: Int?) {
    let timestamp = now * 1_000_000 + Int.random(in: -3...3, using: &random)
    guard lives, chance(3) else { return (" USING TIMESTAMP \(timestamp)", timestamp, nil) }
    let ttl = Int.random(in: 1...3, using: &random)
    return (" USING TIMESTAMP \(timestamp) AND TTL \(ttl)", timestamp, now + ttl)
  }

  private mutating func row() -> WriteModel.RowID {
    WriteModel.RowID(
      partition: Int.random(in: 0..<2, using: &random),
      clustering: isDescending.map { _ in Int.random(in: 0..<3, using: &random) })
  }

  private func restriction(_ row: WriteModel.RowID) -> String {
    let columns = (row.clustering ?? []).enumerated().map { " AND c\($0) = \($1)" }
    return " WHERE k = \(row.partition)" + columns.joined()
  }

  private mutating func insert() throws {
    var row = row()
    var columns = model.columns.filter { _ in chance(2) }
    if columns.allSatisfy(\.isStatic), !columns.isEmpty, chance(2) { row.clustering = nil }
    if row.clustering == nil { columns = columns.filter(\.isStatic) }
    let written = using(lives: true)
    var names = ["k"]
    var values = ["\(row.partition)"]
    for (place, value) in (row.clustering ?? []).enumerated() {
      names.append("c\(place)")
      values.append("\(value)")
    }
    var facts = Facts()
    for column in columns {
      names.append(column.name)
      values.append(
        set(column, target(column.isStatic, row), written.timestamp, written.expiry, &facts))
    }
    if row.clustering != nil {
      facts.add(
        .init(row: row, timestamp: written.timestamp, value: nil, expiry: written.expiry))
    }
    let statement =
      "INSERT INTO \(name) (\(names.joined(separator: ", "))) VALUES ("
      + values.joined(separator: ", ") + ")" + written.text
    if try execute(statement) { facts.take(into: &model) }
  }

  private func target(_ isStatic: Bool, _ row: WriteModel.RowID) -> WriteModel.RowID {
    isStatic ? WriteModel.RowID(partition: row.partition) : row
  }

  /// What a statement writes where it is carried out.
  private struct Facts {
    var facts: [WriteModel.Fact] = []
    var deletions: [(row: WriteModel.RowID, column: String, timestamp: Int)] = []

    mutating func add(_ fact: WriteModel.Fact) { facts.append(fact) }

    func take(into model: inout WriteModel) {
      for fact in facts { model.add(fact) }
      for deletion in deletions {
        model.deleteElements(deletion.row, deletion.column, timestamp: deletion.timestamp)
      }
    }
  }

  /// A literal for a whole column, and what it writes.
  private mutating func set(
    _ column: (name: String, kind: WriteModel.Kind, isStatic: Bool), _ row: WriteModel.RowID,
    _ timestamp: Int, _ expiry: Int?, _ facts: inout Facts
  ) -> String {
    func cell(_ value: WriteModel.Value?) -> WriteModel.Fact {
      .init(
        row: row, column: column.name, timestamp: timestamp, value: value,
        expiry: value == nil ? nil : expiry)
    }
    switch column.kind {
    case .number:
      let value = chance(5) ? nil : number()
      facts.add(cell(value.map { .number($0) }))
      return value.map { "\($0)" } ?? "null"
    case .text:
      let value = chance(5) ? nil : word()
      facts.add(cell(value.map { .text($0) }))
      return value.map { "'\($0)'" } ?? "null"
    default: break
    }
    facts.deletions.append((row, column.name, timestamp - 1))
    if chance(6) { return "null" }
    return elements(column, row, timestamp, expiry, &facts)
  }

  /// A literal of some elements, and what they write.
  private mutating func elements(
    _ column: (name: String, kind: WriteModel.Kind, isStatic: Bool), _ row: WriteModel.RowID,
    _ timestamp: Int, _ expiry: Int?, _ facts: inout Facts, isPrepended: Bool = false
  ) -> String {
    func element(_ path: WriteModel.Value, _ value: WriteModel.Value) -> WriteModel.Fact {
      .init(
        row: row, column: column.name, path: path, timestamp: timestamp, value: value,
        expiry: expiry)
    }
    switch column.kind {
    case .set:
      let members = Set((0..<Int.random(in: 0...3, using: &random)).map { _ in number() })
      for member in members { facts.add(element(.number(member), .text(""))) }
      return members.isEmpty ? "{}" : "{" + members.map { "\($0)" }.joined(separator: ", ") + "}"
    case .map:
      let keys = Set((0..<Int.random(in: 0...3, using: &random)).map { _ in word() })
      let entries = keys.map { ($0, number()) }
      for (key, value) in entries { facts.add(element(.text(key), .number(value))) }
      return "{" + entries.map { "'\($0)': \($1)" }.joined(separator: ", ") + "}"
    case .list:
      let values = (0..<Int.random(in: 0...3, using: &random)).map { _ in number() }
      listPlace += 10
      for (place, value) in values.enumerated() {
        let path = isPrepended ? -listPlace + place : listPlace + place
        facts.add(element(.number(path), .number(value)))
      }
      return "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
    default:
      let (first, second) = (chance(3) ? nil : number(), chance(3) ? nil : word())
      if let first { facts.add(element(.number(0), .number(first))) }
      if let second { facts.add(element(.number(1), .text(second))) }
      return "{a: \(first.map { "\($0)" } ?? "null"), b: \(second.map { "'\($0)'" } ?? "null")}"
    }
  }

  private mutating func update() throws {
    let row = row()
    let isStatic = !isDescending.isEmpty && chance(4)
    var columns = model.columns.filter { $0.isStatic == isStatic && chance(3) }
    if columns.isEmpty {
      columns = [model.columns.last { $0.isStatic == isStatic }].compactMap { $0 }
    }
    let written = using(lives: true)
    var facts = Facts()
    var settings: [String] = []
    for column in columns {
      settings.append(
        assign(column, target(isStatic, row), written.timestamp, written.expiry, &facts))
    }
    var place = row
    if isStatic { place.clustering = nil }
    var statement =
      "UPDATE \(name)\(written.text) SET " + settings.joined(separator: ", ") + restriction(place)
    if chance(4) {
      // A condition takes no timestamp: what the server gives is after all others of its second.
      guard let condition = condition(place) else { return }
      let timestamp = now * 1_000_000 + 500_000
      clock.advance(microseconds: Int64(timestamp) - clock.microseconds)
      statement = statement.replacing("TIMESTAMP \(written.timestamp) AND ", with: "")
      statement = statement.replacing(" USING TIMESTAMP \(written.timestamp)", with: "")
      statement += " IF " + condition.text
      log.append("[\(clock.microseconds)] \(statement)")
      let page = try store.tables.execute(statement)
      let given = Int(clock.microseconds)
      let isApplied = page.rows.first?.first == [1]
      #expect(isApplied == condition.holds, "\(log.suffix(40).joined(separator: "\n"))")
      clock.advance(microseconds: 500_000)
      guard isApplied else { return }
      for index in facts.facts.indices { facts.facts[index].timestamp = given }
      for index in facts.deletions.indices {
        facts.deletions[index].timestamp += given - written.timestamp
      }
      return facts.take(into: &model)
    }
    if try execute(statement) { facts.take(into: &model) }
  }

  /// A condition on one column of a row, and whether it holds.
  private mutating func condition(
    _ row: WriteModel.RowID
  ) -> (text: String, holds: Bool)? {
    let isStatic = row.clustering == nil
    let column = isStatic ? "sv" : "v"
    let shown = model.json(row, column, now)
    let current = Int(shown)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return ("EXISTS", model.isLive(row, now))
    case 1:
      let wanted = number()
      return ("\(column) = \(wanted)", current == wanted)
    case 2:
      let wanted = number()
      return ("\(column) >= \(wanted)", current.map { $0 >= wanted } ?? false)
    case 3: return ("\(column) != null", current != nil)
    default:
      guard !isStatic else { return nil }
      let wanted = number()
      let found = model.elements(row, "m", now).first { $0.path == .text("a") }?.value
      return ("m['a'] != \(wanted)", found != .number(wanted))
    }
  }

  /// One assignment, and what it writes.
  private mutating func assign(
    _ column: (name: String, kind: WriteModel.Kind, isStatic: Bool), _ row: WriteModel.RowID,
    _ timestamp: Int, _ expiry: Int?, _ facts: inout Facts
  ) -> String {
    let name = column.name
    func tombstone(_ path: WriteModel.Value) -> WriteModel.Fact {
      .init(row: row, column: name, path: path, timestamp: timestamp, value: nil, expiry: nil)
    }
    func element(_ path: WriteModel.Value, _ value: WriteModel.Value) -> WriteModel.Fact {
      .init(
        row: row, column: name, path: path, timestamp: timestamp, value: value, expiry: expiry)
    }
    switch (column.kind, Int.random(in: 0..<4, using: &random)) {
    case (.set, 1), (.map, 1), (.list, 1):
      return "\(name) = \(name) + " + elements(column, row, timestamp, expiry, &facts)
    case (.list, 2):
      return "\(name) = "
        + elements(column, row, timestamp, expiry, &facts, isPrepended: true) + " + \(name)"
    case (.list, 3):
      let unwanted = number()
      for found in model.elements(row, name, now) where found.value == .number(unwanted) {
        if let path = found.path { facts.add(tombstone(path)) }
      }
      return "\(name) = \(name) - [\(unwanted)]"
    case (.set, 2):
      let member = number()
      facts.add(tombstone(.number(member)))
      return "\(name) = \(name) - {\(member)}"
    case (.map, 2):
      let key = word()
      facts.add(tombstone(.text(key)))
      return "\(name) = \(name) - {'\(key)'}"
    case (.map, 3):
      let (key, value) = (word(), chance(4) ? nil : number())
      facts.add(value.map { element(.text(key), .number($0)) } ?? tombstone(.text(key)))
      return "\(name)['\(key)'] = \(value.map { "\($0)" } ?? "null")"
    case (.user, 1):
      let value = chance(4) ? nil : number()
      facts.add(value.map { element(.number(0), .number($0)) } ?? tombstone(.number(0)))
      return "\(name).a = \(value.map { "\($0)" } ?? "null")"
    default: return "\(name) = " + set(column, row, timestamp, expiry, &facts)
    }
  }

  private mutating func deleteColumns() throws {
    let row = row()
    let column = model.columns.randomElement(using: &random) ?? model.columns[0]
    let written = using(lives: false)
    let place = target(column.isStatic, row)
    var facts = Facts()
    var text = column.name
    switch column.kind {
    case .number, .text:
      facts.add(
        .init(row: place, column: column.name, timestamp: written.timestamp, value: nil))
    case .map where chance(2):
      let key = word()
      text += "['\(key)']"
      facts.add(
        .init(
          row: place, column: column.name, path: .text(key), timestamp: written.timestamp,
          value: nil))
    default: facts.deletions.append((place, column.name, written.timestamp))
    }
    let statement = "DELETE \(text) FROM \(name)\(written.text)" + restriction(place)
    if try execute(statement) { facts.take(into: &model) }
  }

  private mutating func deleteRow() throws {
    let row = row()
    let written = using(lives: false)
    if try execute("DELETE FROM \(name)\(written.text)" + restriction(row)) {
      model.delete(timestamp: written.timestamp) { $0 == row }
    }
  }

  /// Deletes a partition, or rows by the first clustering columns and a slice.
  private mutating func deleteRange() throws {
    let row = row()
    let written = using(lives: false)
    var statement = "DELETE FROM \(name)\(written.text) WHERE k = \(row.partition)"
    guard !isDescending.isEmpty, !chance(4) else {
      if try execute(statement) {
        model.delete(timestamp: written.timestamp) { $0.partition == row.partition }
      }
      return
    }
    let fixed = Int.random(in: 0..<isDescending.count, using: &random)
    let values = row.clustering ?? []
    for place in 0..<fixed { statement += " AND c\(place) = \(values[place])" }
    let low = Int.random(in: -1...3, using: &random)
    let high = Int.random(in: -1...3, using: &random)
    let (hasLow, hasHigh, isOpen) = (chance(2), chance(2), chance(2))
    if hasLow { statement += " AND c\(fixed) \(isOpen ? ">" : ">=") \(low)" }
    if hasHigh { statement += " AND c\(fixed) \(isOpen ? "<" : "<=") \(high)" }
    guard try execute(statement) else { return }
    let isWhole = fixed == 0 && !hasLow && !hasHigh
    model.delete(timestamp: written.timestamp) { other in
      guard other.partition == row.partition else { return false }
      guard let clustering = other.clustering else { return isWhole }
      guard clustering.prefix(fixed).elementsEqual(values.prefix(fixed)) else { return false }
      let value = clustering[fixed]
      if hasLow, isOpen ? value <= low : value < low { return false }
      return !(hasHigh && (isOpen ? value >= high : value > high))
    }
  }

  // Comparison.

  /// Compares every partition, in order, in reverse and by its rows; false where it is wrong.
  private mutating func compare() throws -> Bool {
    for partition in 0..<2 {
      let rows = model.rows(partition, isDescending, now)
      let expected = rows.map { json(partition, $0) }
      let text = "SELECT * FROM \(name) WHERE k = \(partition)"
      var found = try store.rows(text)
      if found != expected {
        Issue.record("\(found) instead of \(expected):\n\(log.joined(separator: "\n"))")
        return false
      }
      if let isFirst = isDescending.first {
        found = try store.rows(text + " ORDER BY c0 \(isFirst ? "ASC" : "DESC")")
        // In reverse, all columns turn.
        if found != expected.reversed() {
          Issue.record("reversed \(found), \(expected):\n\(log.joined(separator: "\n"))")
          return false
        }
      }
      let one = row()
      if one.partition == partition {
        found = try store.rows("SELECT * FROM \(name)" + restriction(one))
        let isThere = rows.contains(one.clustering ?? [])
        if found != (isThere ? [json(partition, one.clustering)] : []) {
          Issue.record("row \(found):\n\(log.joined(separator: "\n"))")
          return false
        }
      }
    }
    let all = try store.rows("SELECT * FROM \(name)")
    let expected = (0..<2).flatMap { partition in
      model.rows(partition, isDescending, now).map { json(partition, $0) }
    }
    if all.sorted() != expected.sorted() {
      Issue.record("all \(all):\n\(log.joined(separator: "\n"))")
      return false
    }
    return true
  }

  private func json(_ partition: Int, _ clustering: [Int]?) -> String {
    var members = ["\"k\": \(partition)"]
    for place in isDescending.indices {
      members.append("\"c\(place)\": \(clustering.map { "\($0[place])" } ?? "null")")
    }
    for column in model.columns {
      let row = WriteModel.RowID(
        partition: partition, clustering: column.isStatic ? nil : clustering)
      let isNull = clustering == nil && !column.isStatic
      members.append(
        "\"\(column.name)\": \(isNull ? "null" : model.json(row, column.name, now))")
    }
    return "{" + members.joined(separator: ", ") + "}"
  }
}

import CQL
import Machine
import Testing

@testable import Tables

/// Random statements on random tables, compared with `TableModel`.
@Suite struct OracleTests {
  @Test func `random statements do what the model does`() throws {
    var random = seededRandom()
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run(#"CREATE TYPE k."U" (a int, "B c" text)"#)
    var lastTimestamp = Int64.min
    for number in 0..<25 {
      var session = OracleSession(RandomTable("k.t\(number)", &random), store, clock, random)
      session.model.lastTimestamp = lastTimestamp
      try session.run(rounds: 60)
      random = session.random
      lastTimestamp = session.model.lastTimestamp
    }
    #expect(try TablesCheck(store.tables).faults == [])
    try store.run("DROP KEYSPACE k")
    let emptied = try TablesCheck(store.tables)
    #expect(emptied.rows == 0 && emptied.indexEntries == 0 && emptied.faults == [])
  }
}

/// One table under random statements.
struct OracleSession {
  var random: SeededRandom
  let table: RandomTable
  let store: TemporaryTables
  let clock: FakeClock
  var model: TableModel
  private let partitions: [[SampleValue]]

  init(_ table: RandomTable, _ store: TemporaryTables, _ clock: FakeClock, _ random: SeededRandom) {
    var random = random
    self.table = table
    self.store = store
    self.clock = clock
    model = TableModel(table)
    partitions = (0..<3).map { _ in
      table.partition.map { column in
        var value = column.type.sample(narrow: true, &random)
        // Cassandra takes no empty partition key.
        while value.bytes.isEmpty { value = column.type.sample(narrow: true, &random) }
        return value
      }
    }
    self.random = random
  }

  mutating func run(rounds: Int) throws {
    _ = try store.tables.execute(table.definition)
    let indexesFirst = chance(2)
    if indexesFirst { try createIndexes() }
    for round in 0..<rounds {
      try modify()
      if round == rounds / 2, !indexesFirst { try createIndexes() }
      if chance(10) { store.close() }
      if chance(2) { clock.advance(microseconds: Int64.random(in: 0...3, using: &random)) }
      if chance(8) { clock.advance(microseconds: 1_000_000) }
      try compareSelection()
      try compareSelection()
    }
    let faults = try TablesCheck(store.tables).faults
    #expect(faults == [], "\(table.definition)")
  }

  private mutating func createIndexes() throws {
    for column in table.indexed {
      let target = column.type.isFrozenCollection ? "full(\(column.name))" : column.name
      _ = try store.tables.execute("CREATE INDEX ON \(table.name) (\(target))")
    }
  }

  mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

  mutating func sample(_ column: RandomTable.Column) -> SampleValue {
    column.type.sample(narrow: true, &random)
  }

  mutating func partition() -> [SampleValue] { partitions.randomElement(using: &random) ?? [] }

  // One INSERT, UPDATE or DELETE, on the tables and on the model.
  private mutating func modify() throws {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5: try upsert(isInsert: true)
    case 5..<7: try upsert(isInsert: false)
    case 7: try deleteColumns()
    case 8: try deleteRow()
    default: try deleteRange()
    }
  }

  private mutating func randomKey() -> [SampleValue] {
    partition() + table.clustering.map { sample($0) }
  }

  /// Appends a random USING clause; gives the timestamp and the expiry that follow from it.
  private mutating func using(
    _ statement: inout StatementText, takesTTL: Bool
  ) -> (timestamp: Int64, expiry: Int64?) {
    var clauses: [(String, SampleValue)] = []
    var timestamp: Int64?
    var expiry: Int64?
    if chance(2) {
      let given = clock.microseconds + Int64.random(in: -4...4, using: &random)
      timestamp = given
      clauses.append(("TIMESTAMP", SampleValue(bytes: bigEndian(given), literal: "\(given)")))
    }
    if takesTTL, chance(3) {
      let ttl = Int32.random(in: 0...3, using: &random)
      if ttl > 0 { expiry = clock.seconds + Int64(ttl) }
      clauses.append(("TTL", SampleValue(bytes: bigEndian(ttl), literal: "\(ttl)")))
    }
    for (number, (word, value)) in clauses.shuffled(using: &random).enumerated() {
      statement.text += (number == 0 ? " USING " : " AND ") + word + " "
      statement.write(value, &random)
    }
    return (timestamp ?? model.nextTimestamp(clock.microseconds), expiry)
  }

  private mutating func upsert(isInsert: Bool) throws {
    var columns = table.regular.filter { _ in chance(2) }
    if !isInsert, columns.isEmpty { columns = [table.regular[0]] }
    let assignments = columns.map { ($0, chance(4) ? nil : sample($0)) }
    let key = randomKey()
    var statement: StatementText
    let written: (timestamp: Int64, expiry: Int64?)
    if isInsert {
      statement = StatementText("INSERT INTO \(table.name) (")
      statement.text += (table.key + columns).map(\.name).joined(separator: ", ") + ") VALUES ("
      for (number, value) in (key.map(Optional.some) + assignments.map(\.1)).enumerated() {
        if number > 0 { statement.text += ", " }
        statement.write(value, &random)
      }
      statement.text += ")"
      written = using(&statement, takesTTL: true)
    } else {
      statement = StatementText("UPDATE \(table.name)")
      written = using(&statement, takesTTL: true)
      statement.text += " SET "
      for (number, (column, value)) in assignments.enumerated() {
        statement.text += (number > 0 ? ", " : "") + "\(column.name) = "
        statement.write(value, &random)
      }
      writeKey(key, &statement)
    }
    try execute(statement)
    model.upsert(
      key.map(\.bytes), assignments.map { ($0.name, $1?.bytes) }, isInsert: isInsert,
      timestamp: written.timestamp, expiry: written.expiry)
  }

  private mutating func writeKey(_ key: [SampleValue], _ statement: inout StatementText) {
    for (number, (column, value)) in zip(table.key, key).enumerated() {
      statement.text += (number == 0 ? " WHERE " : " AND ") + "\(column.name) = "
      statement.write(value, &random)
    }
  }

  private mutating func deleteColumns() throws {
    var columns = table.regular.filter { _ in chance(2) }
    if columns.isEmpty { columns = [table.regular[0]] }
    let names = columns.map(\.name).joined(separator: ", ")
    var statement = StatementText("DELETE \(names) FROM \(table.name)")
    let written = using(&statement, takesTTL: false)
    let key = randomKey()
    writeKey(key, &statement)
    try execute(statement)
    model.upsert(
      key.map(\.bytes), columns.map { ($0.name, nil) }, isInsert: false,
      timestamp: written.timestamp, expiry: nil)
  }

  private mutating func deleteRow() throws {
    var statement = StatementText("DELETE FROM \(table.name)")
    let written = using(&statement, takesTTL: false)
    var keys = [randomKey()]
    if chance(2) { keys.append(keys[0].dropLast() + [randomKey().last].compactMap { $0 }) }
    writeKey(keys[0].dropLast(), &statement)
    let last = table.key[table.key.count - 1]
    statement.text += (keys[0].count == 1 ? " WHERE " : " AND ") + "\(last.name) IN ("
    for (number, key) in keys.enumerated() {
      if number > 0 { statement.text += ", " }
      statement.write(key[key.count - 1], &random)
    }
    statement.text += ")"
    try execute(statement)
    for key in Set(keys.map { $0.map(\.bytes) }) {
      model.delete(key, timestamp: written.timestamp)
    }
  }

  /// Deletes a partition, or a slice of it.
  private mutating func deleteRange() throws {
    guard !table.clustering.isEmpty else { return try deleteRow() }
    var statement = StatementText("DELETE FROM \(table.name)")
    let written = using(&statement, takesTTL: false)
    var filter = RowFilter()
    filter.fixPartition(partition(), table, &statement, &random)
    let fixed = Int.random(in: 0..<table.clustering.count, using: &random)
    for column in table.clustering.prefix(fixed) {
      filter.add(column, .equal, [sample(column)], &statement, &random)
    }
    if chance(2) {
      filter.addSlice(table.clustering[fixed], &statement, &random)
    }
    try execute(statement)
    model.delete(all: filter, timestamp: written.timestamp)
  }

  private func execute(_ statement: StatementText) throws {
    do throws(TableError) {
      let tables = try opened()
      let page = try tables.execute(try statement.prepared(tables), statement.values())
      #expect(page.rows.isEmpty)
    } catch {
      Issue.record("\(error): \(statement.text) on \(table.definition)")
    }
  }

  func opened() throws(TableError) -> Tables {
    do { return try store.tables } catch { throw TableError(.serverError, "\(error)") }
  }
}

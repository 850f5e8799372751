import CQL
import LMDB
import Testing

@testable import Tables

/// Work that a change of definitions leaves for later, and what a crash in between leaves.
@Suite struct DefinitionStepTests {
  /// Tables whose steps are short, and which do no work of themselves.
  private func store(rows: Int) throws -> TemporaryTables {
    var options = Tables.Options()
    options.stepRows = 10
    options.doesHousekeeping = false
    let store = try TemporaryTables(options: options)
    try store.run("CREATE TABLE k.t (a int, b int, v int, PRIMARY KEY (a, b))")
    try insert(store, 0..<rows)
    return store
  }

  private func insert(_ store: TemporaryTables, _ numbers: Range<Int>) throws {
    for number in numbers {
      try store.run("INSERT INTO k.t (a, b, v) VALUES (\(number % 3), \(number), \(number % 5))")
    }
  }

  /// How many rows and entries lie in the file, whoever they belong to, but for the system's.
  private func stored(_ store: TemporaryTables) throws -> (rows: Int, entries: Int) {
    try store.tables.environment.read(mapping: TableError.init) { transaction throws(TableError) in
      let databases = Databases(transaction)
      return (try count(databases.rows), try count(databases.indexes))
    }
  }

  private func count(_ database: Database) throws(TableError) -> Int {
    let end = bigEndian(SystemTables.firstID)
    var count = 0
    do throws(LMDBError) {
      let cursor = try database.cursor()
      var entry = try cursor.first()
      while let found = entry, [UInt8](found.key).lexicographicallyPrecedes(end) {
        count += 1
        entry = try cursor.next()
      }
    } catch { throw TableError(error) }
    return count
  }

  private func definer(_ store: TemporaryTables) throws -> Definer {
    try #require(store.tables.definer)
  }

  private func begin(_ store: TemporaryTables, _ statement: String) throws -> [UInt32] {
    try definer(store).begin(try CQLParser.parse(statement), keyspace: nil).unfinished
  }

  private func finish(_ store: TemporaryTables) throws -> Int {
    var steps = 0
    while try definer(store).continueWork() { steps += 1 }
    return steps
  }

  private func check(_ store: TemporaryTables, rows: Int, entries: Int) throws {
    let check = try TablesCheck(store.tables)
    #expect(check.faults == [])
    #expect(check.keys == rows && check.indexEntries == entries)
  }

  @Test(arguments: ["DROP TABLE k.t", "TRUNCATE k.t", "DROP KEYSPACE k"])
  func `rows of no table go in steps, over a crash`(statement: String) throws {
    let store = try store(rows: 35)
    try store.run("CREATE INDEX i ON k.t (v)")
    try check(store, rows: 35, entries: 35)
    try store.run(statement)
    // Some rows are gone at once; all are out of sight.
    let left = try stored(store)
    #expect(left.rows + left.entries == 60)
    try check(store, rows: 0, entries: 0)
    store.close()
    try check(store, rows: 0, entries: 0)
    // Who takes the name gets none of the old rows, and loses none of its own.
    try store.run(
      "CREATE KEYSPACE IF NOT EXISTS k \(oneReplica)",
      "CREATE TABLE IF NOT EXISTS k.t (a int, b int, v int, PRIMARY KEY (a, b))",
      "CREATE INDEX IF NOT EXISTS ON k.t (v)")
    try insert(store, 0..<3)
    store.close()
    #expect(try finish(store) > 0)
    #expect(try stored(store) == (3, 3))
    try check(store, rows: 3, entries: 3)
    #expect(try finish(store) == 0)
  }

  @Test func `an index that is dropped leaves the rows alone`() throws {
    let store = try store(rows: 35)
    try store.run("CREATE INDEX i ON k.t (v)", "DROP INDEX k.i", "CREATE INDEX i ON k.t (b)")
    try check(store, rows: 35, entries: 35)
    store.close()
    _ = try finish(store)
    #expect(try stored(store) == (35, 35))
    try check(store, rows: 35, entries: 35)
  }

  @Test func `an index is filled in steps, over a crash and among writes`() throws {
    let store = try store(rows: 45)
    let unfinished = try begin(store, "CREATE INDEX i ON k.t (v)")
    #expect(unfinished.count == 1)
    for round in 0..<4 {
      // Not complete, it answers nothing: as if it were not there.
      let refusal = try store.refusal("SELECT b FROM k.t WHERE v = 1")
      #expect(refusal?.message.hasPrefix("Cannot execute this query") == true)
      #expect(try TablesCheck(store.tables).faults == [])
      #expect(try store.rows(#"SELECT * FROM system."IndexInfo""#) == [])
      // Rows before and behind the place that is reached come, go and change.
      for key in 0..<3 {
        let number = round * 3 + key
        try store.run(
          "DELETE FROM k.t WHERE a = \(number % 3) AND b = \(number)",
          "UPDATE k.t SET v = 9 WHERE a = \(key) AND b = \(key + 30)",
          "INSERT INTO k.t (a, b, v) VALUES (\(key), \(100 + number), 9)")
      }
      store.close()
      #expect(try definer(store).continueWork() == true)
    }
    _ = try finish(store)
    // The rows that were deleted are kept as such, without an entry.
    try check(store, rows: 57, entries: 45)
    #expect(try store.rows("SELECT b FROM k.t WHERE v = 9").count == 15)
    #expect(
      try store.rows(#"SELECT index_name FROM system."IndexInfo""#) == [#"{"index_name": "i"}"#])
    store.close()
    #expect(try store.rows("SELECT b FROM k.t WHERE v = 9").count == 15)
  }

  @Test func `an index in the making may be dropped, with its table too`() throws {
    for statement in ["DROP INDEX k.i", "DROP TABLE k.t", "TRUNCATE k.t"] {
      let store = try store(rows: 45)
      #expect(try begin(store, "CREATE INDEX i ON k.t (v)").count == 1)
      try store.run(statement)
      store.close()
      _ = try finish(store)
      let rows = statement == "DROP INDEX k.i" ? 45 : 0
      #expect(try stored(store) == (rows, 0), "\(statement)")
      try check(store, rows: rows, entries: 0)
    }
  }

  @Test func `an index that cannot be made is not there, and nothing of it`() throws {
    let store = try store(rows: 0)
    try store.run("CREATE TABLE k.s (a int PRIMARY KEY, v text)")
    for number in 0..<45 {
      let text = number < 30 ? "x" : String(repeating: "x", count: 505)
      try store.run("INSERT INTO k.s (a, v) VALUES (\(number), '\(text)')")
    }
    let before = try store.tables.schema.tables
    let error = try store.refusal("CREATE INDEX i ON k.s (v)")
    #expect(error?.message.hasPrefix("The value of the indexed column v is too long") == true)
    #expect(try store.tables.schema.tables == before)
    _ = try finish(store)
    #expect(try stored(store) == (45, 0))
    try check(store, rows: 45, entries: 0)
  }

  @Test func `what nobody sees any more may be too long for an index`() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    let long = String(repeating: "x", count: 505)
    try store.run(
      "CREATE TABLE k.s (p int, c int, s text static, v text, l list<text>, PRIMARY KEY (p, c))",
      "INSERT INTO k.s (p, c, s, v, l) VALUES (1, 1, '\(long)', '\(long)', ['\(long)'])",
      "DELETE FROM k.s WHERE p = 1",
      "INSERT INTO k.s (p, c, s, v, l) VALUES (2, 1, '\(long)', '\(long)', ['\(long)']) USING TTL 9",
      "INSERT INTO k.s (p, c, v, l) VALUES (3, 1, '\(long)', ['\(long)'])",
      "DELETE FROM k.s WHERE p = 3 AND c > 0")
    clock.advance(microseconds: 10_000_000)
    for column in ["s", "v", "l"] {
      try store.run("CREATE INDEX ON k.s (\(column))")
      #expect(try TablesCheck(store.tables).faults == [])
    }
    // And is no hindrance to what comes after it.
    for p in 1...3 {
      try store.run(
        "INSERT INTO k.s (p, c, s, v, l) VALUES (\(p), 1, 'y', 'y', ['y'])",
        "UPDATE k.s SET v = 'z' WHERE p = \(p) AND c = 1")
      let refusal = try store.refusal("UPDATE k.s SET v = '\(long)' WHERE p = \(p) AND c = 1")
      #expect(refusal?.message.hasPrefix("The value of the indexed column v is too long") == true)
    }
    #expect(try TablesCheck(store.tables).faults == [])
    var sweep = Sweep()
    while !sweep.isFinished { try store.tables.sweep(&sweep) }
    for condition in ["s = 'y'", "v = 'z'", "l CONTAINS 'y'"] {
      #expect(try store.rows("SELECT p FROM k.s WHERE \(condition)").count == 3, "\(condition)")
    }
    #expect(try TablesCheck(store.tables).faults == [])
  }

  @Test func `deleted rows are steps of an index's building, too`() throws {
    let store = try store(rows: 45)
    for number in 0..<45 {
      try store.run("DELETE FROM k.t WHERE a = \(number % 3) AND b = \(number)")
    }
    #expect(try begin(store, "CREATE INDEX i ON k.t (v)").count == 1)
    #expect(try finish(store) >= 4)
  }

  @Test func `numbers are never given again`() throws {
    let store = try store(rows: 0)
    var seen: Set<UInt32> = []
    for _ in 0..<5 {
      try store.run(
        "DROP TABLE IF EXISTS k.x", "CREATE TABLE k.x (a int PRIMARY KEY, v int)",
        "CREATE INDEX ON k.x (v)")
      store.close()
      try store.run("TRUNCATE k.x")
      for table in try store.tables.schema.userTables where table.name == "x" {
        for number in [table.id] + table.indexes.map(\.id) {
          #expect(seen.insert(number).inserted)
        }
      }
    }
  }

  @Test func `the housekeeper does what is left, and closing waits for it`() throws {
    var options = Tables.Options()
    options.stepRows = 5
    let store = try TemporaryTables(options: options)
    try store.run("CREATE TABLE k.t (a int, b int, v int, PRIMARY KEY (a, b))")
    try insert(store, 0..<200)
    try store.run("DROP TABLE k.t")
    store.close()
    var quiet = Tables.Options()
    quiet.doesHousekeeping = false
    let tables = try Tables(store.directory, options: quiet)
    while try tables.definer?.continueWork() ?? false {}
    #expect(try TablesCheck(tables).faults == [])
  }

  @Test func `every kind of index is filled from the rows there are`() throws {
    let store = try store(rows: 0)
    try store.run(
      """
      CREATE TABLE k.all (p int, q int, c int, s text static, e set<int> static, l list<int>,
        m map<text, int>, f frozen<map<text, int>>, v int, PRIMARY KEY ((p, q), c))
      """)
    try fill(store)
    let targets = [
      "p", "q", "c", "s", "values(e)", "values(l)", "keys(m)", "values(m)", "entries(m)",
      "full(f)", "v",
    ]
    for target in targets { try store.run("CREATE INDEX ON k.all (\(target))") }
    #expect(try TablesCheck(store.tables).faults == [])
    #expect(try store.tables.schema.userTables.allSatisfy { $0.indexes.allSatisfy { $0.isBuilt } })
    // Written with the indexes there, the same rows make the same entries.
    let built = try count(store)
    try store.run("TRUNCATE k.all")
    _ = try finish(store)
    #expect(try count(store) == 0)
    try fill(store)
    #expect(try count(store) == built)
    #expect(try TablesCheck(store.tables).faults == [])
  }

  /// Rows with and without static columns, and some that were deleted.
  private func fill(_ store: TemporaryTables) throws {
    for number in 0..<60 {
      let (p, c) = (number % 7, number)
      try store.run(
        "INSERT INTO k.all (p, q, s, e) VALUES (\(p), 0, 's\(p)', {\(p), 100})",
        "INSERT INTO k.all (p, q, c, l, m, f, v) VALUES (\(p), 0, \(c), [\(c % 4), \(c % 4)], "
          + "{'k\(c % 3)': \(c % 5), 'all': 1}, {'k': \(c % 2)}, \(c % 6))")
    }
    try store.run(
      "INSERT INTO k.all (p, q, s) VALUES (99, 0, 's0')",
      "DELETE FROM k.all WHERE p = 3 AND q = 0 AND c > 30",
      "DELETE l[0] FROM k.all WHERE p = 0 AND q = 0 AND c = 0")
  }

  private func count(_ store: TemporaryTables) throws -> Int { try stored(store).entries }
}

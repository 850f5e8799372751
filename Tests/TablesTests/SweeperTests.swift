import Testing

@testable import Tables

/// What the sweeper takes away, and what it leaves.
@Suite struct SweeperTests {
  private func sweep(_ store: TemporaryTables, keys: Int = 3) throws -> Sweep {
    var sweep = Sweep()
    while !sweep.isFinished { try store.tables.sweep(&sweep, keys: keys) }
    let faults = try TablesCheck(store.tables).faults
    #expect(faults == [])
    return sweep
  }

  private func keys(_ store: TemporaryTables) throws -> Int { try TablesCheck(store.tables).keys }

  @Test func `what has expired goes once its deletion is old enough`() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run(
      "CREATE TABLE k.t (k int PRIMARY KEY, v text) WITH gc_grace_seconds = 10",
      "CREATE INDEX ON k.t (v)", "INSERT INTO k.t (k, v) VALUES (1, 'long enough') USING TTL 2",
      "INSERT INTO k.t (k, v) VALUES (2, 'stays')")
    #expect(try sweep(store).purged == 0)
    clock.advance(microseconds: 3_000_000)
    // The row, and what the system's own rows have to give.
    #expect(try sweep(store).purged >= 1)
    #expect(try TablesCheck(store.tables).indexEntries == 1)
    #expect(try keys(store) == 2)
    clock.advance(microseconds: 10_000_000)
    _ = try sweep(store)
    #expect(try keys(store) == 1)
    #expect(try store.rows("SELECT v FROM k.t") == [#"{"v": "stays"}"#])
  }

  @Test func `what deletions cover goes at once, the deletions when they are old`() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    let long = String(repeating: "x", count: 5_000)
    try store.run(
      """
      CREATE TABLE k.t (k text, c int, s int static, v int, PRIMARY KEY (k, c))
        WITH gc_grace_seconds = 10
      """, "CREATE INDEX ON k.t (v)", "CREATE INDEX ON k.t (s)")
    for key in ["a", "b", long] {
      for number in 0..<5 {
        try store.run("INSERT INTO k.t (k, c, s, v) VALUES ('\(key)', \(number), 1, 1)")
      }
    }
    try store.run(
      "DELETE FROM k.t WHERE k = 'a' AND c > 1", "DELETE FROM k.t WHERE k = 'b'",
      "DELETE FROM k.t WHERE k = '\(long)'")
    let before = try store.rows("SELECT c, s, v FROM k.t")
    _ = try sweep(store)
    // Two rows, the record and the range tombstone of a; the records of the others.
    #expect(try keys(store) == 6)
    #expect(try store.rows("SELECT c, s, v FROM k.t") == before)
    try store.run("INSERT INTO k.t (k, c) VALUES ('b', 9) USING TIMESTAMP 1")
    #expect(try store.rows("SELECT c FROM k.t WHERE k = 'b'") == [])
    clock.advance(microseconds: 11_000_000)
    _ = try sweep(store)
    _ = try sweep(store)
    // Two rows and the static cell of a.
    #expect(try keys(store) == 3)
    #expect(try store.rows("SELECT c, s, v FROM k.t") == before)
  }

  @Test func `a record says of its partition what is there`() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    let long = String(repeating: "x", count: 5_000)
    for key in ["a", long] {
      try store.run(
        "CREATE TABLE IF NOT EXISTS k.t (k text, c int, PRIMARY KEY (k, c)) "
          + "WITH gc_grace_seconds = 10", "INSERT INTO k.t (k, c) VALUES ('\(key)', 0)",
        "DELETE FROM k.t WHERE k = '\(key)'",
        "DELETE FROM k.t WHERE k = '\(key)' AND c > 5",
        "INSERT INTO k.t (k, c) VALUES ('\(key)', 1)")
    }
    clock.advance(microseconds: 11_000_000)
    // What was deleted, the range tombstone and the deletion go in one step, a row stays.
    _ = try sweep(store, keys: 100)
    #expect(try store.rows("SELECT c FROM k.t") == [#"{"c": 1}"#, #"{"c": 1}"#])
    try store.run("DELETE FROM k.t WHERE k = '\(long)' AND c = 1")
    clock.advance(microseconds: 11_000_000)
    for _ in 0..<2 { _ = try sweep(store, keys: 100) }
    #expect(try keys(store) == 1)
  }

  @Test func `a deletion stays as long as it hides something`() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run(
      "CREATE TABLE k.t (k int, c int, PRIMARY KEY (k, c)) WITH gc_grace_seconds = 1",
      "DELETE FROM k.t USING TIMESTAMP 10 WHERE k = 1 AND c < 9")
    clock.advance(microseconds: 3_000_000)
    try store.run("INSERT INTO k.t (k, c) VALUES (1, 1) USING TIMESTAMP 5")
    #expect(try store.rows("SELECT * FROM k.t") == [])
    for _ in 0..<3 {
      _ = try sweep(store, keys: 1)
      #expect(try store.rows("SELECT * FROM k.t") == [])
    }
    #expect(try keys(store) == 0)
  }

  @Test func `cells of a column that was dropped go, but those that come back with it`() throws {
    let store = try TemporaryTables(clock: FakeClock().clock)
    try store.run(
      "CREATE TABLE k.t (a int, c int, v text, s set<int> static, PRIMARY KEY (a, c))",
      "INSERT INTO k.t (a, c, v, s) VALUES (1, 1, 'old', {1, 2}) USING TIMESTAMP 10",
      "UPDATE k.t USING TIMESTAMP 10 SET v = 'alone' WHERE a = 1 AND c = 2",
      "UPDATE k.t USING TIMESTAMP 30 SET v = 'new' WHERE a = 1 AND c = 3",
      "ALTER TABLE k.t DROP (v, s) USING TIMESTAMP 20")
    #expect(try store.rows("SELECT c FROM k.t") == [#"{"c": 1}"#])
    #expect(try sweep(store).purged == 3)
    #expect(try keys(store) == 2)
    #expect(try sweep(store).purged == 0)
    try store.run("ALTER TABLE k.t ADD (v text, s set<int> static)")
    #expect(
      try store.rows("SELECT * FROM k.t") == [
        #"{"a": 1, "c": 1, "s": null, "v": null}"#, #"{"a": 1, "c": 3, "s": null, "v": "new"}"#,
      ])
  }
}

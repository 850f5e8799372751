import LMDB
import Machine
import Testing

@testable import Tables

/// Sweeps that meet an error on their way: what was swept stays swept, and the sweep goes on where
/// it was.
@Suite struct FailedSweepTests {
  private static let rows = 20
  private let clock = FakeClock()

  /// A table of rows that can all go, but for one.
  private func store() throws -> TemporaryTables {
    let store = try TemporaryTables(clock: clock.clock)
    try store.run(
      "CREATE TABLE k.t (k int PRIMARY KEY, v int) WITH gc_grace_seconds = 1",
      "CREATE INDEX ON k.t (v)", "INSERT INTO k.t (k, v) VALUES (100, 5)")
    // What the system's own rows have to give.
    clock.advance(microseconds: 10_000_000)
    var sweep = Sweep()
    while !sweep.isFinished { try store.tables.sweep(&sweep) }
    for row in 0..<Self.rows {
      try store.run("INSERT INTO k.t (k, v) VALUES (\(row), 5) USING TTL 1")
    }
    clock.advance(microseconds: 10_000_000)
    return store
  }

  /// Sweeps to the end, or to an error.
  private func go(_ sweep: inout Sweep, _ store: TemporaryTables) throws -> TableError? {
    let tables = try store.tables
    do throws(TableError) {
      while !sweep.isFinished { try tables.sweep(&sweep, keys: 3) }
      return nil
    } catch { return error }
  }

  private func checkEnd(_ sweep: Sweep, _ store: TemporaryTables, visited: Int) throws {
    #expect(sweep.visited == visited)
    #expect(sweep.purged == Self.rows)
    #expect(try store.rows("SELECT k FROM k.t WHERE v = 5") == [#"{"k": 100}"#])
    let check = try TablesCheck(store.tables)
    #expect(check.faults == [] && check.keys == 1 && check.indexEntries == 1)
  }

  /// Puts a value in a row's place, past all that keeps rows whole; returns what was there.
  private func replace(
    _ key: [UInt8], by value: [UInt8], _ store: TemporaryTables
  ) throws -> [UInt8] {
    try store.tables.environment.write(mapping: TableError.init) {
      transaction throws(TableError) in
      try stored { () throws(LMDBError) in
        let rows = Databases(transaction).rows
        let before = try key.borrowed { key throws(LMDBError) in try rows.get(key) }
        let found = before.map { [UInt8]($0) } ?? []
        try rows.put(key, value)
        return found
      }
    }
  }

  /// The keys of the table's rows, in order, and how many keys come before them.
  private func keys(_ store: TemporaryTables) throws -> (before: Int, own: [[UInt8]], all: Int) {
    let tables = try store.tables
    let table = try #require(tables.schema.userTables.first { $0.name == "t" })
    return try tables.environment.read(mapping: TableError.init) {
      transaction throws(TableError) in
      try stored { () throws(LMDBError) in
        let cursor = try Databases(transaction).rows.cursor()
        var (own, before, all): ([[UInt8]], Int, Int) = ([], 0, 0)
        while let entry = try cursor.next() {
          all += 1
          if RowKey.table(entry.key) == table.id {
            own.append([UInt8](entry.key))
          } else if own.isEmpty {
            before += 1
          }
        }
        return (before, own, all)
      }
    }
  }

  @Test func `a damaged row stops a sweep until it is mended`() throws {
    let store = try store()
    let keys = try keys(store)
    let place = Self.rows / 2
    let value = try replace(keys.own[place], by: [9], store)
    var sweep = Sweep()
    let failure = try go(&sweep, store)
    #expect(failure?.message.hasPrefix("a row of k.t is damaged") == true)
    let (visited, purged) = (sweep.visited, sweep.purged)
    // Whole steps have been done, up to the one that met it.
    #expect(visited <= keys.before + place && visited > keys.before + place - 3)
    #expect(purged > 0 && purged < Self.rows)
    #expect(try go(&sweep, store) == failure)
    #expect(sweep.visited == visited && sweep.purged == purged)
    _ = try replace(keys.own[place], by: value, store)
    #expect(try go(&sweep, store) == nil)
    try checkEnd(sweep, store, visited: keys.all)
  }

  #if os(Linux)
    @Test(arguments: RefusedCall.allCases)
    func `a step whose commit fails is done again`(call: RefusedCall) throws {
      let store = try store()
      let keys = try keys(store)
      var sweep = Sweep()
      // Some steps before the failure.
      while sweep.purged == 0 { try store.tables.sweep(&sweep, keys: 3) }
      let (visited, purged) = (sweep.visited, sweep.purged)
      let isRefused = try store.tables.write { _ throws(TableError) in call.begin() }
      try #require(isRefused)
      let failure = try go(&sweep, store)
      #expect(failure?.storage != nil)
      #expect(sweep.visited == visited && sweep.purged == purged)
      store.close()
      #expect(try store.rows("SELECT k FROM k.t WHERE v = 5") == [#"{"k": 100}"#])
      #expect(try go(&sweep, store) == nil)
      try checkEnd(sweep, store, visited: keys.all)
    }
  #endif
}

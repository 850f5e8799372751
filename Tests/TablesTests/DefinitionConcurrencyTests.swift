import Machine
import Synchronization
import Testing

@testable import Tables

/// Definitions that change while others read and write.
@Suite struct DefinitionConcurrencyTests {
  @Test func `readers find every row while indexes and columns come and go`() throws {
    var options = Tables.Options()
    options.stepRows = 50
    let store = try TemporaryTables(options: options)
    try store.run("CREATE TABLE k.t (a int, b int, v int, w int, PRIMARY KEY (a, b))")
    for number in 0..<300 {
      try store.run(
        "INSERT INTO k.t (a, b, v, w) VALUES (\(number % 4), \(number), \(number % 3), 1)")
    }
    let tables = try store.tables
    let isDone = Atomic(false)
    let failures = Mutex<[String]>([])
    @Sendable func note(_ text: String) { failures.withLock { $0.append(text) } }
    let readers = (0..<2).map { number in
      Worker {
        while !isDone.load(ordering: .acquiring) {
          do throws(TableError) {
            // With the index or without, these are its rows.
            let found = try tables.execute("SELECT b FROM k.t WHERE v = \(number) ALLOW FILTERING")
            if found.rows.count != 100 { note("\(found.rows.count) rows of v = \(number)") }
            let all = try tables.execute("SELECT * FROM k.t")
            if all.rows.count != 300 { note("\(all.rows.count) rows") }
          } catch { note("\(error)") }
        }
      }
    }
    let writer = Worker {
      var number = 0
      while !isDone.load(ordering: .acquiring) {
        number += 1
        do throws(TableError) {
          _ = try tables.execute(
            "UPDATE k.t SET v = \(number % 300 % 3) WHERE a = \(number % 4) AND b = \(number % 300)"
              + " IF EXISTS")
        } catch { note("\(error)") }
      }
    }
    for round in 0..<15 {
      try store.run(
        "CREATE INDEX i ON k.t (v)", "ALTER TABLE k.t ADD x\(round) int", "ALTER TABLE k.t DROP w",
        "DROP INDEX k.i", "ALTER TABLE k.t ADD w int")
    }
    isDone.store(true, ordering: .releasing)
    for worker in readers + [writer] { worker.join() }
    #expect(failures.withLock { Set($0) } == [])
    #expect(try TablesCheck(tables).faults == [])
  }

  @Test func `a change is waited for without occupying a thread`() async throws {
    let store = try TemporaryTables()
    let tables = try store.tables
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask {
          do {
            let create = try tables.prepare("CREATE TABLE k.t\(number) (a int PRIMARY KEY, v int)")
            _ = try await tables.execute(create, BoundValues())
            let index = try tables.prepare("CREATE INDEX ON k.t\(number) (v)")
            _ = try await tables.execute(index, BoundValues())
          } catch { Issue.record(error) }
        }
      }
    }
    #expect(tables.schema.userTables.count == 20)
    #expect(tables.schema.userTables.allSatisfy { $0.indexes.count == 1 && $0.indexes[0].isBuilt })
    let missing = try tables.prepare("DROP TABLE k.none")
    await #expect(throws: TableError.invalid("Table 'k.none' doesn't exist")) {
      try await tables.execute(missing, BoundValues())
    }
    #expect(try TablesCheck(tables).faults == [])
  }
}

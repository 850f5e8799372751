import LMDB
import Machine
import Synchronization
import Testing

@testable import Tables

@Suite struct `The thread that writes` {
  private func store(_ options: Tables.Options = .init()) throws -> TemporaryTables {
    let store = try TemporaryTables(options: options)
    try store.run(
      "CREATE TABLE k.t (p int, c int, v int, s text, PRIMARY KEY (p, c))",
      "CREATE INDEX i ON k.t (v)")
    return store
  }

  @Test(arguments: [Tables.Durability.batch, .interval(milliseconds: 5)])
  func `what writers were told is what is there`(durability: Tables.Durability) throws {
    var options = Tables.Options()
    options.durability = durability
    let store = try store(options)
    let expected = try write(store)
    for _ in 0..<2 {
      for (writer, rows) in expected {
        let found = try store.rows("SELECT c, v FROM k.t WHERE p = \(writer)")
        #expect(
          found == rows.sorted { $0.key < $1.key }.map { #"{"c": \#($0.key), "v": \#($0.value)}"# })
      }
      #expect(try TablesCheck(store.tables).faults == [])
      #expect(try store.tables.schema.userTables.count == 11)
      store.close()
    }
  }

  /// Eight writers at once, and definitions between; returns the rows that each has been told of.
  private func write(_ store: TemporaryTables) throws -> [Int: [Int: Int]] {
    let tables = try store.tables
    let expected = Mutex<[Int: [Int: Int]]>([:])
    let faults = Mutex<[String]>([])
    var seeds = seededRandom()
    let insert = try tables.prepare("INSERT INTO k.t (p, c, v) VALUES (?, ?, ?) IF NOT EXISTS")
    let plain = try tables.prepare("INSERT INTO k.t (p, c, v) VALUES (?, ?, ?)")
    let delete = try tables.prepare("DELETE FROM k.t WHERE p = ? AND c = ?")
    let writers = (0..<8).map { writer in
      let seed = UInt64.random(in: 0...(.max), using: &seeds)
      return Worker {
        var random = SeededRandom(seed: seed)
        var rows: [Int: Int] = [:]
        for step in 0..<60 {
          let key = Int.random(in: 0..<10, using: &random)
          var values = BoundValues()
          values.append(Int32(writer))
          values.append(Int32(key))
          do throws(TableError) {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
              _ = try tables.execute(delete, values)
              rows[key] = nil
            case 1:
              values.append(Int32(step))
              let page = try tables.execute(insert, values)
              let isApplied = page.rows[0][0] == [1]
              if isApplied != (rows[key] == nil) { faults.withLock { $0.append("condition") } }
              if isApplied { rows[key] = step }
            case 2:
              // Changes something, then fails: nothing of it may be left.
              try tables.write { transaction throws(TableError) in
                var values = BoundValues()
                values.append(Int32(writer))
                values.append(Int32(key))
                values.append(Int32(-1))
                try transaction.execute(plain, values)
                throw TableError.invalid("refused")
              }
              faults.withLock { $0.append("no error") }
            default:
              values.append(Int32(step))
              _ = try tables.execute(plain, values)
              rows[key] = step
            }
          } catch {
            if error.message != "refused" { faults.withLock { $0.append(error.message) } }
          }
          let seen = try? tables.execute("SELECT c, v FROM k.t WHERE p = \(writer)")
          if seen?.rows.count != rows.count { faults.withLock { $0.append("step \(step)") } }
        }
        expected.withLock { $0[writer] = rows }
      }
    }
    for round in 0..<10 { try store.run("CREATE TABLE k.d\(round) (a int PRIMARY KEY)") }
    for writer in writers { writer.join() }
    #expect(faults.withLock { $0 } == [])
    return expected.withLock { $0 }
  }

  @Test func `those that wait share one commit, and one that fails harms no other`() throws {
    let store = try store()
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.t (p, c, v) VALUES (1, ?, 7)")
    let isRunning = Signal()
    let mayEnd = Signal()
    let outcomes = Mutex<[Int: String]>([:])
    let first = Worker {
      try? tables.write { transaction throws(TableError) in
        isRunning.raise()
        mayEnd.wait(since: 0)
      }
    }
    isRunning.wait(since: 0)
    let before = tables.environment.commits
    let writers = (0..<16).map { number in
      Worker {
        do throws(TableError) {
          try tables.write { transaction throws(TableError) in
            var values = BoundValues()
            values.append(Int32(number))
            try transaction.execute(insert, values)
            if number % 5 == 0 { throw TableError.invalid("refused") }
          }
          outcomes.withLock { $0[number] = "done" }
        } catch { outcomes.withLock { $0[number] = error.message } }
      }
    }
    let pause = Signal()
    while tables.writer?.waiting != 17 { pause.wait(since: 0, milliseconds: 1) }
    mayEnd.raise()
    for writer in writers + [first] { writer.join() }
    #expect(tables.environment.commits == before + 1)
    for number in 0..<16 {
      #expect(outcomes.withLock { $0[number] } == (number % 5 == 0 ? "refused" : "done"))
    }
    let kept = (0..<16).filter { $0 % 5 != 0 }
    #expect(
      try store.rows("SELECT c FROM k.t WHERE p = 1") == kept.map { #"{"c": \#($0)}"# })
    #expect(try TablesCheck(tables).faults == [])
  }

  @Test func `tasks write without holding up the pool`() async throws {
    let store = try store()
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.t (p, c, v) VALUES (?, ?, 1)")
    await withTaskGroup(of: Void.self) { tasks in
      for number in 0..<500 {
        tasks.addTask {
          var values = BoundValues()
          values.append(Int32(number % 7))
          values.append(Int32(number))
          do throws(TableError) {
            _ = try await tables.execute(insert, values)
          } catch { Issue.record("\(error)") }
        }
      }
    }
    let create = try tables.prepare("CREATE TABLE k.u (a int PRIMARY KEY)")
    _ = try await tables.execute(create, BoundValues())
    await #expect(throws: TableError.self) { _ = try await tables.execute(create, BoundValues()) }
    let count = try tables.prepare("SELECT count(*) FROM k.t")
    let page = try await tables.execute(count, BoundValues())
    #expect(page.rows == [[[0, 0, 0, 0, 0, 0, 1, 0xF4]]])
  }

  @Test func `a map that is too small grows while all of a group is written once`() throws {
    var options = Tables.Options()
    options.mapSize = 1 << 20
    let store = try store(options)
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.t (p, c, v, s) VALUES (?, ?, ?, ?)")
    let text = String(repeating: "x", count: 20_000)
    let failures = Mutex<[String]>([])
    let writers = (0..<4).map { writer in
      Worker {
        for round in 0..<10 {
          do throws(TableError) {
            try tables.write { transaction throws(TableError) in
              for number in 0..<20 {
                var values = BoundValues()
                values.append(Int32(writer))
                values.append(Int32(round * 20 + number))
                values.append(Int32(number))
                values.append(text)
                try transaction.execute(insert, values)
              }
            }
          } catch { failures.withLock { $0.append(error.message) } }
        }
      }
    }
    for writer in writers { writer.join() }
    #expect(failures.withLock { $0 } == [])
    #expect(try store.rows("SELECT count(*) FROM k.t") == [#"{"count": 800}"#])
    #expect(try TablesCheck(tables).faults == [])
  }
}

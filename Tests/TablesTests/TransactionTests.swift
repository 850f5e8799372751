import Machine
import Testing

@testable import Tables

/// Many statements in one transaction.
@Suite struct TransactionTests {
  @Test func `rows written together are as if they were written one by one`() throws {
    var random = seededRandom()
    let store = try TemporaryTables(clock: FakeClock().clock)
    for name in ["one", "all"] {
      try store.run(
        "CREATE TABLE k.\(name) (p text, c int, v int, w text, PRIMARY KEY (p, c)) "
          + "WITH CLUSTERING ORDER BY (c DESC)",
        "CREATE INDEX ON k.\(name) (v)", "CREATE INDEX ON k.\(name) (w)")
    }
    let tables = try store.tables
    func prepare(_ name: String) throws -> [PreparedStatement] {
      try [
        "INSERT INTO k.\(name) (v, w, p, c) VALUES (?, ?, ?, ?) USING TIMESTAMP ?",
        "UPDATE k.\(name) USING TIMESTAMP ? SET v = ?, w = ? WHERE p = ? AND c = ?",
        "DELETE FROM k.\(name) USING TIMESTAMP ? WHERE p = ? AND c = ?",
        "DELETE v FROM k.\(name) USING TIMESTAMP ? WHERE p = ? AND c = ?",
        "SELECT v, w, c FROM k.\(name) WHERE p = ?",
      ].map { try tables.prepare($0) }
    }
    let (one, all) = (try prepare("one"), try prepare("all"))
    let long = String(repeating: "x", count: 300)
    for _ in 0..<40 {
      let order = Int.random(in: 0..<3, using: &random)
      let count = Int.random(in: 1...60, using: &random)
      let steps = (0..<count).map { number -> (kind: Int, p: String, c: Int, v: Int, time: Int) in
        let kind = Int.random(in: 0..<30, using: &random)
        let c = order == 0 ? number : order == 1 ? -number : Int.random(in: 0..<12, using: &random)
        let p = Int.random(in: 0..<9, using: &random) == 0 ? long : "p"
        return (
          kind < 24 ? 0 : kind - 25, p, c, Int.random(in: 0..<4, using: &random),
          Int.random(in: 1...5, using: &random)
        )
      }
      func bind(_ step: (kind: Int, p: String, c: Int, v: Int, time: Int)) -> BoundValues {
        var values = BoundValues()
        let kind = max(step.kind, 0)
        if kind > 0, kind < 4 { values.append(Int64(step.time)) }
        if kind < 2 {
          if step.v == 3 { values.appendNull() } else { values.append(Int32(step.v)) }
          values.append("w\(step.v)")
        }
        values.append(step.p)
        if kind < 4 { values.append(Int32(step.c)) }
        if kind == 0 { values.append(Int64(step.time)) }
        return values
      }
      var alone: [[[[UInt8]?]]] = []
      for step in steps {
        let page = try tables.execute(one[max(step.kind, 0)], bind(step))
        if step.kind == 4 { alone.append(page.rows) }
      }
      let together = try tables.write { transaction throws(TableError) in
        var found: [[[[UInt8]?]]] = []
        for step in steps {
          let page = try transaction.execute(all[max(step.kind, 0)], bind(step))
          if step.kind == 4 { found.append(page.rows) }
        }
        return found
      }
      #expect(together == alone)
      let dump = "SELECT p, c, v, w, writetime(w) FROM k."
      #expect(try store.rows(dump + "all") == store.rows(dump + "one"))
      for value in 0..<3 {
        let clause = " WHERE v = \(value)"
        #expect(try store.rows(dump + "all" + clause) == store.rows(dump + "one" + clause))
      }
      let faults = try TablesCheck(tables).faults
      #expect(faults == [])
      if !faults.isEmpty { return }
    }
  }

  @Test func `an increment that is refused adds to none of its counters`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.n (k int PRIMARY KEY, a counter, b counter)")
    let statement = try store.tables.prepare("UPDATE k.n SET a = a + ?, b = b + ? WHERE k = 1")
    func values(_ second: Int64?) -> BoundValues {
      var values = BoundValues()
      values.append(Int64(1))
      if let second { values.append(second) } else { values.appendNull() }
      return values
    }
    try store.tables.write { transaction throws(TableError) in
      for second: Int64? in [1, nil, 1, 1, nil, 1] {
        do throws(TableError) { try transaction.execute(statement, values(second)) } catch {
          #expect(second == nil && error.code == .invalid)
        }
      }
    }
    #expect(try store.rows("SELECT a, b FROM k.n") == [#"{"a": 4, "b": 4}"#])
  }

  @Test func `a statement that is refused leaves those before it`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.t (k int PRIMARY KEY, v int)")
    let insert = try store.tables.prepare("INSERT INTO k.t (k, v) VALUES (?, ?)")
    try store.tables.write { transaction throws(TableError) in
      for number in 0..<4 {
        var values = BoundValues()
        values.append(Int32(number))
        values.append([UInt8](repeating: 0, count: number == 2 ? 3 : 4))
        let outcome = Result { () throws(TableError) in try transaction.execute(insert, values) }
        #expect((try? outcome.get()) == nil ? number == 2 : number != 2)
      }
    }
    #expect(try store.rows("SELECT k FROM k.t").count == 3)
  }
}

import Testing

@testable import Tables

@Suite struct `Cancelled statements` {
  @Test func `a long scan asks whether it is to end, and ends`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.t (a int, b int, v int, PRIMARY KEY (a, b))")
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.t (a, b, v) VALUES (1, ?, 1)")
    let count = Limits.transactionKeys + 10
    try tables.write { transaction throws(TableError) in
      var values = BoundValues()
      for row in 0..<count {
        values.removeAll()
        values.append(Int32(row))
        try transaction.execute(insert, values)
      }
    }
    let scan = try tables.prepare("SELECT count(*) FROM k.t WHERE v = 2 ALLOW FILTERING")
    var asked = 0
    func answer(endingAt end: Int) -> TableError? {
      asked = 0
      do throws(TableError) {
        _ = try tables.execute(scan, BoundValues()) {
          asked += 1
          return asked == end
        }
        return nil
      } catch { return error }
    }
    #expect(answer(endingAt: .max) == nil)
    #expect(asked == 2)
    #expect(answer(endingAt: 1) == .cancelled)
    #expect(answer(endingAt: 2) == .cancelled)
    // And what comes behind is none the worse.
    #expect(answer(endingAt: .max) == nil)
  }

  /// Its static columns are shown once no row of it has come.
  @Test func `a partition of dead rows is read in steps, static columns or not`() throws {
    var options = Tables.Options()
    options.transactionKeys = 10
    let store = try TemporaryTables(options: options)
    try store.run("CREATE TABLE k.t (a int, b int, s int static, PRIMARY KEY (a, b))")
    for b in 0..<100 {
      try store.run("INSERT INTO k.t (a, b, s) VALUES (1, \(b), 5)")
      try store.run("DELETE FROM k.t WHERE a = 1 AND b = \(b)")
    }
    for text in ["SELECT * FROM k.t WHERE a = 1", "SELECT * FROM k.t"] {
      let tables = try store.tables
      let scan = try tables.prepare(text)
      var asked = 0
      let page = try tables.execute(scan, BoundValues()) {
        asked += 1
        return false
      }
      #expect(asked >= 10)
      #expect(page.rows == [[bigEndian(Int32(1)), nil, bigEndian(Int32(5))]])
    }
  }
}

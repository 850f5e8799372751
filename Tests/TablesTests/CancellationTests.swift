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
}

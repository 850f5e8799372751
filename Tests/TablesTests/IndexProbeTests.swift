import Machine
import Testing

@testable import Tables

/// A SELECT by an indexed column's value inside a transaction, which one look into the index may
/// answer, against the same SELECT with a LIMIT, which it may not.
@Suite struct IndexProbeTests {
  @Test func `a look into the index answers as the way through it does`() throws {
    var random = seededRandom()
    let store = try TemporaryTables()
    try store.run(
      "CREATE TABLE k.t (p int, c text, v text, n int, PRIMARY KEY (p, c))",
      "CREATE INDEX ON k.t (c)", "CREATE INDEX ON k.t (n)")
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.t (p, c, v, n) VALUES (?, ?, 'x', ?)")
    let delete = try tables.prepare("DELETE FROM k.t WHERE p = ? AND c = ?")
    let selects = try ["c", "n"].map {
      try (
        tables.prepare("SELECT * FROM k.t WHERE \($0) = ?"),
        tables.prepare("SELECT * FROM k.t WHERE \($0) = ? LIMIT 1000000")
      )
    }
    #expect(try probes(selects[0].0) && probes(selects[1].0))
    #expect(try !probes(selects[0].1) && !probes(selects[1].1))
    let values: [[UInt8]?] =
      [nil, [], [0xFF], Array("a".utf8), Array("ab".utf8), Array("b\0".utf8), [0, 0, 0, 1]]
      + [[0, 0, 0, 2], [0x80, 0, 0, 0]]
    var found = 0
    for _ in 0..<8 {
      try tables.write { transaction throws(TableError) in
        for _ in 0..<30 {
          switch Int.random(in: 0..<10, using: &random) {
          case 0..<3:
            var row = BoundValues()
            row.append(Int32.random(in: 0..<2, using: &random))
            row.append(["a", "ab", "b\0", "c"].randomElement(using: &random) ?? "")
            row.append(Int32.random(in: 0..<3, using: &random))
            try transaction.execute(insert, row)
          case 3:
            var row = BoundValues()
            row.append(Int32.random(in: 0..<2, using: &random))
            row.append(["a", "ab", "b\0"].randomElement(using: &random) ?? "")
            try transaction.execute(delete, row)
          default:
            let (quick, slow) = selects[Int.random(in: 0..<2, using: &random)]
            let value = values[Int.random(in: 0..<values.count, using: &random)]
            let answers = [quick, slow].map { statement in
              Result { () throws(TableError) in
                var bound = BoundValues()
                if let value { bound.append(value) } else { bound.appendNull() }
                return try transaction.execute(statement, bound)
              }
            }
            found += (try? answers[0].get().rowCount) ?? 0
            #expect(answers[0] == answers[1], "\(value ?? [])")
          }
        }
      }
    }
    #expect(found > 0)
  }

  private func probes(_ statement: PreparedStatement) throws -> Bool {
    guard case .select(let selection) = statement.plan else { return false }
    return selection.value.probe != nil
  }
}

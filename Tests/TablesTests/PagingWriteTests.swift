import Machine
import Testing

@testable import Tables

/// Results read page by page while others write, and the tables are closed and opened between the
/// pages.
@Suite struct PagingWriteTests {
  private struct Key: Hashable {
    var partition: Int
    var row: Int
  }

  private static let queries = [
    "SELECT a, b FROM k.t", "SELECT a, b FROM k.t WHERE v = 1",
    "SELECT a, b FROM k.t WHERE a IN (2, 0, 3)", "SELECT a, b FROM k.t WHERE a = 1",
    "SELECT a, b FROM k.t WHERE a = 1 ORDER BY b DESC",
    "SELECT a, b FROM k.t WHERE a = 1 AND b > 3 AND b < 17",
    "SELECT a, b FROM k.t WHERE b > 8 ALLOW FILTERING",
    "SELECT a, b FROM k.t WHERE a IN (1, 3) AND b IN (2, 3, 5, 7, 11, 13, 17, 19)",
  ]

  private func keys(_ page: Page) -> [Key] {
    page.rows.map { row in
      let values = row.map { $0.map { Int($0.reduce(Int32(0)) { $0 << 8 | Int32($1) }) } ?? -1 }
      return Key(partition: values[0], row: values[1])
    }
  }

  /// Rows come and go, often where the last page ended.
  private func write(
    _ store: TemporaryTables, near last: Key?, _ random: inout SeededRandom
  ) throws {
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      var key = Key(
        partition: Int.random(in: 0..<4, using: &random),
        row: Int.random(in: 0..<20, using: &random))
      if let last, Bool.random(using: &random) {
        key = Key(
          partition: last.partition, row: last.row + Int.random(in: -1...1, using: &random))
      }
      let place = "a = \(key.partition) AND b = \(key.row)"
      switch Int.random(in: 0..<5, using: &random) {
      case 0: try store.run("DELETE FROM k.t WHERE \(place)")
      case 1:
        try store.run(
          "DELETE FROM k.t WHERE a = \(key.partition) AND b >= \(key.row) AND b < \(key.row + 2)")
      default:
        try store.run(
          "INSERT INTO k.t (a, b, v) VALUES (\(key.partition), \(key.row), \(key.row % 2))")
      }
    }
  }

  @Test(arguments: queries)
  func `what is there all along is shown once, in order, whatever is written between`(
    query: String
  ) throws {
    var random = seededRandom()
    for _ in 0..<6 {
      let store = try TemporaryTables(clock: FakeClock().clock)
      try store.run(
        "CREATE TABLE k.t (a int, b int, v int, PRIMARY KEY (a, b))", "CREATE INDEX ON k.t (v)")
      for _ in 0..<10 { try write(store, near: nil, &random) }
      try check(query, store, &random)
    }
  }

  private func check(
    _ query: String, _ store: TemporaryTables, _ random: inout SeededRandom
  ) throws {
    func page(_ rows: Int, from state: PagingState?) throws -> Page {
      let tables = try store.tables
      return try tables.execute(
        try tables.prepare(query), BoundValues(), pageRows: rows, from: state)
    }
    // The order of all rows that there could be: the result's own, of a table that has them.
    let full = try TemporaryTables(clock: FakeClock().clock)
    try full.run(
      "CREATE TABLE k.t (a int, b int, v int, PRIMARY KEY (a, b))", "CREATE INDEX ON k.t (v)")
    let values = (0..<4).flatMap { a in
      (-1..<22).map { "(a, b, v) VALUES (\(a), \($0), \(abs($0) % 2))" }
    }
    try full.run(
      "BEGIN UNLOGGED BATCH " + values.map { "INSERT INTO k.t \($0); " }.joined() + "APPLY BATCH")
    let all = keys(try full.tables.execute(query))
    let order = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
    var always = Set(keys(try page(.max, from: nil)))
    var found: [Key] = []
    var state: PagingState?
    repeat {
      let present = keys(try page(.max, from: nil))
      always.formIntersection(present)
      let next = try page(Int.random(in: 1...4, using: &random), from: state)
      let shown = keys(next)
      #expect(Set(shown).isSubset(of: present), "\(query)")
      found += shown
      let bytes = next.next?.bytes
      try write(store, near: found.last, &random)
      store.close()
      state = try bytes.map { try PagingState($0) }
    } while state != nil
    let places = found.map { order[$0] ?? -1 }
    let isInOrder = zip(places, places.dropFirst()).allSatisfy { $0 < $1 }
    #expect(isInOrder && !places.contains(-1), "\(query): \(found)")
    #expect(always.isSubset(of: found), "\(query): \(always.subtracting(found)) missing")
  }
}

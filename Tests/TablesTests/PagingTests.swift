import Machine
import Testing

@testable import Tables

/// Paging states: kept, used after writes, and false ones.
@Suite struct PagingTests {
  private let clock = FakeClock()

  private func store() throws -> TemporaryTables {
    let store = try TemporaryTables(clock: clock.clock)
    try store.run(
      "CREATE TABLE k.t (a int, b int, v int, PRIMARY KEY (a, b))", "CREATE INDEX ON k.t (v)")
    for a in 0..<4 {
      for b in 0..<5 {
        try store.run("INSERT INTO k.t (a, b, v) VALUES (\(a), \(b), \(b % 2))")
      }
    }
    return store
  }

  private func page(
    _ text: String, _ store: TemporaryTables, rows: Int, from state: PagingState? = nil
  ) throws -> Page {
    let tables = try store.tables
    return try tables.execute(
      try tables.prepare(text), BoundValues(), pageRows: rows, from: state)
  }

  /// The rows of all pages; of pages that do not end, one page more than have `count` rows.
  private func pages(
    _ text: String, _ store: TemporaryTables, rows: Int, atMost count: Int
  ) throws -> [[[UInt8]?]] {
    var found: [[[UInt8]?]] = []
    var state: PagingState?
    repeat {
      let page = try page(text, store, rows: rows, from: state)
      found += page.rows
      state = page.next
    } while state != nil && found.count <= count
    return found
  }

  @Test(arguments: [
    "SELECT a, b FROM k.t", "SELECT a, b FROM k.t WHERE a IN (3, 1, 2)",
    "SELECT a, b FROM k.t WHERE a = 1 ORDER BY b DESC", "SELECT a, b FROM k.t WHERE v = 1",
    "SELECT a, b FROM k.t PER PARTITION LIMIT 3", "SELECT a, count(*) FROM k.t GROUP BY a",
    "SELECT DISTINCT a FROM k.t", "SELECT a, b FROM k.t WHERE a = 2 AND b IN (0, 2, 4)",
    "SELECT a, b FROM k.t LIMIT 13", "SELECT a, b, sum(v) FROM k.t GROUP BY a, b LIMIT 9",
  ])
  func `a state survives a restart as bytes`(text: String) throws {
    let store = try store()
    let whole = try page(text, store, rows: .max).rows
    for rows in 1...4 {
      var found: [[[UInt8]?]] = []
      var state: PagingState?
      repeat {
        let page = try page(text, store, rows: rows, from: state)
        #expect(page.rowCount <= rows)
        found += page.rows
        let bytes = page.next?.bytes
        store.close()
        state = try bytes.map { try PagingState($0) }
      } while state != nil
      #expect(found == whole, "\(text) in pages of \(rows)")
    }
  }

  @Test func `a truncated table's rows end, and new ones come behind the last`() throws {
    let store = try store()
    for text in ["SELECT a, b FROM k.t", "SELECT a, b FROM k.t WHERE v = 1 LIMIT 7"] {
      let first = try page(text, store, rows: 3)
      let state = try #require(first.next)
      try store.run("TRUNCATE k.t")
      #expect(try page(text, store, rows: 3, from: state).rows.isEmpty)
      for a in 0..<4 {
        for b in 0..<5 {
          try store.run("INSERT INTO k.t (a, b, v) VALUES (\(a), \(b), \(b % 2))")
        }
      }
      let whole = try page(text, store, rows: .max).rows
      let rest = try page(text, store, rows: .max, from: state).rows
      #expect(first.rows + rest == whole)
    }
  }

  @Test func `a deleted last row and new rows are no hindrance`() throws {
    let store = try store()
    let text = "SELECT b FROM k.t WHERE a = 1"
    let first = try page(text, store, rows: 2)
    #expect(first.rows == [[bigEndian(Int32(0))], [bigEndian(Int32(1))]])
    try store.run(
      "DELETE FROM k.t WHERE a = 1 AND b = 1", "INSERT INTO k.t (a, b) VALUES (1, -1)",
      "DELETE FROM k.t WHERE a = 1 AND b = 2", "INSERT INTO k.t (a, b) VALUES (1, 9)")
    let rest = try page(text, store, rows: 10, from: first.next)
    #expect(rest.rows == [3, 4, 9].map { [bigEndian(Int32($0))] })
    #expect(rest.next == nil)
  }

  @Test func `limits are kept between pages`() throws {
    let store = try store()
    let text = "SELECT a, b FROM k.t PER PARTITION LIMIT 3 LIMIT 8"
    let first = try page(text, store, rows: 2)
    #expect(first.next?.rowsLeft == 6)
    #expect(first.next?.rowsLeftInPartition == 1)
    let second = try page(text, store, rows: 3, from: first.next)
    #expect(second.next?.rowsLeft == 3)
    #expect(second.next?.rowsLeftInPartition == 1)
  }

  @Test func `one row stands for its partition on every page`() throws {
    let store = try store()
    let text = "SELECT DISTINCT a, count(*) FROM k.t GROUP BY a"
    let whole = try page(text, store, rows: .max).rows
    for rows in 1...4 {
      let found = try pages(text, store, rows: rows, atMost: whole.count)
      #expect(found == whole, "pages of \(rows)")
    }
  }

  @Test func `a state of another statement, or a damaged one, is refused`() throws {
    let store = try store()
    let text = "SELECT a, b FROM k.t"
    let state = try #require(try page(text, store, rows: 3).next)
    let error = TableError(.protocolError, "Invalid value for the paging state")
    #expect(throws: error) { try page("SELECT a FROM k.t", store, rows: 3, from: state) }
    #expect(throws: error) {
      try page("SELECT a, b FROM k.t WHERE a = 1", store, rows: 3, from: state)
    }
    #expect(throws: error) { try PagingState([]) }
    var random = seededRandom()
    for _ in 0..<2_000 {
      var bytes = state.bytes
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
      case 1:
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
          in: 1...255, using: &random)
      default: bytes += [UInt8.random(in: 0...255, using: &random)]
      }
      #expect(throws: error) { try PagingState(bytes) }
    }
  }

  @Test func `a state with any key is read from or refused`() throws {
    let store = try store()
    var random = seededRandom()
    for text in [
      "SELECT a, b FROM k.t", "SELECT a, b FROM k.t WHERE a IN (1, 2)",
      "SELECT a, b FROM k.t WHERE v = 1", "SELECT DISTINCT a FROM k.t",
    ] {
      let good = try #require(try page(text, store, rows: 1).next)
      for _ in 0..<300 {
        var state = good
        state.lastKey = (0..<Int.random(in: 0...60, using: &random)).map { _ in
          [0, 1, 2, 0xFF, 0x80].randomElement(using: &random) ?? 0
        }
        if Bool.random(using: &random) { state.lastKey = Array(good.lastKey + state.lastKey) }
        do { _ = try page(text, store, rows: 3, from: state) } catch let error as TableError {
          #expect(error.code == .protocolError)
        }
      }
    }
  }

  @Test func `reading many rows takes several transactions and gives one page`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.big (a int, b int, v int, PRIMARY KEY (a, b))")
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.big (a, b, v) VALUES (?, ?, ?)")
    let rows = Limits.transactionKeys * 2 + 5
    try tables.write { transaction throws(TableError) in
      var values = BoundValues()
      for number in 0..<rows {
        values.removeAll()
        values.append(Int32(number % 7))
        values.append(Int32(number / 7))
        values.append(Int32(number))
        try transaction.execute(insert, values)
      }
    }
    let sum = Int32(truncatingIfNeeded: rows * (rows - 1) / 2)
    let page = try tables.execute("SELECT count(*), sum(v), max(v) FROM k.big")
    #expect(
      page.rows == [[bigEndian(Int64(rows)), bigEndian(sum), bigEndian(Int32(rows - 1))]])
    let found = try tables.execute(
      "SELECT v FROM k.big WHERE v = \(rows - 1) ALLOW FILTERING")
    #expect(found.rows == [[bigEndian(Int32(rows - 1))]])
    let groups = try tables.execute("SELECT a, count(*) FROM k.big GROUP BY a")
    let counts = groups.rows.compactMap { $0[1]?.reduce(0) { $0 << 8 | Int($1) } }
    #expect(counts.count == 7 && counts.reduce(0, +) == rows)
  }

  /// Partitions with rows, static columns, both or neither; rows that are dead, and index entries.
  private func mixedStore(transactionKeys: Int) throws -> TemporaryTables {
    var options = Tables.Options()
    options.transactionKeys = transactionKeys
    let store = try TemporaryTables(clock: clock.clock, options: options)
    try store.run(
      "CREATE TABLE k.t (a int, b int, s int static, v int, PRIMARY KEY (a, b))",
      "CREATE INDEX ON k.t (v)", "CREATE INDEX ON k.t (s)")
    for a in 0..<9 {
      if a % 3 == 0 { try store.run("UPDATE k.t SET s = \(a % 2) WHERE a = \(a)") }
      for b in 0..<(a % 4 * 2) {
        try store.run("INSERT INTO k.t (a, b, v) VALUES (\(a), \(b), \(b % 2))")
      }
      if a % 2 == 0 { try store.run("DELETE FROM k.t WHERE a = \(a) AND b > 1 AND b < 4") }
      if a == 7 { try store.run("DELETE FROM k.t WHERE a = 7") }
      if a == 3 { try store.run("DELETE FROM k.t WHERE a = 3 AND b < 9") }
    }
    return store
  }

  @Test(arguments: [
    "SELECT * FROM k.t", "SELECT DISTINCT a, s FROM k.t", "SELECT a, s FROM k.t",
    "SELECT * FROM k.t WHERE a IN (3, 7, 1, 6)", "SELECT * FROM k.t WHERE v = 1",
    "SELECT * FROM k.t WHERE s = 0", "SELECT * FROM k.t WHERE s = 1 AND b > 1 ALLOW FILTERING",
    "SELECT * FROM k.t WHERE a = 5 ORDER BY b DESC", "SELECT a, b FROM k.t PER PARTITION LIMIT 2",
    "SELECT a, b FROM k.t WHERE v = 0 PER PARTITION LIMIT 1",
    "SELECT a, count(*) FROM k.t GROUP BY a",
    "SELECT count(*), sum(v) FROM k.t", "SELECT * FROM k.t WHERE b = 9 ALLOW FILTERING",
    "SELECT * FROM k.t WHERE a = 3", "SELECT * FROM k.t WHERE a IN (1, 5) ORDER BY b DESC",
    "SELECT * FROM k.t WHERE a = 5 AND b IN (0, 1) ORDER BY b DESC", "SELECT * FROM k.t LIMIT 7",
  ])
  func `transactions of a few keys give what one gives`(text: String) throws {
    let whole = try page(text, mixedStore(transactionKeys: .max), rows: .max)
    for keys in 1...4 {
      let store = try mixedStore(transactionKeys: keys)
      let found = try page(text, store, rows: .max)
      #expect(found == whole, "\(text), \(keys) keys a transaction")
      guard !text.contains("ORDER BY") else { continue }
      let rows = try pages(text, store, rows: 2, atMost: whole.rows.count)
      #expect(rows == whole.rows, "\(text) in pages, \(keys) keys a transaction")
    }
  }

  /// The static columns of a partition whose rows are dead fill a page, and the next one's row ends
  /// it, both in a transaction that goes on inside the partition.
  @Test(arguments: [1, 2]) func `static columns alone are shown once`(rows: Int) throws {
    var options = Tables.Options()
    options.transactionKeys = 10
    let store = try TemporaryTables(clock: clock.clock, options: options)
    try store.run("CREATE TABLE k.s (a int, b int, s int static, PRIMARY KEY (a, b))")
    for a in 0..<6 {
      for b in 0..<25 {
        try store.run("INSERT INTO k.s (a, b, s) VALUES (\(a), \(b), \(a))")
        if a.isMultiple(of: 2) || b > 0 {
          try store.run("DELETE FROM k.s WHERE a = \(a) AND b = \(b)")
        }
      }
    }
    for text in ["SELECT a, b, s FROM k.s", "SELECT a, b, s FROM k.s WHERE a IN (0, 1, 2, 3)"] {
      let whole = try page(text, store, rows: .max).rows
      #expect(whole.count == (text.contains("IN") ? 4 : 6))
      let found = try pages(text, store, rows: rows, atMost: whole.count)
      #expect(found == whole)
    }
  }

  @Test func `a page ends by its bytes`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.b (a int, b int, v blob, PRIMARY KEY (a, b))")
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.b (a, b, v) VALUES (1, ?, ?)")
    for number in 0..<5 {
      var values = BoundValues()
      values.append(Int32(number))
      values.append([UInt8](repeating: 1, count: Limits.pageBytes / 2))
      _ = try tables.execute(insert, values)
    }
    let first = try tables.execute("SELECT b, v FROM k.b")
    #expect(first.rowCount == 2)
    let prepared = try tables.prepare("SELECT b, v FROM k.b")
    let second = try tables.execute(prepared, BoundValues(), from: first.next)
    #expect(second.rowCount == 2 && second.next != nil)
  }
}

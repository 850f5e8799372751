import CQL
import Machine
import Testing

@testable import Tables

/// Statements that are bound one by one and written together.
@Suite struct BoundBatchTests {
  private let clock = FakeClock()
  private let store: TemporaryTables

  init() throws {
    store = try TemporaryTables(clock: clock.clock)
    try store.run(
      "CREATE TABLE k.t (k int, c int, v int, s set<int>, PRIMARY KEY (k, c))",
      "CREATE TABLE k.n (k int PRIMARY KEY, n counter)")
  }

  private func batch(
    kind: Batch.Kind = .logged, timestamp: Int64? = nil, _ statements: (String, [Int32])...
  ) throws -> BoundBatch {
    var batch = BoundBatch(kind, timestamp: timestamp)
    for (text, bound) in statements {
      var values = BoundValues()
      for value in bound { values.append(value) }
      try batch.append(try store.tables.prepare(text), values)
    }
    return batch
  }

  private func refusal(_ make: @autoclosure () throws -> BoundBatch) throws -> String? {
    do { try store.tables.execute(try make()) } catch let error as TableError {
      #expect(error.code == .invalid)
      return error.message
    }
    return nil
  }

  @Test func `each statement has its own values, and all one timestamp`() async throws {
    let insert = "INSERT INTO k.t (k, c, v) VALUES (?, ?, ?)"
    try await store.tables.execute(
      try batch((insert, [1, 1, 5]), (insert, [2, 1, 6]), ("DELETE FROM k.t WHERE k = ?", [2])))
    let rows = try store.rows("SELECT k, c, v, writetime(v) FROM k.t")
    #expect(rows == [#"{"k": 1, "c": 1, "v": 5, "writetime(v)": \#(clock.microseconds)}"#])
    let update = "UPDATE k.t SET v = ? WHERE k = 1 AND c = 1"
    try await store.tables.execute(
      try batch(kind: .unlogged, timestamp: 7, (update, [9]), (insert, [1, 2, 3])))
    #expect(
      try store.rows("SELECT c, v, writetime(v) FROM k.t WHERE k = 1") == [
        #"{"c": 1, "v": 5, "writetime(v)": \#(clock.microseconds)}"#,
        #"{"c": 2, "v": 3, "writetime(v)": 7}"#,
      ])
    try await store.tables.execute(
      try batch(timestamp: 8, ("UPDATE k.t USING TIMESTAMP 9 SET v = 4 WHERE k = 1 AND c = 2", [])))
    #expect(
      try store.rows("SELECT writetime(v) FROM k.t WHERE k = 1 AND c = 2")
        == [#"{"writetime(v)": 9}"#])
    #expect(try await store.tables.execute(try batch()).rows == [])
  }

  @Test func `counters are added up`() throws {
    let add = "UPDATE k.n SET n = n + 2 WHERE k = ?"
    try store.tables.execute(try batch(kind: .counter, (add, [1]), (add, [1]), (add, [2])))
    #expect(try store.rows("SELECT n FROM k.n") == [#"{"n": 4}"#, #"{"n": 2}"#])
  }

  @Test func `conditions are met before anything is written, or nothing is`() throws {
    let insert = "INSERT INTO k.t (k, c, v) VALUES (1, ?, 1) IF NOT EXISTS"
    let page = try store.tables.execute(try batch((insert, [1]), (insert, [2])))
    #expect(page.rows == [[[1]]] && page.columns.map(\.name) == ["[applied]"])
    let refused = try store.tables.execute(try batch((insert, [3]), (insert, [2])))
    #expect(refused.rows.first?.first == [0])
    #expect(try store.rows("SELECT c FROM k.t") == [#"{"c": 1}"#, #"{"c": 2}"#])
  }

  /// `BatchMessage.execute` and `BatchStatement.validate`.
  @Test func `what may not stand in a batch is refused`() throws {
    let insert = "INSERT INTO k.t (k, c, v) VALUES (?, ?, ?)"
    let add = "UPDATE k.n SET n = n + 1 WHERE k = ?"
    #expect(
      try refusal(try batch((insert, [1, 2])))
        == "There were 3 markers(?) in CQL but 2 bound variables")
    for other in ["SELECT * FROM k.t", "BEGIN BATCH APPLY BATCH", "TRUNCATE k.t", "USE k"] {
      #expect(
        try refusal(try batch((insert, [1, 1, 1]), (other, [])))
          == "Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed.")
    }
    #expect(
      try refusal(try batch((add, [1])))
        == "Cannot include a counter statement in a logged batch")
    #expect(
      try refusal(try batch(kind: .counter, (insert, [1, 1, 1])))
        == "Cannot include non-counter statement in a counter batch")
    #expect(
      try refusal(try batch(kind: .unlogged, (insert, [1, 1, 1]), (add, [1])))
        == "Counter and non-counter mutations cannot exist in the same batch")
    let conditional = "UPDATE k.t SET v = 1 WHERE k = ? AND c = 1 IF v = 1"
    #expect(
      try refusal(try batch((conditional, [1]), (conditional, [2])))
        == "Batch with conditions cannot span multiple partitions")
    #expect(try store.rows("SELECT * FROM k.t") == [])
  }

  @Test func `a batch that fails in the middle leaves nothing`() throws {
    let long = "INSERT INTO k.t (k, c, v) VALUES (1, ?, ?)"
    var broken = try batch((long, [1, 1]))
    var values = BoundValues()
    values.append(Int32(2))
    values.append([1, 2, 3])
    try broken.append(try store.tables.prepare(long), values)
    #expect(throws: TableError.self) { try store.tables.execute(broken) }
    #expect(try store.rows("SELECT * FROM k.t") == [])
  }

  @Test func `statements follow their tables' definitions, and sets are sorted`() throws {
    let insert = "INSERT INTO k.t (k, c, s) VALUES (1, 1, ?)"
    var late = BoundBatch(.logged)
    var values = BoundValues()
    values.append(LiteralEncoder.collection([3, 1, 3].map { bigEndian(Int32($0)) }))
    try late.append(try store.tables.prepare(insert), values)
    try store.run("CREATE INDEX ON k.t (s)", "ALTER TABLE k.t ADD x int")
    try store.tables.execute(late)
    #expect(try store.rows("SELECT s FROM k.t WHERE s CONTAINS 3") == [#"{"s": [1, 3]}"#])
  }

  @Test func `rows of the program's own are bound by their columns`() throws {
    let tables = try store.tables
    let insert = try tables.prepareInsert(into: "t", of: "k", ["c", "v", "k"])
    try tables.write { transaction throws(TableError) in
      var values = BoundValues()
      for number in [2, 1, 2] {
        values.removeAll()
        values.append(Int32(number))
        if number == 1 { values.appendNull() } else { values.append(Int32(7)) }
        values.append(Int32(1))
        try transaction.execute(insert, values)
      }
    }
    #expect(
      try store.rows("SELECT c, v FROM k.t") == [#"{"c": 1, "v": null}"#, #"{"c": 2, "v": 7}"#])
    for (columns, message) in [
      (["k", "v"], "Some clustering keys are missing: c"),
      (["k", "c", "x"], "Undefined column name x"),
    ] {
      let error = #expect(throws: TableError.self) {
        try tables.prepareInsert(into: "t", of: "k", columns)
      }
      #expect(error == .invalid(message))
    }
    #expect(throws: TableError.self) {
      try tables.prepareInsert(into: "local", of: "system", ["key"])
    }
  }

  /// What a batch writes to one row is brought together before it is put there.
  @Test func `many statements on few rows give what each gives alone`() throws {
    var random = seededRandom()
    let (whole, single) = (try TemporaryTables(), try TemporaryTables())
    let isIndexed = Bool.random(using: &random)
    for store in [whole, single] {
      for name in ["k.e", "k.f"] {
        try store.run(
          """
          CREATE TABLE \(name) (p text, c int, s set<int>, m map<int, int>, l list<int>,
            st set<int> static, v int, PRIMARY KEY (p, c))
          """)
        if isIndexed {
          try store.run("CREATE INDEX ON \(name) (v)", "CREATE INDEX ON \(name) (values(st))")
        }
      }
    }
    let keys = ["a", "b", String(repeating: "x", count: 300)]
    for round in 1...20 {
      let using = "USING TIMESTAMP \(round)"
      let earlier = "USING TIMESTAMP \(round - 1)"
      var statements: [String] = []
      for _ in 0..<Int.random(in: 2...60, using: &random) {
        let number = Int.random(in: 0..<5, using: &random)
        let table = Int.random(in: 0..<4, using: &random) == 0 ? "k.f" : "k.e"
        let partition = "p = '\(keys.randomElement(using: &random) ?? "")'"
        let row = "\(partition) AND c = \(Int.random(in: 0..<2, using: &random))"
        let assignment =
          [
            "s = s + {\(number)}", "s = s - {\(number)}", "s = {\(number)}",
            "m[\(number)] = \(number)",
            "m[\(number)] = null", "m = m - {\(number)}", "l = l + [\(number)]", "v = \(number)",
            "v = null",
          ].randomElement(using: &random) ?? ""
        statements.append(
          [
            "UPDATE \(table) \(using) SET \(assignment) WHERE \(row)",
            "UPDATE \(table) \(using) SET \(assignment) WHERE \(partition) AND c IN (0, 1)",
            "UPDATE \(table) \(using) SET st = st + {\(number)} WHERE \(partition)",
            "DELETE s FROM \(table) \(using) WHERE \(row)",
            "DELETE FROM \(table) \(using) WHERE \(row)",
            "DELETE FROM \(table) \(earlier) WHERE \(row)",
            "DELETE FROM \(table) \(earlier) WHERE \(partition) AND c >= \(number)",
            "DELETE FROM \(table) \(earlier) WHERE \(partition)",
            "INSERT INTO \(table) (p, c, v) VALUES ('a', 1, \(number)) \(using)",
          ].randomElement(using: &random) ?? "")
      }
      try whole.run("BEGIN BATCH \(statements.joined(separator: "; ")) APPLY BATCH")
      for statement in statements { try single.run(statement) }
      for query in [
        "SELECT * FROM k.e", "SELECT * FROM k.f", "SELECT c FROM k.e WHERE v = 1 ALLOW FILTERING",
      ] {
        #expect(try whole.rows(query) == single.rows(query), "\(statements)")
      }
      for store in [whole, single] { #expect(try TablesCheck(store.tables).faults == []) }
    }
  }
}

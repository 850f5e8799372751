import LMDB
import Machine
import Testing

@testable import Tables

/// What outlives a statement: definitions, prepared statements, state, and the directory itself.
@Suite struct LifetimeTests {
  @Test func `everything is there after opening again`() throws {
    let store = try TemporaryTables()
    try store.run(
      "CREATE TABLE k.t (a int, \"B\" text, v frozen<map<text, list<int>>>, PRIMARY KEY (a, \"B\")) WITH CLUSTERING ORDER BY (\"B\" DESC) AND comment = 'it''s'",
      "CREATE INDEX i ON k.t (full(v))",
      "INSERT INTO k.t (a, \"B\", v) VALUES (1, 'x', {'y': [1, 2]})")
    try store.tables.write { transaction throws(TableError) in
      try transaction.setState("q/1", [1])
      try transaction.setState("q/2", [2])
      try transaction.setState("r", [3])
      #expect(try transaction.state("q/1") == [1])
    }
    let before = (
      try store.rows("DESCRIBE SCHEMA"), try store.rows("SELECT * FROM k.t"),
      try store.tables.states(withPrefix: "q/").map(\.name)
    )
    store.close()
    #expect(try store.rows("DESCRIBE SCHEMA") == before.0)
    #expect(try store.rows("SELECT * FROM k.t") == before.1)
    #expect(before.2 == ["q/1", "q/2"])
    #expect(try store.tables.states(withPrefix: "").map(\.bytes) == [[1], [2], [3]])
    #expect(try TablesCheck(store.tables).faults == [])
  }

  @Test func `a prepared statement that has read keeps no file open`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.t (a int PRIMARY KEY)", "INSERT INTO k.t (a) VALUES (1)")
    let find = try store.tables.prepare("SELECT a FROM k.t WHERE a = 1")
    for _ in 0..<2 {
      #expect(try store.tables.execute(find, BoundValues()).rowCount == 1)
      store.close()
    }
  }

  @Test func `an earlier file is taken on, unless what it holds is held otherwise`() throws {
    let store = try TemporaryTables()
    func setVersion(_ text: String) throws {
      try store.tables.environment.write(mapping: TableError.init) {
        transaction throws(TableError) in
        try stored { () throws(LMDBError) in
          try transaction.database("meta").put(Array("format".utf8), Array(text.utf8))
        }
      }
      store.close()
    }
    func version() throws -> Int? {
      let tables = try store.tables
      return try tables.environment.read(mapping: TableError.init) {
        transaction throws(TableError) in
        try Format.check(transaction, tables.path)
      }
    }
    #expect(try version() == 4)
    try store.run(
      "CREATE TABLE k.t (k frozen<list<int>>, c int, d text, v frozen<set<text>>,"
        + " PRIMARY KEY (k, c, d)) WITH CLUSTERING ORDER BY (c DESC)",
      "INSERT INTO k.t (k, c, d, v) VALUES ([1], 0, 'a', {'b'})",
      "CREATE INDEX ON k.t (d)")
    let row = [#"{"k": [1], "c": 0, "d": "a", "v": ["b"]}"#]
    for former in ["1", "2", "3"] {
      try setVersion(former)
      #expect(try store.rows("SELECT * FROM k.t WHERE k = [1]") == row)
      #expect(try version() == 4)
    }
    for (statement, former, undo, named) in [
      ("CREATE INDEX i ON k.t (full(v))", "1", "DROP INDEX k.i", "the index i"),
      ("CREATE INDEX i ON k.t (c)", "3", "DROP INDEX k.i", "the index i"),
      (
        "CREATE TABLE k.c (k int, c frozen<set<text>>, PRIMARY KEY (k, c))", "1",
        "DROP TABLE k.c", "the clustering column c of type frozen<set<text>> in k.c"
      ),
      (
        "CREATE TABLE k.c (k int, c frozen<set<int>>, PRIMARY KEY (k, c))", "3",
        "DROP TABLE k.c", "the clustering column c"
      ),
      (
        "CREATE TABLE k.c (k int, c decimal, PRIMARY KEY (k, c))", "3", "DROP TABLE k.c",
        "the clustering column c of type decimal in k.c"
      ),
      (
        "INSERT INTO k.t (k, c, d) VALUES ([1], -2147483648, 'b')", "3",
        "DELETE FROM k.t WHERE k = [1] AND c = -2147483648",
        "a row with the least value of c in k.t"
      ),
    ] {
      try store.run(statement)
      try setVersion(former)
      for isReadOnly in [false, true] {
        var options = Tables.Options()
        options.isReadOnly = isReadOnly
        let error = #expect(throws: TableError.self, "\(statement)") {
          try Tables(store.directory, options: options)
        }
        #expect(error?.message.contains(named) == true, "\(String(describing: error))")
      }
      try restoreVersion(store.directory)
      try store.run(undo)
      // What a deletion leaves behind is a row, too.
      if undo.hasPrefix("DELETE") { return }
    }
  }

  /// Makes a file that the tables refuse one of theirs again.
  private func restoreVersion(_ directory: String) throws {
    let environment = try Environment(
      "\(directory)/data.mdb", databases: Databases.names)
    try environment.write(mapping: TableError.init) { transaction throws(TableError) in
      try Format.write(transaction)
    }
  }

  @Test func `a newer format is refused by name, and nothing is changed`() throws {
    let store = try TemporaryTables()
    try store.tables.environment.write(mapping: TableError.init) { transaction throws(TableError) in
      try stored { () throws(LMDBError) in
        try transaction.database("meta").put(Array("format".utf8), Array("5".utf8))
      }
    }
    store.close()
    for isReadOnly in [false, true] {
      var options = Tables.Options()
      options.isReadOnly = isReadOnly
      let error = #expect(throws: TableError.self) {
        try Tables(store.directory, options: options)
      }
      #expect(
        error?.message
          == "\(store.directory)/data.mdb has format version 5, newer than this program's 4; "
          + "use the program that wrote it, or a newer one")
    }
  }

  @Test func `tables opened for reading refuse to write`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.t (a int PRIMARY KEY)", "INSERT INTO k.t (a) VALUES (1)")
    store.close()
    var options = Tables.Options()
    options.isReadOnly = true
    let tables = try Tables(store.directory, options: options)
    #expect(try tables.execute("SELECT a FROM k.t").rows == [[bigEndian(Int32(1))]])
    for statement in ["INSERT INTO k.t (a) VALUES (2)", "DROP TABLE k.t", "TRUNCATE k.t"] {
      let error = #expect(throws: TableError.self) { try tables.execute(statement) }
      #expect(error?.message == "the tables are open for reading only")
    }
  }

  /// What an index holds depends on a row's bytes, not on what a dropped column hides.
  @Test func `an index keeps the rows that a column's drop and return touch`() throws {
    let store = try TemporaryTables()
    try store.run(
      "CREATE TABLE k.a (p int, c int, v int, w int, PRIMARY KEY (p, c))",
      "CREATE INDEX ON k.a (c)", "UPDATE k.a SET v = 1 WHERE p = 1 AND c = 1",
      "ALTER TABLE k.a DROP v USING TIMESTAMP 1", "UPDATE k.a SET w = 1 WHERE p = 1 AND c = 1",
      "DELETE w FROM k.a WHERE p = 1 AND c = 1", "ALTER TABLE k.a ADD v int")
    #expect(try store.rows("SELECT v FROM k.a WHERE c = 1") == [#"{"v": 1}"#])
    #expect(try TablesCheck(store.tables).faults == [])
    try store.run("ALTER TABLE k.a DROP v")
    #expect(try store.rows("SELECT p FROM k.a WHERE c = 1") == [])
    #expect(try TablesCheck(store.tables).faults == [])
    var sweep = Sweep()
    while !sweep.isFinished { try store.tables.sweep(&sweep) }
    #expect(try TablesCheck(store.tables).faults == [])
  }

  @Test func `a prepared statement follows its table's definition`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.t (a int PRIMARY KEY, v int)")
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.t (a, v) VALUES (1, 7)")
    let select = try tables.prepare("SELECT * FROM k.t")
    try store.run("CREATE INDEX i ON k.t (v)")
    _ = try tables.execute(insert, BoundValues())
    #expect(try store.rows("SELECT a FROM k.t WHERE v = 7") == [#"{"a": 1}"#])
    #expect(try TablesCheck(tables).faults == [])
    try store.run("DROP TABLE k.t")
    let error = #expect(throws: TableError.self) { try tables.execute(insert, BoundValues()) }
    #expect(error == .invalid("table t does not exist"))
    try store.run("CREATE TABLE k.t (v int PRIMARY KEY, a int, extra text)")
    _ = try tables.execute(insert, BoundValues())
    let page = try tables.execute(select, BoundValues())
    #expect(page.columns.map(\.name) == ["v", "a", "extra"])
    #expect(page.rows == [[bigEndian(Int32(7)), bigEndian(Int32(1)), nil]])
    #expect(try TablesCheck(tables).faults == [])
  }

  @Test func `functions in prepared statements are called at each execution`() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run("CREATE TABLE k.t (a int, at timestamp, PRIMARY KEY (a, at))")
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.t (a, at) VALUES (1, currentTimestamp())")
    let older = try tables.prepare("SELECT at FROM k.t WHERE a = 1 AND at < currentTimestamp()")
    for number in 0..<3 {
      #expect(try tables.execute(older, BoundValues()).rows.count == number)
      _ = try tables.execute(insert, BoundValues())
      clock.advance(microseconds: 1_000)
    }
    #expect(try tables.execute(older, BoundValues()).rows.count == 3)
  }

  @Test func `of two statements at one time the later one wins`() throws {
    let store = try TemporaryTables(clock: FakeClock().clock)
    try store.run(
      "CREATE TABLE k.t (a int PRIMARY KEY, v int)", "INSERT INTO k.t (a, v) VALUES (1, 9)",
      "UPDATE k.t SET v = 3 WHERE a = 1")
    #expect(try store.rows("SELECT v FROM k.t") == [#"{"v": 3}"#])
    try store.run("DELETE FROM k.t WHERE a = 1", "INSERT INTO k.t (a, v) VALUES (1, 1)")
    #expect(try store.rows("SELECT v FROM k.t") == [#"{"v": 1}"#])
  }

  @Test func `what is written later wins though the tables were opened anew with an earlier clock`()
    throws
  {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run(
      "CREATE TABLE k.t (a int PRIMARY KEY, v int, l list<int>)",
      "INSERT INTO k.t (a, v, l) VALUES (1, 1, [2])", "UPDATE k.t SET l = [1] + l WHERE a = 1")
    for step in 3..<6 {
      clock.advance(microseconds: -3_600_000_000)
      store.close()
      // Another clock, which knows nothing of what the one before has given.
      let tables = try Tables(store.directory, clock: clock.clock)
      for change in ["v = \(step), l = l + [\(step)]", "l = [\(3 - step)] + l"] {
        _ = try tables.execute("UPDATE k.t SET \(change) WHERE a = 1")
      }
      let page = try tables.execute("SELECT v FROM k.t")
      #expect(page.rows == [[bigEndian(Int32(step))]])
    }
    try store.run("DELETE FROM k.t WHERE a = 1")
    store.close()
    clock.advance(microseconds: -3_600_000_000)
    #expect(try store.rows("SELECT v FROM k.t") == [])
    try store.run("INSERT INTO k.t (a, v) VALUES (1, 9)")
    #expect(try store.rows("SELECT v FROM k.t") == [#"{"v": 9}"#])
  }

  @Test func `one clock's times say nothing of another's`() {
    let (early, late) = (FakeClock(), FakeClock())
    late.advance(microseconds: 900_000)
    let (first, second) = (early.clock, late.clock)
    _ = TimeUUID.now(second)
    _ = TimeUUID.next(second)
    #expect(TimeUUID.milliseconds(TimeUUID.now(first)) == early.microseconds / 1_000)
    #expect(TimeUUID.milliseconds(TimeUUID.next(first)) == early.microseconds / 1_000)
    #expect(TimeUUID.now(first) != TimeUUID.now(first))
  }

  @Test func `conditions decide whether a statement is applied`() throws {
    let clock = FakeClock()
    let store = try TemporaryTables(clock: clock.clock)
    try store.run("CREATE TABLE k.t (a int PRIMARY KEY, v int)")
    let steps: [(String, Bool)] = [
      ("UPDATE k.t SET v = 1 WHERE a = 1 IF EXISTS", false),
      ("INSERT INTO k.t (a, v) VALUES (1, 1) IF NOT EXISTS USING TTL 2", true),
      ("INSERT INTO k.t (a, v) VALUES (1, 2) IF NOT EXISTS", false),
      ("UPDATE k.t SET v = 2 WHERE a = 1 IF v = 2", false),
      ("UPDATE k.t USING TTL 2 SET v = 2 WHERE a = 1 IF v >= 1", true),
      ("UPDATE k.t USING TTL 2 SET v = 3 WHERE a = 1 IF v != null", true),
      ("DELETE FROM k.t WHERE a = 1 IF v = null", false),
      ("DELETE FROM k.t WHERE a = 1 IF EXISTS", true),
      ("DELETE FROM k.t WHERE a = 1 IF EXISTS", false),
      ("INSERT INTO k.t (a, v) VALUES (1, 1) IF NOT EXISTS USING TTL 1", true),
    ]
    for (statement, isApplied) in steps {
      let rows = try store.rows(statement)
      #expect(rows.count == 1 && rows[0].contains(#"{"[applied]": \#(isApplied)"#), "\(statement)")
    }
    clock.advance(microseconds: 1_000_000)
    #expect(try store.rows("SELECT * FROM k.t") == [])
    #expect(
      try store.rows("INSERT INTO k.t (a) VALUES (1) IF NOT EXISTS") == [#"{"[applied]": true}"#])
  }

  @Test func `a limited result ends with its last page`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.t (a int PRIMARY KEY)")
    for number in 0..<5 { try store.run("INSERT INTO k.t (a) VALUES (\(number))") }
    let tables = try store.tables
    let select = try tables.prepare("SELECT a FROM k.t LIMIT 2")
    #expect(try tables.execute(select, BoundValues()).next == nil)
    let first = try tables.execute(select, BoundValues(), pageRows: 1)
    let second = try tables.execute(select, BoundValues(), pageRows: 1, from: first.next)
    #expect(first.next != nil && second.rows.count == 1 && second.next == nil)
    #expect(try store.rows("SELECT count(*) FROM k.t LIMIT 2") == [#"{"count": 5}"#])
  }
}

import Testing

@testable import Tables

/// User-defined types and the rules for types in definitions.
@Suite struct UserTypeTests {
  @Test func `tables of user-defined types live through a restart and a change of the type`() throws
  {
    let store = try TemporaryTables()
    try store.run(
      "CREATE TYPE k.inner (x varint)",
      #"CREATE TYPE k."Outer" (a int, l list<text>, i frozen<inner>)"#,
      "CREATE TYPE IF NOT EXISTS k.inner (other int)",
      """
      CREATE TABLE k.t (p frozen<tuple<int, text>>, c frozen<inner>, s frozen<set<frozen<inner>>>,
        v frozen<"Outer">, PRIMARY KEY (p, c, s)) WITH CLUSTERING ORDER BY (c DESC, s ASC)
      """,
      "CREATE INDEX ON k.t (v)",
      """
      INSERT INTO k.t (p, c, s, v) VALUES ((1, 'a'), {x: 10}, {{x: 3}, {x: -300}},
        {a: 1, l: ['x'], i: {x: 12345678901234567890}})
      """,
      "INSERT INTO k.t (p, c, s, v) VALUES ((1, 'a'), {x: -9}, {}, null)")
    let row = [
      #"{"p": [1, "a"], "c": {"x": 10}, "s": [{"x": -300}, {"x": 3}], "v": "#
        + #"{"a": 1, "l": ["x"], "i": {"x": 12345678901234567890}}}"#,
      #"{"p": [1, "a"], "c": {"x": -9}, "s": [], "v": null}"#,
    ]
    let described = try store.rows("DESCRIBE KEYSPACE k")
    #expect(described.count == 5)
    for _ in 0..<2 {
      #expect(try store.rows("SELECT * FROM k.t") == row)
      #expect(
        try store.rows(
          """
          SELECT p FROM k.t WHERE v =
          {a: 1, l: ['x'], i: {x: 12345678901234567890}}
          """) == [#"{"p": [1, "a"]}"#])
      #expect(try store.rows("SELECT c FROM k.t WHERE p = (1, 'a') AND c < {x: 0}").count == 1)
      #expect(try store.rows("DESCRIBE KEYSPACE k") == described)
      store.close()
    }
    try store.run(
      #"ALTER TYPE k."Outer" ADD t timestamp"#, #"ALTER TYPE k."Outer" RENAME a TO b"#,
      "ALTER TYPE k.inner ADD y int",
      "UPDATE k.t SET v = {b: 2} WHERE p = (1, 'a') AND c = {x: -9, y: 1} AND s = {}")
    let grown =
      #"{"c": {"x": 10, "y": null}, "v": {"b": 1, "l": ["x"], "#
      + #""i": {"x": 12345678901234567890, "y": null}, "t": null}}"#
    for _ in 0..<2 {
      #expect(try store.rows("SELECT c, v FROM k.t").first == grown)
      #expect(try store.rows("SELECT c FROM k.t").count == 3)
      store.close()
    }
    try store.run("DELETE FROM k.t WHERE p = (1, 'a')")
    #expect(try store.rows("SELECT * FROM k.t") == [])
    #expect(try TablesCheck(store.tables).faults == [])
    try store.run("DROP TABLE k.t", #"DROP TYPE k."Outer""#, "DROP TYPE k.inner")
    store.close()
    #expect(try store.tables.schema.types.isEmpty)
    try store.run("CREATE TYPE k.a (x int)", "DROP KEYSPACE k", "CREATE KEYSPACE k \(oneReplica)")
    #expect(try store.tables.schema.types.isEmpty)
  }

  @Test func `sets and maps that are bound in any order are kept sorted, however deep`() throws {
    let store = try TemporaryTables()
    try store.run(
      "CREATE TABLE k.t (k frozen<set<int>> PRIMARY KEY, v frozen<list<frozen<map<text, int>>>>)")
    func collection(_ parts: [[UInt8]], count: Int) -> [UInt8] {
      bigEndian(Int32(count)) + parts.flatMap { bigEndian(Int32($0.count)) + $0 }
    }
    let key = collection([3, -1, 3, 2].map { bigEndian(Int32($0)) }, count: 4)
    let map = collection(
      [[98], bigEndian(Int32(1)), [97], bigEndian(Int32(2)), [98], bigEndian(Int32(3))], count: 3)
    var values = BoundValues()
    values.append(key)
    values.append(collection([map], count: 1))
    let tables = try store.tables
    _ = try tables.execute(try tables.prepare("INSERT INTO k.t (k, v) VALUES (?, ?)"), values)
    #expect(
      try store.rows("SELECT * FROM k.t WHERE k = {-1, 2, 3}")
        == [#"{"k": [-1, 2, 3], "v": [{"a": 2, "b": 3}]}"#])
    values.removeAll()
    values.append(key)
    let found = try tables.execute(try tables.prepare("SELECT v FROM k.t WHERE k = ?"), values)
    #expect(found.rows.count == 1)
  }

  @Test func `a row is found by its key after the key's type has got a field`() throws {
    let store = try TemporaryTables()
    try store.run(
      "CREATE TYPE k.u (a int)",
      "CREATE TABLE k.t (k int, c frozen<u>, v tuple<int, frozen<u>>, PRIMARY KEY (k, c))",
      "INSERT INTO k.t (k, c, v) VALUES (1, {a: 1}, (1, {a: 2}))", "ALTER TYPE k.u ADD b int",
      "CREATE INDEX ON k.t (v)")
    for _ in 0..<2 {
      for condition in [
        "k = 1 AND c = {a: 1}", "v = (1, {a: 2, b: null})", "k = 1 AND c <= {a: 1, b: null}",
      ] {
        #expect(
          try store.rows("SELECT c FROM k.t WHERE \(condition)")
            == [#"{"c": {"a": 1, "b": null}}"#], "\(condition)")
      }
      try store.run("UPDATE k.t SET v = (1, {a: 2, b: null}) WHERE k = 1 AND c = {a: 1}")
      #expect(try store.rows("SELECT k FROM k.t").count == 1)
      #expect(try TablesCheck(store.tables).faults == [])
    }
    try store.run("INSERT INTO k.t (k, c) VALUES (1, {a: 1, b: 0})")
    #expect(try store.rows("SELECT k FROM k.t WHERE k = 1 AND c > {a: 1}").count == 1)
  }

  @Test func `conditions hold for numbers that are equal, whatever their scale`() throws {
    let store = try TemporaryTables()
    for order in ["ASC", "DESC"] {
      try store.run(
        "DROP TABLE IF EXISTS k.t",
        """
        CREATE TABLE k.t (k int, c decimal, v decimal, s frozen<set<decimal>>, PRIMARY KEY (k, c))
        WITH CLUSTERING ORDER BY (c \(order))
        """, "INSERT INTO k.t (k, c, v, s) VALUES (1, 1.50, 2.0, {3.0, 3})",
        "INSERT INTO k.t (k, c, v) VALUES (1, 1.6, 2.1)",
        "INSERT INTO k.t (k, c, v) VALUES (1, 1.4, 1.9)")
      for isIndexed in [false, true] {
        if isIndexed { try store.run("CREATE INDEX ON k.t (v)") }
        for condition in ["c <= 1.5 AND c >= 1.500", "c > 1.4 AND c < 1.6", "v = 2.00"] {
          #expect(
            try store.rows("SELECT c, s FROM k.t WHERE k = 1 AND \(condition) ALLOW FILTERING")
              == [#"{"c": 1.50, "s": [3.0]}"#], "\(condition)")
        }
        for condition in ["c < 1.5", "c > 1.5", "v < 2", "v > 2"] {
          #expect(
            try store.rows("SELECT c FROM k.t WHERE k = 1 AND \(condition) ALLOW FILTERING").count
              == 1, "\(condition)")
        }
      }
      #expect(try TablesCheck(store.tables).faults == [])
    }
  }

  @Test func `definitions with types that cannot be are refused in Cassandra's words`() throws {
    let store = try TemporaryTables()
    try store.run(
      "CREATE KEYSPACE other \(oneReplica)", "CREATE TYPE k.u (a int)",
      "CREATE TYPE k.w (f frozen<u>)",
      "CREATE TYPE k.p (a int)", "CREATE TABLE k.t (k frozen<p> PRIMARY KEY, v frozen<w>)",
      "CREATE TABLE k.d (k int PRIMARY KEY, v duration, t frozen<tuple<int, duration>>)")
    for (statement, message) in UserTypeTests.refused {
      #expect(try store.refusal(statement) == .invalid(message), "\(statement)")
    }
    // Cassandra's parser refuses it already.
    #expect(
      try store.refusal("CREATE TABLE k.x (k int PRIMARY KEY, v frozen<int>)")
        == TableError(
          .syntaxError,
          "frozen<> is only allowed on collections, tuples, and user-defined types (got int)"))
    #expect(
      try store.refusal("CREATE TABLE k.x (k int PRIMARY KEY, v 'org.x')")
        == .unsupported("The custom type 'org.x'"))
  }

  private static let refused: [(String, String)] = [
    ("CREATE TYPE none.u (a int)", "Keyspace 'none' doesn't exist"),
    ("CREATE TYPE k.u (b int)", "A user type with name 'u' already exists"),
    ("CREATE TYPE k.x (a int, a int)", "Duplicate field name 'a' in type 'x'"),
    ("CREATE TYPE k.x (a counter)", "A user type cannot contain counters"),
    ("CREATE TYPE k.x (a u)", "A user type cannot contain non-frozen UDTs"),
    ("CREATE TYPE k.x (a frozen<none>)", "Unknown type k.none"),
    ("DROP TYPE k.none", "Type 'k.none' doesn't exist"),
    ("DROP TYPE k.u", "Cannot drop user type 'k.u' as it is still used by user types w"),
    ("DROP TYPE k.w", "Cannot drop user type 'k.w' as it is still used by tables t"),
    ("ALTER TYPE k.none ADD b int", "Type k.none doesn't exist"),
    (
      "ALTER TYPE k.u ADD a int",
      "Cannot add field a to type k.u: a field with name a already exists"
    ),
    (
      "ALTER TYPE k.u ADD w frozen<w>",
      "Cannot add new field w of type frozen<w> to user type k.u as it would create a circular "
        + "reference"
    ),
    (
      "ALTER TYPE k.p ADD b int",
      "Cannot add new field b of type int to user type k.p as the type is being used in partition "
        + "key by the following tables: k.t"
    ),
    ("ALTER TYPE k.u RENAME x TO y", "Unkown field x in user type k.u"),
    ("ALTER TYPE k.u ALTER a TYPE text", "Altering field types is no longer supported"),
    (
      "CREATE TABLE k.x (k int PRIMARY KEY, v list<list<int>>)",
      "Non-frozen collections are not allowed inside collections: list<list<int>>"
    ),
    (
      "CREATE TABLE k.x (k int PRIMARY KEY, v map<int, u>)",
      "Non-frozen UDTs are not allowed inside collections: map<int, u>"
    ),
    (
      "CREATE TABLE k.x (k int PRIMARY KEY, v frozen<list<counter>>)",
      "Counters are not allowed inside collections: list<counter>"
    ),
    (
      "CREATE TABLE k.x (k int PRIMARY KEY, v tuple<counter>)",
      "Counters are not allowed inside tuples"
    ),
    (
      "CREATE TABLE k.x (k int PRIMARY KEY, v frozen<set<duration>>)",
      "Durations are not allowed inside sets: set<duration>"
    ),
    (
      "CREATE TABLE k.x (k int PRIMARY KEY, v frozen<map<duration, int>>)",
      "Durations are not allowed as map keys: map<duration, int>"
    ),
    (
      "CREATE TABLE k.x (k duration PRIMARY KEY)",
      "duration type is not supported for PRIMARY KEY column 'k'"
    ),
    (
      "CREATE TABLE k.x (k counter PRIMARY KEY)",
      "counter type is not supported for PRIMARY KEY column 'k'"
    ),
    (
      "CREATE TABLE k.x (k list<int> PRIMARY KEY)",
      "Invalid non-frozen collection type list<int> for PRIMARY KEY column 'k'"
    ),
    (
      "CREATE TABLE k.x (k u PRIMARY KEY)",
      "Invalid non-frozen user-defined type u for PRIMARY KEY column 'k'"
    ),
    (
      "CREATE TABLE other.x (k frozen<k.u> PRIMARY KEY)",
      "Statement on keyspace other cannot refer to a user type in keyspace k; user types can only "
        + "be used in the keyspace they are defined in"
    ),
    ("CREATE INDEX ON k.d (v)", "Secondary indexes are not supported on duration columns"),
    (
      "CREATE INDEX ON k.d (t)",
      "Secondary indexes are not supported on tuples containing durations"
    ),
    (
      "SELECT * FROM k.d WHERE v > 1h ALLOW FILTERING",
      "Slice restrictions are not supported on duration columns"
    ),
    (
      "UPDATE k.d SET v = 1h WHERE k = 1 IF v > 1m",
      "Slice conditions are not supported on duration columns"
    ),
  ]

  @Test func `types are named as Cassandra names them`() {
    let nested = DataType.map(.tuple([.int, .list(.text)]), .sampleUser)
    #expect(nested.name == #"frozen<map<frozen<tuple<int, frozen<list<text>>>>, frozen<"U">>>"#)
    #expect(
      DataType.multiCell(nested).name
        == #"map<frozen<tuple<int, frozen<list<text>>>>, frozen<"U">>"#)
    #expect(DataType.multiCell(.sampleUser).name == #""U""#)
    #expect(
      UserType(keyspace: "k", name: "u", fields: [.init(name: "a", type: .multiCell(.set(.int)))])
        .cql == "CREATE TYPE k.u (\n    a set<int>\n);")
  }
}

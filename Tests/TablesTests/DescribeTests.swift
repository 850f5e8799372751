import Testing

@testable import Tables

/// What DESCRIBE answers, letter by letter as Cassandra 4.0 does (`DescribeStatement`,
/// `TableMetadata.appendCqlTo`, and its test `DescribeStatementTest`).
@Suite struct DescribeTests {
  private static let options = """
    additional_write_policy = '99p'
        AND bloom_filter_fp_chance = 0.01
        AND caching = {'keys': 'ALL', 'rows_per_partition': 'NONE'}
        AND cdc = false
        AND comment = ''
        AND compaction = {'class': 'org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy', \
    'max_threshold': '32', 'min_threshold': '4'}
        AND compression = {'chunk_length_in_kb': '16', \
    'class': 'org.apache.cassandra.io.compress.LZ4Compressor'}
        AND crc_check_chance = 1.0
        AND default_time_to_live = 0
        AND extensions = {}
        AND gc_grace_seconds = 864000
        AND max_index_interval = 2048
        AND memtable_flush_period_in_ms = 0
        AND min_index_interval = 128
        AND read_repair = 'BLOCKING'
        AND speculative_retry = '99p';
    """
  private static let keyspace =
    "CREATE KEYSPACE test WITH replication = {'class': 'SimpleStrategy', "
    + "'replication_factor': '1'}  AND durable_writes = true;"
  private static let users = """
    CREATE TABLE test.users (
        userid text PRIMARY KEY,
        age int,
        firstname text,
        lastname text
    ) WITH \(options)
    """
  private static let quoted = """
    CREATE TABLE test."Test" (
        id int,
        col int,
        val text,
        PRIMARY KEY (id, col)
    ) WITH CLUSTERING ORDER BY (col ASC)
        AND \(options)
    """

  private func store() throws -> TemporaryTables {
    let store = try TemporaryTables()
    try store.run(
      "CREATE KEYSPACE test WITH REPLICATION = {'class' : 'SimpleStrategy', "
        + "'replication_factor' : 1};",
      "CREATE TABLE test.users ( userid text PRIMARY KEY, firstname text, lastname text, age int);",
      "CREATE INDEX myindex ON test.users (age);",
      #"CREATE TABLE test."Test" (id int, col int, val text, PRIMARY KEY(id, col));"#,
      #"CREATE INDEX ON test."Test" (col);"#, #"CREATE INDEX ON test."Test" (val)"#)
    return store
  }

  private func texts(
    _ store: TemporaryTables, _ statement: String, keyspace: String? = nil
  ) throws -> [[String]] {
    try store.tables.execute(statement, keyspace: keyspace).rows.map { row in
      row.map { String(decoding: $0 ?? [], as: UTF8.self) }
    }
  }

  @Test func `elements come in Cassandra's order, each with its statement`() throws {
    let store = try store()
    let index = { (name: String, table: String, column: String) in
      ["test", "index", name, "CREATE INDEX \(name) ON test.\(table) (\(column));"]
    }
    let test = [
      ["test", "table", #""Test""#, Self.quoted],
      index(#""Test_col_idx""#, #""Test""#, "col"), index(#""Test_val_idx""#, #""Test""#, "val"),
    ]
    let users = [
      ["test", "table", "users", Self.users], index("myindex", "users", "age"),
    ]
    let all = [["test", "keyspace", "test", Self.keyspace]] + test + users
    for statement in ["DESCRIBE KEYSPACE test", "DESC test", "desc keyspace Test"] {
      #expect(try texts(store, statement) == all, "\(statement)")
    }
    #expect(try texts(store, "DESCRIBE KEYSPACE", keyspace: "test") == all)
    #expect(try texts(store, "DESC ONLY KEYSPACE test") == Array(all.prefix(1)))
    for form in ["table ", "columnfamily ", ""] {
      #expect(try texts(store, "DESC \(form)test.users") == users)
      #expect(try texts(store, #"DESCRIBE \#(form)"Test""#, keyspace: "test") == test)
    }
    for form in ["index ", ""] {
      #expect(try texts(store, "DESC \(form)myindex", keyspace: "test") == [users[1]])
    }
    let schema = try texts(store, "DESCRIBE SCHEMA")
    #expect(schema.map { $0[0] } == ["k"] + all.map { $0[0] })
    #expect(
      try texts(store, "DESCRIBE TABLES", keyspace: "test")
        == [["test", "table", #""Test""#], ["test", "table", "users"]])
    #expect(
      try texts(store, "DESCRIBE KEYSPACES").map { $0[2] } == [
        "k", "system", "system_auth", "system_distributed", "system_schema", "system_traces",
        "system_virtual_schema", "test",
      ])
    #expect(try texts(store, "DESCRIBE FUNCTIONS") == [])
    #expect(try texts(store, "DESCRIBE TYPES", keyspace: "test") == [])
  }

  @Test func `results have the columns of Cassandra's`() throws {
    let store = try store()
    let list = ["keyspace_name", "type", "name"]
    for (statement, names) in [
      ("DESCRIBE KEYSPACES", list), ("DESCRIBE TABLES", list), ("DESCRIBE TYPES", list),
      ("DESCRIBE FUNCTIONS", list), ("DESCRIBE AGGREGATES", list),
      ("DESCRIBE SCHEMA", list + ["create_statement"]),
      ("DESCRIBE test.users", list + ["create_statement"]),
      ("DESCRIBE CLUSTER", ["cluster", "partitioner", "snitch"]),
    ] {
      let page = try store.tables.execute(statement)
      #expect(page.columns.map(\.name) == names)
      #expect(page.columns.allSatisfy { $0.type == .text })
    }
    #expect(
      try texts(store, "DESCRIBE CLUSTER") == [["grouse", "Murmur3Partitioner", "SimpleSnitch"]])
    let page = try store.tables.execute("DESCRIBE CLUSTER", keyspace: "test")
    #expect(
      page.json(page.rows[0])
        == #"{"cluster": "grouse", "partitioner": "Murmur3Partitioner", "snitch": "SimpleSnitch", "#
        + #""range_ownership": {"-9223372036854775808": ["127.0.0.1:7000"]}}"#)
  }

  @Test func `with internals, columns that were dropped are shown as they came and went`() throws {
    let store = try TemporaryTables()
    try store.run(
      """
      CREATE TABLE k.t (pk1 text, pk2 int, c int, s decimal static, v1 text, v2 int, v3 int,
        l list<int>, PRIMARY KEY ((pk1, pk2), c))
        WITH ID = 5a1c395e-b41f-11e5-9f22-ba0be0483c18
      """)
    let create = """
      CREATE TABLE k.t (
          pk1 text,
          pk2 int,
          c int,
          s decimal static,
          v1 text,
          v2 int,
          l list<int>,
          v3 int,
          PRIMARY KEY ((pk1, pk2), c)
      ) WITH ID = 5a1c395e-b41f-11e5-9f22-ba0be0483c18
          AND CLUSTERING ORDER BY (c ASC)
          AND \(Self.options)
      """
    let drop = "ALTER TABLE k.t DROP v3 USING TIMESTAMP 1589286942065000;"
    try store.run(drop)
    #expect(try texts(store, "DESC TABLE k.t WITH INTERNALS")[0][3] == create + "\n" + drop)
    let add = "ALTER TABLE k.t ADD v3 int;"
    try store.run(add)
    #expect(
      try texts(store, "DESC TABLE k.t WITH INTERNALS")[0][3]
        == create + "\n" + drop + "\n" + add)
    let plain = create.replacing(
      "    l list<int>,\n    v3 int,\n", with: "    v3 int,\n    l list<int>,\n"
    )
    .replacing("ID = 5a1c395e-b41f-11e5-9f22-ba0be0483c18\n    AND ", with: "")
    #expect(try texts(store, "DESC TABLE k.t")[0][3] == plain)
  }

  @Test func `virtual tables say that no statement makes them`() throws {
    let store = try TemporaryTables()
    #expect(
      try texts(store, "DESCRIBE ONLY KEYSPACE system_virtual_schema") == [
        [
          "system_virtual_schema", "keyspace", "system_virtual_schema",
          """
          /*
          Warning: Keyspace system_virtual_schema is a virtual keyspace and cannot be recreated with CQL.
          Structure, for reference:
          VIRTUAL KEYSPACE system_virtual_schema;
          */
          """,
        ]
      ])
    #expect(
      try texts(store, "DESCRIBE TABLE system_virtual_schema.tables")[0][3] == """
        /*
        Warning: Table system_virtual_schema.tables is a virtual table and cannot be recreated with CQL.
        Structure, for reference:
        VIRTUAL TABLE system_virtual_schema.tables (
            keyspace_name text,
            table_name text,
            comment text,
            PRIMARY KEY (keyspace_name, table_name)
        ) WITH CLUSTERING ORDER BY (table_name ASC)
            AND comment = 'virtual table definitions';
        */
        """)
  }

  @Test func `what is not there is refused in Cassandra's words`() throws {
    let store = try store()
    for (statement, message) in [
      ("DESCRIBE TABLE foop", "No keyspace specified and no current keyspace"),
      ("DESCRIBE INDEX foop", "No keyspace specified and no current keyspace"),
      ("DESCRIBE TYPE foop", "No keyspace specified and no current keyspace"),
      ("DESCRIBE KEYSPACE", "No keyspace specified and no current keyspace"),
      ("DESCRIBE test2", "'test2' not found in keyspaces"),
      ("DESCRIBE TABLE test.x", "Table 'x' not found in keyspace 'test'"),
      ("DESCRIBE INDEX test.x", "Table for existing index 'x' not found in 'test'"),
      ("DESCRIBE TYPE test.x", "User defined type 'x' not found in 'test'"),
      ("DESCRIBE MATERIALIZED VIEW test.x", "Materialized view 'x' not found in 'test'"),
      ("DESCRIBE FUNCTION test.x", "User defined function 'x' not found in 'test'"),
      ("DESCRIBE AGGREGATE test.x", "User defined aggregate 'x' not found in 'test'"),
      ("DESCRIBE test.x", "'x' not found in keyspace 'test'"),
    ] {
      #expect(try store.refusal(statement) == .invalid(message), "\(statement)")
    }
    #expect(
      try store.refusal("DESCRIBE users2", keyspace: "test")
        == .invalid("'users2' not found in keyspace 'test'"))
  }
}

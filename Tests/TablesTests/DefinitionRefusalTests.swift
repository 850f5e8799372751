import CQL
import Testing

@testable import Tables

/// Definitions that Cassandra 4.0 refuses, with its codes and words.
@Suite struct DefinitionRefusalTests {
  typealias Case = (String, TableError.Code, String)

  func check(_ cases: [Case], _ setUp: String...) throws {
    let store = try TemporaryTables()
    for statement in setUp { try store.run(statement) }
    let before = try store.rows("DESCRIBE FULL SCHEMA")
    let version = try store.rows("SELECT schema_version FROM system.local")
    for (statement, code, message) in cases {
      let error = try store.refusal(statement)
      #expect(error?.code == code, "\(statement)")
      #expect(error?.message == message, "\(statement)")
    }
    #expect(try store.rows("DESCRIBE FULL SCHEMA") == before)
    #expect(try store.rows("SELECT schema_version FROM system.local") == version)
    #expect(try TablesCheck(store.tables).faults == [])
  }

  // CreateKeyspaceStatement, KeyspaceAttributes, AbstractReplicationStrategy, ReplicationFactor.
  @Test func `keyspaces`() throws {
    let long = String(repeating: "x", count: 49)
    try check([
      (
        "CREATE KEYSPACE \(long) WITH replication = {'class': 'SimpleStrategy'}", .invalid,
        "Keyspace name must not be empty, more than 48 characters long, or contain "
          + "non-alphanumeric-underscore characters (got '\(long)')"
      ),
      (
        "CREATE KEYSPACE x WITH durable_writes = true", .invalid,
        "Missing mandatory option 'replication'"
      ),
      (
        "CREATE KEYSPACE x WITH replication = {'replication_factor': 1}", .configuration,
        "Missing replication strategy class"
      ),
      (
        "CREATE KEYSPACE x WITH replication = 1", .syntaxError,
        "Invalid value for property 'replication'. It should be a map."
      ),
      (
        "CREATE KEYSPACE x WITH replication = {'class': 'SimpleStrategy'} AND foo = 1",
        .syntaxError, "Unknown property 'foo'"
      ),
      (
        "CREATE KEYSPACE x WITH replication = {'class': 'SimpleStrategy'}", .configuration,
        "SimpleStrategy requires a replication_factor strategy option."
      ),
      (
        "CREATE KEYSPACE x WITH replication = {'class': 'None', 'replication_factor': 1}",
        .configuration,
        "Unable to find replication strategy class 'org.apache.cassandra.locator.None'"
      ),
      (
        "CREATE KEYSPACE x WITH replication = {'class': 'SimpleStrategy', "
          + "'replication_factor': -1}", .configuration,
        "Replication factor must be non-negative, found -1"
      ),
      (
        "CREATE KEYSPACE x WITH replication = {'class': 'LocalStrategy'}", .invalid,
        "Unable to use given strategy class: LocalStrategy is reserved for internal use."
      ),
      ("ALTER KEYSPACE x WITH durable_writes = true", .invalid, "Keyspace 'x' doesn't exist"),
      ("DROP KEYSPACE x", .invalid, "Keyspace 'x' doesn't exist"),
    ])
  }

  // ClientState.preventSystemKSSchemaModification, AlterSchemaStatement.execute, SchemaConstants.
  @Test func `what is the server's`() throws {
    let own = "system keyspace is not user-modifiable."
    try check([
      (
        "CREATE KEYSPACE System WITH replication = {'class': 'SimpleStrategy'}", .invalid,
        "System keyspace 'system' is not user-modifiable"
      ),
      ("DROP KEYSPACE system", .unauthorized, own),
      ("ALTER KEYSPACE system WITH durable_writes = false", .unauthorized, own),
      ("CREATE TABLE system.x (a int PRIMARY KEY)", .unauthorized, own),
      ("ALTER TABLE system.local ADD x int", .unauthorized, own),
      ("DROP TABLE IF EXISTS system.none", .unauthorized, own),
      ("CREATE TYPE system.x (a int)", .unauthorized, own),
      ("CREATE INDEX ON system.local (rack)", .unauthorized, own),
      ("INSERT INTO system.local (key) VALUES ('x')", .unauthorized, own),
      (
        "BEGIN BATCH UPDATE system_schema.keyspaces SET durable_writes = false "
          + "WHERE keyspace_name = 'k'; APPLY BATCH", .unauthorized,
        "system_schema keyspace is not user-modifiable."
      ),
      ("TRUNCATE system.local", .unauthorized, own),
      (
        "DELETE FROM system_virtual_schema.tables WHERE keyspace_name = 'x'", .invalid,
        "Modification is not supported by table system_virtual_schema.tables"
      ),
      (
        "DROP KEYSPACE system_virtual_schema", .invalid,
        "Virtual keyspace 'system_virtual_schema' is not user-modifiable"
      ),
      ("DROP KEYSPACE system_auth", .unauthorized, "Cannot DROP <keyspace system_auth>"),
      (
        "ALTER TABLE system_traces.events ADD x int", .unauthorized,
        "Cannot ALTER <table system_traces.events>"
      ),
    ])
  }

  // CreateTableStatement, TableMetadata.validate.
  @Test func `tables`() throws {
    let long = String(repeating: "x", count: 49)
    try check(
      [
        (
          "CREATE TABLE k.\(long) (a int PRIMARY KEY)", .configuration,
          "k.\(long): Table name must not be empty, more than 48 characters long, or contain "
            + "non-alphanumeric-underscore characters (got \"\(long)\")"
        ),
        (
          "CREATE TABLE k.x (a int)", .invalid,
          "No PRIMARY KEY specifed for table 'k.x' (exactly one required)"
        ),
        (
          "CREATE TABLE k.x (a int PRIMARY KEY, b int PRIMARY KEY)", .invalid,
          "Multiple PRIMARY KEY specified for table 'k.x' (exactly one required)"
        ),
        (
          "CREATE TABLE k.x (a int, PRIMARY KEY (b))", .invalid,
          "Unknown column 'b' referenced in PRIMARY KEY for table 'x'"
        ),
        (
          "CREATE TABLE k.x (a int, PRIMARY KEY (a, a))", .invalid,
          "Duplicate column 'a' in PRIMARY KEY clause for table 'x'"
        ),
        (
          "CREATE TABLE k.x (a int, b int static, PRIMARY KEY (a, b))", .invalid,
          "Static column 'b' cannot be part of the PRIMARY KEY"
        ),
        ("CREATE TABLE k.x (a int PRIMARY KEY, b int static)", .invalid, Table.uselessStatics),
        (
          "CREATE TABLE k.x (a int PRIMARY KEY, b counter, c int)", .invalid,
          "Cannot mix counter and non counter columns in the same table"
        ),
        (
          "CREATE TABLE k.x (a int PRIMARY KEY, b counter) WITH default_time_to_live = 1",
          .invalid, "Cannot set default_time_to_live on a table with counters"
        ),
        (
          "CREATE TABLE k.x (a int PRIMARY KEY, b n)", .invalid,
          "Non-frozen UDTs with nested non-frozen collections are not supported"
        ),
        (
          "CREATE TABLE k.x (a int, b int, c int, PRIMARY KEY (a, b, c)) "
            + "WITH CLUSTERING ORDER BY (c DESC)", .invalid,
          "Missing CLUSTERING ORDER for column b"
        ),
        (
          "CREATE TABLE k.x (a int, b int, c int, PRIMARY KEY (a, b, c)) "
            + "WITH CLUSTERING ORDER BY (c DESC, b ASC)", .invalid,
          "The order of columns in the CLUSTERING ORDER directive must match that of the "
            + "clustering columns (b must appear before c)"
        ),
        (
          "CREATE TABLE k.x (a int, b int, PRIMARY KEY (a, b)) "
            + "WITH CLUSTERING ORDER BY (b ASC, a ASC)", .invalid,
          "Only clustering columns can be defined in CLUSTERING ORDER directive"
        ),
        ("DROP TABLE k.none", .invalid, "Table 'k.none' doesn't exist"),
        ("DROP TABLE none.none", .invalid, "Table 'none.none' doesn't exist"),
      ], "CREATE TYPE k.n (a list<int>)")
  }

  // AlterTableStatement.
  @Test func `changes of tables`() throws {
    try check(
      [
        ("ALTER TABLE k.none ADD x int", .invalid, "Table 'k.none' doesn't exist"),
        ("ALTER TABLE k.t ADD v int", .invalid, "Column with name 'v' already exists"),
        ("ALTER TABLE k.s ADD x int static", .invalid, Table.uselessStatics),
        (
          "ALTER TABLE k.t ADD n counter", .configuration,
          "k.t: Cannot have a counter column (\"n\") in a non counter table"
        ),
        (
          "ALTER TABLE k.c ADD x int", .configuration,
          "k.c: Cannot have a non counter column (\"x\") in a counter table"
        ),
        ("ALTER TABLE k.t DROP none", .invalid, "Column none was not found in table 'k.t'"),
        ("ALTER TABLE k.t DROP c", .invalid, "Cannot drop PRIMARY KEY column c"),
        (
          "ALTER TABLE k.t DROP v", .invalid,
          "Cannot drop column v because it has dependent secondary indexes (by_v)"
        ),
        ("ALTER TABLE k.t DROP u", .invalid, "Cannot drop non-frozen column u of user type u"),
        (
          "ALTER TABLE k.t ADD old text", .invalid,
          "Cannot re-add previously dropped column 'old' of type text, incompatible with previous "
            + "type int"
        ),
        (
          "ALTER TABLE k.t ADD olds set<blob>", .invalid,
          "Cannot re-add previously dropped column 'olds' of type set<blob>, incompatible with "
            + "previous type set<int>"
        ),
        (
          "ALTER TABLE k.t ADD (\((0..<16_384).map { "n\($0) int" }.joined(separator: ", ")))",
          .invalid, "A table of 16389 columns has more than the limit of 16384"
        ),
        (
          "ALTER TABLE k.t ADD old int static", .invalid,
          "Cannot re-add previously dropped column 'old' of kind STATIC, incompatible with "
            + "previous kind REGULAR"
        ),
        (
          "ALTER TABLE k.c ADD old counter", .invalid,
          "Cannot re-add previously dropped counter column old"
        ),
        ("ALTER TABLE k.t RENAME v TO w", .invalid, "Cannot rename non PRIMARY KEY column v"),
        ("ALTER TABLE k.t RENAME x TO w", .invalid, "Column x was not found in table k.t"),
        (
          "ALTER TABLE k.t RENAME c TO v", .invalid,
          "Cannot rename column c to v in table 'k.t'; another column with that name already exists"
        ),
        (
          "ALTER TABLE k.t RENAME d TO e", .invalid,
          "Can't rename column d because it has dependent secondary indexes (by_d)"
        ),
        (
          "ALTER TABLE k.t ALTER v TYPE text", .invalid,
          "Altering column types is no longer supported"
        ),
        (
          "ALTER TABLE k.c WITH default_time_to_live = 1", .invalid,
          "Cannot set default_time_to_live on a table with counters"
        ),
      ],
      "CREATE TYPE k.u (a int)",
      "CREATE TABLE k.t (a int, c int, d int, v int, u u, old int, olds set<int>, "
        + "PRIMARY KEY (a, c, d))",
      "CREATE TABLE k.s (a int PRIMARY KEY)", "CREATE INDEX by_v ON k.t (v)",
      "CREATE INDEX by_d ON k.t (d)", "ALTER TABLE k.t DROP (old, olds)",
      "CREATE TABLE k.c (a int PRIMARY KEY, n counter, old counter)", "ALTER TABLE k.c DROP old")
  }

  // CreateIndexStatement, IndexTarget, IndexMetadata, DropIndexStatement.
  @Test func `indexes`() throws {
    try check(
      [
        ("CREATE INDEX ON none.t (v)", .invalid, "Keyspace 'none' doesn't exist"),
        ("CREATE INDEX ON k.none (v)", .invalid, "Table 'none' doesn't exist"),
        (
          "CREATE INDEX ON k.c (n)", .invalid,
          "Secondary indexes on counter tables aren't supported"
        ),
        (
          "CREATE INDEX other ON k.t (v)", .invalid,
          "Index other is a duplicate of existing index t_v_idx"
        ),
        (
          "CREATE INDEX ON k.t (f)", .invalid,
          "Cannot create values() index on frozen column f. Frozen collections are immutable and "
            + "must be fully indexed by using the 'full(f)' modifier"
        ),
        (
          "CREATE INDEX ON k.t (keys(f))", .invalid,
          "Cannot create keys() index on frozen column f. Frozen collections are immutable and "
            + "must be fully indexed by using the 'full(f)' modifier"
        ),
        (
          "CREATE INDEX ON k.t (full(w))", .invalid,
          "full() indexes can only be created on frozen collections"
        ),
        (
          "CREATE INDEX ON k.t (values(w))", .invalid,
          "Cannot create values() index on w. Non-collection columns only support simple indexes"
        ),
        (
          "CREATE INDEX ON k.t (keys(l))", .invalid,
          "Cannot create index on keys of column l with non-map type"
        ),
        (
          "CREATE INDEX ON k.t (entries(l))", .invalid,
          "Cannot create index on entries of column l with non-map type"
        ),
        ("CREATE INDEX ON k.t (u)", .invalid, "Cannot create index on non-frozen UDT column u"),
        (
          #"CREATE INDEX "a b" ON k.t (w)"#, .configuration, "Illegal index name a b"
        ),
        ("DROP INDEX k.none", .invalid, "Index 'k.none' doesn't exist'"),
      ],
      "CREATE TYPE k.u (a int)",
      """
      CREATE TABLE k.t (a int PRIMARY KEY, v int, w int, f frozen<map<int, int>>, l list<int>,
        m map<int, int>, u u)
      """, "CREATE INDEX ON k.t (v)", "CREATE TABLE k.c (a int PRIMARY KEY, n counter)")
  }

  @Test func `what exists already is named in the error`() throws {
    let store = try TemporaryTables()
    try store.run("CREATE TABLE k.t (a int PRIMARY KEY)")
    let table = try store.refusal("CREATE TABLE t (b int PRIMARY KEY)", keyspace: "k")
    #expect(table?.code == .alreadyExists)
    #expect(table?.existing?.keyspace == "k" && table?.existing?.table == "t")
    let keyspace = try store.refusal("CREATE KEYSPACE k \(oneReplica)")
    #expect(keyspace?.existing?.keyspace == "k" && keyspace?.existing?.table == "")
  }

  @Test func `IF EXISTS and IF NOT EXISTS change nothing, not even the version`() throws {
    let store = try TemporaryTables()
    try store.run(
      "CREATE TABLE k.t (a int PRIMARY KEY, v int)", "CREATE INDEX i ON k.t (v)",
      "CREATE TYPE k.u (a int)")
    let version = try store.rows("SELECT schema_version FROM system.local")
    try store.run(
      "CREATE KEYSPACE IF NOT EXISTS k \(oneReplica)",
      "CREATE TABLE IF NOT EXISTS k.t (z int PRIMARY KEY)",
      "CREATE TYPE IF NOT EXISTS k.u (z int)", "CREATE INDEX IF NOT EXISTS i ON k.t (v)",
      "CREATE INDEX IF NOT EXISTS ON k.t (v)", "DROP KEYSPACE IF EXISTS none",
      "DROP TABLE IF EXISTS k.none", "DROP TABLE IF EXISTS none.none",
      "DROP TYPE IF EXISTS k.none", "DROP INDEX IF EXISTS k.none",
      "ALTER TABLE k.t WITH comment = ''")
    #expect(try store.rows("SELECT schema_version FROM system.local") == version)
    try store.run("ALTER TABLE k.t WITH comment = 'x'")
    #expect(try store.rows("SELECT schema_version FROM system.local") != version)
  }
}

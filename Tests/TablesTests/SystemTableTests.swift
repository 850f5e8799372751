import CQL
import Testing

@testable import Tables

/// What drivers ask when they connect and after each change of definitions, and what they find.
@Suite struct SystemTableTests {
  private func columns(_ page: Page) -> [String] {
    page.columns.map { "\($0.name) \($0.type.name)" }
  }

  /// Cassandra 4.0's columns (`SystemKeyspace`, `SchemaKeyspace`, `VirtualSchemaKeyspace`) in the
  /// order of `SELECT *`: the key, then the others by name.
  private static let columns: [String: [String]] = [
    "system.local": [
      "key text", "bootstrapped text", "broadcast_address inet", "broadcast_port int",
      "cluster_name text", "cql_version text", "data_center text", "gossip_generation int",
      "host_id uuid", "listen_address inet", "listen_port int", "native_protocol_version text",
      "partitioner text", "rack text", "release_version text", "rpc_address inet", "rpc_port int",
      "schema_version uuid", "tokens set<text>", "truncated_at map<uuid, blob>",
    ],
    "system.peers_v2": [
      "peer inet", "peer_port int", "data_center text", "host_id uuid", "native_address inet",
      "native_port int", "preferred_ip inet", "preferred_port int", "rack text",
      "release_version text", "schema_version uuid", "tokens set<text>",
    ],
    "system.peers": [
      "peer inet", "data_center text", "host_id uuid", "preferred_ip inet", "rack text",
      "release_version text", "rpc_address inet", "schema_version uuid", "tokens set<text>",
    ],
    "system.size_estimates": [
      "keyspace_name text", "table_name text", "range_start text", "range_end text",
      "mean_partition_size bigint", "partitions_count bigint",
    ],
    "system_schema.keyspaces": [
      "keyspace_name text", "durable_writes boolean", "replication frozen<map<text, text>>",
    ],
    "system_schema.tables": [
      "keyspace_name text", "table_name text", "additional_write_policy text",
      "bloom_filter_fp_chance double", "caching frozen<map<text, text>>", "cdc boolean",
      "comment text", "compaction frozen<map<text, text>>",
      "compression frozen<map<text, text>>", "crc_check_chance double",
      "dclocal_read_repair_chance double", "default_time_to_live int",
      "extensions frozen<map<text, blob>>", "flags frozen<set<text>>", "gc_grace_seconds int",
      "id uuid", "max_index_interval int", "memtable_flush_period_in_ms int",
      "min_index_interval int", "read_repair text", "read_repair_chance double",
      "speculative_retry text",
    ],
    "system_schema.columns": [
      "keyspace_name text", "table_name text", "column_name text", "clustering_order text",
      "column_name_bytes blob", "kind text", "position int", "type text",
    ],
    "system_schema.dropped_columns": [
      "keyspace_name text", "table_name text", "column_name text", "dropped_time timestamp",
      "kind text", "type text",
    ],
    "system_schema.types": [
      "keyspace_name text", "type_name text", "field_names frozen<list<text>>",
      "field_types frozen<list<text>>",
    ],
    "system_schema.functions": [
      "keyspace_name text", "function_name text", "argument_types frozen<list<text>>",
      "argument_names frozen<list<text>>", "body text", "called_on_null_input boolean",
      "language text", "return_type text",
    ],
    "system_schema.aggregates": [
      "keyspace_name text", "aggregate_name text", "argument_types frozen<list<text>>",
      "final_func text", "initcond text", "return_type text", "state_func text",
      "state_type text",
    ],
    "system_schema.triggers": [
      "keyspace_name text", "table_name text", "trigger_name text",
      "options frozen<map<text, text>>",
    ],
    "system_schema.indexes": [
      "keyspace_name text", "table_name text", "index_name text", "kind text",
      "options frozen<map<text, text>>",
    ],
    "system_schema.views": [
      "keyspace_name text", "view_name text", "additional_write_policy text",
      "base_table_id uuid", "base_table_name text", "bloom_filter_fp_chance double",
      "caching frozen<map<text, text>>", "cdc boolean", "comment text",
      "compaction frozen<map<text, text>>", "compression frozen<map<text, text>>",
      "crc_check_chance double", "dclocal_read_repair_chance double", "default_time_to_live int",
      "extensions frozen<map<text, blob>>", "gc_grace_seconds int", "id uuid",
      "include_all_columns boolean", "max_index_interval int", "memtable_flush_period_in_ms int",
      "min_index_interval int", "read_repair text", "read_repair_chance double",
      "speculative_retry text", "where_clause text",
    ],
    "system_virtual_schema.keyspaces": ["keyspace_name text"],
    "system_virtual_schema.tables": ["keyspace_name text", "table_name text", "comment text"],
    "system_virtual_schema.columns": [
      "keyspace_name text", "table_name text", "column_name text", "clustering_order text",
      "column_name_bytes blob", "kind text", "position int", "type text",
    ],
    "system.prepared_statements": [
      "prepared_id blob", "logged_keyspace text", "query_string text",
    ],
  ]

  @Test func `the system's tables have Cassandra's columns and types`() throws {
    let store = try TemporaryTables()
    for (table, columns) in Self.columns {
      let page = try store.tables.execute("SELECT * FROM \(table)")
      #expect(self.columns(page) == columns, "\(table)")
    }
  }

  @Test func `every definition written down is a table`() {
    let all =
      SystemTables.systemTables + SystemTables.schemaTables + SystemTables.virtualSchemaTables
      + SystemTables.authTables + SystemTables.distributedTables + SystemTables.traceTables
    for definition in all { #expect(definition.table != nil, "\(definition.name.cql)") }
    #expect(Set(all.map(\.number)).count == all.count)
    #expect(SystemTables.schema.tables.count == all.count)
  }

  /// As the Python, C++, Java and Go drivers send them; what the last two prepare has a marker.
  @Test func `the queries of connecting drivers are answered`() throws {
    let store = try TemporaryTables()
    let tables = try store.tables
    for statement in [
      "SELECT * FROM system.local WHERE key='local'", "SELECT * FROM system.local",
      "SELECT cluster_name FROM system.local",
      "SELECT schema_version FROM system.local WHERE key='local'",
      "SELECT release_version, cql_version FROM system.local",
      "SELECT * FROM system_schema.keyspaces",
      "SELECT * FROM system_schema.tables", "SELECT * FROM system_schema.columns",
      "SELECT * FROM system_virtual_schema.keyspaces", "SELECT * FROM system_virtual_schema.tables",
      "SELECT * FROM system_virtual_schema.columns",
      "SELECT * FROM system_schema.tables WHERE keyspace_name = 'system' AND table_name = 'local'",
    ] {
      #expect(try !tables.execute(statement).rows.isEmpty, "\(statement)")
    }
    for statement in [
      "SELECT * FROM system.peers", "SELECT * FROM system.peers_v2",
      "SELECT peer, data_center, host_id, rack, release_version, schema_version FROM system.peers",
      "SELECT prepared_id, query_string FROM system.prepared_statements",
      "SELECT * FROM system_schema.types", "SELECT * FROM system_schema.functions",
      "SELECT * FROM system_schema.aggregates", "SELECT * FROM system_schema.triggers",
      "SELECT * FROM system_schema.indexes", "SELECT * FROM system_schema.views",
      "SELECT * FROM system_schema.views WHERE keyspace_name = 'k' AND view_name = 't'",
      "SELECT * FROM system_schema.types WHERE keyspace_name = 'k' AND type_name = 't'",
      "SELECT * FROM system_traces.sessions", "SELECT * FROM system_traces.events",
      "SELECT * FROM system_auth.roles",
      "SELECT range_start, range_end FROM system.size_estimates WHERE keyspace_name = 'k' AND table_name = 't'",
    ] {
      #expect(try tables.execute(statement).rows.isEmpty, "\(statement)")
    }
    try store.run("CREATE TABLE k.t (a int PRIMARY KEY, v int)")
    for (statement, count) in [
      (
        "SELECT durable_writes, replication FROM system_schema.keyspaces WHERE keyspace_name = ?", 1
      ),
      ("SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", 1),
      (
        "SELECT table_name, column_name, clustering_order, type, kind, position "
          + "FROM system_schema.columns WHERE keyspace_name = ?", 2
      ),
    ] {
      var values = BoundValues()
      values.append("k")
      let prepared = try tables.prepare(statement)
      #expect(prepared.markers == [ResultColumn(name: "keyspace_name", type: .text)])
      #expect(try tables.execute(prepared, values).rows.count == count)
    }
  }

  @Test func `definitions are told as Cassandra tells them`() throws {
    let store = try TemporaryTables()
    try store.run(
      "CREATE KEYSPACE n WITH replication = {'class': 'NetworkTopologyStrategy', "
        + "'replication_factor': 3} AND durable_writes = false",
      "CREATE TYPE k.u (a int, l list<text>)",
      """
      CREATE TABLE k.t (p int, q text, c timestamp, s int static, "V" frozen<u>, m map<text, int>,
        gone int, PRIMARY KEY ((p, q), c)) WITH CLUSTERING ORDER BY (c DESC)
        AND default_time_to_live = 60 AND compression = {'enabled': false}
        AND compaction = {'class': 'LeveledCompactionStrategy'}
        AND speculative_retry = '99.5PERCENTILE' AND caching = {'keys': 'none'}
      """, "CREATE INDEX ON k.t (values(m))", "CREATE INDEX i ON k.t (keys(m))",
      #"CREATE INDEX ON k.t ("V")"#, "ALTER TABLE k.t DROP gone USING TIMESTAMP 1589286942065123")
    #expect(
      try store.rows("SELECT * FROM system_schema.keyspaces WHERE keyspace_name = 'n'") == [
        #"{"keyspace_name": "n", "durable_writes": false, "replication": {"class": "#
          + #""org.apache.cassandra.locator.NetworkTopologyStrategy", "datacenter1": "3"}}"#
      ])
    #expect(
      try store.rows("SELECT * FROM system_schema.types") == [
        #"{"keyspace_name": "k", "type_name": "u", "field_names": ["a", "l"], "#
          + #""field_types": ["int", "list<text>"]}"#
      ])
    #expect(
      try store.rows(
        "SELECT column_name, clustering_order, kind, position, type FROM system_schema.columns "
          + "WHERE keyspace_name = 'k' AND table_name = 't'") == [
          #"{"column_name": "V", "clustering_order": "none", "kind": "regular", "position": -1, "type": "frozen<u>"}"#,
          #"{"column_name": "c", "clustering_order": "desc", "kind": "clustering", "position": 0, "type": "timestamp"}"#,
          #"{"column_name": "m", "clustering_order": "none", "kind": "regular", "position": -1, "type": "map<text, int>"}"#,
          #"{"column_name": "p", "clustering_order": "none", "kind": "partition_key", "position": 0, "type": "int"}"#,
          #"{"column_name": "q", "clustering_order": "none", "kind": "partition_key", "position": 1, "type": "text"}"#,
          #"{"column_name": "s", "clustering_order": "none", "kind": "static", "position": -1, "type": "int"}"#,
        ])
    #expect(
      try store.rows(
        "SELECT bloom_filter_fp_chance, caching, cdc, compaction, compression, default_time_to_live, "
          + "flags, speculative_retry FROM system_schema.tables WHERE keyspace_name = 'k'") == [
          #"{"bloom_filter_fp_chance": 0.1, "caching": {"keys": "NONE", "rows_per_partition": "NONE"}, "#
            + #""cdc": null, "compaction": {"class": "org.apache.cassandra.db.compaction.LeveledCompactionStrategy", "#
            + #""max_threshold": "32", "min_threshold": "4"}, "compression": {"enabled": "false"}, "#
            + #""default_time_to_live": 60, "flags": ["compound"], "speculative_retry": "99.5p"}"#
        ])
    #expect(
      try store.rows("SELECT table_name, index_name, kind, options FROM system_schema.indexes") == [
        #"{"table_name": "t", "index_name": "i", "kind": "COMPOSITES", "options": {"target": "keys(m)"}}"#,
        #"{"table_name": "t", "index_name": "t_V_idx", "kind": "COMPOSITES", "options": {"target": "\"V\""}}"#,
        #"{"table_name": "t", "index_name": "t_m_idx", "kind": "COMPOSITES", "options": {"target": "values(m)"}}"#,
      ])
    #expect(
      try store.rows(
        "SELECT column_name, dropped_time, kind, type FROM system_schema.dropped_columns")
        == [
          #"{"column_name": "gone", "dropped_time": "2020-05-12 12:35:42.065Z", "kind": "regular", "type": "int"}"#
        ])
    #expect(
      try store.rows(#"SELECT index_name FROM system."IndexInfo" WHERE table_name = 'k'"#).count
        == 3)
    try store.run("DROP KEYSPACE k", "DROP KEYSPACE n")
    for table in ["tables", "columns", "types", "indexes", "dropped_columns", "keyspaces"] {
      let left = try store.rows("SELECT * FROM system_schema.\(table) WHERE keyspace_name = 'k'")
      #expect(left == [], "\(table)")
    }
    #expect(try store.rows(#"SELECT * FROM system."IndexInfo""#) == [])
    #expect(try TablesCheck(store.tables).faults == [])
  }

  @Test func `the version changes with each change and is kept, the node's identifier for ever`()
    throws
  {
    let store = try TemporaryTables()
    func values() throws -> [[UInt8]?] {
      try store.tables.execute("SELECT host_id, schema_version FROM system.local").rows[0]
    }
    var versions: Set<[UInt8]?> = []
    let host = try values()[0]
    for number in 0..<5 {
      versions.insert(try values()[1])
      store.close()
      versions.insert(try values()[1])
      try store.run("CREATE TABLE k.t\(number) (a int PRIMARY KEY)")
      #expect(try values()[0] == host)
    }
    #expect(versions.count == 5)
    #expect(try values()[1] == store.tables.schema.versionID.bytes)
  }

  @Test func `a node is told of as it is opened`() throws {
    var options = Tables.Options()
    options.node.clusterName = "other"
    options.node.address = [10, 0, 0, 7]
    options.node.port = 9_999
    let store = try TemporaryTables()
    let host = try store.rows("SELECT host_id FROM system.local")
    store.close()
    let tables = try Tables(store.directory, options: options)
    let page = try tables.execute(
      "SELECT cluster_name, rpc_address, rpc_port FROM system.local WHERE key = 'local'")
    #expect(
      page.rows.map(page.json)
        == [#"{"cluster_name": "other", "rpc_address": "10.0.0.7", "rpc_port": 9999}"#])
    let other = try tables.execute("SELECT host_id FROM system.local")
    #expect(other.rows.map(other.json) == host)
  }

  @Test func `clients may write to the tables that are theirs, and truncate them`() throws {
    let store = try TemporaryTables()
    try store.run("INSERT INTO system_auth.roles (role, can_login) VALUES ('a', true)")
    #expect(try store.rows("SELECT role FROM system_auth.roles").count == 1)
    try store.run("TRUNCATE system_auth.roles")
    for _ in 0..<2 {
      #expect(try store.rows("SELECT role FROM system_auth.roles") == [])
      try store.run("INSERT INTO system_auth.roles (role, can_login) VALUES ('b', true)")
      #expect(try store.rows("SELECT role FROM system_auth.roles") == [#"{"role": "b"}"#])
      try store.run("TRUNCATE system_auth.roles")
      store.close()
    }
    try store.run(
      "ALTER KEYSPACE system_auth WITH replication = {'class': 'SimpleStrategy', "
        + "'replication_factor': 5}")
    store.close()
    #expect(try store.tables.schema.keyspaces["system_auth"]?.replication == .simple(5))
    #expect(try TablesCheck(store.tables).faults == [])
  }

  // AlterSchemaStatement.schemaChangeEvent of each statement; Result.Void where nothing changed.
  @Test func `a statement tells what it has changed, as the native protocol does`() throws {
    let store = try TemporaryTables()
    let changes: [(String, String?)] = [
      ("CREATE KEYSPACE e \(oneReplica)", "CREATED KEYSPACE e "),
      ("CREATE KEYSPACE IF NOT EXISTS e \(oneReplica)", nil),
      ("ALTER KEYSPACE e WITH durable_writes = false", "UPDATED KEYSPACE e "),
      ("CREATE TYPE e.u (a int)", "CREATED TYPE e u"),
      ("CREATE TYPE e.w (u frozen<u>)", "CREATED TYPE e w"),
      ("CREATE TABLE e.t (a int PRIMARY KEY, v frozen<w>)", "CREATED TABLE e t"),
      ("ALTER TYPE e.u ADD b int", "UPDATED TYPE e u"),
      ("ALTER TABLE e.t ADD x int", "UPDATED TABLE e t"),
      ("CREATE INDEX i ON e.t (x)", "UPDATED TABLE e t"), ("DROP INDEX e.i", "UPDATED TABLE e t"),
      ("TRUNCATE e.t", nil), ("DROP TABLE IF EXISTS e.none", nil),
      ("DROP TABLE e.t", "DROPPED TABLE e t"), ("DROP TYPE e.w", "DROPPED TYPE e w"),
      ("DROP KEYSPACE e", "DROPPED KEYSPACE e "),
    ]
    for (statement, wanted) in changes {
      let version = try store.tables.schema.versionID
      let change = try store.tables.execute(statement).change
      let text = change.map {
        "\($0.kind.rawValue) \($0.target.rawValue) \($0.keyspace) \($0.name)"
      }
      #expect(text == wanted, "\(statement)")
      #expect(try (store.tables.schema.versionID == version) == (wanted == nil), "\(statement)")
    }
  }
}

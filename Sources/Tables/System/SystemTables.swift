internal import CQL

/// The tables that the server has of its own, as Cassandra 4.0 has them: ordinary tables in the
/// ordinary format, whose definitions stand here and not in the file.
enum SystemTables {
  /// To be raised when a definition or what the server writes in a table changes: files of another
  /// number get those rows anew when they are opened.
  static let layout: UInt32 = 1

  /// The first of the numbers that only these tables have; 12 bits lie between two keyspaces.
  static let firstID: UInt32 = 0xFFFF_0000

  /// The tables that the server writes, and no one else.
  static let written: [TableName] =
    [TableName(keyspace: "system", table: "IndexInfo"), local]
    + (schemaTables + virtualSchemaTables).map(\.name)

  static let local = TableName(keyspace: "system", table: "local")

  /// The schema of a file in which nobody has defined anything.
  static let schema: Schema = {
    var schema = Schema()
    for (name, replication) in [
      ("system", Replication.local), ("system_schema", .local), ("system_auth", .simple(1)),
      ("system_distributed", .simple(3)), ("system_traces", .simple(2)),
      ("system_virtual_schema", .local),
    ] {
      schema.keyspaces[name] = Keyspace(name: name, replication: replication)
    }
    let all =
      systemTables + schemaTables + authTables + distributedTables + traceTables
      + virtualSchemaTables
    for definition in all {
      guard let table = definition.table else { continue }
      schema.tables[definition.name] = table
    }
    return schema
  }()

  /// One table as it is written down here.
  struct Definition: Sendable {
    let name: TableName
    /// Its place after `firstID`; never to be given to another table.
    let number: UInt32
    let columns: String
    let comment: String
    var graceSeconds: Int32

    /// Nil where the columns are no CQL.
    var table: Table? {
      let text = "CREATE TABLE \(name.cql) (\(columns))"
      guard let keyspace = name.keyspace,
        case .createTable(let create)? = try? CQLParser.parse(text)
      else { return nil }
      var table = try? Table(
        create, in: TypeScope(keyspace: keyspace), id: firstID + number,
        uuid: .named("\(keyspace).\(name.table)"))
      table?.options[.comment] = .text(comment)
      table?.options[.gcGraceSeconds] = .integer(graceSeconds)
      if SystemKeyspace.local.contains(keyspace) {
        table?.options[.memtableFlushPeriod] = .integer(3_600_000)
      }
      return table
    }
  }

  static func definitions(
    _ keyspace: String, from first: UInt32, graceSeconds: Int32,
    _ tables: [(name: String, comment: String, columns: String)]
  ) -> [Definition] {
    tables.enumerated().map { number, table in
      Definition(
        name: TableName(keyspace: keyspace, table: table.name), number: first + UInt32(number),
        columns: table.columns, comment: table.comment, graceSeconds: graceSeconds)
    }
  }

  // New tables go to the end of their list: the place is the number.

  static let systemTables = definitions(
    "system", from: 0x0000, graceSeconds: 0,
    [
      (
        "local", "information about the local node",
        """
        key text PRIMARY KEY, bootstrapped text, broadcast_address inet, broadcast_port int,
        cluster_name text, cql_version text, data_center text, gossip_generation int, host_id uuid,
        listen_address inet, listen_port int, native_protocol_version text, partitioner text,
        rack text, release_version text, rpc_address inet, rpc_port int, schema_version uuid,
        tokens set<text>, truncated_at map<uuid, blob>
        """
      ),
      (
        "peers_v2", "information about known peers in the cluster",
        """
        peer inet, peer_port int, data_center text, host_id uuid, preferred_ip inet,
        preferred_port int, rack text, release_version text, native_address inet, native_port int,
        schema_version uuid, tokens set<text>, PRIMARY KEY (peer, peer_port)
        """
      ),
      (
        "peers", "information about known peers in the cluster",
        """
        peer inet PRIMARY KEY, data_center text, host_id uuid, preferred_ip inet, rack text,
        release_version text, rpc_address inet, schema_version uuid, tokens set<text>
        """
      ),
      (
        "IndexInfo", "built column indexes",
        "table_name text, index_name text, value blob, PRIMARY KEY (table_name, index_name)"
      ),
      (
        "batches", "batches awaiting replay",
        "id timeuuid PRIMARY KEY, mutations list<blob>, version int"
      ),
      (
        "paxos", "in-progress paxos proposals",
        """
        row_key blob, cf_id uuid, in_progress_ballot timeuuid, most_recent_commit blob,
        most_recent_commit_at timeuuid, most_recent_commit_version int, proposal blob,
        proposal_ballot timeuuid, proposal_version int, PRIMARY KEY (row_key, cf_id)
        """
      ),
      (
        "peer_events_v2", "events related to peers",
        "peer inet, peer_port int, hints_dropped map<uuid, int>, PRIMARY KEY (peer, peer_port)"
      ),
      (
        "peer_events", "events related to peers",
        "peer inet PRIMARY KEY, hints_dropped map<uuid, int>"
      ),
      (
        "compaction_history", "week-long compaction history",
        """
        id uuid PRIMARY KEY, bytes_in bigint, bytes_out bigint, columnfamily_name text,
        compacted_at timestamp, keyspace_name text, rows_merged map<int, bigint>
        """
      ),
      (
        "sstable_activity", "historic sstable read rates",
        """
        keyspace_name text, columnfamily_name text, generation int, rate_120m double,
        rate_15m double, PRIMARY KEY ((keyspace_name, columnfamily_name, generation))
        """
      ),
      (
        "size_estimates",
        "per-table primary range size estimates, table is deprecated in favor of table_estimates",
        """
        keyspace_name text, table_name text, range_start text, range_end text,
        mean_partition_size bigint, partitions_count bigint,
        PRIMARY KEY (keyspace_name, table_name, range_start, range_end)
        """
      ),
      (
        "table_estimates", "per-table range size estimates",
        """
        keyspace_name text, table_name text, range_type text, range_start text, range_end text,
        mean_partition_size bigint, partitions_count bigint,
        PRIMARY KEY (keyspace_name, table_name, range_type, range_start, range_end)
        """
      ),
      (
        "available_ranges_v2",
        "available keyspace/ranges during bootstrap/replace that are ready to be served",
        "keyspace_name text PRIMARY KEY, full_ranges set<blob>, transient_ranges set<blob>"
      ),
      (
        "available_ranges",
        "available keyspace/ranges during bootstrap/replace that are ready to be served",
        "keyspace_name text PRIMARY KEY, ranges set<blob>"
      ),
      (
        "transferred_ranges_v2", "record of transferred ranges for streaming operation",
        """
        operation text, peer inet, peer_port int, keyspace_name text, ranges set<blob>,
        PRIMARY KEY ((operation, keyspace_name), peer, peer_port)
        """
      ),
      (
        "transferred_ranges", "record of transferred ranges for streaming operation",
        """
        operation text, peer inet, keyspace_name text, ranges set<blob>,
        PRIMARY KEY ((operation, keyspace_name), peer)
        """
      ),
      (
        "view_builds_in_progress", "views builds current progress",
        """
        keyspace_name text, view_name text, start_token text, end_token text, last_token text,
        keys_built bigint, PRIMARY KEY (keyspace_name, view_name, start_token, end_token)
        """
      ),
      (
        "built_views", "built views",
        """
        keyspace_name text, view_name text, status_replicated boolean,
        PRIMARY KEY (keyspace_name, view_name)
        """
      ),
      (
        "prepared_statements", "prepared statements",
        "prepared_id blob PRIMARY KEY, logged_keyspace text, query_string text"
      ),
      (
        "repairs", "repairs",
        """
        parent_id timeuuid PRIMARY KEY, started_at timestamp, last_update timestamp,
        repaired_at timestamp, state int, coordinator inet, coordinator_port int,
        participants set<inet>, participants_wp set<text>, ranges set<blob>, cfids set<uuid>
        """
      ),
    ])
}

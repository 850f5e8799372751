// The tables that describe tables, and those of parts that the server does not have.
extension SystemTables {
  private static let storage =
    """
    bloom_filter_fp_chance double, caching frozen<map<text, text>>, comment text,
    compaction frozen<map<text, text>>, compression frozen<map<text, text>>,
    crc_check_chance double, dclocal_read_repair_chance double, default_time_to_live int,
    extensions frozen<map<text, blob>>, gc_grace_seconds int, id uuid, max_index_interval int,
    memtable_flush_period_in_ms int, min_index_interval int, read_repair_chance double,
    speculative_retry text, additional_write_policy text, cdc boolean, read_repair text
    """

  static let schemaTables = definitions(
    "system_schema", from: 0x1000, graceSeconds: 604_800,
    [
      (
        "keyspaces", "keyspace definitions",
        """
        keyspace_name text PRIMARY KEY, durable_writes boolean, replication frozen<map<text, text>>
        """
      ),
      (
        "tables", "table definitions",
        """
        keyspace_name text, table_name text, flags frozen<set<text>>, \(storage),
        PRIMARY KEY (keyspace_name, table_name)
        """
      ),
      ("columns", "column definitions", columns),
      (
        "dropped_columns", "dropped column registry",
        """
        keyspace_name text, table_name text, column_name text, dropped_time timestamp, kind text,
        type text, PRIMARY KEY (keyspace_name, table_name, column_name)
        """
      ),
      (
        "triggers", "trigger definitions",
        """
        keyspace_name text, table_name text, trigger_name text, options frozen<map<text, text>>,
        PRIMARY KEY (keyspace_name, table_name, trigger_name)
        """
      ),
      (
        "views", "view definitions",
        """
        keyspace_name text, view_name text, base_table_id uuid, base_table_name text,
        where_clause text, include_all_columns boolean, \(storage),
        PRIMARY KEY (keyspace_name, view_name)
        """
      ),
      (
        "indexes", "secondary index definitions",
        """
        keyspace_name text, table_name text, index_name text, kind text,
        options frozen<map<text, text>>, PRIMARY KEY (keyspace_name, table_name, index_name)
        """
      ),
      (
        "types", "user defined type definitions",
        """
        keyspace_name text, type_name text, field_names frozen<list<text>>,
        field_types frozen<list<text>>, PRIMARY KEY (keyspace_name, type_name)
        """
      ),
      (
        "functions", "user defined function definitions",
        """
        keyspace_name text, function_name text, argument_types frozen<list<text>>,
        argument_names frozen<list<text>>, body text, language text, return_type text,
        called_on_null_input boolean, PRIMARY KEY (keyspace_name, function_name, argument_types)
        """
      ),
      (
        "aggregates", "user defined aggregate definitions",
        """
        keyspace_name text, aggregate_name text, argument_types frozen<list<text>>, final_func text,
        initcond text, return_type text, state_func text, state_type text,
        PRIMARY KEY (keyspace_name, aggregate_name, argument_types)
        """
      ),
    ])

  private static let columns =
    """
    keyspace_name text, table_name text, column_name text, clustering_order text,
    column_name_bytes blob, kind text, position int, type text,
    PRIMARY KEY (keyspace_name, table_name, column_name)
    """

  static let virtualSchemaTables = definitions(
    "system_virtual_schema", from: 0x2000, graceSeconds: 864_000,
    [
      ("keyspaces", "virtual keyspace definitions", "keyspace_name text PRIMARY KEY"),
      (
        "tables", "virtual table definitions",
        """
        keyspace_name text, table_name text, comment text, PRIMARY KEY (keyspace_name, table_name)
        """
      ),
      ("columns", "virtual column definitions", columns),
    ])

  static let authTables = definitions(
    "system_auth", from: 0x3000, graceSeconds: 7_776_000,
    [
      (
        "roles", "role definitions",
        """
        role text PRIMARY KEY, is_superuser boolean, can_login boolean, salted_hash text,
        member_of set<text>
        """
      ),
      (
        "role_members", "role memberships lookup table",
        "role text, member text, PRIMARY KEY (role, member)"
      ),
      (
        "role_permissions", "permissions granted to db roles",
        "role text, resource text, permissions set<text>, PRIMARY KEY (role, resource)"
      ),
      (
        "resource_role_permissons_index",
        "index of db roles with permissions granted on a resource",
        "resource text, role text, PRIMARY KEY (resource, role)"
      ),
      (
        "network_permissions", "user network permissions",
        "role text PRIMARY KEY, dcs frozen<set<text>>"
      ),
    ])

  static let distributedTables = definitions(
    "system_distributed", from: 0x4000, graceSeconds: 864_000,
    [
      (
        "repair_history", "Repair history",
        """
        keyspace_name text, columnfamily_name text, id timeuuid, parent_id timeuuid,
        range_begin text, range_end text, coordinator inet, coordinator_port int,
        participants set<inet>, participants_v2 set<text>, exception_message text,
        exception_stacktrace text, status text, started_at timestamp, finished_at timestamp,
        PRIMARY KEY ((keyspace_name, columnfamily_name), id)
        """
      ),
      (
        "parent_repair_history", "Repair history",
        """
        parent_id timeuuid PRIMARY KEY, keyspace_name text, columnfamily_names set<text>,
        started_at timestamp, finished_at timestamp, exception_message text,
        exception_stacktrace text, requested_ranges set<text>, successful_ranges set<text>,
        options map<text, text>
        """
      ),
      (
        "view_build_status", "Materialized View build status",
        """
        keyspace_name text, view_name text, host_id uuid, status text,
        PRIMARY KEY ((keyspace_name, view_name), host_id)
        """
      ),
    ])

  static let traceTables = definitions(
    "system_traces", from: 0x5000, graceSeconds: 0,
    [
      (
        "sessions", "tracing sessions",
        """
        session_id uuid PRIMARY KEY, command text, client inet, coordinator inet,
        coordinator_port int, duration int, parameters map<text, text>, request text,
        started_at timestamp
        """
      ),
      (
        "events", "tracing events",
        """
        session_id uuid, event_id timeuuid, activity text, source inet, source_port int,
        source_elapsed int, thread text, PRIMARY KEY (session_id, event_id)
        """
      ),
    ])
}

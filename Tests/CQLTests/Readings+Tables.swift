extension Reading {
  /// The rules of Parser.g for keyspaces and tables.
  static let tables: [Reading] = [
    Reading(
      "native_type", "CREATE TABLE t (a varchar(10) PRIMARY KEY)",
      "line 1:25 no viable alternative at input '(' (CREATE TABLE t (a [varchar](...)"),
    Reading(
      "native_type", "CREATE TABLE t (a int NOT NULL PRIMARY KEY)",
      "line 1:22 no viable alternative at input 'NOT' (CREATE TABLE t (a [int] NOT...)"),
    Reading(
      "tableColumns", "CREATE TABLE t (a int, 1)",
      "line 1:23 mismatched input '1' expecting ')' (...TABLE t (a int, [1]...)"),
    Reading(
      "createKeyspaceStatement",
      "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"),
    Reading(
      "createKeyspaceStatement",
      #"CREATE SCHEMA IF NOT EXISTS "K" WITH REPLICATION = {'class': 'NetworkTopologyStrategy', 'dc1': '3'} AND DURABLE_WRITES = false"#,
      #"CREATE KEYSPACE IF NOT EXISTS "K" WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '3'} AND durable_writes = false"#
    ),
    Reading(
      "createKeyspaceStatement", "CREATE KEYSPACE IF EXISTS k WITH a = 1",
      "line 1:19 mismatched input 'EXISTS' expecting K_NOT (CREATE KEYSPACE IF [EXISTS]...)"),
    Reading(
      "createKeyspaceStatement", "CREATE KEYSPACE ? WITH a = 1",
      "Bind variables cannot be used for keyspace names"),
    Reading(
      "createKeyspaceStatement", "CREATE KEYSPACE a.b WITH a = 1",
      "line 1:17 mismatched input '.' expecting K_WITH (CREATE KEYSPACE a[.]...)"),
    Reading(
      "createKeyspaceStatement", "CREATE KEYSPACE k",
      "line 0:-1 mismatched input '<EOF>' expecting K_WITH"),
    Reading(
      "alterKeyspaceStatement",
      "ALTER KEYSPACE k WITH replication = {'class': 'SimpleStrategy'} AND durable_writes = true"),
    Reading(
      "alterKeyspaceStatement", "ALTER KEYSPACE k",
      "line 0:-1 mismatched input '<EOF>' expecting K_WITH"),
    Reading(
      "alterKeyspaceStatement", "ALTER KEYSPACE IF EXISTS k WITH a = 1",
      "line 1:15 no viable alternative at input 'IF' (ALTER KEYSPACE [IF]...)"),
    Reading("dropKeyspaceStatement", "DROP KEYSPACE k"),
    Reading("dropKeyspaceStatement", "DROP SCHEMA IF EXISTS k", "DROP KEYSPACE IF EXISTS k"),
    Reading(
      "dropKeyspaceStatement", "DROP KEYSPACE IF NOT EXISTS k",
      "line 1:17 mismatched input 'NOT' expecting K_EXISTS (DROP KEYSPACE IF [NOT]...)"),
    Reading("useStatement", "USE k;", "USE k"),
    Reading("useStatement", "USE k;;;", "USE k"),
    Reading(
      "useStatement", "USE 'k'",
      "line 1:4 no viable alternative at input 'k' (USE [']...)"),
    Reading(
      "useStatement", "USE a.b",
      "line 1:5 mismatched input '.' expecting EOF (USE a[.]...)"),
    Reading(
      "useStatement", "USE",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading(
      "property",
      "CREATE TABLE t (a int PRIMARY KEY) WITH comment = 'c' AND gc_grace_seconds = 864000 AND x = 1.5 AND y = true AND z = 0xab AND id = 5a1c395e-b41f-11e5-9f22-ba0be0483c18",
      "CREATE TABLE t (\n    a int,\n    PRIMARY KEY (a)\n) WITH comment = 'c'\n    AND gc_grace_seconds = 864000\n    AND x = 1.5\n    AND y = true\n    AND z = 0xab\n    AND id = 5a1c395e-b41f-11e5-9f22-ba0be0483c18"
    ),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH caching = all AND x = text",
      "CREATE TABLE t (\n    a int,\n    PRIMARY KEY (a)\n) WITH caching = 'all'\n    AND x = 'text'"
    ),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH caching = foo",
      "line 1:50 no viable alternative at input 'foo' (... int PRIMARY KEY) WITH [caching] =...)"),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH caching = select",
      "line 1:50 no viable alternative at input 'select'"
        + " (... int PRIMARY KEY) WITH [caching] =...)"),
    Reading(
      "property",
      "CREATE TABLE t (a int PRIMARY KEY) WITH compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 160} AND compression = {}",
      "CREATE TABLE t (\n    a int,\n    PRIMARY KEY (a)\n) WITH compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 160}\n    AND compression = {}"
    ),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH a = 1 AND a = 2",
      "Multiple definition for property 'a'"),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH a = null",
      "line 1:44 no viable alternative at input 'null' (... int PRIMARY KEY) WITH [a] =...)"),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH a = [1]",
      "line 1:44 no viable alternative at input '[' (... int PRIMARY KEY) WITH [a] =...)"),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH a = {1, 2}",
      "line 1:46 mismatched input ',' expecting ':' (...) WITH a = {1[,]...)"),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH a = ?",
      "line 1:44 no viable alternative at input '?' (... int PRIMARY KEY) WITH [a] =...)"),
    Reading(
      "property", "CREATE TABLE t (a int PRIMARY KEY) WITH a",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading(
      "convertPropertyMap", "CREATE TABLE t (a int PRIMARY KEY) WITH a = {'x': [1]}",
      "Invalid property value: [1] for property: 'x'"),
    Reading(
      "convertPropertyMap", "CREATE TABLE t (a int PRIMARY KEY) WITH a = {f(): 1}",
      "Invalid property name: f()"),
    Reading(
      "convertPropertyMap", "CREATE TABLE t (a int PRIMARY KEY) WITH a = {'x': ?}",
      "Invalid property value: ? for property: 'x' (bind variables are not supported in DDL queries)"
    ),
    Reading(
      "convertPropertyMap", "CREATE TABLE t (a int PRIMARY KEY) WITH a = {:x: 'y'}",
      "Invalid property name: :x (bind variables are not supported in DDL queries)"),
    Reading(
      "tableDefinition", "CREATE TABLE k.t (a int, b text, PRIMARY KEY (a, b))",
      "CREATE TABLE k.t (\n    a int,\n    b text,\n    PRIMARY KEY (a, b)\n)"),
    Reading(
      "tableDefinition", "CREATE COLUMNFAMILY IF NOT EXISTS t (a int PRIMARY KEY)",
      "CREATE TABLE IF NOT EXISTS t (\n    a int,\n    PRIMARY KEY (a)\n)"),
    Reading(
      "tableDefinition", "CREATE TABLE t (a int PRIMARY KEY,)",
      "CREATE TABLE t (\n    a int,\n    PRIMARY KEY (a)\n)"),
    Reading(
      "tableDefinition", "CREATE TABLE t (a int PRIMARY KEY,, b int,)",
      "CREATE TABLE t (\n    a int,\n    b int,\n    PRIMARY KEY (a)\n)"),
    Reading(
      "tableDefinition", "CREATE TABLE t (,a int PRIMARY KEY)",
      "line 1:16 no viable alternative at input ',' (CREATE TABLE t ([,]...)"),
    Reading(
      "tableDefinition", "CREATE TABLE t ()",
      "line 1:16 no viable alternative at input ')' (CREATE TABLE t ([)])"),
    Reading(
      "tableDefinition", "CREATE TABLE t",
      "line 0:-1 mismatched input '<EOF>' expecting '('"),
    Reading(
      "tableDefinition", "CREATE TABLE ? (a int PRIMARY KEY)",
      "Bind variables cannot be used for table names"),
    Reading(
      "tableColumns", "CREATE TABLE t (a int, b int static, c int, PRIMARY KEY ((a), c))",
      "CREATE TABLE t (\n    a int,\n    b int static,\n    c int,\n    PRIMARY KEY (a, c)\n)"),
    Reading(
      "tableColumns", "CREATE TABLE t (a int STATIC PRIMARY KEY)",
      "CREATE TABLE t (\n    a int static,\n    PRIMARY KEY (a)\n)"),
    Reading(
      "tableColumns", "CREATE TABLE t (a int PRIMARY KEY STATIC)",
      "line 1:34 mismatched input 'STATIC' expecting ')' (... (a int PRIMARY KEY [STATIC]...)"),
    Reading(
      "tableColumns", "CREATE TABLE t (static int static, key key PRIMARY KEY)",
      "CREATE TABLE t (\n    static int static,\n    key key,\n    PRIMARY KEY (key)\n)"),
    Reading(
      "tableColumns", "CREATE TABLE t (a, b int)",
      "line 1:17 no viable alternative at input ',' (CREATE TABLE t (a[,]...)"),
    Reading(
      "tablePartitionKey", "CREATE TABLE t (a int, b int, c int, PRIMARY KEY ((a, b), c))",
      "CREATE TABLE t (\n    a int,\n    b int,\n    c int,\n    PRIMARY KEY ((a, b), c)\n)"),
    Reading(
      "tablePartitionKey", "CREATE TABLE t (a int, PRIMARY KEY ())",
      "line 1:36 no viable alternative at input ')' (...a int, PRIMARY KEY ([)]...)"),
    Reading(
      "tablePartitionKey", "CREATE TABLE t (a int, PRIMARY KEY a)",
      "line 1:35 mismatched input 'a' expecting '(' (...(a int, PRIMARY KEY [a]...)"),
    Reading(
      "tablePartitionKey", "CREATE TABLE t (a int, PRIMARY KEY ((a, (b))))",
      "line 1:40 no viable alternative at input '(' (... PRIMARY KEY ((a, [(]...)"),
    Reading(
      "tableProperty",
      "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)) WITH CLUSTERING ORDER BY (b DESC)",
      "CREATE TABLE t (\n    a int,\n    b int,\n    PRIMARY KEY (a, b)\n) WITH CLUSTERING ORDER BY (b DESC)"
    ),
    Reading(
      "tableProperty",
      "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)) WITH comment = 'x' AND CLUSTERING ORDER BY (b ASC, c DESC)",
      "CREATE TABLE t (\n    a int,\n    b int,\n    PRIMARY KEY (a, b)\n) WITH CLUSTERING ORDER BY (b ASC, c DESC)\n    AND comment = 'x'"
    ),
    Reading(
      "tableProperty", "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)) WITH COMPACT STORAGE",
      "line 1:55 COMPACT STORAGE is not supported"),
    Reading(
      "tableProperty", "CREATE TABLE t (a int PRIMARY KEY) WITH clustering = 1 AND compact = 2",
      "CREATE TABLE t (\n    a int,\n    PRIMARY KEY (a)\n) WITH clustering = 1\n    AND compact = 2"
    ),
    Reading(
      "tableClusteringOrder",
      "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)) WITH CLUSTERING ORDER BY (b)",
      "line 1:77 no viable alternative at input ')' (...WITH CLUSTERING ORDER BY (b[)])"),
    Reading(
      "comparatorType",
      "CREATE TABLE t (a ascii, b bigint, c blob, d boolean, e counter, f date, g decimal, h double, PRIMARY KEY (a))",
      "CREATE TABLE t (\n    a ascii,\n    b bigint,\n    c blob,\n    d boolean,\n    e counter,\n    f date,\n    g decimal,\n    h double,\n    PRIMARY KEY (a)\n)"
    ),
    Reading(
      "comparatorType",
      "CREATE TABLE t (a duration, b float, c inet, d int, e smallint, f text, g time, h timestamp, PRIMARY KEY (a))",
      "CREATE TABLE t (\n    a duration,\n    b float,\n    c inet,\n    d int,\n    e smallint,\n    f text,\n    g time,\n    h timestamp,\n    PRIMARY KEY (a)\n)"
    ),
    Reading(
      "comparatorType",
      "CREATE TABLE t (a timeuuid, b tinyint, c uuid, d varchar, e varint, PRIMARY KEY (a))",
      "CREATE TABLE t (\n    a timeuuid,\n    b tinyint,\n    c uuid,\n    d varchar,\n    e varint,\n    PRIMARY KEY (a)\n)"
    ),
    Reading(
      "comparatorType",
      "CREATE TABLE t (a LIST<Int> PRIMARY KEY, b map<text, frozen<set<int>>>, c tuple<int, tuple<text>>)",
      "CREATE TABLE t (\n    a list<int>,\n    b map<text, frozen<set<int>>>,\n    c tuple<int, tuple<text>>,\n    PRIMARY KEY (a)\n)"
    ),
    Reading(
      "comparatorType",
      #"CREATE TABLE t (a frozen<address> PRIMARY KEY, b k.address, c "Address", d "int", e k."T")"#,
      "CREATE TABLE t (\n    a frozen<address>,\n    b k.address,\n    c \"Address\",\n    d \"int\",\n    e k.\"T\",\n    PRIMARY KEY (a)\n)"
    ),
    Reading(
      "comparatorType",
      "CREATE TABLE t (a 'org.apache.cassandra.db.marshal.BytesType' PRIMARY KEY)",
      "CREATE TABLE t (\n    a 'org.apache.cassandra.db.marshal.BytesType',\n    PRIMARY KEY (a)\n)"
    ),
    Reading(
      "comparatorType", "CREATE TABLE t (a vector<float, 3> PRIMARY KEY)",
      "line 1:18 type vector is not supported"),
    Reading(
      "comparatorType", "CREATE TABLE t (a vector PRIMARY KEY)",
      "CREATE TABLE t (\n    a vector,\n    PRIMARY KEY (a)\n)"),
    Reading(
      "comparatorType", "CREATE TABLE t (a map PRIMARY KEY, b list, c tuple, d frozen, e key)",
      "CREATE TABLE t (\n    a map,\n    b list,\n    c tuple,\n    d frozen,\n    e key,\n    PRIMARY KEY (a)\n)"
    ),
    Reading(
      "comparatorType", "CREATE TABLE t (a set PRIMARY KEY)",
      "line 1:18 no viable alternative at input 'set' (CREATE TABLE t (a [set]...)"),
    Reading(
      "comparatorType", "CREATE TABLE t (a ttl PRIMARY KEY)",
      "line 1:18 no viable alternative at input 'ttl' (CREATE TABLE t (a [ttl]...)"),
    Reading(
      "comparatorType", "CREATE TABLE t (a list<> PRIMARY KEY)",
      "line 1:23 no viable alternative at input '>' (... TABLE t (a list<[>]...)"),
    Reading(
      "comparatorType", "CREATE TABLE t (a map<int> PRIMARY KEY)",
      "line 1:25 mismatched input '>' expecting ',' (...TABLE t (a map<int[>]...)"),
    Reading(
      "comparatorType", "CREATE TABLE t (a list<list<int>> PRIMARY KEY)",
      "CREATE TABLE t (\n    a list<list<int>>,\n    PRIMARY KEY (a)\n)"),
    Reading(
      "comparatorType", "CREATE TABLE t (a list<int PRIMARY KEY)",
      "line 1:27 mismatched input 'PRIMARY' expecting '>' (... t (a list<int [PRIMARY]...)"),
    Reading(
      "comparatorType", "CREATE TABLE t (a k.int PRIMARY KEY)",
      "line 1:20 no viable alternative at input 'int' (... TABLE t (a k.[int]...)"),
    Reading(
      "non_type_ident", "CREATE TABLE t (a byte PRIMARY KEY)",
      "Invalid (reserved) user type name byte"),
    Reading(
      "non_type_ident", "CREATE TYPE enum (a int)",
      "Invalid (reserved) user type name enum"),
    Reading(
      "non_type_ident", #"CREATE TYPE "enum" (a int)"#, "CREATE TYPE \"enum\" (\n    a int\n)"),
    Reading(
      "non_type_ident", "CREATE TYPE int (a int)",
      "line 1:12 no viable alternative at input 'int' (CREATE TYPE [int]...)"),
    Reading("alterTableStatement", "ALTER TABLE k.t ADD b int"),
    Reading(
      "alterTableStatement", "ALTER COLUMNFAMILY t ADD b int static",
      "ALTER TABLE t ADD b int static"),
    Reading("alterTableStatement", "ALTER TABLE t ADD (b int, c list<int> static)"),
    Reading(
      "alterTableStatement", "ALTER TABLE t ADD b int, c int",
      "line 1:23 mismatched input ',' expecting EOF (... TABLE t ADD b int[,]...)"),
    Reading(
      "alterTableStatement", "ALTER TABLE t ADD IF NOT EXISTS b int",
      "line 1:18 no viable alternative at input 'IF' (ALTER TABLE t ADD [IF]...)"),
    Reading(
      "alterTableStatement", "ALTER TABLE IF EXISTS t ADD b int",
      "line 1:12 no viable alternative at input 'IF' (ALTER TABLE [IF]...)"),
    Reading(
      "alterTableStatement", "ALTER TABLE t ADD b",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading("alterTableStatement", "ALTER TABLE t DROP b"),
    Reading("alterTableStatement", "ALTER TABLE t DROP (b, c)"),
    Reading("alterTableStatement", "ALTER TABLE t DROP b USING TIMESTAMP 1500"),
    Reading("alterTableStatement", "ALTER TABLE t DROP (b, c) USING TIMESTAMP -1"),
    Reading(
      "alterTableStatement", "ALTER TABLE t DROP b USING TIMESTAMP ?",
      "line 1:37 mismatched input '?' expecting INTEGER (...t DROP b USING TIMESTAMP [?])"),
    Reading(
      "alterTableStatement", "ALTER TABLE t DROP b USING TIMESTAMP 99999999999999999999",
      "line 1:37 '99999999999999999999' is no timestamp in microseconds"),
    Reading(
      "alterTableStatement", "ALTER TABLE t DROP b USING TTL 1",
      "line 1:27 mismatched input 'TTL' expecting K_TIMESTAMP (...TABLE t DROP b USING [TTL]...)"),
    Reading(
      "alterTableStatement", "ALTER TABLE t DROP COMPACT STORAGE",
      "line 1:19 DROP COMPACT STORAGE is not supported"),
    Reading("alterTableStatement", "ALTER TABLE t DROP compact"),
    Reading("alterTableStatement", "ALTER TABLE t RENAME a TO b"),
    Reading("alterTableStatement", #"ALTER TABLE t RENAME a TO b AND c TO "D""#),
    Reading(
      "alterTableStatement", "ALTER TABLE t RENAME a b",
      "line 1:23 mismatched input 'b' expecting K_TO (ALTER TABLE t RENAME a [b])"),
    Reading("alterTableStatement", "ALTER TABLE t ALTER a TYPE text"),
    Reading(
      "alterTableStatement", "ALTER TABLE t WITH comment = 'x' AND speculative_retry = '99p'"),
    Reading(
      "alterTableStatement", "ALTER TABLE t WITH CLUSTERING ORDER BY (a DESC)",
      "line 1:30 no viable alternative at input 'ORDER'"
        + " (ALTER TABLE t WITH [CLUSTERING] ORDER...)"),
    Reading(
      "alterTableStatement", "ALTER TABLE t",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading(
      "alterTableStatement", "ALTER TABLE t SET a = 1",
      "line 1:14 no viable alternative at input 'SET' (ALTER TABLE t [SET]...)"),
    Reading("dropTableStatement", "DROP TABLE k.t"),
    Reading("dropTableStatement", "DROP TABLE IF EXISTS t"),
    Reading(
      "dropTableStatement", "DROP TABLE",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading("truncateStatement", "TRUNCATE t", "TRUNCATE TABLE t"),
    Reading("truncateStatement", "TRUNCATE TABLE k.t"),
    Reading("truncateStatement", "TRUNCATE COLUMNFAMILY t", "TRUNCATE TABLE t"),
    Reading(
      "truncateStatement", "TRUNCATE TABLE IF EXISTS t",
      "line 1:15 no viable alternative at input 'IF' (TRUNCATE TABLE [IF]...)"),
    Reading(
      "truncateStatement", "TRUNCATE ?",
      "Bind variables cannot be used for table names"),
  ]
}

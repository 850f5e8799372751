extension Reading {
  /// The rules of Parser.g for other definitions, and for DESCRIBE.
  static let schema: [Reading] = [
    Reading(
      "createTypeStatement", "CREATE TYPE address (street text, zip int)",
      "CREATE TYPE address (\n    street text,\n    zip int\n)"),
    Reading(
      "createTypeStatement",
      "CREATE TYPE IF NOT EXISTS k.address (a frozen<list<int>>, type text,)",
      "CREATE TYPE IF NOT EXISTS k.address (\n    a frozen<list<int>>,\n    type text\n)"),
    Reading(
      "createTypeStatement", "CREATE TYPE a ()",
      "line 1:15 no viable alternative at input ')' (CREATE TYPE a ([)])"),
    Reading(
      "createTypeStatement", "CREATE TYPE a (b int static)",
      "line 1:21 mismatched input 'static' expecting ')' (... TYPE a (b int [static]...)"),
    Reading("alterTypeStatement", "ALTER TYPE k.address ADD country text"),
    Reading("alterTypeStatement", "ALTER TYPE address RENAME a TO b AND c TO d"),
    Reading("alterTypeStatement", "ALTER TYPE address ALTER a TYPE text"),
    Reading(
      "alterTypeStatement", "ALTER TYPE address DROP a",
      "line 1:19 no viable alternative at input 'DROP' (ALTER TYPE address [DROP]...)"),
    Reading(
      "alterTypeStatement", "ALTER TYPE address ADD a int, b int",
      "line 1:28 mismatched input ',' expecting EOF (... TYPE address ADD a int[,]...)"),
    Reading("dropTypeStatement", "DROP TYPE k.address"),
    Reading("dropTypeStatement", "DROP TYPE IF EXISTS address"),
    Reading("createIndexStatement", "CREATE INDEX i ON k.t (a)"),
    Reading("createIndexStatement", "CREATE INDEX ON t (a)"),
    Reading("createIndexStatement", "CREATE INDEX IF NOT EXISTS i ON t (values(m))"),
    Reading(
      "createIndexStatement", "CREATE INDEX IF NOT EXISTS ON t (KEYS(m))",
      "CREATE INDEX IF NOT EXISTS ON t (keys(m))"),
    Reading(
      "createIndexStatement", "CREATE INDEX ON t (ENTRIES(m))", "CREATE INDEX ON t (entries(m))"),
    Reading("createIndexStatement", "CREATE INDEX ON t (full(m))"),
    Reading(
      "createIndexStatement", "CREATE INDEX ON t (full)",
      "line 1:19 no viable alternative at input 'full' (CREATE INDEX ON t ([full]...)"),
    Reading("createIndexStatement", "CREATE INDEX ON t (keys)"),
    Reading(
      "createIndexStatement", "CREATE INDEX ON t (foo(m))",
      "line 1:22 mismatched input '(' expecting ')' (CREATE INDEX ON t (foo[(]...)"),
    Reading(
      "createIndexStatement", "CREATE INDEX k.i ON t (a)",
      "line 1:14 mismatched input '.' expecting K_ON (CREATE INDEX k[.]...)"),
    Reading(
      "createIndexStatement",
      "CREATE CUSTOM INDEX i ON t (a) USING 'org.apache.cassandra.index.sasi.SASIIndex'"),
    Reading(
      "createIndexStatement",
      "CREATE CUSTOM INDEX ON t (a, keys(b)) USING 'x' WITH OPTIONS = {'mode': 'CONTAINS'}",
      "CREATE CUSTOM INDEX ON t (a, keys(b)) USING 'x' WITH options = {'mode': 'CONTAINS'}"),
    Reading("createIndexStatement", "CREATE CUSTOM INDEX ON t () USING 'x'"),
    Reading(
      "createIndexStatement", "CREATE CUSTOM INDEX ON t (a) USING x",
      "line 1:35 mismatched input 'x' expecting STRING_LITERAL (...ON t (a) USING [x])"),
    Reading(
      "createIndexStatement", "CREATE INDEX i (a)",
      "line 1:15 mismatched input '(' expecting K_ON (CREATE INDEX i [(]...)"),
    Reading("dropIndexStatement", "DROP INDEX k.i"),
    Reading("dropIndexStatement", "DROP INDEX IF EXISTS i"),
    Reading(
      "createMaterializedViewStatement",
      "CREATE MATERIALIZED VIEW v AS SELECT * FROM t WHERE a IS NOT NULL PRIMARY KEY (a) WITH comment = 'x'"
    ),
    Reading(
      "createMaterializedViewStatement", "CREATE MATERIALIZED v",
      "line 1:7 no viable alternative at input 'MATERIALIZED' (CREATE [MATERIALIZED]...)"),
    Reading("alterMaterializedViewStatement", "ALTER MATERIALIZED VIEW v WITH comment = 'x'"),
    Reading(
      "dropMaterializedViewStatement", "DROP MATERIALIZED VIEW v;", "DROP MATERIALIZED VIEW v"),
    Reading(
      "createFunctionStatement",
      "CREATE FUNCTION f (a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS $$ return 1; $$;",
      "CREATE FUNCTION f (a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS $$ return 1; $$"
    ),
    Reading("createAggregateStatement", "CREATE OR REPLACE AGGREGATE a (int) SFUNC f STYPE int"),
    Reading(
      "createAggregateStatement", "CREATE OR REPLACE TABLE t (a int PRIMARY KEY)",
      "line 1:18 no viable alternative at input 'TABLE' (CREATE OR REPLACE [TABLE]...)"),
    Reading("createTriggerStatement", "CREATE TRIGGER r ON t USING 'x'"),
    Reading("createRoleStatement", "CREATE ROLE r WITH PASSWORD = 'x' AND LOGIN = true"),
    Reading("createUserStatement", "CREATE USER u WITH PASSWORD 'x' NOSUPERUSER"),
    Reading("grantPermissionsStatement", "GRANT ALL PERMISSIONS ON KEYSPACE k TO r"),
    Reading("grantRoleStatement", "GRANT a TO b"),
    Reading("revokePermissionsStatement", "REVOKE SELECT ON t FROM r"),
    Reading("listPermissionsStatement", "LIST SELECT PERMISSION ON t OF r NORECURSIVE"),
    Reading("listRolesStatement", "LIST ROLES"),
    Reading("listUsersStatement", "LIST USERS;", "LIST USERS"),
    Reading(
      "listUsersStatement", "LIST foo", "line 1:5 no viable alternative at input 'foo' (LIST [foo])"
    ),
    Reading(
      "cqlStatement", "ALTER FUNCTION f",
      "line 1:6 no viable alternative at input 'FUNCTION' (ALTER [FUNCTION]...)"),
    Reading("describeStatement", "DESCRIBE CLUSTER"),
    Reading("describeStatement", "DESC CLUSTER;", "DESCRIBE CLUSTER"),
    Reading("describeStatement", "DESCRIBE SCHEMA"),
    Reading("describeStatement", "DESCRIBE FULL SCHEMA WITH INTERNALS"),
    Reading(
      "describeStatement", "DESCRIBE FULL",
      "line 0:-1 mismatched input '<EOF>' expecting K_KEYSPACE"),
    Reading("describeStatement", "DESCRIBE KEYSPACES"),
    Reading("describeStatement", "DESCRIBE ONLY KEYSPACE k"),
    Reading("describeStatement", "DESCRIBE ONLY KEYSPACE WITH INTERNALS"),
    Reading("describeStatement", "DESCRIBE KEYSPACE"),
    Reading("describeStatement", #"DESCRIBE KEYSPACE "K" WITH INTERNALS"#),
    Reading("describeStatement", "DESCRIBE TABLES"),
    Reading("describeStatement", "DESCRIBE COLUMNFAMILIES", "DESCRIBE TABLES"),
    Reading("describeStatement", "DESCRIBE TABLE k.t WITH INTERNALS"),
    Reading(
      "describeStatement", "DESCRIBE TABLE",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading("describeStatement", "DESCRIBE INDEX k.i"),
    Reading("describeStatement", "DESCRIBE MATERIALIZED VIEW v"),
    Reading("describeStatement", "DESCRIBE TYPES"),
    Reading("describeStatement", "DESCRIBE TYPE k.u"),
    Reading("describeStatement", "DESCRIBE FUNCTIONS"),
    Reading("describeStatement", "DESCRIBE FUNCTION k.f"),
    Reading("describeStatement", "DESCRIBE AGGREGATES"),
    Reading("describeStatement", "DESCRIBE AGGREGATE a"),
    Reading("describeStatement", "DESCRIBE foo"),
    Reading("describeStatement", #"DESCRIBE k."Foo" WITH INTERNALS"#),
    Reading("describeStatement", "DESCRIBE type", #"DESCRIBE "type""#),
    Reading("describeStatement", "DESCRIBE tables.foo"),
    Reading("describeStatement", "DESCRIBE only", #"DESCRIBE "only""#),
    Reading(
      "describeStatement", "DESCRIBE",
      "line 0:-1 no viable alternative at input '<EOF>'"),
    Reading(
      "describeStatement", "DESCRIBE foo WITH",
      "line 0:-1 mismatched input '<EOF>' expecting K_INTERNALS"),
    Reading(
      "cqlStatement", "EXPLAIN SELECT * FROM t",
      "line 1:0 no viable alternative at input 'EXPLAIN' ([EXPLAIN]...)"),
    Reading(
      "cqlStatement", "SELECT * FROM t; SELECT * FROM u",
      "line 1:17 mismatched input 'SELECT' expecting EOF (SELECT * FROM t; [SELECT]...)"),
    Reading(
      "cqlStatement", "SELECT * FROM t x",
      "line 1:16 mismatched input 'x' expecting EOF (SELECT * FROM t [x])"),
    Reading("cqlStatement", ";", "line 1:0 no viable alternative at input ';' ([;])"),
    Reading(
      "cqlStatement", "ADD IDENTITY 'x' TO ROLE r",
      "line 1:0 no viable alternative at input 'ADD' ([ADD]...)"),
  ]
}

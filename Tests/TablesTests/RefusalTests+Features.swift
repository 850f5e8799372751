@testable import Tables

extension RefusalTests {
  /// Statements of Cassandra's that the tables do not carry out, each with what is not supported.
  static let unsupported: [(String, String)] = [
    ("CREATE CUSTOM INDEX ON k.s (v) USING 'x'", "A custom index"),
    (
      "CREATE MATERIALIZED VIEW k.v AS SELECT k FROM k.s PRIMARY KEY (k)",
      "CREATE MATERIALIZED VIEW"
    ),
    ("CREATE FUNCTION k.f() CALLED ON NULL INPUT RETURNS int LANGUAGE x AS ''", "CREATE FUNCTION"),
    ("DROP AGGREGATE k.a", "DROP AGGREGATE"),
    ("CREATE TRIGGER r ON k.s USING 'x'", "CREATE TRIGGER"),
    ("CREATE ROLE r", "CREATE ROLE"),
    ("GRANT SELECT ON k.s TO r", "GRANT"),
    ("LIST ROLES", "LIST ROLES"),
  ]

  /// Forms of DESCRIBE that are carried out.
  static let described = [
    "DESCRIBE k", "DESCRIBE k.s", "DESCRIBE ONLY KEYSPACE k", "DESCRIBE KEYSPACE k WITH INTERNALS",
    "DESCRIBE FULL SCHEMA", "DESCRIBE TABLES", "DESCRIBE CLUSTER",
  ]
}

@testable import Tables

extension RefusalTests {
  private static let filtering =
    "Cannot execute this query as it might involve data filtering and thus may have "
    + "unpredictable performance. If you want to execute this query despite the performance "
    + "unpredictability, use ALLOW FILTERING"

  /// Statements with the code and message that refuse them.
  static let refused: [(String, TableError.Code, String)] = [
    ("SELECT * FROM k.none", .invalid, "table none does not exist"),
    ("SELECT * FROM none.t", .invalid, "keyspace none does not exist"),
    (
      "SELECT * FROM t", .invalid,
      "No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename"
    ),
    ("USE none", .invalid, "Keyspace 'none' does not exist"),
    ("SELECT x FROM k.t", .invalid, "Undefined column name x"),
    ("SELECT * FROM k.s WHERE x = 1", .invalid, "Undefined column name x"),
    ("INSERT INTO k.s (k, x) VALUES ('a', 1)", .invalid, "Undefined column name x"),
    ("INSERT INTO k.s (k, v) VALUES ('a')", .invalid, "Unmatched column names/values"),
    ("INSERT INTO k.s (k, k) VALUES ('a', 'b')", .invalid, "The column names contains duplicates"),
    ("INSERT INTO k.s (v) VALUES ('a')", .invalid, "Some partition key parts are missing: k"),
    (
      "INSERT INTO k.t (a, b, d) VALUES (1, '', 00000000-0000-1000-8000-000000000000)", .invalid,
      "Some clustering keys are missing: c"
    ),
    (
      "UPDATE k.t SET v = '' WHERE a = 1 AND b = '' AND c = 1", .invalid,
      "Some clustering keys are missing: d"
    ),
    ("DELETE FROM k.t WHERE a = 1", .invalid, "Some partition key parts are missing: b"),
    (
      "DELETE v FROM k.t WHERE a = 1 AND b = ''", .invalid,
      "Range deletions are not supported for specific columns"
    ),
    ("UPDATE k.s SET k = 'b' WHERE k = 'a'", .invalid, "PRIMARY KEY part k found in SET part"),
    (
      "DELETE FROM k.s WHERE k = 'a' AND v = 'b'", .invalid,
      "Non PRIMARY KEY columns found in where clause: v "
    ),
    ("SELECT * FROM k.t WHERE a = 1", .invalid, filtering),
    (
      "SELECT * FROM k.t WHERE a = 1 AND b = '' AND c > 1 AND d = now()", .invalid,
      #"Clustering column "d" cannot be restricted (preceding column "c" is restricted by a non-EQ relation)"#
    ),
    (
      "SELECT * FROM k.t WHERE a = 1 AND b = '' AND d = 00000000-0000-1000-8000-000000000000",
      .invalid,
      #"PRIMARY KEY column "d" cannot be restricted as preceding column "c" is not restricted"#
    ),
    ("SELECT * FROM k.s WHERE n = 1", .invalid, filtering),
    ("SELECT * FROM k.s WHERE v = 'a' AND n = 1", .invalid, filtering),
    ("SELECT * FROM k.s WHERE k > 'a'", .invalid, filtering),
    (
      "SELECT * FROM k.s WHERE k IN ('a', 'c') AND k = 'b'", .invalid,
      "k cannot be restricted by more than one relation if it includes a IN"
    ),
    (
      "UPDATE k.t SET v = '' WHERE a = 1 AND b = '' AND c IN (1, 2) AND c > 1 AND d = 00000000-0000-1000-8000-000000000000",
      .invalid, "c cannot be restricted by more than one relation if it includes a IN"
    ),
    (
      "DELETE FROM k.s WHERE k = 'a' AND k IN ('b')", .invalid,
      "k cannot be restricted by more than one relation if it includes a IN"
    ),
    (
      "SELECT * FROM k.s WHERE k = 'a' AND k = 'b'", .invalid,
      "k cannot be restricted by more than one relation if it includes an Equal"
    ),
    (
      "SELECT * FROM k.t WHERE token(b, a) > 0", .invalid,
      "The token function arguments must be in the partition key order: a, b"
    ),
    (
      "SELECT * FROM k.t WHERE a = 1 AND b IN ('x', 'y') ORDER BY c", .invalid,
      "Cannot page queries with both ORDER BY and a IN restriction on the partition key; you must "
        + "either remove the ORDER BY or the IN and sort client side, or disable paging for this query"
    ),
    (
      "SELECT * FROM k.t ORDER BY c", .invalid,
      "ORDER BY is only supported when the partition key is restricted by an EQ or an IN."
    ),
    (
      "SELECT * FROM k.t WHERE a = 1 AND b = '' ORDER BY d", .invalid,
      "Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY"
    ),
    (
      "SELECT * FROM k.t WHERE a = 1 AND b = '' ORDER BY v", .invalid,
      "Order by is currently only supported on the clustered columns of the PRIMARY KEY, got v"
    ),
    (
      "SELECT * FROM k.t WHERE a = 1 AND b = '' ORDER BY c ASC, d DESC", .invalid,
      "Unsupported order by relation"
    ),
    ("SELECT * FROM k.s LIMIT 0", .invalid, "LIMIT must be strictly positive"),
    (
      "SELECT * FROM k.s LIMIT 9999999999", .invalid,
      "Unable to make int from '9999999999'"
    ),
    (
      "SELECT DISTINCT k FROM k.s PER PARTITION LIMIT 1", .invalid,
      "PER PARTITION LIMIT is not allowed with SELECT DISTINCT queries"
    ),
    (
      "SELECT count(*) FROM k.s PER PARTITION LIMIT 1", .invalid,
      "PER PARTITION LIMIT is not allowed with aggregate queries."
    ),
    (
      "SELECT DISTINCT v FROM k.s", .invalid,
      "SELECT DISTINCT queries must only request partition key columns and/or static columns (not v)"
    ),
    (
      "SELECT writetime(k) FROM k.s", .invalid,
      "Cannot use selection function writeTime on PRIMARY KEY part k"
    ),
    (
      "UPDATE k.s SET n = n + 1 WHERE k = 'a'", .invalid,
      "Invalid operation (n = n + 1) for non counter column n"
    ),
    (
      "UPDATE k.s SET v = '' WHERE k IN ('a', 'b') IF EXISTS", .invalid,
      "IN on the partition key is not supported with conditional updates"
    ),
    (
      "INSERT INTO k.s (k) VALUES ('a') USING TTL -1", .invalid,
      "A TTL must be greater or equal to 0, but was -1"
    ),
    (
      "INSERT INTO k.s (k) VALUES ('a') USING TTL 630720001", .invalid,
      "ttl is too large. requested (630720001) maximum (630720000)"
    ),
    (
      "INSERT INTO k.s (k) VALUES ('a') USING TIMESTAMP -9223372036854775808", .invalid,
      "Out of bound timestamp, must be in range [-9223372036854775807, 9223372036854775807]"
    ),
    ("INSERT INTO k.s (k) VALUES (null)", .invalid, "Invalid null value in condition for column k"),
    ("CREATE KEYSPACE k \(oneReplica)", .alreadyExists, #"Cannot add existing keyspace "k""#),
    (
      "CREATE TABLE k.s (k int PRIMARY KEY)", .alreadyExists,
      #"Cannot add already existing table "s" to keyspace "k""#
    ),
    ("CREATE TABLE none.s (k int PRIMARY KEY)", .invalid, "Keyspace 'none' doesn't exist"),
    (
      #"CREATE KEYSPACE "a/b" \#(oneReplica)"#, .invalid,
      "Keyspace name must not be empty, more than 48 characters long, or contain "
        + "non-alphanumeric-underscore characters (got 'a/b')"
    ),
    (
      #"CREATE TABLE k."é" (k int PRIMARY KEY)"#, .configuration,
      "k.é: Table name must not be empty, more than 48 characters long, or contain "
        + #"non-alphanumeric-underscore characters (got "é")"#
    ),
    (
      "CREATE TABLE k.x (k int, k text, PRIMARY KEY (k))", .invalid,
      "Duplicate column 'k' declaration for table 'k.x'"
    ),
    ("CREATE INDEX by_v ON k.t (c)", .invalid, "Index 'by_v' already exists"),
    (
      "CREATE INDEX ON k.s (k)", .invalid,
      "Cannot create secondary index on the only partition key column k"
    ),
    (
      "UPDATE k.s SET v = '' WHERE k = 'a' IF v.f = 1", .invalid,
      "Invalid field access syntax for non-UDT column v"
    ),
    (
      "CREATE INDEX ON k.s (v, n)", .invalid, "Only CUSTOM indexes support multiple columns"
    ),
    ("DROP KEYSPACE none", .invalid, "Keyspace 'none' doesn't exist"),
    ("DROP TABLE k.none", .invalid, "Table 'k.none' doesn't exist"),
    ("DROP INDEX k.none", .invalid, "Index 'k.none' doesn't exist'"),
    (
      "BEGIN COUNTER BATCH UPDATE k.s SET v = '' WHERE k = 'a'; APPLY BATCH", .invalid,
      "Cannot include non-counter statement in a counter batch"
    ),
    (
      "BEGIN BATCH USING TIMESTAMP 1 INSERT INTO k.s (k) VALUES ('a') IF NOT EXISTS; APPLY BATCH",
      .invalid, "Cannot provide custom timestamp for conditional BATCH"
    ),
  ]
}

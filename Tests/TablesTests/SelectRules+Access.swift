@testable import Tables

extension Rule {
  private static let filtering = StatementRestrictions.filteringMessage

  /// Secondary indexes.
  static let indexes: [Rule] = [
    Rule(
      "an index answers one relation", "cql3.restrictions.StatementRestrictions",
      .run("CREATE TABLE k.t (a int, b int, c int, v int, w int, PRIMARY KEY (a, b, c))"),
      .run("CREATE INDEX ON k.t (v)"), .run("CREATE INDEX ON k.t (c)"),
      .run("INSERT INTO k.t (a, b, c, v, w) VALUES (1, 1, 1, 7, 1)"),
      .run("INSERT INTO k.t (a, b, c, v, w) VALUES (1, 2, 2, 7, 2)"),
      .run("INSERT INTO k.t (a, b, c, v, w) VALUES (2, 1, 1, 8, 3)"),
      .gives("SELECT w FROM k.t WHERE v = 7", "1 | 2"),
      .gives("SELECT w FROM k.t WHERE v IN (7)", "1 | 2"),
      .gives("SELECT w FROM k.t WHERE v = 7 LIMIT 1", "1"),
      .gives("SELECT w FROM k.t WHERE c = 1", "1 | 3"),
      .gives("SELECT w FROM k.t WHERE a = 1 AND v = 7", "1 | 2"),
      .gives("SELECT w FROM k.t WHERE a = 1 AND b = 2 AND v = 7", "2"),
      .gives("SELECT w FROM k.t WHERE a = 1 AND b > 1 AND v = 7", "2"),
      .gives(
        "SELECT w FROM k.t WHERE token(a) >= token(1) AND token(a) <= token(1) AND v = 7", "1 | 2"),
      .gives("SELECT count(*), max(w) FROM k.t WHERE v = 7", "2 2"),
      .gives("SELECT w FROM k.t WHERE v = 7 AND w = 2 ALLOW FILTERING", "2"),
      .gives("SELECT w FROM k.t WHERE v = 7 PER PARTITION LIMIT 1", "1"),
      .refused("SELECT w FROM k.t WHERE v = 7 AND w = 2", filtering),
      .refused("SELECT w FROM k.t WHERE v = 7 AND c = 2", filtering),
      .refused("SELECT w FROM k.t WHERE v > 7", filtering),
      .refused(
        "SELECT w FROM k.t WHERE v = 7 AND v > 7",
        "v cannot be restricted by more than one relation if it includes an Equal"),
      .refused(
        "SELECT w FROM k.t WHERE a IN (1, 2) AND v = 7",
        "Select on indexed columns and with IN clause for the PRIMARY KEY are not supported"),
      .refused(
        "SELECT w FROM k.t WHERE v = 7 ORDER BY b",
        "ORDER BY with 2ndary indexes is not supported."),
      .refused(
        "SELECT w FROM k.t WHERE expr(t_v_idx, 'x')",
        "Only CUSTOM indexes may be used in custom index expressions, t_v_idx is not valid")),
    Rule(
      "indexes on what collections hold", "index.internal.composites.CollectionEntryIndex",
      .run(
        "CREATE TABLE k.m (k int PRIMARY KEY, l list<int>, s set<text>, m map<text, int>, "
          + "n map<text, int>, f frozen<set<int>>)"),
      .run("CREATE INDEX ON k.m (l)"), .run("CREATE INDEX ON k.m (VALUES(s))"),
      .run("CREATE INDEX ON k.m (KEYS(m))"), .run("CREATE INDEX ON k.m (ENTRIES(n))"),
      .run("CREATE INDEX ON k.m (FULL(f))"),
      .run(
        "INSERT INTO k.m (k, l, s, m, n, f) VALUES (1, [1, 1, 2], {'a', 'b'}, {'x': 1}, {'x': 1}, {1})"
      ),
      .run("INSERT INTO k.m (k, l, s, m, n, f) VALUES (2, [2], {'b'}, {'y': 1}, {'x': 2}, {2, 1})"),
      .gives("SELECT k FROM k.m WHERE l CONTAINS 1", "1"),
      .gives("SELECT k FROM k.m WHERE l CONTAINS 2", "1 | 2"),
      .gives("SELECT k FROM k.m WHERE s CONTAINS 'b'", "1 | 2"),
      .gives("SELECT k FROM k.m WHERE m CONTAINS KEY 'y'", "2"),
      .gives("SELECT k FROM k.m WHERE n['x'] = 2", "2"),
      .gives("SELECT k FROM k.m WHERE f = {1, 2}", "2"),
      .refused("SELECT k FROM k.m WHERE m CONTAINS 1", filtering),
      .refused("SELECT k FROM k.m WHERE n CONTAINS 1", filtering),
      .refused("SELECT k FROM k.m WHERE f CONTAINS 1", filtering),
      .refused("SELECT k FROM k.m WHERE l CONTAINS 1 AND l CONTAINS 2", filtering),
      .gives("SELECT k FROM k.m WHERE l CONTAINS 1 AND l CONTAINS 2 ALLOW FILTERING", "1"),
      .gives("SELECT k FROM k.m WHERE s CONTAINS 'b' AND m CONTAINS 1 ALLOW FILTERING", "1 | 2")),
  ]

  static let orders: [Rule] = [
    Rule(
      "ORDER BY", "cql3.validation.operations.SelectOrderByTest",
      .run(
        "CREATE TABLE k.t (a int, b int, c int, v int, PRIMARY KEY (a, b, c)) "
          + "WITH CLUSTERING ORDER BY (b ASC, c DESC)"),
      .run("INSERT INTO k.t (a, b, c, v) VALUES (1, 1, 1, 1)"),
      .run("INSERT INTO k.t (a, b, c, v) VALUES (1, 1, 2, 2)"),
      .run("INSERT INTO k.t (a, b, c, v) VALUES (1, 2, 1, 3)"),
      .run("INSERT INTO k.t (a, b, c, v) VALUES (2, 1, 3, 4)"),
      .gives("SELECT v FROM k.t WHERE a = 1", "2 | 1 | 3"),
      .gives("SELECT v FROM k.t WHERE a = 1 ORDER BY b", "2 | 1 | 3"),
      .gives("SELECT v FROM k.t WHERE a = 1 ORDER BY b DESC", "3 | 1 | 2"),
      .gives("SELECT v FROM k.t WHERE a = 1 ORDER BY b DESC, c ASC", "3 | 1 | 2"),
      .gives("SELECT v FROM k.t WHERE a = 1 AND b = 1 ORDER BY c ASC", "1 | 2"),
      .gives("SELECT v FROM k.t WHERE a = 1 ORDER BY b DESC LIMIT 2", "3 | 1"),
      .gives("SELECT v FROM k.t WHERE a IN (1, 2) ORDER BY b", "2 | 1 | 4 | 3"),
      .gives("SELECT v FROM k.t WHERE a IN (2, 1) ORDER BY b ASC, c DESC", "4 | 2 | 1 | 3"),
      .gives("SELECT v FROM k.t WHERE a IN (2, 1) ORDER BY b DESC, c ASC LIMIT 3", "3 | 1 | 2"),
      .gives("SELECT v FROM k.t WHERE a IN (1, 2) ORDER BY b DESC PER PARTITION LIMIT 1", "3 | 4"),
      .refused(
        "SELECT v FROM k.t WHERE a = 1 ORDER BY b ASC, c ASC", "Unsupported order by relation"),
      .refused(
        "SELECT v FROM k.t WHERE a = 1 ORDER BY c",
        "Order by currently only supports the ordering of columns following their declared order in "
          + "the PRIMARY KEY"),
      .refused(
        "SELECT v FROM k.t WHERE a = 1 ORDER BY v",
        "Order by is currently only supported on the clustered columns of the PRIMARY KEY, got v"),
      .refused(
        "SELECT v FROM k.t ORDER BY b",
        "ORDER BY is only supported when the partition key is restricted by an EQ or an IN."),
      .refused(
        "SELECT v FROM k.t WHERE a IN (1, 2) ORDER BY b",
        "Cannot page queries with both ORDER BY and a IN restriction on the partition key; you must "
          + "either remove the ORDER BY or the IN and sort client side, or disable paging for this "
          + "query"))
  ]

  static let staticReads: [Rule] = [
    Rule(
      "static columns", "cql3.validation.entities.StaticColumnsTest",
      .run("CREATE TABLE k.s (k int, c int, s int static, v int, PRIMARY KEY (k, c))"),
      .run("INSERT INTO k.s (k, s) VALUES (1, 42)"),
      .gives("SELECT * FROM k.s", "1 null 42 null"),
      .gives("SELECT k, s FROM k.s WHERE k = 1", "1 42"),
      .gives("SELECT DISTINCT k, s FROM k.s", "1 42"),
      .gives("SELECT v FROM k.s WHERE k = 1 AND c > 0", ""),
      .gives("SELECT count(*), count(c), max(s) FROM k.s", "1 0 42"),
      .run("INSERT INTO k.s (k, c, v) VALUES (1, 1, 10)"),
      .run("INSERT INTO k.s (k, c, v) VALUES (1, 2, 20)"),
      .run("INSERT INTO k.s (k, c, v) VALUES (2, 1, 30)"),
      .run("INSERT INTO k.s (k, s) VALUES (3, 43)"),
      .gives("SELECT k, c, s, v FROM k.s WHERE k = 1", "1 1 42 10 | 1 2 42 20"),
      .gives("SELECT s FROM k.s WHERE k = 1", "42 | 42"),
      .gives("SELECT DISTINCT s FROM k.s WHERE k = 1", "42"),
      .gives("SELECT DISTINCT k, s FROM k.s WHERE k IN (1, 2, 3)", "1 42 | 2 null | 3 43"),
      .gives("SELECT k, c FROM k.s WHERE s = 42 ALLOW FILTERING", "1 1 | 1 2"),
      .gives("SELECT k, c FROM k.s WHERE s = 43 ALLOW FILTERING", "3 null"),
      .gives("SELECT k, c FROM k.s WHERE v = 20 AND s = 42 ALLOW FILTERING", "1 2"),
      .gives("SELECT DISTINCT k FROM k.s WHERE s = 42 ALLOW FILTERING", "1"),
      .gives(
        "SELECT k, s, count(*), count(c) FROM k.s WHERE k IN (1, 2, 3) GROUP BY k",
        "1 42 2 2 | 2 null 1 1 | 3 43 1 0"),
      .gives("SELECT k, c, s + 1 FROM k.s WHERE k = 1 ORDER BY c DESC", "1 2 43 | 1 1 43"),
      .refused(
        "SELECT s FROM k.s WHERE k = 1 AND c = 1",
        "Cannot restrict clustering columns when selecting only static columns")),
    Rule(
      "an index on a static column finds partitions", "index.internal.CassandraIndex",
      .run("CREATE TABLE k.s (k int, c int, s int static, v int, PRIMARY KEY (k, c))"),
      .run("CREATE INDEX ON k.s (s)"),
      .run("INSERT INTO k.s (k, c, s, v) VALUES (1, 1, 5, 10)"),
      .run("INSERT INTO k.s (k, c, v) VALUES (1, 2, 20)"),
      .run("INSERT INTO k.s (k, c, s, v) VALUES (2, 1, 6, 30)"),
      .run("INSERT INTO k.s (k, s) VALUES (3, 5)"),
      .gives("SELECT k, c, s, v FROM k.s WHERE s = 5 AND k = 1", "1 1 5 10 | 1 2 5 20"),
      .gives("SELECT k, c FROM k.s WHERE s = 6", "2 1"),
      .gives("SELECT k, c FROM k.s WHERE s = 5 AND k = 3", "3 null"),
      .gives("SELECT count(*) FROM k.s WHERE s = 5", "3")),
  ]

  static let tokens: [Rule] = [
    Rule(
      "token()", "cql3.validation.operations.SelectWithTokenFunctionTest",
      .run("CREATE TABLE k.t (a int, b text, v int, PRIMARY KEY ((a, b)))"),
      .run("INSERT INTO k.t (a, b, v) VALUES (0, 'a', 1)"),
      .run("INSERT INTO k.t (a, b, v) VALUES (1, 'b', 2)"),
      .gives("SELECT v FROM k.t WHERE token(a, b) = token(0, 'a')", "1"),
      .gives(
        "SELECT v FROM k.t WHERE token(a, b) >= token(0, 'a') AND token(a, b) <= token(0, 'a')",
        "1"),
      .gives(
        "SELECT v FROM k.t WHERE token(a, b) > token(0, 'a') AND token(a, b) < token(0, 'a')", ""),
      .gives("SELECT count(*) FROM k.t WHERE token(a, b) > -9223372036854775808", "2"),
      .gives("SELECT count(*) FROM k.t WHERE token(a, b) <= -9223372036854775808", "2"),
      .gives("SELECT v FROM k.t WHERE a = 0 AND b = 'a' AND token(a, b) = token(0, 'a')", "1"),
      .gives("SELECT v FROM k.t WHERE a = 0 AND b = 'a' AND token(a, b) < token(0, 'a')", ""),
      .gives("SELECT v FROM k.t WHERE a = 1 AND token(a, b) >= token(1, 'b') ALLOW FILTERING", "2"),
      .refused("SELECT v FROM k.t WHERE a = 1 AND token(a, b) >= token(1, 'b')", filtering),
      .refused(
        "SELECT * FROM k.t WHERE token(a) > token(0)",
        "The token() function must be applied to all partition key components or none of them"),
      .refused(
        "SELECT * FROM k.t WHERE token(b, a) > token('a', 0)",
        "The token function arguments must be in the partition key order: a, b"),
      .refused(
        "SELECT * FROM k.t WHERE token(a, b, a) > 0",
        "The token() function contains duplicate partition key components"),
      .refused(
        "SELECT * FROM k.t WHERE token(a, b, v) > 0",
        "The token() function must contains only partition key components"),
      .refused(
        "SELECT * FROM k.t WHERE token(a, b) > token(0)",
        "Invalid number of arguments in call to function system.token: 2 required but 1 provided"),
      .refused(
        "SELECT * FROM k.t WHERE token(a, b) > token('a', 'a')",
        "Type error: 'a' cannot be passed as argument 0 of function system.token of type int"),
      .refused(
        "SELECT * FROM k.t WHERE token(a, b) > 1 AND token(a, b) > 2",
        "More than one restriction was found for the start bound on a, b"),
      .refused(
        "SELECT * FROM k.t WHERE token(a, b) > 1 AND token(a, b) = 2",
        "Columns \"a, b\" cannot be restricted by both an equality and an inequality relation"),
      .refused(
        "SELECT * FROM k.t WHERE token(a, b) = 1 AND token(a, b) > 2",
        "a, b cannot be restricted by more than one relation if it includes an Equal"),
      .names(
        "SELECT token(a, b), token(0, 'a') FROM k.t", "system.token(a, b); system.token(0, 'a')"),
      .gives("SELECT v FROM k.t WHERE token(a, b) = token(1, 'b') AND v = 2 ALLOW FILTERING", "2")),
    Rule(
      "named markers, and markers for lists and tuples", "cql3.validation.operations.SelectTest",
      .run("CREATE TABLE k.t (a int, b int, c int, PRIMARY KEY (a, b, c))"),
      .gives("SELECT * FROM k.t WHERE a = (int) 1 AND b = (int) 2", "")),
  ]
}

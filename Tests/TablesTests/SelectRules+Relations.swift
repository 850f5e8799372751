@testable import Tables

extension Rule {
  private static let filtering = StatementRestrictions.filteringMessage

  /// Collections, user-defined types, tuples and literals.
  static let selectors: [Rule] = [
    Rule(
      "elements, slices and fields", "cql3.selection.ElementsSelector",
      .run("CREATE TYPE k.u (a int, b text)"),
      .run(
        "CREATE TABLE k.m (k int PRIMARY KEY, m map<text, int>, s set<int>, l list<int>, "
          + "fm frozen<map<int, text>>, u u, fu frozen<u>, t tuple<int, text>)"),
      .run(
        "INSERT INTO k.m (k, m, s, l, fm, u, fu, t) VALUES (1, {'a': 1, 'b': 2, 'c': 3}, {1, 5, 9}, "
          + "[7, 8], {1: 'x', 2: 'y'}, {a: 3, b: 'f'}, {a: 4}, (1, 'z'))"),
      .gives("SELECT m['b'], m['z'], s[5], s[6], fm[2] FROM k.m", "2 null 5 null y"),
      .gives(
        "SELECT m['a'..'b'], m['b'..], m[..'a'], s[2..9], fm[1..1] FROM k.m",
        "{'a': 1, 'b': 2} {'b': 2, 'c': 3} {'a': 1} {5, 9} {1: 'x'}"),
      .gives("SELECT m['x'..], fm[7..] FROM k.m", "null {}"),
      .gives("SELECT u.a, u.b, fu.a, fu.b FROM k.m", "3 f 4 null"),
      .names(
        "SELECT m['b'], s[2..9], m['a'..], u.a, fu.b AS x FROM k.m",
        "m['b']; s[2..9]; m['a'..]; u.a; x"),
      .refused(
        "SELECT l[0] FROM k.m",
        "Element selection is only allowed on sets and maps, but l is a list"),
      .refused(
        "SELECT k[0] FROM k.m", "Invalid element selection: k is of type int is not a collection"),
      .refused("SELECT k.a FROM k.m", "Invalid field selection: k of type int is not a user type"),
      .refused("SELECT u.zz FROM k.m", "u of type u has no field zz"),
      .refused("SELECT fu.zz FROM k.m", "fu of type frozen<u> has no field zz"),
      .gives("SELECT max(u.a), count(m['a']) FROM k.m", "3 1")),
    Rule(
      "literals", "cql3.selection.SelectorsTest",
      .run("CREATE TYPE k.u (a int, b text)"),
      .run("CREATE TABLE k.t (a int PRIMARY KEY, b text, c double)"),
      .run("INSERT INTO k.t (a, b, c) VALUES (1, 'x', 2.5)"),
      .gives(
        "SELECT [a, a], {a}, (map<text, int>){b: a}, (a, b, c) FROM k.t",
        "[1, 1] {1} {'x': 1} (1, 'x', 2.5)"),
      .gives(
        "SELECT (int)5, (text)'q', (u){a: 3, b: b}, (list<int>)[1, 2] FROM k.t",
        "5 q {a: 3, b: 'x'} [1, 2]"),
      .gives("SELECT [a, 2], (set<int>){3, 2, 2}, (map<text, int>){} FROM k.t", "[1, 2] {2, 3} {}"),
      .names(
        "SELECT [a, a], {a}, (map<text, int>){b: a}, (a, b), (int)5, (text)'q' FROM k.t",
        "[a, a]; {a}; (map<text, int>){b: a}; (a, b); (int)5; (text)'q'"),
      .refused(
        "SELECT {b: a} FROM k.t",
        "Cannot infer type for term {b: a} in selection clause (try using a cast to force a type)"),
      .refused(
        "SELECT (a) FROM k.t",
        "Cannot infer type for term (a) in selection clause (try using a cast to force a type)"),
      .refused(
        "SELECT 5 FROM k.t",
        "Cannot infer type for term 5 in selection clause (try using a cast to force a type)"),
      .refused(
        "SELECT 'q' FROM k.t",
        "Cannot infer type for term 'q' in selection clause (try using a cast to force a type)"),
      .refused("SELECT (int)'q' FROM k.t", "Cannot assign value 'q' to [selection] of type int")),
    Rule(
      "names and aliases", "cql3.selection.Selection",
      .run("CREATE TABLE k.t (a int PRIMARY KEY, \"B\" text)"),
      .names("SELECT a AS x, \"B\" AS \"Y\", \"B\", a, a FROM k.t", "x; Y; B; a; a"),
      .names("SELECT * FROM k.t", "a; B"),
      .refused("SELECT b FROM k.t", "Undefined column name b")),
  ]

  /// What may stand in WHERE.
  static let relations: [Rule] = [
    Rule(
      "one column is restricted once", "cql3.restrictions.SingleColumnRestriction",
      .run("CREATE TABLE k.t (a int, b int, c int, d int, PRIMARY KEY (a, b, c))"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND a = 2",
        "a cannot be restricted by more than one relation if it includes an Equal"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b IN (1, 2) AND b = 3",
        "b cannot be restricted by more than one relation if it includes a IN"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b > 1 AND b = 3",
        "Column \"b\" cannot be restricted by both an equality and an inequality relation"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b = 1 AND b > 3",
        "b cannot be restricted by more than one relation if it includes an Equal"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b > 1 AND b >= 3",
        "More than one restriction was found for the start bound on b"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b < 1 AND b <= 3",
        "More than one restriction was found for the end bound on b"),
      .refused("SELECT * FROM k.t WHERE a = 1 AND b != 3", "Unsupported \"!=\" relation: b != 3"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b IS NOT NULL",
        "Unsupported restriction: b IS NOT NULL"),
      .refused(
        "SELECT * FROM k.t WHERE d LIKE 'x'",
        "LIKE restriction is only supported on properly indexed columns. d LIKE 'x' is not valid."),
      .refused(
        "SELECT * FROM k.t WHERE expr(i, 'x')",
        "Invalid index expression, index i not found for k.t"),
      .refused("SELECT * FROM k.t WHERE x = 1", "Undefined column name x"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b CONTAINS 1",
        "Cannot use CONTAINS on non-collection column b"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b CONTAINS KEY 1",
        "Cannot use CONTAINS KEY on non-map column b"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND d IN (1, 2) ALLOW FILTERING",
        "IN predicates on non-primary-key columns (d) is not yet supported")),
    Rule(
      "nulls in conditions", "cql3.restrictions.StatementRestrictions",
      .run("CREATE TABLE k.t (a int, b int, c int, PRIMARY KEY (a, b))"),
      .refused("SELECT * FROM k.t WHERE a = null", "Invalid null value in condition for column a"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b = null",
        "Invalid null value in condition for column b"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b > null",
        "Invalid null value in condition for column b"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b IN (1, null)",
        "Invalid null value in condition for column b"),
      .refused(
        "SELECT * FROM k.t WHERE c = null ALLOW FILTERING",
        "Unsupported null value for column c"),
      .refused(
        "SELECT * FROM k.t WHERE b = null ALLOW FILTERING",
        "Invalid null value in condition for column b"),
      .refused("SELECT * FROM k.t WHERE token(a) > null", "Invalid null token value")),
    Rule(
      "IN", "cql3.validation.operations.SelectTest",
      .run("CREATE TABLE k.t (a int, b int, c int, PRIMARY KEY (a, b))"),
      .run("INSERT INTO k.t (a, b, c) VALUES (1, 1, 1)"),
      .run("INSERT INTO k.t (a, b, c) VALUES (1, 2, 2)"),
      .run("INSERT INTO k.t (a, b, c) VALUES (2, 1, 3)"),
      .gives("SELECT c FROM k.t WHERE a IN (2, 1, 2, 3)", "1 | 2 | 3"),
      .gives("SELECT c FROM k.t WHERE a IN ()", ""),
      .gives("SELECT c FROM k.t WHERE a = 1 AND b IN ()", ""),
      .gives("SELECT c FROM k.t WHERE a = 1 AND b IN (2, 1, 1)", "1 | 2"),
      .gives("SELECT c FROM k.t WHERE a IN (2, 1) AND b IN (1)", "1 | 3"),
      .gives("SELECT c FROM k.t WHERE c IN (3) ALLOW FILTERING", "3"),
      .gives("SELECT count(*) FROM k.t WHERE a IN ()", "0")),
    Rule(
      "DISTINCT", "cql3.statements.SelectStatement",
      .run("CREATE TABLE k.t (a int, b int, c int, v int, PRIMARY KEY ((a, b), c))"),
      .run("INSERT INTO k.t (a, b, c) VALUES (1, 1, 1)"),
      .run("INSERT INTO k.t (a, b, c) VALUES (1, 1, 2)"),
      .gives("SELECT DISTINCT a, b FROM k.t", "1 1"),
      .gives("SELECT DISTINCT a FROM k.t WHERE a = 1 AND b = 1", "1"),
      .gives("SELECT DISTINCT a, b FROM k.t WHERE a = 1 ALLOW FILTERING", "1 1"),
      .refused(
        "SELECT DISTINCT a FROM k.t",
        "SELECT DISTINCT queries must request all the partition key columns (missing b)"),
      .refused(
        "SELECT DISTINCT a, b, v FROM k.t",
        "SELECT DISTINCT queries must only request partition key columns and/or static columns "
          + "(not v)"),
      .refused(
        "SELECT DISTINCT * FROM k.t",
        "SELECT DISTINCT queries must only request partition key columns and/or static columns "
          + "(not c)"),
      .refused(
        "SELECT DISTINCT a, b FROM k.t WHERE a = 1 AND b = 1 AND c = 1",
        "SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static "
          + "columns."),
      .refused(
        "SELECT DISTINCT a, b FROM k.t PER PARTITION LIMIT 1",
        "PER PARTITION LIMIT is not allowed with SELECT DISTINCT queries")),
    Rule(
      "limits", "cql3.validation.operations.SelectLimitTest",
      .run("CREATE TABLE k.t (a int, b int, c int, PRIMARY KEY (a, b))"),
      .run("INSERT INTO k.t (a, b, c) VALUES (1, 1, 1)"),
      .run("INSERT INTO k.t (a, b, c) VALUES (1, 2, 2)"),
      .run("INSERT INTO k.t (a, b, c) VALUES (2, 1, 3)"),
      .gives("SELECT c FROM k.t LIMIT 2", "1 | 2"),
      .gives("SELECT c FROM k.t PER PARTITION LIMIT 1", "1 | 3"),
      .gives("SELECT c FROM k.t PER PARTITION LIMIT 1 LIMIT 1", "1"),
      .gives("SELECT c FROM k.t WHERE a IN (1, 2) PER PARTITION LIMIT 1", "1 | 3"),
      .gives("SELECT c FROM k.t WHERE c > 1 PER PARTITION LIMIT 1 ALLOW FILTERING", "2 | 3"),
      .refused("SELECT * FROM k.t LIMIT 0", "LIMIT must be strictly positive"),
      .refused("SELECT * FROM k.t PER PARTITION LIMIT 0", "LIMIT must be strictly positive"),
      .refused("SELECT * FROM k.t LIMIT 2147483648", "Unable to make int from '2147483648'"),
      .gives("SELECT c FROM k.t LIMIT 2147483647", "1 | 2 | 3")),
  ]

  private static let grid: [Step] =
    [.run("CREATE TABLE k.t (a int, b int, c int, d int, PRIMARY KEY (a, b, c, d))")]
    + ["0, 0, 0", "0, 1, 0", "0, 1, 1", "1, 0, 0", "1, 1, 0", "1, 1, 1"].map {
      .run("INSERT INTO k.t (a, b, c, d) VALUES (0, \($0))")
    }

  private init(_ name: String, _ source: String, after rows: [Step], _ steps: Step...) {
    self.name = name
    self.source = source
    self.steps = rows + steps
  }

  private static let source = "cql3.validation.operations.SelectMultiColumnRelationTest"

  /// Relations of several columns.
  static let slices: [Rule] = [
    Rule(
      "tuples with = and IN", source, after: grid,
      .gives("SELECT b, c, d FROM k.t WHERE a = 0 AND b = 1 AND (c, d) = (0, 0)", "1 0 0"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND b IN (0, 1) AND (c, d) = (0, 0)",
        "0 0 0 | 1 0 0"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND b = 1 AND (c) IN ((0), (1))",
        "1 0 0 | 1 1 0 | 1 1 1"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND b IN (0, 1) AND (c, d) IN ((0, 0), (1, 1))",
        "0 0 0 | 0 1 1 | 1 0 0 | 1 1 1"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c) IN ((0, 1), (0, 0)) AND d = 0",
        "0 0 0 | 0 1 0"),
      .gives("SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c) = (0, 1) AND d IN (0, 2)", "0 1 0"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c) = (0, 1) AND d >= 0",
        "0 1 0 | 0 1 1"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND d < 1 AND (b, c) IN ((0, 1), (0, 0)) AND d >= 0",
        "0 0 0 | 0 1 0"),
      .gives("SELECT b FROM k.t WHERE a = 0 AND (b, c, d) IN ()", "")),
    Rule(
      "tuples with an order", source, after: grid,
      .gives("SELECT b, c, d FROM k.t WHERE a = 0 AND b = 1 AND (c, d) > (0, 0)", "1 1 0 | 1 1 1"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND b IN (0, 1) AND (c, d) > (0, 0)",
        "0 1 0 | 0 1 1 | 1 1 0 | 1 1 1"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND b = 1 AND (c, d) > (0, 0) AND (c) <= (1)",
        "1 1 0 | 1 1 1"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND b = 1 AND (c, d) >= (0, 0) AND (c, d) < (1, 1)",
        "1 0 0 | 1 1 0"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c, d) > (0, 1, 0) AND (b) < (2)",
        "0 1 1 | 1 0 0 | 1 1 0 | 1 1 1"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c) <= (0, 1) ORDER BY b DESC, c DESC, d DESC",
        "0 1 1 | 0 1 0 | 0 0 0"),
      .gives("SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c, d) > (1, 1, 1)", "")),
    Rule(
      "tuples where columns go both ways",
      "cql3.validation.operations.SelectMultiColumnRelationTest",
      .run(
        "CREATE TABLE k.t (a int, b int, c int, d int, PRIMARY KEY (a, b, c, d)) "
          + "WITH CLUSTERING ORDER BY (b DESC, c ASC, d DESC)"),
      .run("INSERT INTO k.t (a, b, c, d) VALUES (0, 2, 0, 0)"),
      .run("INSERT INTO k.t (a, b, c, d) VALUES (0, 2, 1, 0)"),
      .run("INSERT INTO k.t (a, b, c, d) VALUES (0, 1, 0, 0)"),
      .run("INSERT INTO k.t (a, b, c, d) VALUES (0, 1, 2, 3)"),
      .run("INSERT INTO k.t (a, b, c, d) VALUES (0, 1, 2, 1)"),
      .run("INSERT INTO k.t (a, b, c, d) VALUES (0, 0, 5, 5)"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c) > (1, 0)",
        "2 0 0 | 2 1 0 | 1 2 3 | 1 2 1"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c, d) >= (1, 2, 2)",
        "2 0 0 | 2 1 0 | 1 2 3"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c, d) < (1, 2, 2)",
        "1 0 0 | 1 2 1 | 0 5 5"),
      .gives(
        "SELECT b, c, d FROM k.t WHERE a = 0 AND (b, c, d) < (2, 1, 0) AND (b, c) >= (1, 2) "
          + "ORDER BY b ASC, c DESC, d ASC", "1 2 1 | 1 2 3 | 2 0 0")),
    Rule(
      "tuples are refused", source, after: grid,
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b, c) > (1, 2, 3)",
        "Expected 2 elements in value tuple, but got 3: (1, 2, 3)"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b, c) > (1, null)",
        "Invalid null value in condition for column c"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (d, c, b) = (0, 0, 0)",
        "Clustering columns must appear in the PRIMARY KEY order in multi-column relations: "
          + "(d, c, b) = (0, 0, 0)"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b, b) = (0, 0)",
        "Column \"b\" appeared twice in a relation: (b, b) = (0, 0)"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b, c, d) IN ((1, 2))",
        "Expected 3 elements in value tuple, but got 2: (1, 2)"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (c, d) = (0, 0)",
        "PRIMARY KEY column \"c\" cannot be restricted as preceding column \"b\" is not restricted"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b, c, d) IN ((1, 2, null))",
        "Invalid null value for column d"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b, c, d) IN ((1, 2, null), (2, 1, 4))",
        "Invalid null value in condition for columns: [b, c, d]"),
      .refused(
        "SELECT * FROM k.t WHERE (a, b) = (0, 0)",
        "Multi-column relations can only be applied to clustering columns but was applied to: a"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b) = (0) AND (b) > (0)",
        "b cannot be restricted by more than one relation if it includes an Equal"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b, c) = (0, 1) AND (b, c) = (0, 1)",
        "b, c cannot be restricted by more than one relation if it includes an Equal"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b) > (0) AND (b) > (1)",
        "More than one restriction was found for the start bound on b"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND b > 0 AND (c, d) > (0, 0)",
        "Clustering column \"c\" cannot be restricted (preceding column \"b\" is restricted by a "
          + "non-EQ relation)"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (c, d) > (0, 0) AND b > 0",
        "PRIMARY KEY column \"c\" cannot be restricted (preceding column \"b\" is restricted by a "
          + "non-EQ relation)"),
      .refused(
        "SELECT * FROM k.t WHERE a = 0 AND (b, c) > (0, 0) AND (c) < (0)",
        "Column \"c\" cannot be restricted by two inequalities not starting with the same column"),
      .refused(
        "SELECT * FROM k.t WHERE (c, d) > (1, 1) ALLOW FILTERING",
        "Multi-column slice restrictions cannot be used for filtering."),
      .refused(
        "SELECT * FROM k.t WHERE (c, d) IN ((1, 1), (2, 2)) ALLOW FILTERING",
        "Multicolumn IN filters are not supported")),
  ]

  /// When ALLOW FILTERING is demanded.
  static let filters: [Rule] = [
    Rule(
      "filtering is asked for", "cql3.restrictions.StatementRestrictions",
      .run("CREATE TABLE k.t (a int, b int, c int, d int, v int, PRIMARY KEY ((a, b), c, d))"),
      .run("INSERT INTO k.t (a, b, c, d, v) VALUES (1, 1, 1, 1, 1)"),
      .run("INSERT INTO k.t (a, b, c, d, v) VALUES (1, 2, 1, 2, 2)"),
      .refused("SELECT * FROM k.t WHERE a = 1", filtering),
      .refused("SELECT * FROM k.t WHERE a = 1 AND b > 1", filtering),
      .refused("SELECT * FROM k.t WHERE a > 1 AND b = 1", filtering),
      .refused("SELECT * FROM k.t WHERE c = 1", filtering),
      .refused("SELECT * FROM k.t WHERE v = 1", filtering),
      .refused("SELECT * FROM k.t WHERE a = 1 AND b = 1 AND v = 1", filtering),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b = 1 AND d = 1",
        "PRIMARY KEY column \"d\" cannot be restricted as preceding column \"c\" is not restricted"),
      .refused(
        "SELECT * FROM k.t WHERE a = 1 AND b = 1 AND c > 1 AND d = 1",
        "Clustering column \"d\" cannot be restricted (preceding column \"c\" is restricted by a "
          + "non-EQ relation)"),
      .refused("SELECT * FROM k.t WHERE token(a, b) > 0 AND c = 1", filtering),
      .gives("SELECT v FROM k.t WHERE a = 1 ALLOW FILTERING", "2 | 1"),
      .gives("SELECT v FROM k.t WHERE a = 1 AND b > 1 ALLOW FILTERING", "2"),
      .gives("SELECT v FROM k.t WHERE b IN (1, 2) AND a >= 1 ALLOW FILTERING", "2 | 1"),
      .gives("SELECT v FROM k.t WHERE d = 2 ALLOW FILTERING", "2"),
      .gives("SELECT v FROM k.t WHERE c = 1 ALLOW FILTERING", "2 | 1"),
      .gives("SELECT v FROM k.t WHERE a = 1 AND b = 1 AND c > 0 AND d = 1 ALLOW FILTERING", "1"),
      .gives("SELECT v FROM k.t WHERE a = 1 AND b = 1 AND v >= 1 AND v < 9 ALLOW FILTERING", "1")),
    Rule(
      "collections are filtered", "cql3.restrictions.SingleColumnRestriction",
      .run("CREATE TYPE k.u (a int)"),
      .run(
        "CREATE TABLE k.m (k int PRIMARY KEY, l list<int>, s set<text>, m map<text, int>, "
          + "f frozen<list<int>>, fm frozen<map<int, int>>, u u, fu frozen<u>)"),
      .run(
        "INSERT INTO k.m (k, l, s, m, f, fm, u, fu) VALUES (1, [1, 2], {'a'}, {'x': 1, 'y': 2}, "
          + "[3, 4], {5: 6}, {a: 1}, {a: 1})"),
      .gives("SELECT k FROM k.m WHERE l CONTAINS 2 ALLOW FILTERING", "1"),
      .gives("SELECT k FROM k.m WHERE l CONTAINS 3 ALLOW FILTERING", ""),
      .gives("SELECT k FROM k.m WHERE s CONTAINS 'a' AND l CONTAINS 1 ALLOW FILTERING", "1"),
      .gives("SELECT k FROM k.m WHERE m CONTAINS 2 AND m CONTAINS KEY 'x' ALLOW FILTERING", "1"),
      .gives("SELECT k FROM k.m WHERE m['x'] = 1 ALLOW FILTERING", "1"),
      .gives("SELECT k FROM k.m WHERE m['x'] = 2 ALLOW FILTERING", ""),
      .gives("SELECT k FROM k.m WHERE f = [3, 4] ALLOW FILTERING", "1"),
      .gives("SELECT k FROM k.m WHERE f CONTAINS 4 AND fm CONTAINS KEY 5 ALLOW FILTERING", "1"),
      .gives("SELECT k FROM k.m WHERE fu = {a: 1} ALLOW FILTERING", "1"),
      .refused("SELECT k FROM k.m WHERE l CONTAINS 2", filtering),
      .refused(
        "SELECT k FROM k.m WHERE l = [1] ALLOW FILTERING",
        "Collection column 'l' (list<int>) cannot be restricted by a '=' relation"),
      .refused(
        "SELECT k FROM k.m WHERE u = {a: 1} ALLOW FILTERING",
        "Non-frozen UDT column 'u' (u) cannot be restricted by any relation"),
      .refused(
        "SELECT k FROM k.m WHERE l[0] = 1 ALLOW FILTERING",
        "Indexes on list entries (l[index] = value) are not currently supported."),
      .refused(
        "SELECT k FROM k.m WHERE s['a'] = 'a' ALLOW FILTERING",
        "Column s cannot be used as a map"),
      .refused(
        "SELECT k FROM k.m WHERE fm[5] = 6 ALLOW FILTERING",
        "Map-entry equality predicates on frozen map column fm are not supported"),
      .refused(
        "SELECT k FROM k.m WHERE m['x'] > 0 ALLOW FILTERING",
        "Only EQ relations are supported on map entries"),
      .refused(
        "SELECT k FROM k.m WHERE l CONTAINS null ALLOW FILTERING",
        "Unsupported null value for column l"),
      .refused(
        "SELECT k FROM k.m WHERE m['x'] = null ALLOW FILTERING",
        "Unsupported null map value for column m"),
      .refused(
        "SELECT k FROM k.m WHERE m[null] = 1 ALLOW FILTERING",
        "Unsupported null map key for column m")),
  ]
}

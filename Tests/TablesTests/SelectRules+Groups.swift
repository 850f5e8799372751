extension Rule {
  private static let rows: [Step] =
    [
      .run("CREATE TABLE k.t (a int, b int, c int, d int, e int, PRIMARY KEY (a, b, c, d))")
    ]
    + [
      "1, 2, 1, 3, 6", "1, 2, 2, 6, 12", "1, 3, 2, 12, 24", "1, 4, 2, 12, 24", "1, 4, 2, 6, 12",
      "2, 2, 3, 3, 6", "2, 4, 3, 6, 12", "3, 3, 2, 12, 24", "4, 8, 2, 12, 24",
    ].map { .run("INSERT INTO k.t (a, b, c, d, e) VALUES (\($0))") }
    + [
      .run("DELETE FROM k.t WHERE a = 1 AND b = 3 AND c = 2 AND d = 12"),
      .run("DELETE FROM k.t WHERE a = 3"),
    ]

  private init(_ name: String, _ source: String, after rows: [Step], _ steps: Step...) {
    self.name = name
    self.source = source
    self.steps = rows + steps
  }

  private static let source = "cql3.validation.operations.SelectGroupByTest"

  /// GROUP BY. Partitions come by token: 1, 2, 4 and so on.
  static let groups: [Rule] = [
    Rule(
      "groups of partitions and of clustering prefixes", source, after: rows,
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t GROUP BY a",
        "1 2 6 4 24 | 2 2 6 2 12 | 4 8 24 1 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t GROUP BY a, b",
        "1 2 6 2 12 | 1 4 12 2 24 | 2 2 6 1 6 | 2 4 12 1 12 | 4 8 24 1 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE b = 2 GROUP BY a, b ALLOW FILTERING",
        "1 2 6 2 12 | 2 2 6 1 6"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE b IN () GROUP BY a, b ALLOW FILTERING",
        ""),
      .gives(
        "SELECT a, b, c, d FROM k.t GROUP BY a, b, c",
        "1 2 1 3 | 1 2 2 6 | 1 4 2 6 | 2 2 3 3 | 2 4 3 6 | 4 8 2 12"),
      .gives(
        "SELECT a, b, c, d FROM k.t GROUP BY a, b",
        "1 2 1 3 | 1 4 2 6 | 2 2 3 3 | 2 4 3 6 | 4 8 2 12")),
    Rule(
      "limits count groups", source, after: rows,
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t GROUP BY a, b LIMIT 2",
        "1 2 6 2 12 | 1 4 12 2 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t GROUP BY a, b PER PARTITION LIMIT 1",
        "1 2 6 2 12 | 2 2 6 1 6 | 4 8 24 1 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t GROUP BY a PER PARTITION LIMIT 2",
        "1 2 6 4 24 | 2 2 6 2 12 | 4 8 24 1 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t GROUP BY a, b PER PARTITION LIMIT 1 LIMIT 2",
        "1 2 6 2 12 | 2 2 6 1 6"),
      .gives(
        "SELECT a, b, c, d FROM k.t GROUP BY a, b, c LIMIT 3",
        "1 2 1 3 | 1 2 2 6 | 1 4 2 6"),
      .gives(
        "SELECT a, b, c, d FROM k.t GROUP BY a, b, c PER PARTITION LIMIT 2",
        "1 2 1 3 | 1 2 2 6 | 2 2 3 3 | 2 4 3 6 | 4 8 2 12"),
      .gives(
        "SELECT a, b, c, d FROM k.t GROUP BY a, b, c PER PARTITION LIMIT 2 LIMIT 3",
        "1 2 1 3 | 1 2 2 6 | 2 2 3 3")),
    Rule(
      "groups with DISTINCT", source, after: rows,
      .gives("SELECT DISTINCT a, count(a) FROM k.t GROUP BY a", "1 1 | 2 1 | 4 1"),
      .gives("SELECT DISTINCT a, count(a) FROM k.t GROUP BY a LIMIT 2", "1 1 | 2 1"),
      .gives("SELECT DISTINCT a, count(a) FROM k.t WHERE a = 1 GROUP BY a", "1 1"),
      .gives(
        "SELECT DISTINCT a, count(a) FROM k.t WHERE a IN (1, 2, 4) GROUP BY a", "1 1 | 2 1 | 4 1"),
      .refused(
        "SELECT DISTINCT a, count(a) FROM k.t GROUP BY a, b",
        "Grouping on clustering columns is not allowed for SELECT DISTINCT queries")),
    Rule(
      "columns fixed by = may be left out of GROUP BY", source, after: rows,
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a = 1 GROUP BY a, b, c",
        "1 2 6 1 6 | 1 2 12 1 12 | 1 4 12 2 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a = 1 GROUP BY b, c",
        "1 2 6 1 6 | 1 2 12 1 12 | 1 4 12 2 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a = 1 AND b = 2 GROUP BY a, c",
        "1 2 6 1 6 | 1 2 12 1 12"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a = 1 AND b = 2 GROUP BY c",
        "1 2 6 1 6 | 1 2 12 1 12"),
      .gives(
        "SELECT a, b, c, d FROM k.t WHERE a = 1 AND token(a) = token(1) GROUP BY b, c",
        "1 2 1 3 | 1 2 2 6 | 1 4 2 6"),
      .refused(
        "SELECT a, b, d, count(b), max(c) FROM k.t WHERE a = 1 GROUP BY a, c",
        "Group by currently only support groups of columns following their declared order in the "
          + "PRIMARY KEY"),
      .refused(
        "SELECT a, b, d, count(b), max(c) FROM k.t WHERE a = 1 GROUP BY b, a",
        "Group by currently only support groups of columns following their declared order in the "
          + "PRIMARY KEY"),
      .refused(
        "SELECT a, b, d, count(b), max(c) FROM k.t GROUP BY a, e",
        "Group by is currently only supported on the columns of the PRIMARY KEY, got e")),
    Rule(
      "groups in reverse", source, after: rows,
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a = 1 GROUP BY a, b, c "
          + "ORDER BY b DESC, c DESC", "1 4 24 2 24 | 1 2 12 1 12 | 1 2 6 1 6"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a = 1 GROUP BY a, b, c "
          + "ORDER BY b DESC, c DESC PER PARTITION LIMIT 1", "1 4 24 2 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a = 1 GROUP BY a, b, c "
          + "ORDER BY b DESC, c DESC LIMIT 2", "1 4 24 2 24 | 1 2 12 1 12"),
      .refused(
        "SELECT a, b, c, count(b), max(e) FROM k.t GROUP BY a, b ORDER BY b DESC, c DESC",
        "ORDER BY is only supported when the partition key is restricted by an EQ or an IN.")),
    Rule(
      "groups of several partitions", source, after: rows,
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a IN (1, 2, 4) GROUP BY a, b, c",
        "1 2 6 1 6 | 1 2 12 1 12 | 1 4 12 2 24 | 2 2 6 1 6 | 2 4 12 1 12 | 4 8 24 1 24"),
      .gives(
        "SELECT a, b, e, count(b), max(e) FROM k.t WHERE a IN (1, 2, 4) AND b = 2 GROUP BY a, b, c",
        "1 2 6 1 6 | 1 2 12 1 12 | 2 2 6 1 6"),
      .gives(
        "SELECT a, b, c, count(b), max(e) FROM k.t WHERE a IN (1, 2, 4) GROUP BY a, b "
          + "ORDER BY b DESC, c DESC",
        "4 8 2 1 24 | 2 4 3 1 12 | 1 4 2 2 24 | 2 2 3 1 6 | 1 2 2 2 12"),
      .gives(
        "SELECT a, b, c, d FROM k.t WHERE a IN (1, 2, 4) GROUP BY a, b, c ORDER BY b DESC, c DESC",
        "4 8 2 12 | 2 4 3 6 | 1 4 2 12 | 2 2 3 3 | 1 2 2 6 | 1 2 1 3")),
    Rule(
      "a part of the partition key is no group", source,
      .run("CREATE TABLE k.p (a int, b int, c int, d int, e int, PRIMARY KEY ((a, b), c, d))"),
      .run("INSERT INTO k.p (a, b, c, d, e) VALUES (1, 1, 1, 1, 2)"),
      .refused(
        "SELECT a, b, max(d) FROM k.p GROUP BY a",
        "Group by is not supported on only a part of the partition key"),
      .refused(
        "SELECT a, b, max(d) FROM k.p GROUP BY b",
        "Group by currently only support groups of columns following their declared order in the "
          + "PRIMARY KEY"),
      .gives("SELECT a, b, max(d) FROM k.p WHERE a = 1 AND b = 1 GROUP BY b", "1 1 1")),
  ]

  static let aggregates: [Rule] = [
    Rule(
      "no row is one group", "cql3.functions.AggregateFcts",
      .run("CREATE TABLE k.n (a int PRIMARY KEY, b double, c varint, d decimal, t text)"),
      .gives(
        "SELECT count(*), count(b), min(b), max(t), sum(b), avg(c) FROM k.n", "0 0 null null 0.0 0"),
      .gives("SELECT sum(d), avg(d), sum(a), avg(a), b, count(1) FROM k.n", "0 0 0 0 null 0"),
      .gives("SELECT a, count(*) FROM k.n GROUP BY a", ""),
      .gives("SELECT count(*) FROM k.n LIMIT 5", "0")),
    Rule(
      "sums wrap around, averages do not", "cql3.validation.operations.AggregationTest",
      .run(
        "CREATE TABLE k.n (a int, i tinyint, s smallint, v int, l bigint, PRIMARY KEY (a, v))"),
      .run("INSERT INTO k.n (a, i, s, v, l) VALUES (1, 127, 32767, 1, 9223372036854775807)"),
      .run("INSERT INTO k.n (a, i, s, v, l) VALUES (1, 1, 1, 2, 9223372036854775807)"),
      .gives("SELECT sum(i), sum(s), sum(v), sum(l) FROM k.n", "-128 -32768 3 -2"),
      .gives("SELECT avg(i), avg(s), avg(v), avg(l) FROM k.n", "64 16384 1 9223372036854775807")),
    Rule(
      "averages of reals and numbers of any size", "cql3.functions.AggregateFcts",
      .run(
        "CREATE TABLE k.n (a int, c int, f float, d double, v varint, m decimal, PRIMARY KEY (a, c))"
      ),
      .run(
        "INSERT INTO k.n (a, c, f, d, v, m) VALUES (1, 1, 1.5, 1e308, 100000000000000000000, 1.25)"),
      .run("INSERT INTO k.n (a, c, f, d, v, m) VALUES (1, 2, 2.5, 1e308, 1, 2.5)"),
      .run("INSERT INTO k.n (a, c) VALUES (1, 3)"),
      .gives(
        "SELECT sum(f), avg(f), avg(d), sum(v), avg(v), sum(m), avg(m) FROM k.n",
        "4.0 2.0 1e+308 100000000000000000001 50000000000000000000 3.75 1.88"),
      .gives(
        "SELECT count(f), count(*), count(1), min(m), max(v) FROM k.n",
        "2 3 3 1.25 100000000000000000000"),
      // Here nothing is left out of a sum: what would take gigabytes is an error, as with +.
      .run("INSERT INTO k.n (a, c, m) VALUES (1, 4, 1e70000)"),
      .fails("SELECT sum(m) FROM k.n", "the function 'sum(decimal)' failed: Overflow"),
      .fails("SELECT avg(m) FROM k.n", "the function 'avg(decimal)' failed: Overflow")),
    Rule(
      "columns beside an aggregate are the first row's",
      "cql3.validation.operations.AggregationTest",
      .run("CREATE TABLE k.n (a int, b int, c text, PRIMARY KEY (a, b))"),
      .run("INSERT INTO k.n (a, b, c) VALUES (1, 1, 'x')"),
      .run("INSERT INTO k.n (a, b, c) VALUES (1, 2, 'y')"),
      .gives("SELECT b, c, max(b), count(*) FROM k.n", "1 x 2 2"),
      .gives("SELECT b + max(b), toJson(c) FROM k.n", "3 \"x\""),
      .gives("SELECT count(b) + 1, max(b) - min(b) FROM k.n", "3 1"),
      .gives("SELECT max(b + 1), sum(b * 2), max(c) FROM k.n", "3 6 y"),
      .names(
        "SELECT count(*), count(1), count(b), max(c) AS m, sum(b), avg(b) FROM k.n",
        "count; count; system.count(b); m; system.sum(b); system.avg(b)"),
      .refused(
        "SELECT max(min(b)) FROM k.n",
        "aggregate functions cannot be used as arguments of aggregate functions"),
      .refused(
        "SELECT count(*) FROM k.n PER PARTITION LIMIT 1",
        "PER PARTITION LIMIT is not allowed with aggregate queries.")),
  ]
}

import CQL
import Testing

@Suite struct StatementTests {
  @Test(arguments: [
    // What is written, and how the same statement prints.
    ("select * from T", "SELECT * FROM t"),
    ("SELECT a, \"B\" AS x FROM ks.t;", "SELECT a, \"B\" AS x FROM ks.t"),
    ("SELECT json FROM t", "SELECT \"json\" FROM t"),
    ("SELECT JSON json, distinct FROM t", "SELECT JSON \"json\", \"distinct\" FROM t"),
    ("SELECT count(1), COUNT( * ) FROM t", "SELECT count(*), count(*) FROM t"),
    (
      "SELECT WRITETIME(a), ttl(b), token(a,b), CAST(c AS text), toJson(d) AS m FROM t",
      "SELECT writetime(a), ttl(b), token(a, b), CAST(c AS text), tojson(d) AS m FROM t"
    ),
    (
      "SELECT * FROM t WHERE a=1 AND (b,c)>=(1,'x') AND TOKEN(a) > -5 AND d CONTAINS KEY 'k'",
      "SELECT * FROM t WHERE a = 1 AND (b, c) >= (1, 'x') AND token(a) > -5"
        + " AND d CONTAINS KEY 'k'"
    ),
    (
      "SELECT * FROM t WHERE (a=1) AND m['k'] = 2 AND (r1, r2) IN ((?,?)) AND z IN :zs",
      "SELECT * FROM t WHERE a = 1 AND m['k'] = 2 AND (r1, r2) IN ((?, ?)) AND z IN :zs"
    ),
    (
      "SELECT a FROM t GROUP BY a, b ORDER BY b DESC, c PER PARTITION LIMIT 2 LIMIT ?"
        + " ALLOW FILTERING",
      "SELECT a FROM t GROUP BY a, b ORDER BY b DESC, c ASC PER PARTITION LIMIT 2 LIMIT ?"
        + " ALLOW FILTERING"
    ),
    (
      "UPDATE t SET c += 1, d -= {1}, e = e -1, f = [1] + f, g[0] = 2, h.i = 3 WHERE a = 1",
      "UPDATE t SET c = c + 1, d = d - {1}, e = e + -1, f = [1] + f, g[0] = 2, h.i = 3"
        + " WHERE a = 1"
    ),
    (
      "DELETE m['a'], c, u.f FROM t USING TIMESTAMP 5 WHERE a > 1 AND a <= 2 IF b != 3",
      "DELETE m['a'], c, u.f FROM t USING TIMESTAMP 5 WHERE a > 1 AND a <= 2 IF b != 3"
    ),
    ("DELETE FROM t WHERE a = 1 IF EXISTS", "DELETE FROM t WHERE a = 1 IF EXISTS"),
    ("UPDATE t SET a=1 WHERE b=2 IF exists = 1", "UPDATE t SET a = 1 WHERE b = 2 IF exists = 1"),
    (
      "INSERT INTO t(a) VALUES ($$it's$$) IF NOT EXISTS USING TTL 1 AND TIMESTAMP 2",
      "INSERT INTO t (a) VALUES ('it''s') IF NOT EXISTS USING TTL 1 AND TIMESTAMP 2"
    ),
    (
      "BEGIN UNLOGGED BATCH USING TIMESTAMP 1 INSERT INTO t(a) VALUES(1) DELETE FROM t"
        + " WHERE a=2; APPLY BATCH;",
      "BEGIN UNLOGGED BATCH USING TIMESTAMP 1\n  INSERT INTO t (a) VALUES (1);\n"
        + "  DELETE FROM t WHERE a = 2;\nAPPLY BATCH"
    ),
    ("TRUNCATE t", "TRUNCATE TABLE t"),
    ("DESC KEYSPACE", "DESCRIBE KEYSPACE"),
    ("describe full schema", "DESCRIBE FULL SCHEMA"),
    ("desc ks.t", "DESCRIBE ks.t"),
    ("DROP columnfamily if exists a.b", "DROP TABLE IF EXISTS a.b"),
    ("CREATE INDEX ON t (KEYS(m))", "CREATE INDEX ON t (keys(m))"),
    ("CREATE INDEX i ON t (keys)", "CREATE INDEX i ON t (keys)"),
    (
      "CREATE SCHEMA IF NOT EXISTS k WITH replication = {'class':'S', 'rf' : 1} AND w = true",
      "CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'S', 'rf': 1} AND w = true"
    ),
    ("/* a */ USE -- b\n k // c", "USE k"),
    ("\u{FEFF}USE k;;", "USE k"),
  ])
  func `is read as`(text: String, printed: String) {
    #expect(outcome(text) == printed)
  }

  @Test(arguments: [
    ("1", Term.integer("1")), ("-1", .integer("-1")), ("- 1", .negation(.integer("1"))),
    ("123456789012345678901234567890", .integer("123456789012345678901234567890")),
    ("1.5", .decimal("1.5")), ("1e-9", .decimal("1e-9")), ("nan", .decimal("NaN")),
    ("-infinity", .decimal("-Infinity")), ("0xCAfe", .blob([0xCA, 0xFE])), ("0X", .blob([])),
    ("1h30m", .duration("1h30m")), ("-1MO2us", .duration("-1MO2us")), ("P2W", .duration("P2W")),
    ("P1Y2M3DT4H5M6S", .duration("P1Y2M3DT4H5M6S")),
    ("P0001-02-03T04:05:06", .duration("P0001-02-03T04:05:06")),
    ("1e2d3c4b-0000-1000-8000-00805f9b34fb", .uuid("1e2d3c4b-0000-1000-8000-00805f9b34fb")),
    ("abcdefab-0000-1000-8000-00805f9b34fb", .uuid("abcdefab-0000-1000-8000-00805f9b34fb")),
    ("'it''s'", .string("it's")), ("$$it's$$", .string("it's")), ("''", .string("")),
    ("TRUE", .boolean(true)), ("Null", .null), ("?", .marker(index: 0, name: nil)),
    (":Name", .marker(index: 0, name: "name")), (":\"Name\"", .marker(index: 0, name: "Name")),
    ("[]", .list([])), ("{}", .map([])), ("{1}", .set([.integer("1")])),
    (
      "{:a::b, ?:?}",
      .map([
        MapEntry(key: .marker(index: 0, name: "a"), value: .marker(index: 1, name: "b")),
        MapEntry(key: .marker(index: 2, name: nil), value: .marker(index: 3, name: nil)),
      ])
    ),
    ("(1, null)", .tuple([.integer("1"), .null])), ("(int) 1", .cast(.native(.int), .integer("1"))),
    ("(set<int>) {}", .cast(.set(.native(.int)), .map([]))),
    (
      "((text) ?)",
      .tuple([.cast(.native(.text), .marker(index: 0, name: nil))])
    ),
    ("now()", .function(keyspace: nil, name: "now", arguments: [])),
    (
      "ks.\"F\"(token(1))",
      .function(
        keyspace: "ks", name: "F",
        arguments: [.function(keyspace: nil, name: "token", arguments: [.integer("1")])])
    ),
  ])
  func `a term is read as`(text: String, term: Term) throws {
    let statement = try CQLParser.parse("INSERT INTO t (a) VALUES (\(text))")
    #expect(
      statement
        == .insert(
          Insert(
            table: TableName(table: "t"), columns: ["a"], values: [term], ifNotExists: false,
            using: Using())))
  }

  @Test func `markers are numbered through a batch`() throws {
    let batch = try CQLParser.parse(
      "BEGIN BATCH DELETE FROM t WHERE a = ?; DELETE FROM t WHERE a = :x; APPLY BATCH")
    guard case .batch(let batch) = batch, case .delete(let last) = batch.statements.last else {
      Issue.record("no batch")
      return
    }
    #expect(last.relations == [.column("a", .equal, .marker(index: 1, name: "x"))])
  }

  @Test(arguments: [
    "CREATE TABLE t (a int PRIMARY KEY, b int)", "CREATE TABLE t (a int, b int, PRIMARY KEY (a))",
    "CREATE TABLE t (a int, b int, PRIMARY KEY ((a)))", "CREATE TABLE t (PRIMARY KEY (a), a int)",
  ])
  func `a primary key of one column may be written in several ways`(text: String) throws {
    guard case .createTable(let table) = try CQLParser.parse(text) else {
      Issue.record("no table")
      return
    }
    #expect(table.partitionKey == ["a"])
    #expect(table.clusteringKey.isEmpty)
  }
}

/// The statement printed, or its error.
func outcome(_ text: String) -> String {
  do {
    return try CQLParser.parse(text).cql
  } catch {
    return error.description
  }
}

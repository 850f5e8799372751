/// Statements of every kind, all of which work in the tables that `definitions` make.
enum HostileStatements {
  static let definitions = [
    "CREATE KEYSPACE IF NOT EXISTS k \(oneReplica)",
    "CREATE TYPE IF NOT EXISTS k.name (first text, last text)",
    "CREATE TYPE IF NOT EXISTS k.person (name frozen<name>, tags frozen<set<text>>, at inet)",
    "CREATE TABLE IF NOT EXISTS k.t (a int, b text, c int, s int static, v int, x text, "
      + "PRIMARY KEY (a, b, c)) WITH CLUSTERING ORDER BY (b ASC, c DESC)",
    "CREATE TABLE IF NOT EXISTS k.p (a int, b int, c int, d int, v text, "
      + "PRIMARY KEY ((a, b), c, d))",
    "CREATE TABLE IF NOT EXISTS k.c (id int PRIMARY KEY, l list<int>, st set<text>, "
      + "m map<text, int>, f frozen<list<frozen<set<int>>>>, "
      + "tu frozen<tuple<int, text, frozen<list<int>>>>, u frozen<person>, w person)",
    "CREATE TABLE IF NOT EXISTS k.n (id int, c int, n counter, o counter, PRIMARY KEY (id, c))",
    "CREATE TABLE IF NOT EXISTS k.y (id int PRIMARY KEY, a ascii, bi bigint, bl blob, bo boolean, "
      + "da date, de decimal, dou double, du duration, fl float, ip inet, i int, sm smallint, "
      + "te text, ti time, ts timestamp, tu timeuuid, ty tinyint, uu uuid, vi varint)",
    "CREATE INDEX IF NOT EXISTS t_v ON k.t (v)",
    "CREATE INDEX IF NOT EXISTS c_m ON k.c (ENTRIES(m))",
  ]

  static let all = selects + writes + batches + schema

  private static let selects = [
    "SELECT * FROM k.t",
    "SELECT a, b AS bee, s, writetime(v), ttl(v), count(*) FROM k.t WHERE a = 1",
    "SELECT DISTINCT a, s FROM k.t WHERE token(a) >= -9223372036854775808 LIMIT 10",
    "SELECT * FROM k.t WHERE a = 1 AND b = 'x' AND c > 2 ORDER BY b ASC, c DESC LIMIT 3",
    "SELECT * FROM k.t WHERE a = 1 AND (b, c) >= ('a', 1) ORDER BY b DESC, c ASC",
    "SELECT * FROM k.t WHERE a IN (1, 2, 3) AND b IN ('x', 'y') AND c IN (1, 2)",
    "SELECT * FROM k.t WHERE a = 1 AND (b, c) IN (('x', 1), ('y', 2))",
    "SELECT * FROM k.t WHERE v = 7",
    "SELECT * FROM k.t WHERE v > 3 AND x = 'q' AND s < 9 ALLOW FILTERING",
    "SELECT a, max(v), min(c), avg(v), sum(v), count(v) FROM k.t GROUP BY a, b "
      + "PER PARTITION LIMIT 2 ALLOW FILTERING",
    "SELECT JSON a, b, toJson(v) AS j FROM k.t WHERE a = 1 LIMIT 1",
    "SELECT cast(v AS text), cast(c AS double), (bigint)5, token(a), a + c * 2 - v % 3 FROM k.t",
    "SELECT l, m['a'], st, f, tu, u, u.name, u.name.first, w FROM k.c WHERE id = 1",
    "SELECT m['a'..'b'], st['x'] FROM k.c WHERE id IN (1, 2)",
    "SELECT * FROM k.c WHERE m['a'] = 1",
    "SELECT * FROM k.c WHERE l CONTAINS 1 AND m CONTAINS KEY 'a' ALLOW FILTERING",
    "SELECT [a, c], {a, c}, (a, b), (map<text, int>){'a': v} FROM k.t WHERE a = 1",
    "SELECT now(), uuid(), toTimestamp(now()), currentDate() FROM k.t LIMIT 1",
    "SELECT minTimeuuid('2020-01-01 00:00+0000'), dateOf(now()), toUnixTimestamp(now()) "
      + "FROM k.t LIMIT 1",
    "SELECT blobAsInt(intAsBlob(v)), textAsBlob(x), varintAsBlob(5) FROM k.t",
    "SELECT * FROM k.p WHERE a = 1 AND b = 2 AND c = 3 AND d >= -5",
    "SELECT n, o FROM k.n WHERE id = 1 AND c = 1",
    "SELECT * FROM k.y WHERE id = 1",
    "SELECT ts + 2d, da - 1mo, de * 2, vi / 3, -i, fl % 2.5, dou + 1e3 FROM k.y",
    "SELECT keyspace_name, durable_writes FROM system_schema.keyspaces",
    "SELECT table_name, column_name, type FROM system_schema.columns WHERE keyspace_name = 'k'",
    "SELECT key, cluster_name, tokens FROM system.local WHERE key = 'local'",
    "SELECT peer FROM system.peers",
    "SELECT * FROM k.c WHERE f = fromJson('[[1]]') ALLOW FILTERING",
  ]

  private static let writes = [
    "INSERT INTO k.t (a, b, c, v, x) VALUES (1, 'x', 2, 3, 'it''s')",
    "INSERT INTO k.t (a, b, c, s, v) VALUES (1, $$y$$, 2, 4, 5) USING TTL 100 AND TIMESTAMP 1000",
    "INSERT INTO k.t (a, s) VALUES (1, 9)",
    "INSERT INTO k.t (a, b, c, v) VALUES (2, 'x', 1, 7) IF NOT EXISTS",
    "INSERT INTO k.t JSON '{\"a\": 3, \"b\": \"j\", \"c\": 1, \"v\": null}' DEFAULT UNSET",
    "INSERT INTO k.p (a, b, c, d, v) VALUES (1 + 1, 2 * 3, -4, 5 % 3, null)",
    "INSERT INTO k.c (id, l, st, m) VALUES (1, [1, 2, 3], {'x', 'y'}, {'a': 1, 'b': 2})",
    "INSERT INTO k.c (id, f, tu) VALUES (2, [{1, 2}, {3}], (1, 'one', [1, 2]))",
    "INSERT INTO k.c (id, u, w) VALUES (1, {name: {first: 'a', last: 'b'}, tags: {'t'}, "
      + "at: '127.0.0.1'}, {tags: {'u'}})",
    "INSERT INTO k.c JSON '{\"id\": 4, \"l\": [1], \"m\": {\"k\": 2}, \"f\": [[1], [2]], "
      + "\"u\": {\"name\": {\"first\": \"x\"}, \"tags\": [\"y\"]}}'",
    "INSERT INTO k.c (id, l) VALUES (5, fromJson('[1, 2, 3]'))",
    "INSERT INTO k.y (id, a, bi, bl, bo, da, de, dou) VALUES (1, 'ascii', 9223372036854775807, "
      + "0xdeadbeef, true, '2020-02-29', 1.5e10, -Infinity)",
    "INSERT INTO k.y (id, du, fl, ip, i, sm, te) VALUES (1, 1y2mo3w4d5h6m7s8ms9us10ns, NaN, "
      + "'::1', -2147483648, 32767, 'é')",
    "INSERT INTO k.y (id, ti, ts, tu, ty, uu, vi) VALUES (1, '10:11:12.123456789', "
      + "'2020-01-01T00:00:00.000+0100', now(), -128, 123e4567-e89b-12d3-a456-426614174000, "
      + "123456789012345678901234567890)",
    "UPDATE k.t USING TTL 60 AND TIMESTAMP 5 SET v = 1, x = null WHERE a = 1 AND b = 'x' AND c = 2",
    "UPDATE k.t SET s = 5 WHERE a = 1",
    "UPDATE k.t SET v = 6 WHERE a = 1 AND b = 'x' AND c = 2 IF v = 1 AND s IN (5, 6)",
    "UPDATE k.t SET v = 7 WHERE a IN (1, 2) AND b = 'x' AND c IN (1, 2)",
    "UPDATE k.t SET v = 8 WHERE a = 1 AND b = 'x' AND c = 2 IF EXISTS",
    "UPDATE k.c SET l = l + [4], st = st - {'x'}, m['z'] = 26 WHERE id = 1",
    "UPDATE k.c SET l = [0] + l, m = m + {'q': 1}, w.tags = {'v'} WHERE id = 1",
    "UPDATE k.c SET l[0] = 9, m = m - {'a'}, st = {} WHERE id = 1",
    "UPDATE k.c SET l += [5], st += {'w'}, m -= {'b'} WHERE id = 1 IF l[0] = 9",
    "UPDATE k.n SET n = n + 1, o -= 5 WHERE id = 1 AND c = 1",
    "DELETE FROM k.t WHERE a = 9",
    "DELETE v, x FROM k.t USING TIMESTAMP 7 WHERE a = 1 AND b = 'x' AND c = 2",
    "DELETE FROM k.t WHERE a = 1 AND b > 'm'",
    "DELETE FROM k.p WHERE a = 1 AND b IN (1, 2) AND c = 3 AND d < 5",
    "DELETE l[0], m['a'], st FROM k.c WHERE id = 1",
    "DELETE FROM k.t WHERE a = 2 AND b = 'x' AND c = 1 IF v = 7",
    "DELETE FROM k.n WHERE id = 9",
    "TRUNCATE TABLE k.p",
    "TRUNCATE k.n",
  ]

  private static let batches = [
    "BEGIN BATCH INSERT INTO k.t (a, b, c) VALUES (5, 'b', 1); UPDATE k.c SET l = [1] WHERE id = 6;"
      + " DELETE FROM k.t WHERE a = 6; APPLY BATCH",
    "BEGIN UNLOGGED BATCH USING TIMESTAMP 9 INSERT INTO k.t (a, b, c) VALUES (5, 'b', 2) "
      + "APPLY BATCH",
    "BEGIN COUNTER BATCH UPDATE k.n SET n = n + 2 WHERE id = 1 AND c = 2; APPLY BATCH",
    "BEGIN BATCH UPDATE k.t SET v = 1 WHERE a = 5 AND b = 'b' AND c = 1 IF v = null; "
      + "INSERT INTO k.t (a, b, c) VALUES (5, 'b', 7) IF NOT EXISTS; APPLY BATCH",
  ]

  private static let schema = [
    "CREATE KEYSPACE IF NOT EXISTS k2 WITH replication = {'class': 'SimpleStrategy', "
      + "'replication_factor': 1} AND durable_writes = false",
    "ALTER KEYSPACE k2 WITH durable_writes = true",
    "CREATE TABLE IF NOT EXISTS k2.t (a int, b timeuuid, c map<text, frozen<list<int>>>, "
      + "PRIMARY KEY ((a), b)) WITH CLUSTERING ORDER BY (b DESC) AND comment = 'x' "
      + "AND gc_grace_seconds = 5 AND compaction = {'class': 'SizeTieredCompactionStrategy'}",
    "ALTER TABLE k2.t ADD (d int, e text)",
    "ALTER TABLE k2.t DROP d",
    "ALTER TABLE k2.t RENAME b TO bb",
    "ALTER TABLE k2.t WITH comment = 'y' AND default_time_to_live = 60",
    "CREATE TYPE IF NOT EXISTS k2.u (a int, b frozen<tuple<int, text>>)",
    "ALTER TYPE k2.u ADD c list<int>",
    "ALTER TYPE k2.u RENAME a TO aa",
    "CREATE INDEX IF NOT EXISTS i2 ON k2.t (KEYS(c))",
    "DROP INDEX IF EXISTS k2.i2",
    "DROP TYPE IF EXISTS k2.u",
    "DROP TABLE IF EXISTS k2.t",
    "DROP KEYSPACE IF EXISTS k2",
    "USE k",
    "DESCRIBE KEYSPACES",
    "DESCRIBE TABLE k.t",
    "DESCRIBE FULL SCHEMA",
    "DESCRIBE KEYSPACE k WITH INTERNALS",
    "DESC CLUSTER",
  ]
}

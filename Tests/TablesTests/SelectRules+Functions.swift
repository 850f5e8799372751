extension Rule {
  private static let times: [Step] = [
    .run("CREATE TABLE k.t (k int PRIMARY KEY, u timeuuid, t timestamp, d date, x text, b blob)"),
    .run(
      "INSERT INTO k.t (k, u, t, d, x, b) VALUES (1, 12d0a300-ff4a-11e4-8080-808080808080,"
        + " '2015-05-21 11:03:02+0000', '2015-05-21', 'hi', 0x00000007)"),
  ]

  private init(_ name: String, _ source: String, after rows: [Step], _ steps: Step...) {
    self.name = name
    self.source = source
    self.steps = rows + steps
  }

  static let functions: [Rule] = [
    Rule(
      "times become other times", "cql3.functions.TimeFcts", after: times,
      .gives(
        "SELECT toDate(t), toTimestamp(d), toUnixTimestamp(t), toUnixTimestamp(d) FROM k.t",
        "2015-05-21 2015-05-21 00:00:00.000000+0000 1432206182000 1432166400000"),
      .gives(
        "SELECT toTimestamp(u) FROM k.t WHERE u = mintimeuuid('2015-05-21 00:00+0000') ALLOW FILTERING",
        ""),
      .gives(
        "SELECT dateOf(minTimeuuid('2015-05-21 11:03:02+0000')), unixTimestampOf(maxTimeuuid('2015-05-21 11:03:02.001+0000')) FROM k.t",
        "2015-05-21 11:03:02.000000+0000 1432206182001"),
      .gives(
        "SELECT minTimeuuid('1970-01-01 00:00:00+0000'), maxTimeuuid(0) FROM k.t",
        "13814000-1dd2-11b2-8080-808080808080 1381670f-1dd2-11b2-7f7f-7f7f7f7f7f7f"),
      .gives(
        "SELECT toDate(minTimeuuid(t)), toUnixTimestamp(minTimeuuid(t)) FROM k.t",
        "2015-05-21 1432206182000"),
      .names(
        "SELECT toDate(t), dateOf(u), toUnixTimestamp(d) FROM k.t",
        "system.todate(t); system.dateof(u); system.tounixtimestamp(d)"),
      .refused(
        "SELECT toDate(x) FROM k.t",
        "Invalid call to function system.todate, none of its type signatures match (known type "
          + "signatures: system.todate : (timeuuid) -> date, system.todate : (timestamp) -> date)"),
      .refused(
        "SELECT dateOf(x) FROM k.t",
        "Type error: x cannot be passed as argument 0 of function system.dateof of type timeuuid"),
      .refused(
        "SELECT now(k) FROM k.t",
        "Invalid number of arguments in call to function system.now: 0 required but 1 provided"),
      .refused("SELECT nope(k) FROM k.t", "Unknown function 'nope'"),
      .refused("SELECT k.nope(k) FROM k.t", "Unknown function 'k.nope'")),
    Rule(
      "the clock is read", "cql3.functions.TimeFcts", after: times,
      .gives(
        "SELECT currentTimestamp(), currentDate(), currentTime() FROM k.t",
        "2025-10-09 08:53:20.000000+0000 2025-10-09 08:53:20.000000000"),
      .gives("SELECT k FROM k.t WHERE k = 1 AND t < currentTimestamp() ALLOW FILTERING", "1"),
      .gives("SELECT k FROM k.t WHERE k = 1 AND d > currentDate() ALLOW FILTERING", "")),
    Rule(
      "blobs", "cql3.functions.BytesConversionFcts", after: times,
      .gives(
        "SELECT intAsBlob(k), blobAsInt(b), textAsBlob(x), blobAsText(textAsBlob(x)) FROM k.t",
        "0x00000001 7 0x6869 hi"),
      .gives(
        "SELECT bigintAsBlob(3), varcharAsBlob('a'), booleanAsBlob(true) FROM k.t",
        "0x0000000000000003 0x61 0x01"),
      .gives(
        "SELECT blobAsDouble(doubleAsBlob(1.5)), blobAsInet(inetAsBlob('127.0.0.1')) FROM k.t",
        "1.5 127.0.0.1"),
      .refused(
        "SELECT blobAsBigint(b) FROM k.t",
        "In call to function system.blobasbigint, value 0x00000007 is not a valid binary "
          + "representation for type bigint"),
      // A blob reads any value.
      .gives("SELECT blobAsInt(k) FROM k.t", "1"),
      .gives("SELECT k FROM k.t WHERE k = blobAsInt(0x00000001)", "1")),
    Rule(
      "JSON", "cql3.functions.ToJsonFct",
      .run("CREATE TYPE k.u (a int, \"B\" text)"),
      .run(
        "CREATE TABLE k.j (k int PRIMARY KEY, l frozen<list<text>>, m frozen<map<int, boolean>>, \"Up\" double, u frozen<u>)"
      ),
      .run(
        "INSERT INTO k.j (k, l, m, \"Up\", u) VALUES (1, ['a', 'b\"'], {1: true}, 1e20, {a: 1, \"B\": 'x'})"
      ),
      .gives(
        "SELECT toJson(k), toJson(l), toJson(m), toJson(\"Up\"), toJson(u) FROM k.j",
        #"1 ["a", "b\""] {"1": true} 1.0E20 {"a": 1, "\"B\"": "x"}"#),
      .gives("SELECT JSON k, \"Up\" FROM k.j", #"{"k": 1, "\"Up\"": 1.0E20}"#),
      .gives("SELECT JSON k AS \"A\", count(*) FROM k.j", #"{"\"A\"": 1, "count": 1}"#),
      .gives("SELECT JSON * FROM k.j WHERE k = 2", ""),
      .names("SELECT JSON * FROM k.j", "[json]"),
      .refused(
        "SELECT fromJson('1') FROM k.j",
        "fromJson() cannot be used in the selection clause of a SELECT statement"),
      .gives("SELECT k FROM k.j WHERE k = fromJson('1')", "1"),
      .gives("SELECT k FROM k.j WHERE l = fromJson('[\"a\", \"b\\\"\"]') ALLOW FILTERING", "1")),
    Rule(
      "writetime and ttl", "cql3.selection.WritetimeOrTTLSelector",
      .run("CREATE TABLE k.w (k int PRIMARY KEY, v int, f frozen<list<int>>, l list<int>)"),
      .run("INSERT INTO k.w (k, v) VALUES (1, 2) USING TIMESTAMP 1000 AND TTL 100"),
      .gives("SELECT writetime(v), ttl(v), writetime(f), ttl(f) FROM k.w", "1000 100 null null"),
      .names("SELECT writetime(v), ttl(v), WRITETIME(v) AS w FROM k.w", "writetime(v); ttl(v); w"),
      .gives("SELECT max(writetime(v)), min(ttl(v)) FROM k.w", "1000 100"),
      .refused(
        "SELECT writetime(k) FROM k.w",
        "Cannot use selection function writeTime on PRIMARY KEY part k"),
      .refused(
        "SELECT ttl(l) FROM k.w",
        "Cannot use selection function ttl on non-frozen collection l")),
  ]

  private static let numbers: [Step] = [
    .run(
      "CREATE TABLE k.n (k int PRIMARY KEY, a tinyint, b smallint, c int, d bigint, e float, "
        + "f double, g decimal, h varint, t timestamp, y date, s text)"),
    .run(
      "INSERT INTO k.n (k, a, b, c, d, e, f, g, h, t, y, s) VALUES (1, 1, 2, 3, 4, 5.5, 6.5, 7.5, "
        + "8, '2016-10-30 02:00:00+0000', '2016-01-31', 'x')"),
  ]

  static let arithmetic: [Rule] = [
    Rule(
      "the wider type wins", "cql3.functions.OperationFctsTest", after: numbers,
      .gives(
        "SELECT a + a, a + b, a + c, a + d, a + e, a + f, a + g, a + h FROM k.n",
        "2 3 4 5 6.5 7.5 8.5 9"),
      .gives(
        "SELECT d * e, c * e, h * e, h * d, g * f, b * e FROM k.n",
        "22.0 16.5 44.0 32 48.75 11.0"),
      .gives("SELECT c - d, c / b, c % b, f / b, g / c, h / c FROM k.n", "-1 1 1 3.25 2.5 2"),
      .gives(
        "SELECT c + 1, 1 + c, c + 1.5, a + 1, d + 1, h + 1, -c, - c + 10 FROM k.n",
        "4 4 4.5 2 5 9 -3 7"),
      .gives("SELECT c + c * 2, (c + c) * 2, c - 1 - 1, 12 / c / 2 FROM k.n", "9 12 1 2"),
      .names(
        "SELECT c + 1, -c, a + b * c, (a + b) * c, c % 2 FROM k.n",
        "c + 1; -c; a + b * c; (a + b) * c; c % 2")),
    Rule(
      "integers wrap around and are not divided by zero", "cql3.functions.OperationFctsTest",
      after: numbers,
      .gives(
        "SELECT c + 2147483647, d + 9223372036854775807, c * 1000000000 FROM k.n",
        "-2147483646 -9223372036854775805 -1294967296"),
      .fails("SELECT c / 0 FROM k.n", "the operation 'int / int' failed: / by zero"),
      .fails(
        "SELECT h % 0 FROM k.n", "the operation 'varint % int' failed: BigInteger divide by zero"),
      .gives("SELECT f / 0, e / 0 FROM k.n", "Infinity Infinity")),
    Rule(
      "decimals keep 32 digits of a quotient", "db.marshal.DecimalType", after: numbers,
      .gives(
        "SELECT g / 7, h / g FROM k.n",
        "1.07142857142857142857142857142857 1.06666666666666666666666666666667"),
      .gives("SELECT g * 2, g + h, g % 2, g - 0.5 FROM k.n", "15.0 15.5 1.5 7.0")),
    Rule(
      "durations move times", "cql3.functions.OperationFctsTest", after: numbers,
      .gives(
        "SELECT t + 1d, t - 2h, t + 1mo, y + 1mo, y - 1d FROM k.n",
        "2016-10-31 02:00:00.000000+0000 2016-10-30 00:00:00.000000+0000 "
          + "2016-11-30 02:00:00.000000+0000 2016-02-29 2016-01-30"),
      .fails(
        "SELECT y + 1h FROM k.n",
        "the operation 'date + duration' failed: The duration must have a day precision. Was: 1h"),
      .refused(
        "SELECT s + 1 FROM k.n",
        "the '+' operation is not supported between s and 1"),
      .refused(
        "SELECT t * 2 FROM k.n",
        "Ambiguous '*' operation with args t and 2: use type hint to disambiguate, example '(int) ?'"
      ),
      .refused(
        "SELECT c + ? FROM k.n",
        "Ambiguous '+' operation with args c and ?: use type hint to disambiguate, example '(int) ?'"
      )),
    Rule(
      "nulls stay null", "cql3.functions.OperationFctsTest", after: numbers,
      .run("INSERT INTO k.n (k) VALUES (2)"),
      .gives(
        "SELECT c + 1, -d, t + 1d, CAST(c AS text) FROM k.n WHERE k = 2", "null null null null")),
    Rule(
      "arithmetic in WHERE and in values", "cql3.functions.OperationFctsTest", after: numbers,
      .gives("SELECT c FROM k.n WHERE k = 3 - 2", "3"),
      .gives("SELECT c FROM k.n WHERE k = 1 AND c = 1 + 2 * 1 ALLOW FILTERING", "3"),
      .gives("SELECT c FROM k.n WHERE k = 1 AND t > '2016-10-31' - 2d ALLOW FILTERING", "3"),
      .run("INSERT INTO k.n (k, c, g) VALUES (4, 2 * 3, 1.0 / 3)"),
      .gives("SELECT c, g FROM k.n WHERE k = 4", "6 0.33333333333333333333333333333333")),
  ]

  static let casts: [Rule] = [
    Rule(
      "numbers", "cql3.functions.CastFctsTest", after: numbers,
      .gives(
        "SELECT CAST(a AS int), CAST(e AS int), CAST(f AS tinyint), CAST(g AS bigint), CAST(h AS double) FROM k.n",
        "1 5 6 7 8.0"),
      .gives(
        "SELECT CAST(c AS text), CAST(e AS text), CAST(g AS ascii), CAST(h AS text) FROM k.n",
        "3 5.5 7.5 8"),
      .gives(
        "SELECT CAST(c AS decimal), CAST(f AS decimal), CAST(c AS varint), CAST(e AS varint) FROM k.n",
        "3 6.5 3 5"),
      .gives("SELECT CAST(c * 100 AS tinyint), CAST(CAST(a AS double) AS text) FROM k.n", "44 1.0"),
      .gives("SELECT CAST(c + 0.5 AS int), max(CAST(c AS double)) FROM k.n", "3 3.0"),
      .names(
        "SELECT CAST(b AS int), CAST(c AS int), CAST(d AS double) FROM k.n",
        "cast(b as int); c; cast(d as double)"),
      .refused("SELECT CAST(a AS boolean) FROM k.n", "a cannot be cast to boolean")),
    Rule(
      "times and other types", "cql3.functions.CastFctsTest",
      .run(
        "CREATE TABLE k.c (a ascii PRIMARY KEY, b timestamp, c date, d time, i inet, o boolean, u uuid)"
      ),
      .run(
        "INSERT INTO k.c (a, b, c, d, i, o, u) VALUES ('test', '2015-05-21 11:03:02+0000', '2015-05-21', '11:03:02', '127.0.0.1', true, 123e4567-e89b-12d3-a456-426655440000)"
      ),
      .gives(
        "SELECT CAST(b AS text), CAST(c AS text), CAST(d AS text) FROM k.c",
        "2015-05-21T11:03:02.000Z 2015-05-21 11:03:02.000000000"),
      .gives(
        "SELECT CAST(b AS date), CAST(c AS timestamp) FROM k.c",
        "2015-05-21 2015-05-21 00:00:00.000000+0000"),
      .gives(
        "SELECT CAST(a AS text), CAST(i AS text), CAST(o AS text), CAST(u AS ascii) FROM k.c",
        "test 127.0.0.1 true 123e4567-e89b-12d3-a456-426655440000")),
  ]
}

@testable import Tables

extension Rule {
  static let equalValues = [
    Rule(
      "a row whose decimal is equal is the same row, as it was written first",
      "db.marshal.DecimalType.compareCustom, db.rows.Rows.merge",
      .run("CREATE TABLE k.n (k int, c decimal, v int, w int, PRIMARY KEY (k, c))"),
      .run("INSERT INTO k.n (k, c, v) VALUES (1, 1.0, 1)"),
      .run("INSERT INTO k.n (k, c, w) VALUES (1, 1.00, 2)"),
      .run("UPDATE k.n SET v = 3 WHERE k = 1 AND c IN (10e-1, 1)"),
      .rows("SELECT c, v, w FROM k.n", [#"{"c": 1.0, "v": 3, "w": 2}"#]),
      .rows("SELECT c FROM k.n WHERE k = 1 AND c = 1.000", [#"{"c": 1.0}"#]),
      .rows("SELECT c FROM k.n WHERE k = 1 AND c IN (1, 1.00)", [#"{"c": 1.0}"#]),
      .rows("SELECT c FROM k.n WHERE k = 1 AND c >= 1.00 AND c <= 1", [#"{"c": 1.0}"#]),
      .rows("SELECT c FROM k.n WHERE k = 1 AND c > 1.00", []),
      .rows("SELECT c FROM k.n WHERE c = 1.00 ALLOW FILTERING", [#"{"c": 1.0}"#]),
      .rows("UPDATE k.n SET v = 4 WHERE k = 1 AND c = 1.00 IF v = 3", [#"{"[applied]": true}"#]),
      .rows(
        "INSERT INTO k.n (k, c) VALUES (1, 1) IF NOT EXISTS",
        [#"{"[applied]": false, "k": 1, "c": 1.0, "v": 4, "w": 2}"#]),
      .run("DELETE FROM k.n WHERE k = 1 AND c = 1.00"),
      .rows("SELECT * FROM k.n", [])),
    Rule(
      "the columns behind an equal decimal sort on", "db.ClusteringComparator.compare",
      .run(
        "CREATE TABLE k.n (k int, c decimal, i varint, v int, PRIMARY KEY (k, c, i))"
          + " WITH CLUSTERING ORDER BY (c DESC, i ASC)"),
      .run("INSERT INTO k.n (k, c, i, v) VALUES (1, 1.0, 5, 1)"),
      .run("INSERT INTO k.n (k, c, i, v) VALUES (1, 1.00, blobAsVarint(0x0003), 1)"),
      .run("INSERT INTO k.n (k, c, i, v) VALUES (1, 1.00, 3, 2)"),
      .run("INSERT INTO k.n (k, c, i, v) VALUES (1, -2.5E3, 4, 2)"),
      .rows(
        "SELECT c, varintAsBlob(i) AS i, v FROM k.n",
        [
          #"{"c": 1.00, "i": "0x0003", "v": 2}"#, #"{"c": 1.0, "i": "0x05", "v": 1}"#,
          #"{"c": -2.5E+3, "i": "0x04", "v": 2}"#,
        ]),
      .rows(
        "SELECT c, count(*) AS n FROM k.n GROUP BY k, c",
        [#"{"c": 1.00, "n": 2}"#, #"{"c": -2.5E+3, "n": 1}"#])),
    Rule(
      "a partition is named by the bytes of its key", "dht.Murmur3Partitioner.getToken",
      .run("CREATE TABLE k.n (k decimal PRIMARY KEY, v int)"),
      .run("INSERT INTO k.n (k, v) VALUES (1.0, 1)"),
      .rows("SELECT v FROM k.n WHERE k = 1.00", []),
      .run("INSERT INTO k.n (k, v) VALUES (1.00, 2)"),
      .rows("SELECT v FROM k.n WHERE k = 1.00", [#"{"v": 2}"#])),
    Rule(
      "columns and indexes are compared by the value", "cql3.Operator.isSatisfiedBy",
      .run("CREATE TABLE k.n (k int PRIMARY KEY, v decimal, s decimal)"),
      .run("CREATE INDEX ON k.n (v)"),
      .run("INSERT INTO k.n (k, v, s) VALUES (1, 1.0, 1.0)"),
      .rows("SELECT v FROM k.n WHERE s = 1.00 ALLOW FILTERING", [#"{"v": 1.0}"#]),
      .rows("UPDATE k.n SET s = 2 WHERE k = 1 IF v = 1.00", [#"{"[applied]": true}"#]),
      .rows("UPDATE k.n SET s = 3 WHERE k = 1 IF v IN (1.000)", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.n SET s = 4 WHERE k = 1 IF v != 1.00",
        [#"{"[applied]": false, "v": 1.0}"#])),
    Rule(
      "of equal elements the first stays, and a later write's takes its place",
      "cql3.Sets.Value.fromSerialized, cql3.Maps.Value.fromSerialized, db.rows.Cells.reconcile",
      .run(
        "CREATE TABLE k.n (k int PRIMARY KEY, s set<decimal>, f frozen<set<decimal>>,"
          + " m map<decimal, int>)"),
      .run(
        "INSERT INTO k.n (k, s, f, m)"
          + " VALUES (1, {1.00, 1.0}, {2.00, 2.0, 1}, {1.00: 1, 1.0: 2})"),
      .rows("SELECT s, f, m FROM k.n", [#"{"s": [1.00], "f": [1, 2.00], "m": {"1.00": 2}}"#]),
      .run("UPDATE k.n SET s = s + {1.000}, m[1] = 3 WHERE k = 1"),
      .rows("SELECT s, m FROM k.n", [#"{"s": [1.000], "m": {"1": 3}}"#]),
      .run("DELETE s[1.0], m[1.0] FROM k.n WHERE k = 1"),
      .rows("SELECT s, m FROM k.n", [#"{"s": null, "m": null}"#])),
    Rule(
      "a clustering column takes an empty value, the least of all",
      "serializers.Int32Serializer.validate, db.marshal.Int32Type.compareCustom",
      .run("CREATE TABLE k.n (k int, c int, d boolean, PRIMARY KEY (k, c, d))"),
      .run("INSERT INTO k.n (k, c, d) VALUES (1, -2147483648, false)"),
      .run("INSERT INTO k.n (k, c, d) VALUES (1, blobAsInt(0x), true)"),
      .run("INSERT INTO k.n (k, c, d) VALUES (1, blobAsInt(0x), blobAsBoolean(0x))"),
      .rows(
        "SELECT c, d FROM k.n",
        [
          #"{"c": "", "d": ""}"#, #"{"c": "", "d": true}"#,
          #"{"c": -2147483648, "d": false}"#,
        ]),
      .rows(
        "SELECT c, d FROM k.n WHERE k = 1 AND c = blobAsInt(0x) AND d > blobAsBoolean(0x)",
        [#"{"c": "", "d": true}"#]),
      .rows(
        "SELECT c FROM k.n WHERE k = 1 AND c > blobAsInt(0x)", [#"{"c": -2147483648}"#]),
      .run("DELETE FROM k.n WHERE k = 1 AND c < -2147483648"),
      .rows("SELECT c FROM k.n", [#"{"c": -2147483648}"#])),
    Rule(
      "a part of a partition key may be empty, but not the whole",
      "cql3.QueryProcessor.validateKey",
      .run("CREATE TABLE k.n (k int, l int, PRIMARY KEY ((k, l)))"),
      .run("INSERT INTO k.n (k, l) VALUES (blobAsInt(0x), 1)"),
      .rows("SELECT k, l FROM k.n WHERE k = blobAsInt(0x) AND l = 1", [#"{"k": "", "l": 1}"#]),
      .refused("INSERT INTO k.t (k) VALUES (blobAsInt(0x))", "Key may not be empty"),
      .refused("SELECT v FROM k.t WHERE k = blobAsInt(0x)", "Key may not be empty")),
    Rule(
      "what is no number is one value, the greatest; zeros are two",
      "db.marshal.DoubleType.compareCustom",
      .run("CREATE TABLE k.n (k int, c double, PRIMARY KEY (k, c))"),
      .run("INSERT INTO k.n (k, c) VALUES (1, NaN)"),
      .run("INSERT INTO k.n (k, c) VALUES (1, blobAsDouble(0xfff8000000000000))"),
      .run("INSERT INTO k.n (k, c) VALUES (1, 0.0)"),
      .run("INSERT INTO k.n (k, c) VALUES (1, -0.0)"),
      .run("INSERT INTO k.n (k, c) VALUES (1, Infinity)"),
      .rows("SELECT count(*) FROM k.n", [#"{"count": 4}"#]),
      .rows("SELECT count(*) FROM k.n WHERE k = 1 AND c > Infinity", [#"{"count": 1}"#]),
      .rows("SELECT c FROM k.n WHERE k = 1 AND c < 0.0", [#"{"c": -0.0}"#])),
  ]
}

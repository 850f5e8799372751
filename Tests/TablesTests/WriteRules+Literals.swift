// What may be written for a value, and the words for what may not.
extension Rule {
  static let literals = [
    Rule(
      "empty braces are a set's until a map wants them", "cql3.Sets.Literal",
      .run("INSERT INTO k.m (k, s, m) VALUES (1, {}, {})"),
      .refused(
        "INSERT INTO k.m (k, l) VALUES (1, {})", "Invalid set literal for l of type list<int>"),
      .refused(
        "INSERT INTO k.f (k, l) VALUES (1, {})",
        "Invalid set literal for l of type frozen<list<int>>"),
      .refused("INSERT INTO k.m (k, u) VALUES (1, {})", "Invalid set literal for u of type u"),
      .refused(
        "INSERT INTO k.f (k, u) VALUES (1, {})", "Invalid set literal for u of type frozen<u>")),
    Rule(
      "a type is named as the column has it", "cql3.CQL3Type.Collection.toString",
      .refused(
        "UPDATE k.m SET s = s + [1] WHERE k = 1", "Invalid list literal for s of type set<int>"),
      .refused(
        "UPDATE k.m SET m = m - {'a': 1} WHERE k = 1",
        "Invalid map literal for m of type frozen<set<text>>"),
      .refused(
        "UPDATE k.m SET l = l - 1 WHERE k = 1",
        #"Invalid INTEGER constant (1) for "l" of type list<int>"#),
      .refused(
        "UPDATE k.m SET u = (1, 'a') WHERE k = 1", "Invalid tuple type literal for u of type u"),
      .refused(
        "UPDATE k.m SET l = null WHERE k = 1 IF l = {1}",
        "Invalid set literal for l of type list<int>")),
    Rule(
      "the empty text is the empty timestamp and inet, and an inet may be short",
      "db.marshal.TimestampType.fromString, InetAddressType.fromString, java.net.InetAddress",
      .run("CREATE TABLE k.empties (k int PRIMARY KEY, t timestamp, i inet)"),
      .run("INSERT INTO k.empties (k, t, i) VALUES (1, '', '')"),
      .rows("SELECT JSON t, i FROM k.empties", [#"{"[json]": "{\"t\": \"\", \"i\": \"\"}"}"#]),
      .run("UPDATE k.empties SET i = '127.1' WHERE k = 1"),
      .rows("SELECT i FROM k.empties", [#"{"i": "127.0.0.1"}"#]),
      .run("UPDATE k.empties SET i = '10.258' WHERE k = 1"),
      .rows("SELECT i FROM k.empties", [#"{"i": "10.0.1.2"}"#]),
      .refused(
        "UPDATE k.empties SET i = '1.2.65536' WHERE k = 1",
        "Unable to make inet address from '1.2.65536'")),
    Rule(
      "the smallest numbers have two digits", "java.lang.Double.toString",
      .run("CREATE TABLE k.smallest (k int PRIMARY KEY, d double, f float)"),
      .run("INSERT INTO k.smallest (k, d, f) VALUES (1, 4.9e-324, 3.4e-45)"),
      .rows("SELECT d, f FROM k.smallest", [#"{"d": 4.9E-324, "f": 2.8E-45}"#]),
      .run("INSERT INTO k.smallest (k, d, f) VALUES (1, 9.9e-324, -1.4e-45)"),
      .rows("SELECT d, f FROM k.smallest", [#"{"d": 9.9E-324, "f": -1.4E-45}"#])),
    Rule(
      "a cast must fit its term, and its place", "cql3.TypeCast",
      .run("INSERT INTO k.t (k, v) VALUES (1, (int)5)"),
      .rows("SELECT v FROM k.t", [#"{"v": 5}"#]),
      .refused("INSERT INTO k.t (k, v) VALUES (1, (int)'a')", "Cannot cast value 'a' to type int"),
      .refused(
        "INSERT INTO k.t (k, v) VALUES (1, (text)'a')",
        "Cannot assign value (text)'a' to v of type int"),
      .refused(
        "UPDATE k.m SET l = (list<text>)['a'] WHERE k = 1",
        "Cannot assign value (list<text>)['a'] to l of type list<int>")),
    Rule(
      "hexadecimal digits go in pairs", "db.marshal.BytesType.fromString",
      .refused("INSERT INTO k.z (k, b) VALUES (1, 0x123)", "cannot parse '123' as hex bytes")),
    Rule(
      "a token may be written", "cql3.functions.FunctionResolver",
      .run("INSERT INTO k.z (k, big) VALUES (1, token(1))"),
      .rows("SELECT big FROM k.z", [#"{"big": -4069959284402364209}"#]),
      .refused(
        "INSERT INTO k.z (k, big) VALUES (1, token(1, 2))",
        "Invalid number of arguments in call to function system.token: 1 required but 2 provided"),
      .refused(
        "INSERT INTO k.z (k, x) VALUES (1, token(1))",
        "Type error: cannot assign result of function system.token (type bigint) to x (type uuid)"
      )),
    Rule(
      "toJson stands only where rows are read", "cql3.functions.FunctionResolver",
      .refused(
        "UPDATE k.t SET w = toJson(5) WHERE k = 1",
        "toJson() may only be used within the selection clause of SELECT statements")),
    Rule(
      "of USING TTL twice the last counts", "src/antlr/Parser.g usingClauseObjective",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TTL 5 AND TTL 50"),
      .wait(10),
      .rows("SELECT v FROM k.t", [#"{"v": 1}"#])),
    Rule(
      "an index that is not CUSTOM takes neither a class nor options",
      "cql3.statements.schema.IndexAttributes",
      .refused(
        "CREATE INDEX ON k.t (w) USING 'x'", "Cannot specify index class for a non-CUSTOM index"),
      .refused(
        "CREATE INDEX ON k.t (w) WITH OPTIONS = {'a': 'b'}",
        "Cannot specify options for a non-CUSTOM index"),
      .refused(
        "CREATE CUSTOM INDEX ON k.t (w)", "CUSTOM index requires specifying the index class")),
  ]
}

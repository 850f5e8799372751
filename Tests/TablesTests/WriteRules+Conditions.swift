// Conditions, batches, values and keys.
extension Rule {
  static let conditions = [
    Rule(
      "IF NOT EXISTS gives the row there is",
      "cql3.statements.ModificationStatement.buildCasResultSet",
      .rows("INSERT INTO k.t (k, v) VALUES (1, 1) IF NOT EXISTS", [#"{"[applied]": true}"#]),
      .rows(
        "INSERT INTO k.t (k, v) VALUES (1, 2) IF NOT EXISTS",
        [#"{"[applied]": false, "k": 1, "v": 1, "w": null}"#])),
    Rule(
      "IF EXISTS gives nothing more where there is no row",
      "cql3.statements.ModificationStatement.buildCasResultSet",
      .rows("UPDATE k.t SET v = 1 WHERE k = 1 IF EXISTS", [#"{"[applied]": false}"#]),
      .run("INSERT INTO k.t (k) VALUES (1)"),
      .rows("DELETE FROM k.t WHERE k = 1 IF EXISTS", [#"{"[applied]": true}"#]),
      .rows("SELECT * FROM k.t", [])),
    Rule(
      "a condition gives the values of its columns, in its order",
      "cql3.statements.ModificationStatement.buildCasFailureResultSet",
      .run("INSERT INTO k.t (k, v, w) VALUES (1, 1, 'a')"),
      .rows(
        "UPDATE k.t SET v = 2 WHERE k = 1 IF w = 'b' AND v = 1",
        [#"{"[applied]": false, "w": "a", "v": 1}"#]),
      .rows(
        "UPDATE k.t SET v = 2 WHERE k = 1 IF v > 1 AND v < 5", [#"{"[applied]": false, "v": 1}"#])),
    Rule(
      "null compares with = and != alone", "cql3.conditions.ColumnCondition.compareWithOperator",
      .rows("UPDATE k.t SET v = 1 WHERE k = 1 IF v != null", [#"{"[applied]": false}"#]),
      .rows("UPDATE k.t SET v = 1 WHERE k = 1 IF v = null", [#"{"[applied]": true}"#]),
      .rows("UPDATE k.t SET v = 2 WHERE k = 1 IF v != 5", [#"{"[applied]": true}"#]),
      .rows("UPDATE k.t SET v = 3 WHERE k = 1 IF w != 'x'", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.t SET v = 3 WHERE k = 1 IF w < 'x'", [#"{"[applied]": false, "w": null}"#]),
      .refused(
        "UPDATE k.t SET v = 1 WHERE k = 1 IF v > null",
        "Invalid comparison with null for operator \">\"")),
    Rule(
      "IN compares with each value", "cql3.conditions.ColumnCondition",
      .run("INSERT INTO k.t (k, v) VALUES (1, 2)"),
      .rows("UPDATE k.t SET v = 3 WHERE k = 1 IF v IN (1, 2)", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.t SET v = 4 WHERE k = 1 IF v IN (1, 2)", [#"{"[applied]": false, "v": 3}"#]),
      .rows("UPDATE k.t SET v = 4 WHERE k = 1 IF w IN ('a', null)", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.t SET v = 4 WHERE k = 1 IF v IN ()", [#"{"[applied]": false, "v": 4}"#])),
    Rule(
      "elements and fields in conditions", "cql3.conditions.ColumnCondition",
      .run("INSERT INTO k.m (k, l, s, m, u) VALUES (1, [1, 2], {1}, {'a': 1}, {a: 1})"),
      .rows("UPDATE k.m SET s = {2} WHERE k = 1 IF m['a'] = 1", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.m SET s = {3} WHERE k = 1 IF m['b'] = 1",
        [#"{"[applied]": false, "m": {"a": 1}}"#]),
      .rows("UPDATE k.m SET s = {3} WHERE k = 1 IF m['b'] = null", [#"{"[applied]": true}"#]),
      .rows("UPDATE k.m SET s = {4} WHERE k = 1 IF l[1] = 2", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.m SET s = {5} WHERE k = 1 IF l[2] = 2",
        [#"{"[applied]": false, "l": [1, 2]}"#]),
      .rows("UPDATE k.m SET s = {5} WHERE k = 1 IF u.a IN (1, 2)", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.m SET s = {6} WHERE k = 1 IF u.b = 'x'",
        [#"{"[applied]": false, "u": {"a": 1, "b": null}}"#]),
      .refused(
        "UPDATE k.m SET s = {6} WHERE k = 1 IF l[-1] = 1", "Invalid negative list index -1")),
    Rule(
      "whole collections in conditions", "cql3.conditions.ColumnCondition.MultiCellCollectionBound",
      .run("INSERT INTO k.m (k, l, s) VALUES (1, [1, 2], {1})"),
      .rows("UPDATE k.m SET l = [3] WHERE k = 1 IF l = [1, 2]", [#"{"[applied]": true}"#]),
      .rows("UPDATE k.m SET l = [4] WHERE k = 1 IF s = {1}", [#"{"[applied]": true}"#]),
      .rows("UPDATE k.m SET l = [5] WHERE k = 1 IF m = null", [#"{"[applied]": true}"#]),
      .rows("UPDATE k.m SET l = [6] WHERE k = 1 IF m = {}", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.m SET l = [7] WHERE k = 1 IF l != [6]", [#"{"[applied]": false, "l": [6]}"#])),
    Rule(
      "the key has no conditions", "cql3.statements.ModificationStatement.prepareColumnConditions",
      .refused(
        "UPDATE k.t SET v = 1 WHERE k = 1 IF k = 1",
        "PRIMARY KEY column 'k' cannot have IF conditions")),
    Rule(
      "a condition takes no timestamp and no IN",
      "cql3.statements.ModificationStatement.makeCasRequest",
      .refused(
        "INSERT INTO k.t (k) VALUES (1) IF NOT EXISTS USING TIMESTAMP 1",
        "Cannot provide custom timestamp for conditional updates"),
      .refused(
        "UPDATE k.w SET v = 1 WHERE k = 1 AND c IN (1, 2) IF v = 1",
        "IN on the clustering key columns is not supported with conditional updates"),
      .refused(
        "DELETE FROM k.t WHERE k IN (1, 2) IF EXISTS",
        "IN on the partition key is not supported with conditional deletions")),
    Rule(
      "a conditional DELETE names a row", "cql3.statements.DeleteStatement.Parsed",
      .refused(
        "DELETE FROM k.w WHERE k = 1 IF EXISTS",
        "DELETE statements must restrict all PRIMARY KEY columns with equality relations in order "
          + "to use IF condition on non static columns"),
      .refused(
        "DELETE v FROM k.w WHERE k = 1 IF EXISTS",
        "DELETE statements must restrict all PRIMARY KEY columns with equality relations in order "
          + "to delete non static columns")),
    Rule(
      "conditions on static columns", "cql3.statements.CQL3CasRequest",
      .run("INSERT INTO k.s (k, c, s, v) VALUES (1, 1, 5, 7)"),
      .rows("UPDATE k.s SET s = 6 WHERE k = 1 IF s = 5", [#"{"[applied]": true}"#]),
      .rows("UPDATE k.s SET s = 7 WHERE k = 1 IF s = 5", [#"{"[applied]": false, "s": 6}"#]),
      .rows(
        "UPDATE k.s SET v = 8 WHERE k = 1 AND c = 1 IF s = 6 AND v = 7", [#"{"[applied]": true}"#]),
      .rows(
        "UPDATE k.s SET v = 8 WHERE k = 1 AND c = 2 IF v = 1 AND s = 6",
        [#"{"[applied]": false, "v": null, "s": 6}"#]),
      .rows(
        "INSERT INTO k.s (k, s) VALUES (1, 1) IF NOT EXISTS",
        [#"{"[applied]": false, "k": 1, "c": 1, "s": 6, "ss": null, "v": 8}"#]),
      .rows("INSERT INTO k.s (k, s) VALUES (2, 1) IF NOT EXISTS", [#"{"[applied]": true}"#]),
      .rows("DELETE s FROM k.s WHERE k = 2 IF s = 1", [#"{"[applied]": true}"#])),
    Rule(
      "a row without static values is not there for a static condition",
      "db.partitions.FilteredPartition.getRow",
      .run("INSERT INTO k.s (k, c) VALUES (1, 1)"),
      .rows("INSERT INTO k.s (k, s) VALUES (1, 1) IF NOT EXISTS", [#"{"[applied]": true}"#])),
    Rule(
      "an expired row does not exist", "cql3.statements.CQL3CasRequest",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TTL 1"), .wait(1),
      .rows("INSERT INTO k.t (k, v) VALUES (1, 2) IF NOT EXISTS", [#"{"[applied]": true}"#])),
  ]

  static let batches = [
    Rule(
      "a batch has one timestamp: of two writes of a cell the larger wins",
      "cql3.statements.BatchStatement.getMutations",
      .run(
        """
        BEGIN BATCH INSERT INTO k.t (k, v) VALUES (1, 9); INSERT INTO k.t (k, v) VALUES (1, 3);
        APPLY BATCH
        """), .rows("SELECT v FROM k.t", [#"{"v": 9}"#]),
      .run(
        """
        BEGIN BATCH DELETE FROM k.t WHERE k = 1; INSERT INTO k.t (k, v) VALUES (1, 1); APPLY BATCH
        """), .rows("SELECT v FROM k.t", [])),
    Rule(
      "timestamps of statements in a batch", "cql3.statements.BatchStatement.validate",
      .run(
        """
        BEGIN BATCH INSERT INTO k.t (k, v) VALUES (1, 1) USING TIMESTAMP 10;
        UPDATE k.t USING TIMESTAMP 20 SET w = 'x' WHERE k = 1; APPLY BATCH
        """),
      .rows(
        "SELECT writetime(v), writetime(w) FROM k.t",
        [#"{"writetime(v)": 10, "writetime(w)": 20}"#]),
      .refused(
        """
        BEGIN BATCH USING TIMESTAMP 1 INSERT INTO k.t (k) VALUES (1) USING TIMESTAMP 2; APPLY BATCH
        """, "Timestamp must be set either on BATCH or individual statements")),
    Rule(
      "places in a list are those before the batch",
      "cql3.statements.ModificationStatement.readRequiredLists",
      .run("UPDATE k.m SET l = [1, 2, 3] WHERE k = 1"),
      .run(
        """
        BEGIN BATCH DELETE l[0] FROM k.m WHERE k = 1; UPDATE k.m SET l[1] = 9 WHERE k = 1;
        UPDATE k.m SET l = l - [3] WHERE k = 1; UPDATE k.m SET l = l + [3] WHERE k = 1; APPLY BATCH
        """),
      .rows("SELECT l FROM k.m", [#"{"l": [9, 3]}"#]),
      .refused(
        """
        BEGIN BATCH UPDATE k.m SET l = [1, 2] WHERE k = 2; UPDATE k.m SET l[0] = 9 WHERE k = 2;
        APPLY BATCH
        """, "Attempted to set an element on a list which is null"),
      .refused(
        """
        BEGIN BATCH UPDATE k.m SET l = l + [4] WHERE k = 1; DELETE l[2] FROM k.m WHERE k = 1;
        APPLY BATCH
        """, "List index 2 out of bound, list has size 2"),
      .rows("SELECT l FROM k.m", [#"{"l": [9, 3]}"#])),
    Rule(
      "a batch's own timestamp", "cql3.statements.BatchStatement.getMutations",
      .run("BEGIN BATCH USING TIMESTAMP 7 INSERT INTO k.t (k, v) VALUES (1, 1); APPLY BATCH"),
      .rows("SELECT writetime(v) FROM k.t", [#"{"writetime(v)": 7}"#])),
    Rule(
      "a batch has no TTL of its own", "cql3.statements.BatchStatement.validate",
      .refused(
        "BEGIN BATCH USING TTL 1 INSERT INTO k.t (k) VALUES (1); APPLY BATCH",
        "Global TTL on the BATCH statement is not supported.")),
    Rule(
      "an empty batch is one", "parser of BATCH", .run("BEGIN BATCH APPLY BATCH")),
    Rule(
      "a conditional batch is applied as a whole or not",
      "cql3.statements.BatchStatement.executeWithConditions",
      .run("INSERT INTO k.w (k, c, v) VALUES (1, 1, 1)"),
      .rows(
        """
        BEGIN BATCH UPDATE k.w SET v = 2 WHERE k = 1 AND c = 1 IF v = 1;
        INSERT INTO k.w (k, c, v) VALUES (1, 2, 2) IF NOT EXISTS;
        INSERT INTO k.w (k, c, v) VALUES (1, 3, 3); APPLY BATCH
        """, [#"{"[applied]": true}"#]),
      .rows(
        """
        BEGIN BATCH UPDATE k.w SET v = 5 WHERE k = 1 AND c = 1 IF v = 1;
        UPDATE k.w SET v = 5 WHERE k = 1 AND c = 2 IF v = 2;
        INSERT INTO k.w (k, c, v) VALUES (1, 4, 4); APPLY BATCH
        """,
        [
          #"{"[applied]": false, "k": 1, "c": 1, "v": 2}"#,
          #"{"[applied]": false, "k": 1, "c": 2, "v": 2}"#,
        ]), .rows("SELECT c FROM k.w", [#"{"c": 1}"#, #"{"c": 2}"#, #"{"c": 3}"#])),
    Rule(
      "a conditional batch is about one partition of one table",
      "cql3.statements.BatchStatement.makeCasRequest",
      .refused(
        """
        BEGIN BATCH UPDATE k.w SET v = 1 WHERE k = 1 AND c = 1 IF v = 1;
        INSERT INTO k.w (k, c) VALUES (2, 1); APPLY BATCH
        """, "Batch with conditions cannot span multiple partitions"),
      .refused(
        """
        BEGIN BATCH UPDATE k.w SET v = 1 WHERE k = 1 AND c = 1 IF v = 1;
        INSERT INTO k.t (k) VALUES (1); APPLY BATCH
        """, "Batch with conditions cannot span multiple tables"),
      .refused(
        """
        BEGIN BATCH USING TIMESTAMP 1 UPDATE k.w SET v = 1 WHERE k = 1 AND c = 1 IF v = 1;
        APPLY BATCH
        """, "Cannot provide custom timestamp for conditional BATCH")),
    Rule(
      "conditions of one row must go together", "cql3.statements.CQL3CasRequest",
      .refused(
        """
        BEGIN BATCH INSERT INTO k.w (k, c) VALUES (1, 1) IF NOT EXISTS;
        UPDATE k.w SET v = 1 WHERE k = 1 AND c = 1 IF EXISTS; APPLY BATCH
        """, "Cannot mix IF EXISTS and IF NOT EXISTS conditions for the same row"),
      .refused(
        """
        BEGIN BATCH INSERT INTO k.w (k, c) VALUES (1, 1) IF NOT EXISTS;
        UPDATE k.w SET v = 1 WHERE k = 1 AND c = 1 IF v = 1; APPLY BATCH
        """, "Cannot mix IF conditions and IF NOT EXISTS for the same row")),
    Rule(
      "all conditions of a batch see the rows before it", "cql3.statements.CQL3CasRequest",
      .run("INSERT INTO k.w (k, c, v) VALUES (1, 1, 1)"),
      .rows(
        """
        BEGIN BATCH UPDATE k.w SET v = 2 WHERE k = 1 AND c = 1 IF v = 1;
        UPDATE k.w SET v = 3 WHERE k = 1 AND c = 1 IF v = 1; APPLY BATCH
        """, [#"{"[applied]": true}"#]), .rows("SELECT v FROM k.w", [#"{"v": 3}"#])),
  ]

  static let values = [
    Rule(
      "INSERT JSON sets to null what it does not name", "cql3.Json",
      .run("INSERT INTO k.t (k, v, w) VALUES (1, 1, 'a')"),
      .run(#"INSERT INTO k.t JSON '{"k": 1, "v": 2}'"#),
      .rows("SELECT * FROM k.t", [#"{"k": 1, "v": 2, "w": null}"#])),
    Rule(
      "DEFAULT UNSET leaves what it does not name", "cql3.Json",
      .run("INSERT INTO k.t (k, v, w) VALUES (1, 1, 'a')"),
      .run(#"INSERT INTO k.t JSON '{"K": 1, "v": null}' DEFAULT UNSET"#),
      .rows("SELECT * FROM k.t", [#"{"k": 1, "v": null, "w": "a"}"#])),
    Rule(
      "INSERT JSON writes values of all kinds", "cql3.Json",
      .run(
        #"INSERT INTO k.m JSON '{"k": 1, "l": [1, 2], "s": [2, 1], "m": {"a": 1}, "u": {"a": 5}}'"#),
      .rows(
        "SELECT * FROM k.m",
        [#"{"k": 1, "l": [1, 2], "m": {"a": 1}, "s": [1, 2], "u": {"a": 5, "b": null}}"#])),
    Rule(
      "what JSON is refused", "cql3.Json.parseJson",
      .refused(
        #"INSERT INTO k.t JSON '{"k": 1, "x": 2}'"#,
        "JSON values map contains unrecognized column: x"),
      .refused(
        "INSERT INTO k.t JSON '[1]'",
        "Could not decode JSON string as a map: Cannot deserialize a map from an array. "
          + "(String was: [1])"),
      .refused(
        "INSERT INTO k.t JSON '{\"k\": 1,\n \"v\": x}'",
        "Could not decode JSON string as a map: Unexpected character ('x' (code 120)) at line 2, "
          + "column 7. (String was: {\"k\": 1,\n \"v\": x})"),
      .refused(
        "INSERT INTO k.t JSON '{\"k\": 1'",
        "Could not decode JSON string as a map: Unexpected end-of-input at line 1, column 8. "
          + "(String was: {\"k\": 1)"),
      .refused(
        #"INSERT INTO k.t JSON '{"v": 1}'"#, "Invalid null value in condition for column k")),
    Rule(
      "fromJson gives a value of the column's type", "cql3.functions.FromJsonFct",
      .run(#"INSERT INTO k.m (k, s, m) VALUES (1, fromJson('[2, 1]'), fromJson('{"a": 1}'))"#),
      .rows("SELECT s, m FROM k.m", [#"{"s": [1, 2], "m": {"a": 1}}"#])),
    Rule(
      "functions give values", "cql3.functions.TimeFcts, BytesConversionFcts",
      .run(
        """
        INSERT INTO k.z (k, id, ts, d, b, big) VALUES (1, 50554d6e-29bb-11e5-b345-feff819cdc9f,
          toTimestamp(50554d6e-29bb-11e5-b345-feff819cdc9f),
          toDate(50554d6e-29bb-11e5-b345-feff819cdc9f), intAsBlob(3),
          toUnixTimestamp(50554d6e-29bb-11e5-b345-feff819cdc9f))
        """),
      .rows(
        "SELECT ts, d, b, big FROM k.z",
        [
          #"{"ts": "2015-07-14 00:00:18.805Z", "d": "2015-07-14", "b": "0x00000003", "#
            + #""big": 1436832018805}"#
        ]),
      .run("INSERT INTO k.t (k, v) VALUES (1, blobAsInt(0x00000007))"),
      .rows("SELECT v FROM k.t", [#"{"v": 7}"#])),
    Rule(
      "functions are refused by their types", "cql3.functions.FunctionResolver",
      .refused("INSERT INTO k.t (k, v) VALUES (1, nope())", "Unknown function nope called"),
      .refused(
        "INSERT INTO k.t (k, v) VALUES (1, now())",
        "Type error: cannot assign result of function system.now (type timeuuid) to v (type int)"
      ),
      .refused(
        "INSERT INTO k.t (k, v) VALUES (1, now(1))",
        "Invalid number of arguments in call to function system.now: 0 required but 1 provided")),
    Rule(
      "null and empty are two values", "Types: null and empty",
      .run("INSERT INTO k.t (k, w) VALUES (1, '')"),
      .rows("SELECT w FROM k.t", [#"{"w": ""}"#]),
      .run("INSERT INTO k.t (k, w) VALUES (1, null)"),
      .rows("SELECT w FROM k.t", [#"{"w": null}"#])),
  ]

  static let emptyValues = [
    Rule(
      "most types take a value of no bytes, which is not null",
      "serializers.Int32Serializer.validate",
      .run("INSERT INTO k.t (k, v) VALUES (1, blobAsInt(0x))"),
      .run(
        "INSERT INTO k.z (k, id, x, ts, big) VALUES (1, blobAsTimeuuid(0x), blobAsUuid(0x),"
          + " blobAsTimestamp(0x), blobAsBigint(0x))"),
      .rows("SELECT v FROM k.t", [#"{"v": ""}"#]),
      .rows("SELECT id, x, ts, big FROM k.z", [#"{"id": "", "x": "", "ts": "", "big": ""}"#]),
      .rows("UPDATE k.t SET v = 1 WHERE k = 1 IF v = null", [#"{"[applied]": false, "v": ""}"#]),
      .rows("UPDATE k.t SET v = 1 WHERE k = 1 IF v < 0", [#"{"[applied]": true}"#])),
    Rule(
      "some types take none", "serializers.SimpleDateSerializer.validate",
      .refused(
        "INSERT INTO k.z (k, d) VALUES (1, blobAsDate(0x))",
        "In call to function system.blobasdate, value 0x is not a valid binary representation for "
          + "type date")),
    Rule(
      "a TTL of no bytes is none", "cql3.Attributes.getTimeToLive",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1)"),
      .rows("SELECT ttl(v) FROM k.t", [#"{"ttl(v)": null}"#])),
  ]

  static let keys = [
    Rule(
      "IN writes every combination", "cql3.restrictions.StatementRestrictions",
      .run("UPDATE k.w SET v = 1 WHERE k IN (1, 2, 1) AND c IN (2, 1)"),
      .rows(
        "SELECT k, c FROM k.w",
        [
          #"{"k": 1, "c": 1}"#, #"{"k": 1, "c": 2}"#, #"{"k": 2, "c": 1}"#, #"{"k": 2, "c": 2}"#,
        ])),
    Rule(
      "IN of tuples names rows", "cql3.MultiColumnRelation",
      .run("UPDATE k.d SET v = 1 WHERE k = 1 AND (a, b) IN ((1, 'x'), (2, 'y'))"),
      .rows("SELECT a, b FROM k.d", [#"{"a": 2, "b": "y"}"#, #"{"a": 1, "b": "x"}"#]),
      .run("DELETE FROM k.d WHERE k = 1 AND (a, b) = (2, 'y')"),
      .rows("SELECT a, b FROM k.d", [#"{"a": 1, "b": "x"}"#])),
    Rule(
      "the key's parts are not set", "cql3.statements.UpdateStatement",
      .refused("UPDATE k.w SET c = 1 WHERE k = 1", "PRIMARY KEY part c found in SET part"),
      .refused(
        "UPDATE k.w SET v = 1 WHERE c = 1", "Some partition key parts are missing: k"),
      .refused(
        "UPDATE k.w SET v = 1 WHERE k > 1 AND c = 1",
        "Only EQ and IN relation are supported on the partition key (unless you use the token() "
          + "function) for UPDATE statements"),
      .refused(
        "DELETE FROM k.w WHERE token(k) > 1",
        "The token function cannot be used in WHERE clauses for DELETE statements"),
      .refused(
        "UPDATE k.w SET v = 1 WHERE k = 1 AND c = 1 AND v = 1",
        "Non PRIMARY KEY columns found in where clause: v "),
      .refused(
        "INSERT INTO k.w (k, c) VALUES (1, null)", "Invalid null value in condition for column c")
    ),
  ]
}

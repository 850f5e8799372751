// Timestamps, deletions and lifetimes.
extension Rule {
  static let timestamps = [
    Rule(
      "the higher timestamp wins whatever comes first", "db.rows.Cells.resolveRegular",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TIMESTAMP 10"),
      .run("INSERT INTO k.t (k, v) VALUES (1, 2) USING TIMESTAMP 5"),
      .rows("SELECT v FROM k.t", [#"{"v": 1}"#])),
    Rule(
      "at one time the larger bytes win", "db.rows.Cells.resolveRegular",
      .run("INSERT INTO k.t (k, v) VALUES (1, 9) USING TIMESTAMP 5"),
      .run("INSERT INTO k.t (k, v) VALUES (1, 3) USING TIMESTAMP 5"),
      .rows("SELECT v FROM k.t", [#"{"v": 9}"#])),
    Rule(
      "bytes are compared without a sign: -1 is larger than 1", "db.rows.Cells.resolveRegular",
      .run("INSERT INTO k.t (k, v) VALUES (1, -1) USING TIMESTAMP 5"),
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TIMESTAMP 5"),
      .rows("SELECT v FROM k.t", [#"{"v": -1}"#])),
    Rule(
      "at one time a deletion beats a value", "db.rows.Cells.resolveRegular",
      .run("INSERT INTO k.t (k, v) VALUES (1, 9) USING TIMESTAMP 5"),
      .run("DELETE v FROM k.t USING TIMESTAMP 5 WHERE k = 1"),
      .rows("SELECT v FROM k.t", [#"{"v": null}"#])),
    Rule(
      "at one time an expiring value beats one that stays, though smaller",
      "db.rows.Cells.resolveRegular (CASSANDRA-14592)",
      .run("INSERT INTO k.t (k, v) VALUES (1, 9) USING TIMESTAMP 5"),
      .run("UPDATE k.t USING TIMESTAMP 5 AND TTL 100 SET v = 1 WHERE k = 1"),
      .rows("SELECT v FROM k.t", [#"{"v": 1}"#])),
    Rule(
      "of two expiring values the later expiry wins, before the bytes",
      "db.rows.Cells.resolveRegular",
      .run("UPDATE k.t USING TIMESTAMP 5 AND TTL 100 SET v = 1 WHERE k = 1"),
      .run("UPDATE k.t USING TIMESTAMP 5 AND TTL 50 SET v = 9 WHERE k = 1"),
      .rows("SELECT v FROM k.t", [#"{"v": 1}"#])),
    Rule(
      "timestamps may be negative", "cql3.Attributes.getTimestamp",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TIMESTAMP -10"),
      .run("INSERT INTO k.t (k, v) VALUES (1, 2) USING TIMESTAMP -5"),
      .rows("SELECT v, writetime(v) FROM k.t", [#"{"v": 2, "writetime(v)": -5}"#])),
    Rule(
      "each column has a timestamp of its own", "Data manipulation: UPDATE",
      .run("INSERT INTO k.t (k, v, w) VALUES (1, 1, 'a') USING TIMESTAMP 10"),
      .run("UPDATE k.t USING TIMESTAMP 20 SET w = 'b' WHERE k = 1"),
      .rows(
        "SELECT writetime(v), writetime(w) FROM k.t",
        [#"{"writetime(v)": 10, "writetime(w)": 20}"#])),
  ]

  static let deletions = [
    Rule(
      "a row that UPDATE made is gone with its last value", "Data manipulation: INSERT",
      .run("UPDATE k.t SET v = 1 WHERE k = 1"), .run("UPDATE k.t SET v = null WHERE k = 1"),
      .rows("SELECT * FROM k.t", [])),
    Rule(
      "a row that INSERT made stays without values", "Data manipulation: INSERT",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1)"), .run("DELETE v FROM k.t WHERE k = 1"),
      .rows("SELECT * FROM k.t", [#"{"k": 1, "v": null, "w": null}"#])),
    Rule(
      "a deleted row hides older writes that come later", "db.DeletionTime.deletes",
      .run("DELETE FROM k.t USING TIMESTAMP 10 WHERE k = 1"),
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TIMESTAMP 9"),
      .rows("SELECT * FROM k.t", []),
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TIMESTAMP 10"),
      .rows("SELECT * FROM k.t", []),
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TIMESTAMP 11"),
      .rows("SELECT v FROM k.t", [#"{"v": 1}"#])),
    Rule(
      "a row's deletion leaves younger cells, and the marker goes alone",
      "db.rows.Rows.merge",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TIMESTAMP 5"),
      .run("UPDATE k.t USING TIMESTAMP 20 SET w = 'x' WHERE k = 1"),
      .run("DELETE FROM k.t USING TIMESTAMP 10 WHERE k = 1"),
      .rows("SELECT * FROM k.t", [#"{"k": 1, "v": null, "w": "x"}"#]),
      .run("UPDATE k.t SET w = null WHERE k = 1"), .rows("SELECT * FROM k.t", [])),
    Rule(
      "a partition's deletion hides all rows, also later ones that are older",
      "cql3.statements.DeleteStatement.addUpdateForKey",
      .run("INSERT INTO k.w (k, c, v) VALUES (1, 1, 1) USING TIMESTAMP 5"),
      .run("DELETE FROM k.w USING TIMESTAMP 10 WHERE k = 1"),
      .run("INSERT INTO k.w (k, c, v) VALUES (1, 2, 2) USING TIMESTAMP 9"),
      .run("INSERT INTO k.w (k, c, v) VALUES (1, 3, 3) USING TIMESTAMP 11"),
      .rows("SELECT c FROM k.w WHERE k = 1", [#"{"c": 3}"#]),
      .rows("SELECT c FROM k.w", [#"{"c": 3}"#])),
    Rule(
      "a range's deletion hides rows that were not there yet",
      "cql3.statements.DeleteStatement.addUpdateForKey",
      .run("DELETE FROM k.w USING TIMESTAMP 10 WHERE k = 1 AND c > 1 AND c <= 3"),
      .run(
        """
        BEGIN UNLOGGED BATCH USING TIMESTAMP 9
        INSERT INTO k.w (k, c) VALUES (1, 1); INSERT INTO k.w (k, c) VALUES (1, 2);
        INSERT INTO k.w (k, c) VALUES (1, 3); INSERT INTO k.w (k, c) VALUES (1, 4); APPLY BATCH
        """),
      .rows("SELECT c FROM k.w WHERE k = 1", [#"{"c": 1}"#, #"{"c": 4}"#])),
    Rule(
      "of ranges that overlap each row has the later one", "db.RangeTombstoneList.insertFrom",
      .run("DELETE FROM k.w USING TIMESTAMP 10 WHERE k = 1 AND c >= 1 AND c < 5"),
      .run("DELETE FROM k.w USING TIMESTAMP 20 WHERE k = 1 AND c >= 3 AND c < 4"),
      .run("DELETE FROM k.w USING TIMESTAMP 5 WHERE k = 1"),
      .run(
        """
        BEGIN UNLOGGED BATCH USING TIMESTAMP 15
        INSERT INTO k.w (k, c) VALUES (1, 2); INSERT INTO k.w (k, c) VALUES (1, 3);
        INSERT INTO k.w (k, c) VALUES (1, 4); APPLY BATCH
        """),
      .run("INSERT INTO k.w (k, c) VALUES (1, 0) USING TIMESTAMP 6"),
      .run("INSERT INTO k.w (k, c) VALUES (1, 9) USING TIMESTAMP 5"),
      .rows("SELECT c FROM k.w", [#"{"c": 0}"#, #"{"c": 2}"#, #"{"c": 4}"#])),
    Rule(
      "what a SELECT evaluates, written values are made of, too",
      "cql3.functions.FunctionResolver.get",
      .run("INSERT INTO k.z (k, big) VALUES (1, token(7))"),
      .run("INSERT INTO k.z (k, big) VALUES (1 + 1, -token(1 + 6))"),
      .rows(
        "SELECT big FROM k.z WHERE k IN (1, 2)",
        [#"{"big": 1634052884888577606}"#, #"{"big": -1634052884888577606}"#]),
      .rows(
        "SELECT k FROM k.z WHERE token(k) >= token(1 + 6) AND token(k) <= token(7)", []),
      .run("UPDATE k.t SET v = (int) 2 * 3 - 1 WHERE k = 3 - 2"),
      .run("UPDATE k.t SET v = -(2 + 3) * 2 WHERE k = 1 IF v = 10 / 2"),
      .rows("SELECT v FROM k.t", [#"{"v": -10}"#])),
    Rule(
      "ranges follow the order of descending columns", "db.Slice",
      .run(
        """
        BEGIN UNLOGGED BATCH
        INSERT INTO k.d (k, a, b) VALUES (1, 1, 'x'); INSERT INTO k.d (k, a, b) VALUES (1, 2, 'x');
        INSERT INTO k.d (k, a, b) VALUES (1, 2, 'y'); INSERT INTO k.d (k, a, b) VALUES (1, 3, 'x');
        APPLY BATCH
        """),
      .run("DELETE FROM k.d WHERE k = 1 AND a > 2"),
      .rows(
        "SELECT a, b FROM k.d",
        [#"{"a": 2, "b": "x"}"#, #"{"a": 2, "b": "y"}"#, #"{"a": 1, "b": "x"}"#]),
      .run("DELETE FROM k.d WHERE k = 1 AND a = 2 AND b > 'x'"),
      .rows("SELECT a, b FROM k.d", [#"{"a": 2, "b": "x"}"#, #"{"a": 1, "b": "x"}"#]),
      .run("DELETE FROM k.d WHERE k = 1 AND a IN (1, 2)"), .rows("SELECT a FROM k.d", [])),
    Rule(
      "an empty range deletes nothing", "cql3.statements.ModificationStatement.createSlices",
      .run("INSERT INTO k.w (k, c) VALUES (1, 1)"),
      .run("DELETE FROM k.w WHERE k = 1 AND c > 1 AND c < 1"),
      .run("DELETE FROM k.w WHERE k = 1 AND c >= 5 AND c <= 0"),
      .run("DELETE FROM k.w WHERE k = 1 AND c IN ()"), .run("DELETE FROM k.w WHERE k IN ()"),
      .rows("SELECT c FROM k.w", [#"{"c": 1}"#])),
    Rule(
      "a slice of tuples deletes by the first columns",
      "Data manipulation: DELETE, restrictions",
      .run(
        """
        BEGIN UNLOGGED BATCH
        INSERT INTO k.w (k, c) VALUES (1, 1); INSERT INTO k.w (k, c) VALUES (1, 2); APPLY BATCH
        """),
      .run("DELETE FROM k.w WHERE k = 1 AND (c) > (1)"),
      .rows("SELECT c FROM k.w", [#"{"c": 1}"#])),
    Rule(
      "columns cannot be deleted from a range",
      "cql3.statements.DeleteStatement.addUpdateForKey",
      .refused(
        "DELETE v FROM k.w WHERE k = 1", "Range deletions are not supported for specific columns"),
      .refused(
        "DELETE v FROM k.w WHERE k = 1 AND c > 1",
        "Range deletions are not supported for specific columns")),
    Rule(
      "a part of the key cannot be deleted", "cql3.statements.DeleteStatement.Parsed",
      .refused(
        "DELETE c FROM k.w WHERE k = 1 AND c = 1",
        "Invalid identifier c for deletion (should not be a PRIMARY KEY part)")),
    Rule(
      "gaps in the clustering columns are refused",
      "cql3.restrictions.StatementRestrictions.processClusteringColumnsRestrictions",
      .refused(
        "DELETE FROM k.d WHERE k = 1 AND b = 'x'",
        "PRIMARY KEY column \"b\" cannot be restricted as preceding column \"a\" is not restricted"
      ),
      .refused("UPDATE k.d SET v = 1 WHERE k = 1", "Some clustering keys are missing: a, b"),
      .refused(
        "UPDATE k.w SET v = 1 WHERE k = 1 AND c > 1",
        "Slice restrictions are not supported on the clustering columns in UPDATE statements"),
      .refused(
        "UPDATE k.d SET v = 1 WHERE k = 1 AND b > 'x'",
        "Slice restrictions are not supported on the clustering columns in UPDATE statements"),
      .refused(
        "UPDATE k.d SET v = 1 WHERE k = 1 AND b = 'x'", "Some clustering keys are missing: a")),
    Rule(
      "behind a slice no clustering column is restricted",
      "cql3.restrictions.ClusteringColumnRestrictions.mergeWith",
      .refused(
        "DELETE FROM k.d WHERE k = 1 AND a > 1 AND b = 'x'",
        "Clustering column \"b\" cannot be restricted (preceding column \"a\" is restricted by a "
          + "non-EQ relation)"),
      .refused(
        "DELETE FROM k.d WHERE k = 1 AND b = 'x' AND a > 1",
        "PRIMARY KEY column \"b\" cannot be restricted (preceding column \"a\" is restricted by a "
          + "non-EQ relation)")),
    Rule(
      "CONTAINS is for collections", "cql3.SingleColumnRelation.newContainsRestriction",
      .refused(
        "UPDATE k.t SET v = 1 WHERE k CONTAINS 1", "Cannot use CONTAINS on non-collection column k")
    ),
    Rule(
      "what is deleted can be older than gc_grace_seconds only once",
      "db.partitions.PurgeFunction",
      .run("DELETE FROM k.g USING TIMESTAMP 10 WHERE k = 1"), .wait(6),
      .run("INSERT INTO k.g (k, v) VALUES (1, 1) USING TIMESTAMP 10"),
      .rows("SELECT * FROM k.g", [])),
  ]

  static let lifetimes = [
    Rule(
      "a value is gone from its last second on", "db.rows.AbstractCell.isLive",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TTL 2"), .wait(1),
      .rows("SELECT v, ttl(v) FROM k.t", [#"{"v": 1, "ttl(v)": 1}"#]), .wait(1),
      .rows("SELECT * FROM k.t", [])),
    Rule(
      "a TTL is a column's, and the marker's of INSERT", "Data manipulation: TTL",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1)"),
      .run("UPDATE k.t USING TTL 1 SET w = 'x' WHERE k = 1"), .wait(1),
      .rows("SELECT * FROM k.t", [#"{"k": 1, "v": 1, "w": null}"#])),
    Rule(
      "an UPDATE without a TTL takes it away", "Data manipulation: TTL",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1) USING TTL 1"),
      .run("UPDATE k.t SET v = 2 WHERE k = 1"), .wait(2),
      .rows("SELECT * FROM k.t", [#"{"k": 1, "v": 2, "w": null}"#]),
      .run("DELETE v FROM k.t WHERE k = 1"), .rows("SELECT * FROM k.t", [])),
    Rule(
      "default_time_to_live is for statements that say nothing",
      "cql3.Attributes.getTimeToLive",
      .run("INSERT INTO k.e (k, v) VALUES (1, 1)"),
      .run("INSERT INTO k.e (k, v) VALUES (2, 2) USING TTL 0"),
      .run("INSERT INTO k.e (k, v) VALUES (3, 3) USING TTL 20"), .wait(10),
      .rows("SELECT k FROM k.e WHERE k IN (1, 2, 3)", [#"{"k": 2}"#, #"{"k": 3}"#])),
    Rule(
      "a lifetime is at most twenty years, and ends before 2038-01-19",
      "cql3.Attributes, db.ExpirationDateOverflowHandling",
      .refused(
        "INSERT INTO k.t (k) VALUES (1) USING TTL 630720001",
        "ttl is too large. requested (630720001) maximum (630720000)"),
      .refused(
        "INSERT INTO k.t (k) VALUES (1) USING TTL -1",
        "A TTL must be greater or equal to 0, but was -1"),
      .refused(
        "INSERT INTO k.t (k) VALUES (1) USING TTL 630720000",
        "Request on table k.t with ttl of 630720000 seconds exceeds maximum supported expiration "
          + "date of 2038-01-19T03:14:06+00:00. In order to avoid this use a lower TTL, change the "
          + "expiration date overflow policy or upgrade to a version where this limitation is "
          + "fixed. See CASSANDRA-14092 for more details.")),
    Rule(
      "a null does not live by a TTL: it deletes", "cql3.Constants.Setter",
      .run("INSERT INTO k.t (k, v) VALUES (1, 1)"),
      .run("UPDATE k.t USING TTL 1 SET v = null WHERE k = 1"), .wait(2),
      .rows("SELECT v FROM k.t", [#"{"v": null}"#])),
    Rule(
      "an expired write hides older ones while it is kept", "db.rows.AbstractCell.purge",
      .run("UPDATE k.t USING TIMESTAMP 10 AND TTL 1 SET v = 1 WHERE k = 1"), .wait(2),
      .run("UPDATE k.t USING TIMESTAMP 9 SET v = 2 WHERE k = 1"), .rows("SELECT v FROM k.t", [])),
  ]
}

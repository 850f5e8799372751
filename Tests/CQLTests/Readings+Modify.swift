extension Reading {
  /// The rules of Parser.g for INSERT, UPDATE, DELETE and BATCH.
  static let modify: [Reading] = [
    Reading("insertStatement", "INSERT INTO k.t (a, b) VALUES (1, 'x')"),
    Reading(
      "insertStatement", "INSERT INTO t (a) VALUES (?) IF NOT EXISTS USING TTL ? AND TIMESTAMP ?"),
    Reading(
      "insertStatement", "INSERT INTO t (a) VALUES (:a) USING TIMESTAMP 1 AND TTL 2",
      "INSERT INTO t (a) VALUES (:a) USING TTL 2 AND TIMESTAMP 1"),
    Reading(
      "insertStatement", "INSERT INTO t (a) VALUES (1) USING TTL 1 IF NOT EXISTS",
      "line 1:41 mismatched input 'IF' expecting EOF (...(1) USING TTL 1 [IF]...)"),
    Reading(
      "insertStatement", "INSERT INTO t (a) VALUES (1) IF EXISTS",
      "line 1:32 mismatched input 'EXISTS' expecting K_NOT (...) VALUES (1) IF [EXISTS])"),
    Reading(
      "insertStatement", "INSERT INTO t (a) VALUES (1) USING TTL 1.5",
      "line 1:39 no viable alternative at input '1.5' (...VALUES (1) USING TTL [1.5])"),
    Reading(
      "insertStatement", "INSERT INTO t (a) VALUES (1) USING TTL 1 AND TTL 2",
      "INSERT INTO t (a) VALUES (1) USING TTL 2"),
    Reading(
      "insertStatement", "INSERT INTO t VALUES (1)",
      "line 1:14 no viable alternative at input 'VALUES' (INSERT INTO t [VALUES]...)"),
    Reading(
      "insertStatement", "INSERT INTO t (a) VALUES ()",
      "line 1:26 no viable alternative at input ')' (... t (a) VALUES ([)])"),
    Reading(
      "insertStatement", "INSERT INTO t () VALUES (1)",
      "line 1:15 no viable alternative at input ')' (INSERT INTO t ([)]...)"),
    Reading("insertStatement", "INSERT INTO t (a, b) VALUES (1)"),
    Reading(
      "insertStatement", "INSERT INTO t (a) VALUES (b)",
      "line 1:27 no viable alternative at input ')' (... t (a) VALUES ([b]))"),
    Reading(
      "insertStatement", "INSERT INTO t (token) VALUES (1)",
      "line 1:15 no viable alternative at input 'token' (INSERT INTO t ([token]...)"),
    Reading("insertStatement", "INSERT INTO t (values, json) VALUES (1, 2)"),
    Reading(
      "insertStatement", "INSERT t (a) VALUES (1)",
      "line 1:7 mismatched input 't' expecting K_INTO (INSERT [t]...)"),
    Reading("jsonInsertStatement", #"INSERT INTO t JSON '{"a": 1}'"#),
    Reading(
      "jsonInsertStatement", "INSERT INTO k.t JSON ? DEFAULT UNSET IF NOT EXISTS USING TTL 5"),
    Reading(
      "jsonInsertStatement", "INSERT INTO t JSON :json DEFAULT NULL", "INSERT INTO t JSON :json"),
    Reading(
      "jsonInsertStatement", #"INSERT INTO t JSON $${"a": 1}$$"#, #"INSERT INTO t JSON '{"a": 1}'"#),
    Reading(
      "jsonInsertStatement", "INSERT INTO t JSON {'a': 1}",
      "line 1:19 no viable alternative at input '{' (INSERT INTO t JSON [{]...)"),
    Reading(
      "jsonInsertStatement", "INSERT INTO t JSON '{}' DEFAULT 1",
      "line 1:32 no viable alternative at input '1' (...INTO t JSON '{}' DEFAULT [1])"),
    Reading(
      "jsonInsertStatement", "INSERT INTO t JSON '{}' IF NOT EXISTS DEFAULT UNSET",
      "line 1:38 mismatched input 'DEFAULT' expecting EOF"
        + " (...JSON '{}' IF NOT EXISTS [DEFAULT]...)"),
    Reading("updateStatement", "UPDATE t SET a = 1 WHERE k = 2"),
    Reading(
      "updateStatement", "UPDATE k.t USING TTL 1 AND TIMESTAMP 2 SET a = null WHERE k = ? IF EXISTS"
    ),
    Reading(
      "updateStatement", "UPDATE t SET a = 1 USING TTL 1 WHERE k = 2",
      "line 1:19 mismatched input 'USING' expecting K_WHERE (...t SET a = 1 [USING]...)"),
    Reading(
      "updateStatement", "UPDATE t SET a = 1",
      "line 0:-1 mismatched input '<EOF>' expecting K_WHERE"),
    Reading(
      "updateStatement", "UPDATE t SET WHERE k = 1",
      "line 1:13 no viable alternative at input 'WHERE' (UPDATE t SET [WHERE]...)"),
    Reading(
      "updateStatement", "UPDATE t SET a = WHERE k = 1",
      "line 1:17 no viable alternative at input 'WHERE' (UPDATE t SET a = [WHERE]...)"),
    Reading("normalColumnOperation", "UPDATE t SET c = c + 1 WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET c = c - 1 WHERE k = 1"),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = c -1 WHERE k = 1",
      "UPDATE t SET c = c + -1 WHERE k = 1"),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = c -1.5 WHERE k = 1",
      "line 1:19 no viable alternative at input '-1.5' (UPDATE t SET c = [c] -1.5...)"),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = c 1 WHERE k = 1",
      "UPDATE t SET c = c + 1 WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET c = c + ? WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET c = c + 1 + 2 * 3 WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET l = [1] + l WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET l = ? + l WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET l = 1 + 2 + l WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET l = f(1) + l WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET c = c(1) + 2 WHERE k = 1"),
    Reading("normalColumnOperation", "UPDATE t SET c = 1 + c(1) WHERE k = 1"),
    Reading("normalColumnOperation", #"UPDATE t SET "C" = "C" + 1 WHERE k = 1"#),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = d + 1 WHERE k = 1",
      "Only expressions of the form X = X +<value> are supported."),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = d - 1 WHERE k = 1",
      "Only expressions of the form X = X -<value> are supported."),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = 1 + d WHERE k = 1",
      "Only expressions of the form X = <value> + X are supported."),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = c * 2 WHERE k = 1",
      "line 1:19 no viable alternative at input '*' (UPDATE t SET c = [c] *...)"),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = 1 - c WHERE k = 1",
      "line 1:23 no viable alternative at input 'WHERE' (...SET c = 1 - [c] WHERE...)"),
    Reading(
      "normalColumnOperation", "UPDATE t SET c = d WHERE k = 1",
      "line 1:19 no viable alternative at input 'WHERE' (UPDATE t SET c = [d] WHERE...)"),
    Reading(
      "shorthandColumnOperation", "UPDATE t SET c += 1, s -= {1, 2} WHERE k = 1",
      "UPDATE t SET c = c + 1, s = s - {1, 2} WHERE k = 1"),
    Reading(
      "shorthandColumnOperation", "UPDATE t SET c *= 2 WHERE k = 1",
      "line 1:15 no viable alternative at input '*' (UPDATE t SET c [*]...)"),
    Reading(
      "shorthandColumnOperation", "UPDATE t SET c+=-1 WHERE k = 1",
      "UPDATE t SET c = c + -1 WHERE k = 1"),
    Reading(
      "collectionColumnOperation", "UPDATE t SET m['k'] = 'v', m[?] = :v, l[0] = null WHERE k = 1"),
    Reading(
      "collectionColumnOperation", "UPDATE t SET m['k'] += 1 WHERE k = 1",
      "line 1:20 mismatched input '+=' expecting '=' (... t SET m['k'] [+=]...)"),
    Reading("udtColumnOperation", #"UPDATE t SET u.street = 'x', u."Zip" = 1 WHERE k = 1"#),
    Reading(
      "udtColumnOperation", "UPDATE t SET u.a.b = 1 WHERE k = 1",
      "line 1:16 mismatched input '.' expecting '=' (UPDATE t SET u.a[.]...)"),
    Reading(
      "addRawUpdate", "UPDATE t SET a = 1, a = 2 WHERE k = 1",
      "Multiple incompatible setting of column a"),
    Reading(
      "addRawUpdate", "UPDATE t SET a += 1, a += 2 WHERE k = 1",
      "UPDATE t SET a = a + 1, a = a + 2 WHERE k = 1"),
    Reading(
      "addRawUpdate", "UPDATE t SET a += 1, a -= 2, a[3] = 4, a = [5] + a WHERE k = 1",
      "UPDATE t SET a = a + 1, a = a - 2, a[3] = 4, a = [5] + a WHERE k = 1"),
    Reading(
      "addRawUpdate", "UPDATE t SET a.b = 1, a.c = 2, a.b = 3 WHERE k = 1",
      "Multiple incompatible setting of column a"),
    Reading(
      "addRawUpdate", "UPDATE t SET a = {}, a[1] = 2 WHERE k = 1",
      "Multiple incompatible setting of column a"),
    Reading(
      "columnCondition",
      "UPDATE t SET a = 1 WHERE k = 1 IF a = 2 AND b != 3 AND c < 4 AND d <= 5 AND e > 6 AND f >= 7"
    ),
    Reading(
      "columnCondition",
      "UPDATE t SET a = 1 WHERE k = 1 IF a IN (1, 2) AND b IN ? AND c IN () AND d IN :d"),
    Reading(
      "columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF m['x'] = 1 AND l[0] IN (1) AND m[?] > ?"
    ),
    Reading("columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF u.f = 1 AND u.g IN (1, 2)"),
    Reading(
      "columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF a CONTAINS 1",
      "line 1:36 no viable alternative at input 'CONTAINS' (...k = 1 IF a [CONTAINS]...)"),
    Reading("columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF exists = 1"),
    Reading(
      "columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF a LIKE 'x'",
      "line 1:36 no viable alternative at input 'LIKE' (...k = 1 IF a [LIKE]...)"),
    Reading(
      "columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF NOT EXISTS",
      "line 1:34 no viable alternative at input 'NOT' (...WHERE k = 1 IF [NOT]...)"),
    Reading(
      "columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF EXISTS AND a = 1",
      "line 1:41 mismatched input 'AND' expecting EOF (...k = 1 IF EXISTS [AND]...)"),
    Reading(
      "columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF (a = 1)",
      "line 1:34 no viable alternative at input '(' (...WHERE k = 1 IF [(]...)"),
    Reading("columnCondition", "UPDATE t SET a = 1 WHERE k = 1 IF a = null"),
    Reading("deleteStatement", "DELETE FROM t WHERE k = 1"),
    Reading(
      "deleteStatement",
      "DELETE a, m['x'], u.f, l[?] FROM k.t USING TIMESTAMP ? WHERE k = 1 IF a = 2"),
    Reading("deleteStatement", "DELETE FROM t WHERE k = 1 AND c > 2 AND c <= 3 IF EXISTS"),
    Reading(
      "deleteStatement", "DELETE FROM t USING TTL 1 WHERE k = 1",
      "line 1:20 mismatched input 'TTL' expecting K_TIMESTAMP (DELETE FROM t USING [TTL]...)"),
    Reading(
      "deleteStatement", "DELETE FROM t USING TIMESTAMP 1 AND TTL 2 WHERE k = 1",
      "line 1:32 mismatched input 'AND' expecting K_WHERE (...FROM t USING TIMESTAMP 1 [AND]...)"),
    Reading(
      "deleteStatement", "DELETE * FROM t WHERE k = 1",
      "line 1:7 mismatched input '*' expecting K_FROM (DELETE [*]...)"),
    Reading(
      "deleteStatement", "DELETE FROM t",
      "line 0:-1 mismatched input '<EOF>' expecting K_WHERE"),
    Reading("batchStatement", "BEGIN BATCH APPLY BATCH", "BEGIN BATCH\nAPPLY BATCH"),
    Reading("batchStatement", "BEGIN BATCH APPLY BATCH;", "BEGIN BATCH\nAPPLY BATCH"),
    Reading(
      "batchStatement",
      "BEGIN UNLOGGED BATCH USING TIMESTAMP 5 INSERT INTO t (a) VALUES (1) UPDATE t SET a = 1 WHERE k = 1 DELETE FROM t WHERE k = 1 APPLY BATCH",
      "BEGIN UNLOGGED BATCH USING TIMESTAMP 5\n  INSERT INTO t (a) VALUES (1);\n  UPDATE t SET a = 1 WHERE k = 1;\n  DELETE FROM t WHERE k = 1;\nAPPLY BATCH"
    ),
    Reading(
      "batchStatement",
      "BEGIN COUNTER BATCH UPDATE t SET c += 1 WHERE k = ?; UPDATE t SET c -= 1 WHERE k = ?; APPLY BATCH",
      "BEGIN COUNTER BATCH\n  UPDATE t SET c = c + 1 WHERE k = ?;\n  UPDATE t SET c = c - 1 WHERE k = ?;\nAPPLY BATCH"
    ),
    Reading(
      "batchStatement", "BEGIN BATCH INSERT INTO t JSON '{}'; APPLY BATCH",
      "BEGIN BATCH\n  INSERT INTO t JSON '{}';\nAPPLY BATCH"),
    Reading(
      "batchStatement", "BEGIN BATCH INSERT INTO t (a) VALUES (1);; APPLY BATCH",
      "line 1:41 mismatched input ';' expecting K_APPLY (...(a) VALUES (1);[;]...)"),
    Reading(
      "batchStatement", "BEGIN BATCH SELECT * FROM t; APPLY BATCH",
      "line 1:12 mismatched input 'SELECT' expecting K_APPLY (BEGIN BATCH [SELECT]...)"),
    Reading(
      "batchStatement", "BEGIN BATCH BEGIN BATCH APPLY BATCH APPLY BATCH",
      "line 1:12 mismatched input 'BEGIN' expecting K_APPLY (BEGIN BATCH [BEGIN]...)"),
    Reading(
      "batchStatement", "BEGIN BATCH USING TTL 1 APPLY BATCH",
      "BEGIN BATCH USING TTL 1\nAPPLY BATCH"),
    Reading(
      "batchStatement", "BEGIN LOGGED BATCH APPLY BATCH",
      "line 1:6 mismatched input 'LOGGED' expecting K_BATCH (BEGIN [LOGGED]...)"),
    Reading(
      "batchStatement", "BEGIN BATCH INSERT INTO t (a) VALUES (1)",
      "line 0:-1 mismatched input '<EOF>' expecting K_APPLY"),
    Reading(
      "batchStatement", "BEGIN BATCH APPLY",
      "line 0:-1 mismatched input '<EOF>' expecting K_BATCH"),
  ]
}

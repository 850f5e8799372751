// Columns whose elements are cells of their own.
extension Rule {
  static let collections = [
    Rule(
      "elements are added and removed without reading", "Types: collections",
      .run("UPDATE k.m SET s = s + {3, 1} WHERE k = 1"),
      .run("UPDATE k.m SET s += {2} WHERE k = 1"),
      .run("UPDATE k.m SET s = s - {3, 9} WHERE k = 1"),
      .rows("SELECT s FROM k.m", [#"{"s": [1, 2]}"#]),
      .run("UPDATE k.m SET m = m + {'b': 2, 'a': 1} WHERE k = 1"),
      .run("UPDATE k.m SET m['c'] = 3, m['a'] = null WHERE k = 1"),
      .rows("SELECT m FROM k.m", [#"{"m": {"b": 2, "c": 3}}"#]),
      .run("UPDATE k.m SET m -= {'b'} WHERE k = 1"), .run("DELETE m['c'] FROM k.m WHERE k = 1"),
      .rows("SELECT m FROM k.m", [#"{"m": null}"#])),
    Rule(
      "an empty collection that is not frozen is null", "cql3.Sets.Setter",
      .run("INSERT INTO k.m (k, s, l, m) VALUES (1, {}, [], {})"),
      .rows("SELECT s, l, m FROM k.m", [#"{"s": null, "l": null, "m": null}"#])),
    Rule(
      "an empty frozen collection is a value", "db.marshal.ListType",
      .run("INSERT INTO k.f (k, l) VALUES (1, [])"), .rows("SELECT l FROM k.f", [#"{"l": []}"#])),
    Rule(
      "a row of UPDATE is gone with the last element", "db.rows.Row.hasLiveData",
      .run("UPDATE k.m SET s = {1} WHERE k = 1"), .run("UPDATE k.m SET s = s - {1} WHERE k = 1"),
      .rows("SELECT * FROM k.m", [])),
    Rule(
      "a whole value replaces all elements",
      "cql3.UpdateParameters.setComplexDeletionTimeForOverwrite",
      .run("UPDATE k.m SET s = {1, 2}, m = {'a': 1} WHERE k = 1"),
      .run("UPDATE k.m SET s = {3}, m = {'b': 2} WHERE k = 1"),
      .rows("SELECT s, m FROM k.m", [#"{"s": [3], "m": {"b": 2}}"#])),
    Rule(
      "the deletion of an overwrite is a microsecond older: at one time elements unite",
      "cql3.UpdateParameters.setComplexDeletionTimeForOverwrite",
      .run("UPDATE k.m USING TIMESTAMP 10 SET s = {1} WHERE k = 1"),
      .run("UPDATE k.m USING TIMESTAMP 10 SET s = {2} WHERE k = 1"),
      .rows("SELECT s FROM k.m", [#"{"s": [1, 2]}"#]),
      .run("DELETE s FROM k.m USING TIMESTAMP 10 WHERE k = 1"),
      .rows("SELECT s FROM k.m", [])),
    Rule(
      "an older overwrite leaves younger elements", "db.rows.ComplexColumnData",
      .run("UPDATE k.m USING TIMESTAMP 20 SET s = s + {1} WHERE k = 1"),
      .run("UPDATE k.m USING TIMESTAMP 10 SET s = {2} WHERE k = 1"),
      .rows("SELECT s FROM k.m", [#"{"s": [1, 2]}"#]),
      .run("UPDATE k.m USING TIMESTAMP 15 SET s = {3} WHERE k = 1"),
      .rows("SELECT s FROM k.m", [#"{"s": [1, 3]}"#])),
    Rule(
      "each element has a TTL of its own", "Types: collections",
      .run("UPDATE k.m USING TTL 1 SET m['a'] = 1 WHERE k = 1"),
      .run("UPDATE k.m SET m['b'] = 2 WHERE k = 1"), .wait(1),
      .rows("SELECT m FROM k.m", [#"{"m": {"b": 2}}"#])),
    Rule(
      "elements of a deleted row stay deleted", "db.rows.Rows.merge",
      .run("DELETE FROM k.m USING TIMESTAMP 10 WHERE k = 1"),
      .run("UPDATE k.m USING TIMESTAMP 9 SET s = s + {1}, m['a'] = 1 WHERE k = 1"),
      .rows("SELECT * FROM k.m", [])),
    Rule(
      "sets of one element written twice keep one", "db.marshal.SetType",
      .run("INSERT INTO k.m (k, s) VALUES (1, {2, 2, 1})"),
      .rows("SELECT s FROM k.m", [#"{"s": [1, 2]}"#])),
    Rule(
      "operations are refused where they make no sense", "cql3.Operation",
      .refused(
        "UPDATE k.f SET l = l + [1] WHERE k = 1",
        "Invalid operation (l = l + [1]) for frozen collection column l"),
      .refused(
        "UPDATE k.f SET l[0] = 1 WHERE k = 1",
        "Invalid operation (l[0] = 1) for frozen collection column l"),
      .refused(
        "UPDATE k.t SET v = v + 1 WHERE k = 1",
        "Invalid operation (v = v + 1) for non counter column v"),
      .refused(
        "UPDATE k.t SET v = v - 1 WHERE k = 1",
        "Invalid operation (v = v - 1) for non counter column v"),
      .refused(
        "UPDATE k.m SET s[1] = 1 WHERE k = 1", "Invalid operation (s[1] = 1) for set column s"),
      .refused(
        "UPDATE k.t SET v[1] = 1 WHERE k = 1",
        "Invalid operation (v[1] = 1) for non collection column v"),
      .refused(
        "UPDATE k.m SET s = {1} + s WHERE k = 1",
        "Invalid operation (s = {1} + s) for non list column s"),
      .refused(
        "DELETE v[1] FROM k.t WHERE k = 1",
        "Invalid deletion operation for non collection column v"),
      .refused(
        "DELETE l[1] FROM k.f WHERE k = 1",
        "Invalid deletion operation for frozen collection column l")),
    Rule(
      "nulls inside are refused", "cql3.Maps.SetterByKey, cql3.Lists.Literal",
      .refused("UPDATE k.m SET m[null] = 1 WHERE k = 1", "Invalid null map key"),
      .refused(
        "UPDATE k.m SET s = {null} WHERE k = 1", "null is not supported inside collections")),
  ]

  static let lists = [
    Rule(
      "lists grow at both ends", "Types: lists",
      .run("UPDATE k.m SET l = [3] WHERE k = 1"), .run("UPDATE k.m SET l = l + [4, 5] WHERE k = 1"),
      .run("UPDATE k.m SET l = [1, 2] + l WHERE k = 1"),
      .run("UPDATE k.m SET l += [6] WHERE k = 1"),
      .run("UPDATE k.m SET l = [0] + l WHERE k = 1"),
      .rows("SELECT l FROM k.m", [#"{"l": [0, 1, 2, 3, 4, 5, 6]}"#])),
    Rule(
      "an element is set and deleted by its place", "cql3.Lists.SetterByIndex",
      .run("INSERT INTO k.m (k, l) VALUES (1, [1, 2, 3])"),
      .run("UPDATE k.m SET l[1] = 9 WHERE k = 1"), .run("DELETE l[0] FROM k.m WHERE k = 1"),
      .rows("SELECT l FROM k.m", [#"{"l": [9, 3]}"#]),
      .run("UPDATE k.m SET l[1] = null WHERE k = 1"),
      .rows("SELECT l FROM k.m", [#"{"l": [9]}"#])),
    Rule(
      "a place that is not there is refused", "cql3.Lists.SetterByIndex, DiscarderByIndex",
      .refused(
        "UPDATE k.m SET l[0] = 1 WHERE k = 1",
        "Attempted to set an element on a list which is null"),
      .refused(
        "DELETE l[0] FROM k.m WHERE k = 1",
        "Attempted to delete an element from a list which is null"),
      .run("INSERT INTO k.m (k, l) VALUES (1, [1])"),
      .refused(
        "UPDATE k.m SET l[1] = 1 WHERE k = 1", "List index 1 out of bound, list has size 1"),
      .refused(
        "DELETE l[-1] FROM k.m WHERE k = 1", "List index -1 out of bound, list has size 1"),
      .refused("UPDATE k.m SET l[null] = 1 WHERE k = 1", "Invalid null value for list index")),
    Rule(
      "removing values takes all that are equal", "cql3.Lists.Discarder",
      .run("INSERT INTO k.m (k, l) VALUES (1, [1, 2, 1, 3])"),
      .run("UPDATE k.m SET l = l - [1, 3] WHERE k = 1"),
      .rows("SELECT l FROM k.m", [#"{"l": [2]}"#]),
      .run("UPDATE k.m SET l = l - [1] WHERE k = 2"), .rows("SELECT k FROM k.m", [#"{"k": 1}"#])),
    Rule(
      "one list may have a value many times", "Types: lists",
      .run("INSERT INTO k.m (k, l) VALUES (1, [1, 1])"),
      .run("UPDATE k.m SET l = l + [1] WHERE k = 1"),
      .rows("SELECT l FROM k.m", [#"{"l": [1, 1, 1]}"#])),
  ]

  static let userTypes = [
    Rule(
      "fields are cells of their own", "cql3.UserTypes.SetterByField",
      .run("INSERT INTO k.m (k, u) VALUES (1, {a: 1, b: 'x'})"),
      .run("UPDATE k.m SET u.a = 2 WHERE k = 1"),
      .rows("SELECT u FROM k.m", [#"{"u": {"a": 2, "b": "x"}}"#]),
      .run("UPDATE k.m SET u.b = null WHERE k = 1"),
      .rows("SELECT u FROM k.m", [#"{"u": {"a": 2, "b": null}}"#]),
      .run("DELETE u.a FROM k.m WHERE k = 1"), .rows("SELECT u FROM k.m", [#"{"u": null}"#])),
    Rule(
      "a value with nulls replaces all fields", "cql3.UserTypes.Setter",
      .run("INSERT INTO k.m (k, u) VALUES (1, {a: 1, b: 'x'})"),
      .run("UPDATE k.m SET u = {a: 3} WHERE k = 1"),
      .rows("SELECT u FROM k.m", [#"{"u": {"a": 3, "b": null}}"#])),
    Rule(
      "fields of what is frozen or no type are refused", "cql3.Operation.SetField",
      .refused(
        "UPDATE k.f SET u.a = 1 WHERE k = 1",
        "Invalid operation (u.a = 1) for frozen UDT column u"),
      .refused(
        "UPDATE k.t SET v.a = 1 WHERE k = 1", "Invalid operation (v.a = 1) for non-UDT column v"),
      .refused(
        "UPDATE k.m SET u.z = 1 WHERE k = 1", "UDT column u does not have a field named z"),
      .refused(
        "DELETE u.a FROM k.f WHERE k = 1", "Frozen UDT column u does not support field deletions")),
    Rule(
      "tuples are written with fewer fields", "db.marshal.TupleType",
      .run("INSERT INTO k.f (k, t) VALUES (1, (1, null))"),
      .rows("SELECT t FROM k.f", [#"{"t": [1, null]}"#])),
  ]

  static let staticWrites = [
    Rule(
      "all rows of a partition share a static value", "Data definition: static columns",
      .run("INSERT INTO k.s (k, c, s, v) VALUES (1, 1, 5, 1)"),
      .run("INSERT INTO k.s (k, c, v) VALUES (1, 2, 2)"),
      .rows("SELECT c, s FROM k.s", [#"{"c": 1, "s": 5}"#, #"{"c": 2, "s": 5}"#]),
      .run("UPDATE k.s SET s = 6 WHERE k = 1"),
      .rows("SELECT c, s FROM k.s", [#"{"c": 1, "s": 6}"#, #"{"c": 2, "s": 6}"#])),
    Rule(
      "a partition of static values alone is a row of null clustering columns",
      "cql3.statements.SelectStatement.processPartition",
      .run("INSERT INTO k.s (k, s) VALUES (1, 5)"),
      .rows("SELECT * FROM k.s", [#"{"k": 1, "c": null, "s": 5, "ss": null, "v": null}"#]),
      .rows("SELECT k, s FROM k.s WHERE k = 1", [#"{"k": 1, "s": 5}"#]),
      .rows("SELECT c, s FROM k.s WHERE k = 1 AND c = 1", [])),
    Rule(
      "an INSERT of a key and static values makes the row", "cql3.statements.UpdateStatement",
      .run("INSERT INTO k.s (k, c, s) VALUES (1, 1, 5)"), .run("DELETE s FROM k.s WHERE k = 1"),
      .rows("SELECT c, s FROM k.s", [#"{"c": 1, "s": null}"#])),
    Rule(
      "deleting a row leaves static values, deleting the partition does not",
      "cql3.statements.DeleteStatement",
      .run("INSERT INTO k.s (k, c, s) VALUES (1, 1, 5)"),
      .run("DELETE FROM k.s WHERE k = 1 AND c = 1"),
      .rows("SELECT c, s FROM k.s", [#"{"c": null, "s": 5}"#]),
      .run("DELETE FROM k.s WHERE k = 1 AND c > 0"),
      .rows("SELECT c, s FROM k.s", [#"{"c": null, "s": 5}"#]),
      .run("DELETE FROM k.s WHERE k = 1"), .rows("SELECT c, s FROM k.s", [])),
    Rule(
      "clustering columns beside static changes alone are refused",
      "cql3.restrictions.StatementRestrictions",
      .refused(
        "UPDATE k.s SET s = 1 WHERE k = 1 AND c = 1",
        "Invalid restrictions on clustering columns since the UPDATE statement modifies only "
          + "static columns"),
      .refused(
        "DELETE s FROM k.s WHERE k = 1 AND c = 1",
        "Invalid restrictions on clustering columns since the DELETE statement modifies only "
          + "static columns"),
      .refused("UPDATE k.s SET s = 1, v = 1 WHERE k = 1", "Some clustering keys are missing: c")),
    Rule(
      "static collections have elements", "Data definition: static columns",
      .run("UPDATE k.s SET ss = ss + {2} WHERE k = 1"),
      .run("UPDATE k.s SET ss = ss + {1} WHERE k = 1"),
      .rows("SELECT c, ss FROM k.s", [#"{"c": null, "ss": [1, 2]}"#]),
      .run("UPDATE k.s SET ss = ss - {1, 2} WHERE k = 1"), .rows("SELECT * FROM k.s", [])),
    Rule(
      "static values are older or younger than their partition's deletion, too",
      "db.rows.Rows.merge",
      .run("DELETE FROM k.s USING TIMESTAMP 10 WHERE k = 1"),
      .run("UPDATE k.s USING TIMESTAMP 9 SET s = 1 WHERE k = 1"), .rows("SELECT s FROM k.s", []),
      .run("UPDATE k.s USING TIMESTAMP 11 SET s = 1 WHERE k = 1"),
      .rows("SELECT s FROM k.s", [#"{"s": 1}"#])),
    Rule(
      "static columns need clustering columns", "cql3.statements.schema.CreateTableStatement",
      .refused(
        "CREATE TABLE k.x (k int PRIMARY KEY, s int static)",
        "Static columns are only useful (and thus allowed) if the table has at least one "
          + "clustering column")),
  ]

  static let counters = [
    Rule(
      "counters are added to", "Types: counters",
      .run("UPDATE k.c SET n = n + 5 WHERE k = 1 AND c = 1"),
      .run("UPDATE k.c SET n -= 2, o += 1 WHERE k = 1 AND c = 1"),
      .rows("SELECT n, o FROM k.c", [#"{"n": 3, "o": 1}"#]),
      .run("UPDATE k.c SET n = n + -4 WHERE k = 1 AND c = 1"),
      .rows("SELECT n FROM k.c", [#"{"n": -1}"#])),
    Rule(
      "a counter wraps around", "db.context.CounterContext",
      .run("UPDATE k.c SET n = n + 9223372036854775807 WHERE k = 1 AND c = 1"),
      .run("UPDATE k.c SET n = n + 1 WHERE k = 1 AND c = 1"),
      .rows("SELECT n FROM k.c", [#"{"n": -9223372036854775808}"#])),
    Rule(
      "a deleted counter column stays deleted", "db.rows.Cells.resolveCounter (CASSANDRA-7346)",
      .run("UPDATE k.c SET n = n + 5, o = o + 1 WHERE k = 1 AND c = 1"),
      .run("DELETE n FROM k.c WHERE k = 1 AND c = 1"),
      .run("UPDATE k.c SET n = n + 2 WHERE k = 1 AND c = 1"),
      .rows("SELECT n, o FROM k.c", [#"{"n": null, "o": 1}"#])),
    Rule(
      "the counters of a deleted row begin anew", "db.CounterMutation",
      .run("UPDATE k.c SET n = n + 5 WHERE k = 1 AND c = 1"), .run("DELETE FROM k.c WHERE k = 1"),
      .rows("SELECT * FROM k.c", []), .run("UPDATE k.c SET n = n + 2 WHERE k = 1 AND c = 1"),
      .rows("SELECT n FROM k.c", [#"{"n": 2}"#])),
    Rule(
      "what counters do not take is refused",
      "cql3.statements.UpdateStatement, ModificationStatement.validate",
      .refused(
        "INSERT INTO k.c (k, c, n) VALUES (1, 1, 1)",
        "INSERT statements are not allowed on counter tables, use UPDATE instead"),
      .refused(
        "UPDATE k.c SET n = 1 WHERE k = 1 AND c = 1",
        "Cannot set the value of counter column n (counters can only be incremented/decremented, "
          + "not set)"),
      .refused(
        "UPDATE k.c USING TTL 1 SET n = n + 1 WHERE k = 1 AND c = 1",
        "Cannot provide custom TTL for counter updates"),
      .refused(
        "UPDATE k.c USING TIMESTAMP 1 SET n = n + 1 WHERE k = 1 AND c = 1",
        "Cannot provide custom timestamp for counter updates"),
      .refused(
        "UPDATE k.c SET n = n + 1 WHERE k = 1 AND c = 1 IF n = 1",
        "Conditional updates are not supported on counter tables")),
    Rule(
      "the least number cannot be taken away", "cql3.Constants.Substracter",
      .refused(
        "UPDATE k.c SET n = n - -9223372036854775808 WHERE k = 1 AND c = 1",
        "The negation of -9223372036854775808 overflows supported counter precision (signed 8 "
          + "bytes integer)")),
    Rule(
      "counter batches", "cql3.statements.BatchStatement.validate",
      .run(
        """
        BEGIN COUNTER BATCH
        UPDATE k.c SET n = n + 1 WHERE k = 1 AND c = 1;
        UPDATE k.c SET n = n - 3 WHERE k = 1 AND c = 1; APPLY BATCH
        """), .rows("SELECT n FROM k.c", [#"{"n": -2}"#]),
      .refused(
        "BEGIN COUNTER BATCH UPDATE k.t SET v = 1 WHERE k = 1 APPLY BATCH",
        "Cannot include non-counter statement in a counter batch"),
      .refused(
        "BEGIN BATCH UPDATE k.c SET n = n + 1 WHERE k = 1 AND c = 1 APPLY BATCH",
        "Cannot include a counter statement in a logged batch"),
      .refused(
        """
        BEGIN UNLOGGED BATCH UPDATE k.c SET n = n + 1 WHERE k = 1 AND c = 1;
        UPDATE k.t SET v = 1 WHERE k = 1 APPLY BATCH
        """, "Counter and non-counter mutations cannot exist in the same batch"),
      .refused(
        "BEGIN COUNTER BATCH USING TIMESTAMP 1 UPDATE k.c SET n = n + 1 WHERE k = 1 AND c = 1 "
          + "APPLY BATCH", "Cannot provide custom timestamp for counter BATCH")),
  ]
}

import LMDB
import Machine
import Testing

@testable import Tables

/// What is refused, with its code and message, and that it leaves no trace.
@Suite struct RefusalTests {
  private func store(clock: Clock = .system, options: Tables.Options = .init()) throws
    -> TemporaryTables
  {
    let store = try TemporaryTables(clock: clock, options: options)
    try store.run(
      """
      CREATE TABLE k.t (a int, b text, c int, d timeuuid, v text, l frozen<list<int>>,
        PRIMARY KEY ((a, b), c, d))
      """, "CREATE INDEX ON k.t (v)", "CREATE TABLE k.s (k text PRIMARY KEY, v text, n int)",
      "CREATE INDEX by_v ON k.s (v)")
    return store
  }

  @Test func `statements are refused with Cassandra's codes and messages`() throws {
    let store = try store()
    for (statement, code, message) in Self.refused {
      let error = try store.refusal(statement)
      #expect(error?.code == code, "\(statement)")
      #expect(error?.message == message, "\(statement)")
    }
    #expect(try store.refusal("SELEC")?.code == .syntaxError)
    #expect(try TablesCheck(store.tables).rows == 0)
  }

  @Test func `what is not supported is refused by its name`() throws {
    let store = try store()
    for (statement, feature) in Self.unsupported {
      #expect(
        try store.refusal(statement) == .unsupported(feature), "\(statement)")
    }
    for statement in Self.described {
      #expect(try !store.tables.execute(statement).rows.isEmpty, "\(statement)")
    }
  }

  @Test func `bound values of the wrong length, number or content are refused`() throws {
    let store = try store()
    let v1: [UInt8] = [0, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]
    var v4 = v1
    v4[6] = 0x40
    let good: [[UInt8]?] = [
      bigEndian(Int32(1)), [97], bigEndian(Int32(2)), v1, [98], bigEndian(Int32(0)),
      bigEndian(Int32(9)), bigEndian(Int64(5)),
    ]
    let changes: [(Int, [UInt8]?, String)] = [
      (0, [1], "Expected 4 bytes for a of type int (1)"),
      (0, nil, "Invalid null value in condition for column a"),
      (1, [0xC3], "String didn't validate (b is no UTF-8)"),
      (2, bigEndian(Int64(2)), "Expected 4 bytes for c of type int (8)"),
      (3, v4, "Invalid version for TimeUUID type. (d)"),
      (4, [0xED, 0xA0, 0x80], "String didn't validate (v is no UTF-8)"),
      (5, [0, 0, 0, 1, 0, 0], "Malformed collection for l"),
      (5, [0, 0, 0, 1, 0, 0, 0, 1, 7], "Expected 4 bytes for l of type int (1)"),
      (6, [1], "Expected 4 bytes for [ttl] of type int (1)"),
      (7, [1], "Invalid timestamp value: 0x01"),
    ]
    let text =
      "INSERT INTO k.t (a, b, c, d, v, l) VALUES (?, ?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?"
    for (place, value, message) in changes {
      var values = good
      values[place] = value
      #expect(try refusal(text, values, store) == .invalid(message))
    }
    #expect(
      try refusal(text, Array(good.dropLast()), store)
        == .invalid("there were 8 markers(?) in CQL but 7 bound variables"))
    let selections: [(String, [[UInt8]?], String)] = [
      (
        "SELECT * FROM k.s WHERE n < ? ALLOW FILTERING", [[1]],
        "Expected 4 bytes for n of type int (1)"
      ),
      ("SELECT * FROM k.s WHERE v = ?", [[0xFF]], "String didn't validate (v is no UTF-8)"),
      (
        "SELECT * FROM k.s WHERE token(k) > ?", [[1]],
        "Expected 8 bytes for partition key token of type bigint (1)"
      ),
      ("SELECT * FROM k.s LIMIT ?", [[1]], "Invalid limit value"),
      ("SELECT * FROM k.s LIMIT ?", [nil], "Invalid null value of limit"),
      ("SELECT * FROM k.s LIMIT ?", [bigEndian(Int32(0))], "LIMIT must be strictly positive"),
      (
        "SELECT * FROM k.s PER PARTITION LIMIT ?", [bigEndian(Int32(-1))],
        "LIMIT must be strictly positive"
      ),
      (
        "BEGIN BATCH INSERT INTO k.s (k) VALUES ('a'); APPLY BATCH", [[1]],
        "there were 0 markers(?) in CQL but 1 bound variables"
      ),
    ]
    for (text, values, message) in selections {
      #expect(try refusal(text, values, store) == .invalid(message))
    }
    #expect(try TablesCheck(store.tables).rows == 0)
    #expect(try refusal(text, good, store) == nil)
    #expect(try TablesCheck(store.tables).rows == 1)
  }

  private func refusal(
    _ text: String, _ bound: [[UInt8]?], _ store: TemporaryTables
  ) throws -> TableError? {
    var values = BoundValues()
    for value in bound {
      if let value { values.append(value) } else { values.appendNull() }
    }
    let tables = try store.tables
    do throws(TableError) {
      _ = try tables.execute(try tables.prepare(text), values)
      return nil
    } catch { return error }
  }

  @Test func `keys and indexed values that are too long leave no trace`() throws {
    let store = try store()
    let long = String(repeating: "x", count: 497)
    try store.run(
      "INSERT INTO k.s (k) VALUES ('\(long)')",
      "CREATE TABLE k.u (k int, c text, PRIMARY KEY (k, c))")
    // 23 bytes of a key are not the clustering column's.
    try store.run("INSERT INTO k.u (k, c) VALUES (1, '\(long.dropFirst(9))')")
    for statement in [
      "INSERT INTO k.u (k, c) VALUES (1, '\(long.dropFirst(8))')",
      "DELETE FROM k.u WHERE k = 1 AND c = '\(long.dropFirst(8))'",
    ] {
      #expect(
        try store.refusal(statement)
          == .invalid(
            "The clustering key of a row of u is too long: with its partition's it needs 512 "
              + "bytes, more than the limit of 511"))
    }
    let before = try store.rows("SELECT * FROM k.s")
    for statement in [
      "INSERT INTO k.s (k, v) VALUES ('a', '\(long)')",
      "UPDATE k.s SET v = '\(long)' WHERE k = 'b'",
      "UPDATE k.s SET v = '\(long)' WHERE k = '\(long)'",
    ] {
      let tables = try store.tables
      // Even where the transaction goes on, the statement has changed nothing.
      try tables.write { transaction throws(TableError) in
        do throws(TableError) {
          try transaction.execute(try tables.prepare(statement), BoundValues())
          Issue.record("\(statement) was not refused")
        } catch {
          #expect(error.code == .invalid)
          #expect(error.message.contains("The value of the indexed column v is too long"))
        }
      }
      #expect(try store.rows("SELECT * FROM k.s") == before)
      #expect(try TablesCheck(store.tables).faults == [])
    }
  }

  @Test func `a failing statement undoes its transaction`() throws {
    let store = try store()
    let tables = try store.tables
    let insert = try tables.prepare("INSERT INTO k.s (k, v) VALUES (?, 'x')")
    let wrong = try tables.prepare("CREATE KEYSPACE other \(oneReplica)")
    let error = #expect(throws: TableError.self) {
      try tables.write { transaction throws(TableError) in
        var values = BoundValues()
        values.append("a")
        try transaction.execute(insert, values)
        try transaction.setState("checkpoint", [1])
        try transaction.execute(wrong, BoundValues())
      }
    }
    #expect(
      error
        == .invalid("Only INSERT, UPDATE, DELETE, BATCH and SELECT can run in a transaction"))
    #expect(try store.rows("SELECT * FROM k.s") == [])
    #expect(try tables.state("checkpoint") == nil)
  }

  @Test func `a statement that failed half-way cannot be committed`() throws {
    let store = try store()
    let tables = try store.tables
    let long = String(repeating: "x", count: 493)
    let statement = try tables.prepare(
      """
      BEGIN BATCH INSERT INTO k.s (k) VALUES ('a');
      INSERT INTO k.s (k, v) VALUES ('b', '\(long)'); APPLY BATCH
      """)
    #expect(throws: TableError.self) {
      try tables.write { transaction throws(TableError) in
        do throws(TableError) { try transaction.execute(statement, BoundValues()) } catch { return }
      }
    }
    #expect(try store.rows("SELECT * FROM k.s") == [])
  }
}

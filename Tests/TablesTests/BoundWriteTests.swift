import Testing

@testable import Tables

/// Bind markers wherever a term of a write may stand, and values that are not set.
@Suite struct BoundWriteTests {
  private enum Bound {
    case bytes([UInt8])
    case null, unset

    static func int(_ value: Int32) -> Bound { .bytes(bigEndian(value)) }
    static func text(_ value: String) -> Bound { .bytes(Array(value.utf8)) }
  }

  private func store() throws -> TemporaryTables {
    let store = try TemporaryTables(clock: FakeClock().clock)
    try store.run(
      "CREATE TYPE k.u (a int, b text)",
      """
      CREATE TABLE k.t (k int, c int, v int, w text, l list<int>, s set<int>, m map<text, int>,
        u u, p tuple<int, text>, PRIMARY KEY (k, c))
      """, "CREATE TABLE k.n (k int PRIMARY KEY, n counter)")
    return store
  }

  private func run(_ text: String, _ bound: [Bound], _ store: TemporaryTables) throws -> Page {
    var values = BoundValues()
    for value in bound {
      switch value {
      case .bytes(let bytes): values.append(bytes)
      case .null: values.appendNull()
      case .unset: values.appendUnset()
      }
    }
    let tables = try store.tables
    return try tables.execute(try tables.prepare(text), values)
  }

  private func refusal(
    _ text: String, _ bound: [Bound], _ store: TemporaryTables
  ) throws -> String? {
    do { _ = try run(text, bound, store) } catch let error as TableError { return error.message }
    return nil
  }

  @Test func `markers stand inside collections, tuples and types`() throws {
    let store = try store()
    let text = """
      INSERT INTO k.t (k, c, l, s, m, u, p) VALUES
        (?, ?, [1, ?], {?, 2}, {'a': ?, ?: 4}, {a: ?, b: 'x'}, (?, 'y')) USING TTL ? AND TIMESTAMP ?
      """
    let markers = try store.tables.prepare(text).markers
    #expect(
      markers.map(\.name) == [
        "k", "c", "value(l)", "value(s)", "value(m)", "key(m)", "u.a", "p[0]", "[ttl]",
        "[timestamp]",
      ])
    _ = try run(
      text,
      [
        .int(1), .int(2), .int(3), .int(9), .int(5), .text("b"), .int(6), .int(7), .int(100),
        .bytes(bigEndian(Int64(50))),
      ], store)
    #expect(
      try store.rows("SELECT * FROM k.t") == [
        #"{"k": 1, "c": 2, "l": [1, 3], "m": {"a": 5, "b": 4}, "p": [7, "y"], "s": [2, 9], "#
          + #""u": {"a": 6, "b": "x"}, "v": null, "w": null}"#
      ])
  }

  @Test func `what is unset is left as it is`() throws {
    let store = try store()
    try store.run("INSERT INTO k.t (k, c, v, w, l) VALUES (1, 1, 5, 'x', [1])")
    _ = try run(
      "INSERT INTO k.t (k, c, v, w, l) VALUES (?, ?, ?, ?, [?])",
      [.int(1), .int(1), .unset, .null, .unset], store)
    _ = try run(
      "UPDATE k.t USING TTL ? AND TIMESTAMP ? SET v = ?, s = s + ?, m[?] = ? WHERE k = 1 AND c = 1",
      [.unset, .unset, .unset, .unset, .text("a"), .unset], store)
    #expect(
      try store.rows("SELECT v, w, l, s, m FROM k.t") == [
        #"{"v": 5, "w": null, "l": [1], "s": null, "m": null}"#
      ])
    // The timestamp is a new one, not that of the statement before.
    _ = try run("DELETE FROM k.t WHERE k = 1 AND c = 1", [], store)
    _ = try run(
      "INSERT INTO k.t (k, c, v) VALUES (1, 1, 6) USING TIMESTAMP ?", [.unset], store)
    #expect(try store.rows("SELECT v FROM k.t") == [#"{"v": 6}"#])
    #expect(
      try refusal("UPDATE k.t SET v = 1 WHERE k = ? AND c = 1", [.unset], store)
        == "Invalid unset value for column k")
    #expect(
      try refusal("UPDATE k.t SET l[?] = 1 WHERE k = 1 AND c = 1", [.unset], store)
        == "Invalid unset value for list index")
    #expect(
      try refusal("UPDATE k.t SET m[?] = 1 WHERE k = 1 AND c = 1", [.unset], store)
        == "Invalid unset map key")
    #expect(
      try refusal("UPDATE k.t SET v = 1 WHERE k = 1 AND c = 1 IF v = ?", [.unset], store)
        == "Invalid 'unset' value in condition")
    _ = try run("UPDATE k.n SET n = n + ? WHERE k = 1", [.unset], store)
    #expect(try store.rows("SELECT * FROM k.n") == [])
    #expect(
      try refusal("UPDATE k.n SET n = n + ? WHERE k = 1", [.null], store)
        == "Invalid null value for counter increment")
    #expect(
      try refusal("INSERT INTO k.t (k, c) VALUES (1, 1) USING TIMESTAMP ?", [.null], store)
        == "Invalid null value of timestamp")
  }

  @Test func `a counter is incremented as often as a statement says`() throws {
    let store = try store()
    for _ in 0..<2 { try store.run("UPDATE k.n SET n = n + 5, n = n - 2 WHERE k = 1") }
    #expect(try store.rows("SELECT n FROM k.n") == [#"{"n": 6}"#])
  }

  @Test func `times at the ends of what there is can be reckoned with`() throws {
    let store = try store()
    for (bytes, sign) in [("8000000000000000", "-"), ("7fffffffffffffff", "+")] {
      for duration in ["1mo", "1d", "2147483647d", "178956970y"] {
        _ = try store.rows(
          "SELECT blobAsTimestamp(0x\(bytes)) \(sign) \(duration) AS a FROM system.local")
      }
    }
  }

  @Test func `one marker stands for the list of IN`() throws {
    let store = try store()
    func list(_ values: [[UInt8]]) -> Bound {
      .bytes(LiteralEncoder.collection(values))
    }
    let numbers = [1, 2].map { bigEndian(Int32($0)) }
    _ = try run(
      "UPDATE k.t SET v = 1 WHERE k IN ? AND c IN ?", [list(numbers), list(numbers)], store)
    #expect(try store.rows("SELECT k, c FROM k.t").count == 4)
    _ = try run(
      "DELETE FROM k.t WHERE k = 1 AND (c) IN ?", [list([LiteralEncoder.tuple([numbers[0]])])],
      store)
    #expect(try store.rows("SELECT c FROM k.t WHERE k = 1") == [#"{"c": 2}"#])
    _ = try run("DELETE FROM k.t WHERE k IN ?", [list([])], store)
    #expect(try store.rows("SELECT k, c FROM k.t").count == 3)
    let page = try run(
      "UPDATE k.t SET v = 2 WHERE k = 1 AND c = 2 IF v IN ?", [list(numbers)], store)
    #expect(page.rows == [[[1]]])
    #expect(
      try refusal("DELETE FROM k.t WHERE k IN ?", [.null], store)
        == "Invalid null value in condition for column k")
  }

  /// `Tuples.Raw.makeReceiver` and `Tuples.INRaw.makeInReceiver`.
  @Test func `one marker stands for a tuple of columns`() throws {
    let store = try store()
    try store.run("CREATE TABLE k.w (k int, a int, b text, v int, PRIMARY KEY (k, a, b))")
    func tuple(_ number: Int32?, _ text: String) -> [UInt8] {
      LiteralEncoder.tuple([number.map { bigEndian($0) }, Array(text.utf8)])
    }
    func list(_ tuples: [UInt8]...) -> Bound { .bytes(LiteralEncoder.collection(tuples)) }
    _ = try run(
      "UPDATE k.w SET v = 1 WHERE k = 1 AND (a, b) = ?", [.bytes(tuple(1, "x"))], store)
    _ = try run(
      "UPDATE k.w SET v = 2 WHERE k = 1 AND (a, b) IN ?",
      [list(tuple(2, "y"), tuple(3, "z"), tuple(2, "y"))], store)
    _ = try run(
      "UPDATE k.w SET v = 3 WHERE k = 1 AND (a, b) IN (?, ?)",
      [.bytes(tuple(1, "w")), .bytes(tuple(4, "v"))], store)
    #expect(
      try store.rows("SELECT a, b, v FROM k.w") == [
        #"{"a": 1, "b": "w", "v": 3}"#, #"{"a": 1, "b": "x", "v": 1}"#,
        #"{"a": 2, "b": "y", "v": 2}"#, #"{"a": 3, "b": "z", "v": 2}"#,
        #"{"a": 4, "b": "v", "v": 3}"#,
      ])
    _ = try run("DELETE FROM k.w WHERE k = 1 AND (a, b) > ?", [.bytes(tuple(2, "y"))], store)
    #expect(try store.rows("SELECT a FROM k.w").count == 3)
    let page = try run(
      "DELETE FROM k.w WHERE k = 1 AND (a, b) = ? IF v = 1", [.bytes(tuple(1, "x"))], store)
    #expect(page.rows == [[[1]]])
    let prepared = try store.tables.prepare("DELETE FROM k.w WHERE k = ? AND (a, b) IN ?")
    #expect(prepared.markers.map(\.name) == ["k", "in(a,b)"])
    let update = "UPDATE k.w SET v = 1 WHERE k = 1 AND (a, b) = ?"
    #expect(try store.tables.prepare(update).markers.map(\.name) == ["(a,b)"])
    #expect(
      try refusal(update, [.bytes(tuple(nil, "x"))], store)
        == "Invalid null value in condition for column a")
    #expect(
      try refusal(update, [.unset], store) == "Invalid unset value for column a")
    #expect(
      try refusal("UPDATE k.w SET v = 1 WHERE k = 1 AND (a, b) = (1, 'x', 2)", [], store)
        == "Expected 2 elements in value tuple, but got 3: (1, 'x', 2)")
  }

  @Test func `the markers of a batch are numbered through, JSON is bound whole`() throws {
    let store = try store()
    _ = try run(
      """
      BEGIN BATCH USING TIMESTAMP ? INSERT INTO k.t (k, c, v) VALUES (?, ?, ?);
      UPDATE k.t SET w = :w WHERE k = :k AND c = :c; INSERT INTO k.t JSON ?; APPLY BATCH
      """,
      [
        .bytes(bigEndian(Int64(9))), .int(1), .int(2), .int(3), .text("x"), .int(1), .int(2),
        .text(#"{"k": 2, "c": 1, "l": [4]}"#),
      ], store)
    #expect(
      try store.rows("SELECT k, c, v, w, l, writetime(v) FROM k.t") == [
        #"{"k": 1, "c": 2, "v": 3, "w": "x", "l": null, "writetime(v)": 9}"#,
        #"{"k": 2, "c": 1, "v": null, "w": null, "l": [4], "writetime(v)": null}"#,
      ])
    #expect(
      try refusal("INSERT INTO k.t JSON ?", [.null], store) == "Got null for INSERT JSON values")
  }

  @Test func `keys of any length are written, read, indexed and deleted`() throws {
    let store = try store()
    try store.run(
      "CREATE TABLE k.long (k text, j blob, c int, v int, s int static, PRIMARY KEY ((k, j), c))",
      "CREATE INDEX ON k.long (v)")
    for count in [0, 150, 200, 201, 250, 60_000] {
      let key = String(repeating: "é", count: count / 2) + "\(count)"
      try store.run("INSERT INTO k.long (k, j, c, v, s) VALUES ('\(key)', 0x0001, 1, \(count), 7)")
      #expect(
        try store.rows("SELECT k, c, s FROM k.long WHERE k = '\(key)' AND j = 0x0001")
          == [#"{"k": "\#(key)", "c": 1, "s": 7}"#])
      #expect(
        try store.rows("SELECT k FROM k.long WHERE v = \(count)") == [#"{"k": "\#(key)"}"#])
    }
    #expect(try store.rows("SELECT v FROM k.long").count == 6)
    #expect(try TablesCheck(store.tables).faults == [])
    for count in [0, 250, 60_000] {
      let key = String(repeating: "é", count: count / 2) + "\(count)"
      try store.run("DELETE FROM k.long WHERE k = '\(key)' AND j = 0x0001")
    }
    store.close()
    #expect(try store.rows("SELECT v FROM k.long").count == 3)
    let long = String(repeating: "x", count: 65_536)
    #expect(
      try store.refusal("INSERT INTO k.n JSON '{}'")?.message
        == "INSERT statements are not allowed on counter tables, use UPDATE instead")
    #expect(
      try store.refusal("INSERT INTO k.long (k, j, c) VALUES ('\(long)', 0x, 1)")?.message
        == "Key length of 65536 is longer than maximum of 65535")
    #expect(try TablesCheck(store.tables).faults == [])
  }
}

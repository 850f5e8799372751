import Testing

@testable import Tables

/// Markers wherever Cassandra takes them, and what may be bound to them.
@Suite struct BoundReadTests {
  private static let one: [UInt8] = bigEndian(Int32(1))
  private static let two: [UInt8] = bigEndian(Int32(2))

  private enum Value {
    case bytes([UInt8])
    case null, unset
  }

  private func store() throws -> TemporaryTables {
    let store = try TemporaryTables()
    try store.run(
      "CREATE TABLE k.t (a int, b int, c int, m map<text, int>, PRIMARY KEY (a, b))",
      "INSERT INTO k.t (a, b, c, m) VALUES (1, 1, 10, {'x': 1})",
      "INSERT INTO k.t (a, b, c) VALUES (1, 2, 20)",
      "INSERT INTO k.t (a, b, c) VALUES (2, 1, 30)")
    return store
  }

  private func execute(
    _ text: String, _ values: [Value], _ store: TemporaryTables
  ) throws -> Page {
    let tables = try store.tables
    var bound = BoundValues()
    for value in values {
      switch value {
      case .bytes(let bytes): bound.append(bytes)
      case .null: bound.appendNull()
      case .unset: bound.appendUnset()
      }
    }
    return try tables.execute(try tables.prepare(text), bound)
  }

  private func list(_ values: [UInt8]...) -> [UInt8] { LiteralEncoder.collection(values) }

  @Test func `markers stand for values, lists, tuples and limits`() throws {
    let store = try store()
    let tuple = LiteralEncoder.tuple([Self.two])
    let cases: [(String, [Value], [Int32])] = [
      ("a IN ?", [.bytes(list(Self.two, Self.one))], [10, 20, 30]),
      ("a IN (?, ?)", [.bytes(Self.one), .bytes(Self.two)], [10, 20, 30]),
      ("a = 1 AND b IN ?", [.bytes(list(Self.two, Self.two))], [20]),
      ("a = 1 AND b IN ?", [.bytes(list())], []),
      ("a = 1 AND (b) IN ?", [.bytes(list(tuple))], [20]),
      ("a = 1 AND (b) > ?", [.bytes(LiteralEncoder.tuple([Self.one]))], [20]),
      ("a = 1 AND (b) > (?)", [.bytes(Self.one)], [20]),
      ("a = :x AND b = :x", [.bytes(Self.one), .bytes(Self.one)], [10]),
      ("a = (int) ? + 1", [.bytes(Self.one)], [30]),
      ("a = (int) ?", [.bytes(Self.two)], [30]),
      ("token(a) = token(?)", [.bytes(Self.two)], [30]),
      ("m CONTAINS ? ALLOW FILTERING", [.bytes(Self.one)], [10]),
      ("m[?] = ? ALLOW FILTERING", [.bytes(Array("x".utf8)), .bytes(Self.one)], [10]),
      ("a = 1 LIMIT ?", [.bytes(Self.one)], [10]),
      ("a = 1 PER PARTITION LIMIT ? LIMIT ?", [.bytes(Self.one), .unset], [10]),
    ]
    for (relation, values, expected) in cases {
      let page = try execute("SELECT c FROM k.t WHERE " + relation, values, store)
      #expect(page.rows == expected.map { [bigEndian($0)] }, "\(relation)")
    }
    let shown = try execute(
      "SELECT (int) ?, c + (int) ?, m[?] FROM k.t LIMIT 1",
      [.bytes(Self.one), .bytes(Self.two), .bytes(Array("x".utf8))], store)
    #expect(shown.rows == [[Self.one, bigEndian(Int32(12)), Self.one]])
  }

  /// `VariableSpecifications`, and the receivers of `Relation.toTerm`.
  @Test func `markers have the names and types of their places`() throws {
    let store = try store()
    let tables = try store.tables
    let cases: [(String, [(String, String)])] = [
      ("a = ? AND b = :x", [("a", "int"), ("x", "int")]),
      ("a IN ?", [("in(a)", "frozen<list<int>>")]),
      ("a = 1 AND (b) IN ?", [("in(b)", "frozen<list<frozen<tuple<int>>>>")]),
      ("a = 1 AND (b) > ?", [("(b)", "frozen<tuple<int>>")]),
      ("token(a) > ?", [("partition key token", "bigint")]),
      ("token(a) > token(?)", [("arg0(system.token)", "int")]),
      ("m CONTAINS KEY ? ALLOW FILTERING", [("key(m)", "text")]),
      ("m[?] = ? ALLOW FILTERING", [("key(m)", "text"), ("value(m)", "int")]),
      ("a = 1 LIMIT ?", [("[limit]", "int")]),
      ("a = 1 PER PARTITION LIMIT ?", [("[per_partition_limit]", "int")]),
    ]
    for (relation, markers) in cases {
      let prepared = try tables.prepare("SELECT c FROM k.t WHERE " + relation)
      #expect(prepared.markers.map(\.name) == markers.map(\.0), "\(relation)")
      #expect(prepared.markers.map(\.type.name) == markers.map(\.1), "\(relation)")
    }
    let selected = try tables.prepare("SELECT (int) ? FROM k.t")
    #expect(selected.markers == [ResultColumn(name: "[selection]", type: .int)])
  }

  /// `StatementRestrictions`, `RowFilter` and `SelectStatement.getLimit`.
  @Test func `null and unset values are refused by their place`() throws {
    let store = try store()
    let cases: [(String, Value, String)] = [
      ("a = ?", .null, "Invalid null value in condition for column a"),
      ("a = ?", .unset, "Invalid unset value for column a"),
      ("a IN ?", .null, "Invalid null value for column a"),
      ("a IN ?", .unset, "Invalid unset value for column a"),
      ("a = 1 AND (b) IN ?", .null, "Invalid null value for IN restriction"),
      ("a = 1 AND b > ?", .null, "Invalid null value in condition for column b"),
      ("a = 1 AND b > ?", .unset, "Invalid unset value for column b"),
      ("c = ? ALLOW FILTERING", .null, "Unsupported null value for column c"),
      ("c = ? ALLOW FILTERING", .unset, "Unsupported unset value for column c"),
      ("m CONTAINS ? ALLOW FILTERING", .unset, "Unsupported unset value for column m"),
      ("m[?] = 1 ALLOW FILTERING", .null, "Unsupported null map key for column m"),
      ("m['x'] = ? ALLOW FILTERING", .unset, "Unsupported unset map value for column m"),
      ("token(a) > ?", .null, "Invalid null token value"),
      ("a = 1 LIMIT ?", .null, "Invalid null value of limit"),
      ("a = 1 LIMIT ?", .bytes([1]), "Invalid limit value"),
      ("a = 1 LIMIT ?", .bytes(bigEndian(Int32.min)), "LIMIT must be strictly positive"),
      ("a = ?", .bytes([1]), "Expected 4 bytes for a of type int (1)"),
      ("a IN ?", .bytes([1]), "Malformed collection for in(a)"),
    ]
    for (relation, value, message) in cases {
      let error = #expect(throws: TableError.self) {
        try execute("SELECT c FROM k.t WHERE " + relation, [value], store)
      }
      #expect(error == .invalid(message), "\(relation)")
    }
  }

  /// Many values are looked up by hash, few one by one.
  @Test(arguments: [1, 16, 17, 60]) func `a collection contains all that is asked for`(
    count: Int
  ) throws {
    let store = try TemporaryTables()
    let elements = (0..<count).map(String.init).joined(separator: ", ")
    let entries = (0..<count).map { "'\($0)': 1.\($0)" }.joined(separator: ", ")
    try store.run(
      "CREATE TABLE k.t (k int PRIMARY KEY, s set<int>, m map<text, decimal>)",
      "INSERT INTO k.t (k, s, m) VALUES (1, {\(elements)}, {\(entries)})")
    func found(_ relations: [String]) throws -> Int {
      let all = relations.joined(separator: " AND ")
      return try store.tables.execute("SELECT k FROM k.t WHERE \(all) ALLOW FILTERING").rowCount
    }
    let numbers = Array(0..<count)
    for (each, other) in [
      ({ "s CONTAINS \($0)" }, "s CONTAINS \(count)"),
      ({ "m CONTAINS KEY '\($0)'" }, "m CONTAINS KEY 'x'"),
      ({ "m CONTAINS 1.\($0)0" }, "m CONTAINS 2"),
    ] as [((Int) -> String, String)] {
      #expect(try found(numbers.map(each)) == 1)
      #expect(try found(numbers.map(each) + [other]) == 0)
    }
  }
}

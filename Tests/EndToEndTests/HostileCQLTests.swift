import Foundation
import Machine
import TestSupport
import Testing

/// Scripts of ten megabytes that mean no good, or are just long. Whatever they come to, they come
/// to an end soon and in little memory.
@Suite struct `Hostile CQL` {
  private static let schema = """
    CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE k.t (a int, b text, c int, v int, x text, PRIMARY KEY (a, b, c));
    CREATE TABLE k.y (id int PRIMARY KEY, bl blob, l list<int>, f frozen<set<int>>, vi varint,
      m map<int, int>);

    """

  private static var scripts: [(name: String, text: String)] {
    // A build that is not optimised gets a tenth.
    let size = Program.isDebug ? 1 << 20 : 10 << 20
    let long = String(repeating: "x", count: size)
    let numbers = (0..<(size / 8)).map(String.init).joined(separator: ",")
    let entries = (1..<(size / 64)).map { ", \($0): 1" }.joined()
    func many(_ piece: String) -> String {
      String(repeating: piece, count: size / piece.utf8.count)
    }
    func names(_ what: String) -> String {
      (0..<(size / 12)).map { "c\($0)\(what)" }.joined(separator: ",")
    }
    let product = Array(repeating: String(repeating: "9", count: 39_000), count: 160)
      .joined(separator: "*")
    return [
      ("text", "INSERT INTO k.t (a, b, c, x) VALUES (1, 'a', 1, '\(long)');"),
      ("key", "INSERT INTO k.t (a, b, c) VALUES (1, '\(long)', 1);"),
      ("blob", "INSERT INTO k.y (id, bl) VALUES (1, 0x\(many("ab")));"),
      ("varint", "INSERT INTO k.y (id, vi) VALUES (1, \(many("7")));"),
      ("name", "SELECT \(long) FROM k.t;"),
      ("IN", "SELECT * FROM k.t WHERE a IN (\(numbers));"),
      ("DELETE IN", "DELETE FROM k.t WHERE a IN (\(numbers));"),
      ("list", "INSERT INTO k.y (id, l) VALUES (1, [\(numbers)]);"),
      ("set", "INSERT INTO k.y (id, f) VALUES (1, {\(numbers)});"),
      ("JSON", "INSERT INTO k.y JSON '{\"id\": 1, \"l\": [\(numbers)]}';"),
      ("selectors", "SELECT \(many("a, "))a FROM k.t;"),
      (
        "elements",
        "INSERT INTO k.y (id, m) VALUES (3, {0: 0\(entries)}); "
          + "SELECT \(many("m[7], "))m[8] FROM k.y WHERE id = 3;"
      ),
      ("relations", "SELECT * FROM k.t WHERE \(many("v = 1 AND "))v = 1;"),
      ("operations", "SELECT a\(many(" + 1")) FROM k.t;"),
      ("batch", "BEGIN BATCH \(many("DELETE FROM k.t WHERE a = 1; "))APPLY BATCH;"),
      ("appends", "BEGIN BATCH \(many("UPDATE k.y SET l = l + [1] WHERE id = 7; "))APPLY BATCH;"),
      ("places", "UPDATE k.y SET \(many("l[7] = 1, "))l[8] = 2 WHERE id = 1;"),
      ("removals", "UPDATE k.y SET \(many("l = l - [3], "))l[8] = 2 WHERE id = 1;"),
      (
        "CONTAINS",
        "SELECT id FROM k.y WHERE \(many("l CONTAINS 2 AND "))l CONTAINS 3 ALLOW FILTERING;"
      ),
      ("conditions", "UPDATE k.y SET vi = 1 WHERE id = 1 IF \(many("l[7] = 1 AND "))l[7] = 1;"),
      ("comment", "/*\(long)*/ SELECT * FROM k.t; -- \(long)"),
      ("comments", many("-- x\n") + "SELECT * FROM k.t;"),
      ("lines", "SELECT" + many("\n") + "* FROM k.t;"),
      ("a line a value", "INSERT INTO k.y (id, l) VALUES (1, [1\(many(",\n1")))]);"),
      ("semicolons", many(";")), ("quotes", many("'") + "'"), ("dollars", "SELECT $$\(long)"),
      ("parentheses", "SELECT \(many("(")) FROM k.t;"),
      ("JSON nested", "INSERT INTO k.y JSON '\(many("["))';"),
      ("fields", "CREATE TYPE k.z (\(names(" int")));"),
      (
        "orders",
        "CREATE TABLE k.z (a int, b int, PRIMARY KEY (a, b)) WITH CLUSTERING ORDER BY ("
          + "\(names(" DESC")));"
      ),
      ("products", "UPDATE k.y SET vi = \(product) WHERE id = 1;"),
      ("types", "CREATE TABLE k.z (a int PRIMARY KEY, b \(many("frozen<"));"),
    ]
  }

  @Test func `long scripts end soon, in order and in little memory`() throws {
    let stage = Stage()
    try stage.works("cql", input: Self.schema)
    for (name, text) in Self.scripts {
      let path = try stage.write("hostile.cql", text)
      let outcome = try Program.run(
        ["cql", "-f", path], in: stage.folder, memoryMiB: 1_536, processorSeconds: 60)
      #expect(outcome.isOrderly, "\(name): \(outcome.errors.prefix(500))")
      #expect(outcome.code == 0 || outcome.code == 1, "\(name)")
      #expect(outcome.errors.utf8.count < 20_000, "\(name)")
    }
    try stage.works("check", "tables")
  }

  @Test func `a short statement makes no result of any size`() throws {
    let stage = Stage()
    try stage.works("cql", input: Self.schema)
    let long = String(repeating: "x", count: 8 << 20)
    try stage.works("cql", input: "INSERT INTO k.t (a, b, c, x) VALUES (1, 'a', 1, '\(long)');")
    try stage.works("cql", input: "INSERT INTO k.t (a, b, c, x) VALUES (2, 'a', 1, '\"\"\"\"');")
    func all(_ selector: String) -> String {
      "SELECT \(Array(repeating: selector, count: 100).joined(separator: ", ")) FROM k.t;"
    }
    var statements = ["x", "max(x)", "blobAsText(textAsBlob(x))"].map(all)
    statements.append("SELECT JSON \(all("x").dropFirst(7))")
    // Each one doubles the escapes of the one inside it.
    let nested =
      String(repeating: "toJson(", count: 40) + "x" + String(repeating: ")", count: 40)
    if !Program.isDebug { statements.append("SELECT \(nested) FROM k.t WHERE a = 2;") }
    for statement in statements {
      let outcome = try Program.run(
        ["cql", "-e", statement], in: stage.folder, memoryMiB: 1_536, processorSeconds: 60)
      #expect(
        outcome.isOrderly && outcome.errors.contains("larger than"),
        "\(statement.prefix(40)): \(outcome.errors.prefix(500))")
    }
  }
}

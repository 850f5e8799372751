import Machine
import Testing

@testable import Tables

/// Elements and slices of sets and maps, compared with a dictionary's.
@Suite struct ElementTests {
  @Test(arguments: ["m", "f", "g", "s"])
  func `elements and slices are those of a dictionary`(column: String) throws {
    var random = seededRandom()
    let store = try TemporaryTables()
    try store.run(
      """
      CREATE TABLE k.t (p int, c int, m map<int, int>, f frozen<map<int, int>>, s set<int>,
        g map<int, int> static, PRIMARY KEY (p, c))
      """)
    for row in 0..<20 {
      var model: [Int: Int] = [:]
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        let key = Int.random(in: -20...20, using: &random)
        model[key] = column == "s" ? key : .random(in: 0...9, using: &random)
      }
      try store.run(
        "INSERT INTO k.t (p, c, \(column)) VALUES (\(row), 0, \(literal(model, column)))",
        // A row that is read before it and has others.
        "INSERT INTO k.t (p, c, m, f, s) VALUES (\(row), 1, {0: -1}, {0: -1}, {0})")
      let keys = (0..<8).map { _ in Int.random(in: -22...22, using: &random) }
      let (low, high) = (keys[0], keys[1])
      let slices =
        [model.filter { $0.key >= low && $0.key <= high }, model.filter { $0.key >= low }]
        + [model.filter { $0.key <= high }]
      let wanted =
        keys.map { key in model[key].map { "\($0)" } ?? "null" }
        + slices.map { slice in
          // What is made of cells is null where it has none, and so is the frozen one not written.
          slice.isEmpty && (column != "f") ? "null" : literal(slice, column)
        }
      let parts = keys.map { "[\($0)]" } + ["[\(low)..\(high)]", "[\(low)..]", "[..\(high)]"]
      let selectors = parts.map { column + $0 }.joined(separator: ", ")
      for (more, grouping) in [("", ""), (", count(*)", "GROUP BY p, c")] {
        let page = try store.tables.execute(
          "SELECT \(selectors), c\(more) FROM k.t WHERE p = \(row) \(grouping) ORDER BY c DESC")
        let shown = zip(page.columns, try #require(page.rows.last)).map { column, value in
          value.map(column.type.display) ?? "null"
        }
        #expect(Array(shown.prefix(wanted.count)) == wanted, "\(model) \(parts)")
      }
    }
  }

  private func literal(_ model: [Int: Int], _ column: String) -> String {
    let entries = model.sorted { $0.key < $1.key }
      .map { column == "s" ? "\($0.key)" : "\($0.key): \($0.value)" }
    return "{\(entries.joined(separator: ", "))}"
  }
}

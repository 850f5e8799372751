import Machine
import Testing

@testable import Tables

/// DELETE of slices over several clustering columns of any directions, against a plain comparison
/// of their values (`MultiColumnRestriction.SliceRestriction`, `ClusteringBound`).
@Suite struct MixedSliceTests {
  private enum Bound: String, CaseIterable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    var isLower: Bool { self == .greater || self == .greaterOrEqual }

    func accepts(_ row: [Int], _ values: [Int]) -> Bool {
      let head = Array(row.prefix(values.count))
      return switch self {
      case .less: head.lexicographicallyPrecedes(values)
      case .lessOrEqual: !values.lexicographicallyPrecedes(head)
      case .greater: values.lexicographicallyPrecedes(head)
      case .greaterOrEqual: !head.lexicographicallyPrecedes(values)
      }
    }
  }

  @Test func `what is within the bounds goes, the rest stays`() throws {
    var random = seededRandom()
    let store = try TemporaryTables(clock: FakeClock().clock)
    let names = ["a", "b", "c"]
    let all = (0..<27).map { [$0 / 9, $0 / 3 % 3, $0 % 3] }
    for number in 0..<8 {
      let orders = names.enumerated().map { place, name in
        "\(name) \(number >> place & 1 == 0 ? "ASC" : "DESC")"
      }
      try store.run(
        "CREATE TABLE k.t\(number) (k int, a int, b varint, c int, PRIMARY KEY (k, a, b, c)) "
          + "WITH CLUSTERING ORDER BY (\(orders.joined(separator: ", ")))")
      for round in 0..<25 {
        let inserts = all.map { row in
          "INSERT INTO k.t\(number) (k, a, b, c) VALUES (\(round), \(row[0]), \(row[1]), \(row[2]));"
        }
        try store.run("BEGIN BATCH \(inserts.joined(separator: " ")) APPLY BATCH")
        let first = Int.random(in: 0...1, using: &random)
        var kept = all
        var text = "DELETE FROM k.t\(number) WHERE k = ?"
        var bound = BoundValues()
        bound.append(Int32(round))
        if first == 1 {
          let value = Int.random(in: 0...2, using: &random)
          text += " AND a = \(value)"
          kept.removeAll { $0[0] != value }
        }
        for isLower in [true, false] where Int.random(in: 0..<4, using: &random) > 0 {
          let count = Int.random(in: 1...(3 - first), using: &random)
          let columns = names[first..<(first + count)]
          let values = columns.map { _ in Int.random(in: 0...2, using: &random) }
          let bounds = Bound.allCases.filter { $0.isLower == isLower }
          let comparison = bounds.randomElement(using: &random) ?? .less
          text += " AND (\(columns.joined(separator: ", "))) \(comparison.rawValue) "
          if Bool.random(using: &random) {
            text += "(\(values.map { "\($0)" }.joined(separator: ", ")))"
          } else {
            text += "?"
            bound.append(
              LiteralEncoder.tuple(
                zip(columns, values).map { $0 == "b" ? [UInt8($1)] : bigEndian(Int32($1)) }))
          }
          kept.removeAll { !comparison.accepts(Array($0[first...]), values) }
        }
        let gone = Set(kept)
        _ = try store.tables.execute(try store.tables.prepare(text), bound)
        let page = try store.tables.execute("SELECT a, b, c FROM k.t\(number) WHERE k = \(round)")
        let left = Set(page.rows.map { $0.map { Int($0?.last ?? 9) } })
        #expect(left == Set(all.filter { !gone.contains($0) }), "\(orders): \(text)")
      }
    }
    #expect(try TablesCheck(store.tables).faults == [])
  }
}

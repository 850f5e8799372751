import Machine

@testable import Tables

/// A table of random columns.
struct RandomTable {
  struct Column: Hashable {
    var name: String
    var type: DataType
    var isDescending = false
  }

  let partition: [Column]
  let clustering: [Column]
  let regular: [Column]
  /// The columns that have an index.
  let indexed: [Column]
  let name: String

  var key: [Column] { partition + clustering }
  var columns: [Column] { key + regular }

  init(_ name: String, _ random: inout SeededRandom) {
    self.name = name
    func columns(
      _ prefix: String, _ count: ClosedRange<Int>, _ types: [DataType]
    ) -> [Column] {
      (0..<Int.random(in: count, using: &random)).map { number in
        Column(name: "\(prefix)\(number)", type: types.randomElement(using: &random) ?? .int)
      }
    }
    let structured = DataType.structured
    let partition = columns("p", 1...2, DataType.simple + [.tuple([.int, .text])])
    let clustering = columns("c", 0...3, DataType.simple + structured).map { column in
      var column = column
      column.isDescending = Bool.random(using: &random)
      return column
    }
    let regular = columns("r", 1...5, DataType.simple + structured + [.duration])
    self.partition = partition
    self.clustering = clustering
    self.regular = regular
    let candidates = ((partition.count > 1 ? partition : []) + clustering + regular)
      .filter { !$0.type.containsDuration }
    indexed = Array(
      candidates.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random)))
  }

  var definition: String {
    let columns = columns.map { "\($0.name) \($0.type.name)" }.joined(separator: ", ")
    let key = "(" + partition.map(\.name).joined(separator: ", ") + ")"
    let rest = clustering.map { ", \($0.name)" }.joined()
    let order = clustering.map { "\($0.name) \($0.isDescending ? "DESC" : "ASC")" }
    let with =
      order.isEmpty ? "" : " WITH CLUSTERING ORDER BY (\(order.joined(separator: ", ")))"
    return "CREATE TABLE \(name) (\(columns), PRIMARY KEY (\(key)\(rest)))\(with)"
  }
}

/// A statement in the making, its values written in it or bound.
struct StatementText {
  var text: String
  private(set) var bound: [[UInt8]?] = []

  init(_ text: String) { self.text = text }

  /// Writes a value, nil for null.
  mutating func write(_ value: SampleValue?, _ random: inout SeededRandom) {
    if Bool.random(using: &random) {
      text += "?"
      bound.append(value?.bytes)
    } else {
      text += value?.literal ?? "null"
    }
  }

  func prepared(_ tables: Tables) throws(TableError) -> PreparedStatement {
    try tables.prepare(text)
  }

  func values() -> BoundValues {
    var values = BoundValues()
    for value in bound {
      if let value { values.append(value) } else { values.appendNull() }
    }
    return values
  }
}

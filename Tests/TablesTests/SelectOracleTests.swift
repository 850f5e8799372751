import Machine
import Testing

@testable import Tables

/// Random SELECTs over random numbers, in pages of random sizes, compared with `SelectModel`.
@Suite struct SelectOracleTests {
  @Test func `random SELECTs give what the model gives`() throws {
    var random = seededRandom()
    let store = try TemporaryTables()
    for number in 0..<12 {
      var session = try SelectSession("k.o\(number)", store, random)
      for _ in 0..<150 { try session.compare() }
      random = session.random
    }
  }
}

/// One table under random SELECTs.
private struct SelectSession {
  var random: SeededRandom
  private let table: String
  private let store: TemporaryTables
  private var model: SelectModel

  init(_ table: String, _ store: TemporaryTables, _ random: SeededRandom) throws {
    var random = random
    let partitionColumns = Int.random(in: 1...2, using: &random)
    var descending: [Bool] = []
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      descending.append(Bool.random(using: &random))
    }
    self.random = random
    self.table = table
    self.store = store
    model = SelectModel(partitionColumns: partitionColumns, descending: descending)
    let partition = (0..<partitionColumns).map { "p\($0)" }
    let clustering = descending.indices.map { "c\($0)" }
    let order = zip(clustering, descending).map { "\($0) \($1 ? "DESC" : "ASC")" }
    try store.run(
      "CREATE TABLE \(table) ("
        + (partition + clustering + ["v"]).map { "\($0) int, " }.joined()
        + "s int static, PRIMARY KEY ((\(partition.joined(separator: ", "))), "
        + "\(clustering.joined(separator: ", ")))) WITH CLUSTERING ORDER BY "
        + "(\(order.joined(separator: ", ")))")
    for _ in 0..<60 { try write() }
  }

  private mutating func chance(_ oneIn: Int) -> Bool {
    Int.random(in: 0..<oneIn, using: &random) == 0
  }

  private mutating func small() -> Int { Int.random(in: 0...3, using: &random) }

  private mutating func key() -> [Int] { (0..<model.partitionColumns).map { _ in small() } }

  private mutating func write() throws {
    let key = key()
    let names = (0..<model.partitionColumns).map { "p\($0)" }
    let keyText = key.map { "\($0)" }
    if chance(5) {
      let fixed = small()
      try store.run(
        "INSERT INTO \(table) (\(names.joined(separator: ", ")), s) "
          + "VALUES (\(keyText.joined(separator: ", ")), \(fixed))")
      model.partitions[key, default: .init()].fixed = fixed
      return
    }
    let clustering = model.descending.map { _ in small() }
    let value = chance(5) ? nil : Int.random(in: -9...9, using: &random)
    let columns = names + clustering.indices.map { "c\($0)" } + ["v"]
    let values = keyText + clustering.map { "\($0)" } + [value.map { "\($0)" } ?? "null"]
    try store.run(
      "INSERT INTO \(table) (\(columns.joined(separator: ", "))) "
        + "VALUES (\(values.joined(separator: ", ")))")
    model.partitions[key, default: .init()].rows[clustering] = .some(value)
  }

  mutating func compare() throws {
    let selection = selection()
    let text = selection.text(table, model)
    let expected = selection.result(model)
    do {
      let tables = try store.tables
      let prepared = try tables.prepare(text)
      #expect(
        numbers(try tables.execute(prepared, BoundValues(), pageRows: .max)) == expected, "\(text)")
      if selection.isMerged { return }
      let rows = Int.random(in: 1...5, using: &random)
      var found: [[Int?]] = []
      var state: PagingState?
      repeat {
        let page = try tables.execute(prepared, BoundValues(), pageRows: rows, from: state)
        #expect(page.rowCount <= rows)
        found += numbers(page)
        state = try page.next.map { try PagingState($0.bytes) }
      } while state != nil && found.count <= expected.count
      #expect(found == expected, "\(text) in pages of \(rows)")
    } catch { Issue.record("\(error): \(text)") }
  }

  private func numbers(_ page: Page) -> [[Int?]] {
    page.rows.map { row in
      row.map { bytes in
        bytes.map { bytes in
          let raw = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
          return bytes.count == 8
            ? Int(Int64(bitPattern: raw)) : Int(Int32(truncatingIfNeeded: raw))
        }
      }
    }
  }

  private mutating func selection() -> ModelSelection {
    var selection = ModelSelection()
    switch Int.random(in: 0..<6, using: &random) {
    case 0: selection.shown = .distinct
    case 1: selection.shown = .aggregates
    case 2, 3:
      selection.shown = .groups(Int.random(in: 0...model.descending.count, using: &random))
    default: break
    }
    var isDistinct = false
    if case .distinct = selection.shown { isDistinct = true }
    let isNamed = addPartition(&selection)
    if !isDistinct, chance(2) { addClustering(&selection) }
    if chance(6) {
      let fixed = small()
      selection.add("s = \(fixed)") { $0.fixed == fixed }
    }
    if !isDistinct, chance(6) {
      let value = Int.random(in: -9...9, using: &random)
      selection.add("v >= \(value)") { $0.value.map { $0 >= value } ?? false }
      selection.asksForRows = true
    }
    if isNamed, !isDistinct, chance(2) { addOrder(&selection) }
    if chance(3) { selection.limit = Int.random(in: 1...8, using: &random) }
    switch selection.shown {
    case .columns, .groups:
      if chance(3) { selection.perPartitionLimit = Int.random(in: 1...3, using: &random) }
    default: break
    }
    return selection
  }

  /// Which partitions; true where they are named.
  private mutating func addPartition(_ selection: inout ModelSelection) -> Bool {
    let names = (0..<model.partitionColumns).map { "p\($0)" }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return false
    case 1:
      let bounds: [(String, (Int64, Int64) -> Bool)] = [
        (">", { $0 > $1 }), (">=", { $0 >= $1 }), ("<", { $0 < $1 }), ("<=", { $0 <= $1 }),
      ]
      let first = Int.random(in: 0...1, using: &random)
      var chosen = [first]
      if chance(2) { chosen.append(Int.random(in: 2...3, using: &random)) }
      for place in chosen {
        let token = SelectModel.token(key())
        let holds = bounds[place].1
        selection.add("token(\(names.joined(separator: ", "))) \(bounds[place].0) \(token)") {
          holds($0.token, token)
        }
      }
      return false
    case 2:
      // One column of several, or a slice: all partitions are looked at.
      let place = Int.random(in: 0..<names.count, using: &random)
      let bound = small()
      selection.add("\(names[place]) >= \(bound)") { $0.partition[place] >= bound }
      return false
    case 3:
      for (place, value) in key().enumerated() {
        selection.add("\(names[place]) = \(value)") { $0.partition[place] == value }
      }
      return true
    default:
      for place in names.indices {
        let values = [small(), small(), small()]
        // An IN of one value is an equality.
        selection.add(
          "\(names[place]) IN (\(values.map { "\($0)" }.joined(separator: ", ")))"
        ) { values.contains($0.partition[place]) }
      }
      selection.isByPartition = true
      return true
    }
  }

  /// Equalities and INs from the first column on, then perhaps bounds of one column or of several.
  private mutating func addClustering(_ selection: inout ModelSelection) {
    let count = model.descending.count
    let fixed = Int.random(in: 0...count, using: &random)
    selection.asksForRows = fixed > 0 || selection.asksForRows
    for place in 0..<fixed {
      if chance(3) {
        let values = [small(), small()]
        selection.add("c\(place) IN (\(values[0]), \(values[1]))") { row in
          row.clustering.map { values.contains($0[place]) } ?? false
        }
      } else {
        let value = small()
        selection.add("c\(place) = \(value)") { $0.clustering?[place] == value }
      }
    }
    guard fixed < count, chance(2) || fixed == 0 else { return }
    selection.asksForRows = true
    let signs = [[">"], [">="], ["<"], ["<="], [">", "<="], [">=", "<"]]
    let isTuple = chance(2)
    for sign in signs.randomElement(using: &random) ?? [] {
      let width = isTuple ? Int.random(in: 1...(count - fixed), using: &random) : 1
      let bound = (0..<width).map { _ in small() }
      let names = (0..<width).map { "c\(fixed + $0)" }.joined(separator: ", ")
      let values = bound.map { "\($0)" }.joined(separator: ", ")
      selection.add(isTuple ? "(\(names)) \(sign) (\(values))" : "\(names) \(sign) \(values)") {
        row in
        guard let found = row.clustering?[fixed..<(fixed + width)] else { return false }
        let isLess = found.lexicographicallyPrecedes(bound)
        let isEqual = Array(found) == bound
        switch sign {
        case "<": return isLess
        case "<=": return isLess || isEqual
        case ">": return !isLess && !isEqual
        default: return !isLess
        }
      }
    }
  }

  private mutating func addOrder(_ selection: inout ModelSelection) {
    selection.isReversed = chance(2)
    let isReversed = selection.isReversed
    let columns = model.descending.enumerated().map { place, isDescending in
      "c\(place) \(isDescending != isReversed ? "DESC" : "ASC")"
    }
    selection.order = " ORDER BY " + columns.joined(separator: ", ")
    selection.isMerged = selection.isByPartition
  }
}

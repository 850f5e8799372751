import CQL
import Machine
import Testing

@testable import Tables

extension OracleSession {
  /// Runs one random SELECT, in pages of a random size, and compares its rows with the model's.
  mutating func compareSelection() throws {
    let outputs = randomOutputs()
    var statement = StatementText(
      "SELECT \(outputs.isDistinct ? "DISTINCT " : "")\(outputs.text) FROM \(table.name)")
    var filter = RowFilter()
    let clause = writeWhere(&filter, &statement, isDistinct: outputs.isDistinct)
    var rows = model.live(clock.seconds).filter(filter.accepts)
    if clause.takesOrder == .byPartitionKey { rows = model.sortedByPartitionKey(rows) }
    if clause.takesOrder == .reversible, !outputs.isDistinct, chance(2),
      let first = table.clustering.first
    {
      let isReversed = chance(2)
      statement.text +=
        " ORDER BY \(first.name) \(first.isDescending != isReversed ? "DESC" : "ASC")"
      if isReversed { rows.reverse() }
    }
    if outputs.isDistinct { rows = limited(rows, perPartition: 1) }
    if !outputs.isDistinct, !outputs.isAggregate, chance(4) {
      let limit = Int.random(in: 1...3, using: &random)
      statement.text += " PER PARTITION LIMIT "
      statement.write(number(limit), &random)
      rows = limited(rows, perPartition: limit)
    }
    var expected = outputs.show(rows, clock.seconds)
    if chance(3) {
      let limit = Int.random(in: 1...6, using: &random)
      statement.text += " LIMIT "
      statement.write(number(limit), &random)
      expected = Array(expected.prefix(limit))
    }
    if clause.filters { statement.text += " ALLOW FILTERING" }
    try compare(statement, expected)
  }

  private func number(_ value: Int) -> SampleValue {
    SampleValue(bytes: bigEndian(Int32(value)), literal: "\(value)")
  }

  private func compare(_ statement: StatementText, _ expected: [[[UInt8]?]]) throws {
    do throws(TableError) {
      let tables = try opened()
      let prepared = try statement.prepared(tables)
      for pageRows in Set([1, 2, 3, max(expected.count, 1), expected.count + 1]) {
        var found: [[[UInt8]?]] = []
        var state: PagingState?
        repeat {
          let page = try tables.execute(
            prepared, statement.values(), pageRows: pageRows, from: state)
          #expect(page.rows.count <= pageRows)
          #expect(!page.rows.isEmpty || page.next == nil, "\(statement.text)")
          found += page.rows
          // An empty page has been recorded: following it might never end.
          state = page.rows.isEmpty ? nil : page.next
        } while state != nil && found.count <= expected.count
        #expect(
          found == expected,
          "\(statement.text) \(statement.bound) on \(table.definition), pages of \(pageRows)")
      }
    } catch {
      Issue.record("\(error): \(statement.text) on \(table.definition)")
    }
  }

  private func limited(_ rows: [TableModel.Found], perPartition limit: Int) -> [TableModel.Found] {
    var counts: [ArraySlice<[UInt8]>: Int] = [:]
    return rows.filter { row in
      counts[row.key.prefix(table.partition.count), default: 0] += 1
      return counts[row.key.prefix(table.partition.count), default: 0] <= limit
    }
  }

  /// Writes one of the kinds of WHERE there are.
  private mutating func writeWhere(
    _ filter: inout RowFilter, _ statement: inout StatementText, isDistinct: Bool
  ) -> (takesOrder: ResultOrder, filters: Bool) {
    // DISTINCT takes restrictions of the partition key alone.
    switch Int.random(in: 0..<(isDistinct ? 5 : 7), using: &random) {
    case 0: return (.byToken, false)
    case 1, 2:
      filter.fixPartition(partition(), table, &statement, &random)
      if !isDistinct { writeClustering(&filter, &statement) }
      return (.reversible, false)
    case 3:
      let (first, second) = (partition(), partition())
      for column in 0..<(table.partition.count - 1) {
        filter.add(table.partition[column], .equal, [first[column]], &statement, &random)
      }
      let last = table.partition.count - 1
      filter.add(
        table.partition[last], .in, [first[last], second[last]], &statement, &random)
      if !isDistinct { writeClustering(&filter, &statement) }
      return (.byPartitionKey, false)
    case 4:
      // One bound at each end, or an equality.
      let comparisons: [[Comparison]] = [
        [.less], [.lessOrEqual], [.greater], [.greaterOrEqual], [.equal], [.greater, .lessOrEqual],
        [.less, .greaterOrEqual],
      ]
      for comparison in comparisons.randomElement(using: &random) ?? [] {
        let token = chance(5) ? Int64.max : model.token(partition().map(\.bytes))
        filter.addToken(comparison, token, table, &statement, &random)
      }
      return (.byToken, false)
    case 5:
      guard let column = table.indexed.randomElement(using: &random) else {
        return (.byToken, false)
      }
      filter.add(column, .equal, [sample(column)], &statement, &random)
      // Where no index was made yet the rows are filtered.
      return (.byToken, true)
    default:
      for column in table.columns.shuffled(using: &random).prefix(2) {
        let isPartition = table.partition.contains(column)
        if isPartition || chance(2) {
          var value = sample(column)
          // Cassandra takes no empty partition key.
          while isPartition, value.bytes.isEmpty { value = sample(column) }
          filter.add(
            column, isPartition && chance(2) ? .in : .equal, [value], &statement, &random)
        } else {
          filter.addSlice(column, &statement, &random)
        }
      }
      return (.byToken, true)
    }
  }

  /// Equalities from the first clustering column on, then perhaps a slice or an IN.
  private mutating func writeClustering(
    _ filter: inout RowFilter, _ statement: inout StatementText
  ) {
    let fixed = Int.random(in: 0...table.clustering.count, using: &random)
    // ORDER BY names the first clustering column, which = may fix as well.
    for column in table.clustering.prefix(fixed) {
      filter.add(column, .equal, [sample(column)], &statement, &random)
    }
    guard fixed < table.clustering.count else { return }
    let next = table.clustering[fixed]
    switch Int.random(in: 0..<3, using: &random) {
    case 0: filter.addSlice(next, &statement, &random)
    case 1: filter.add(next, .in, [sample(next), sample(next)], &statement, &random)
    default: break
    }
  }

  private mutating func randomOutputs() -> SelectionOutputs {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return .distinct(table.partition)
    case 1: return .aggregates(table.columns.shuffled(using: &random).first ?? table.columns[0])
    case 2: return .times(table.regular.randomElement(using: &random) ?? table.regular[0])
    case 3..<5:
      return .columns(Array(table.columns.shuffled(using: &random).prefix(3)))
    default: return .all(table.columns)
    }
  }
}

/// In which order the rows of a SELECT come.
enum ResultOrder { case byToken, byPartitionKey, reversible }

/// What a SELECT asks for, and what it must give.
enum SelectionOutputs {
  case all([RandomTable.Column])
  case columns([RandomTable.Column])
  case distinct([RandomTable.Column])
  case times(RandomTable.Column)
  case aggregates(RandomTable.Column)

  var isDistinct: Bool { if case .distinct = self { true } else { false } }
  var isAggregate: Bool { if case .aggregates = self { true } else { false } }

  var text: String {
    switch self {
    case .all: return "*"
    case .columns(let columns), .distinct(let columns):
      return columns.map(\.name).joined(separator: ", ")
    case .times(let column): return "writetime(\(column.name)), ttl(\(column.name))"
    case .aggregates(let column):
      let base = ["count(*)"] + ["count", "min", "max"].map { "\($0)(\(column.name))" }
      let sums =
        column.type.isNumeric && column.type.fixedSize != nil
        ? ["sum(\(column.name))", "avg(\(column.name))"] : []
      return (base + sums).joined(separator: ", ")
    }
  }

  func show(_ rows: [TableModel.Found], _ now: Int64) -> [[[UInt8]?]] {
    switch self {
    case .all(let columns), .columns(let columns), .distinct(let columns):
      return rows.map { row in columns.map { row.values[$0.name] } }
    case .times(let column):
      return rows.map { row in
        guard row.values[column.name] != nil, let cell = row.row.cells[column.name] else {
          return [nil, nil]
        }
        return [
          bigEndian(cell.timestamp), cell.expiry.map { bigEndian(Int32($0 - now)) },
        ]
      }
    case .aggregates(let column):
      // Functions know values that are made of parts as blobs.
      let isBlob = !column.type.parts.isEmpty
      let values = rows.compactMap { $0.values[column.name] }.sorted {
        isBlob ? $0.lexicographicallyPrecedes($1) : column.type.order($0, $1) < 0
      }
      var shown: [[UInt8]?] = [
        bigEndian(Int64(rows.count)), bigEndian(Int64(values.count)), values.first, values.last,
      ]
      if column.type.isNumeric, column.type.fixedSize != nil { shown += sums(values, column.type) }
      return [shown]
    }
  }

  private func sums(_ values: [[UInt8]], _ type: DataType) -> [[UInt8]] {
    func integers<Integer: FixedWidthInteger & SignedInteger>(_ type: Integer.Type) -> [[UInt8]] {
      let numbers = values.map { bytes in
        Int64(Integer(truncatingIfNeeded: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
      }
      let sum = numbers.reduce(Int128(0)) { $0 + Int128($1) }
      let average = numbers.isEmpty ? 0 : sum / Int128(numbers.count)
      return [
        bigEndian(Integer(truncatingIfNeeded: sum)),
        bigEndian(Integer(truncatingIfNeeded: average)),
      ]
    }
    func reals(_ numbers: [Double]) -> (Double, Double) {
      let sum = numbers.reduce(0, +)
      return (sum, numbers.isEmpty ? 0 : sum / Double(numbers.count))
    }
    let bits = values.map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    switch type {
    case .tinyint: return integers(Int8.self)
    case .smallint: return integers(Int16.self)
    case .int: return integers(Int32.self)
    case .bigint: return integers(Int64.self)
    case .float:
      let (sum, average) = reals(bits.map { Double(Float(bitPattern: UInt32($0))) })
      return [bigEndian(Float(sum).bitPattern), bigEndian(Float(average).bitPattern)]
    default:
      let (sum, average) = reals(bits.map { Double(bitPattern: $0) })
      return [bigEndian(sum.bitPattern), bigEndian(average.bitPattern)]
    }
  }
}

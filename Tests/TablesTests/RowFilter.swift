import CQL
import Machine

@testable import Tables

/// The relations of a WHERE clause, written into a statement and kept to be judged row by row.
struct RowFilter {
  private var relations: [(RandomTable.Column, Comparison, [[UInt8]])] = []
  private var tokens: [(Comparison, Int64)] = []

  private mutating func begin(_ statement: inout StatementText) {
    statement.text += relations.isEmpty && tokens.isEmpty ? " WHERE " : " AND "
  }

  mutating func add(
    _ column: RandomTable.Column, _ comparison: Comparison, _ values: [SampleValue],
    _ statement: inout StatementText, _ random: inout SeededRandom
  ) {
    begin(&statement)
    statement.text += "\(column.name) \(comparison.rawValue) " + (comparison == .in ? "(" : "")
    for (number, value) in values.enumerated() {
      if number > 0 { statement.text += ", " }
      statement.write(value, &random)
    }
    if comparison == .in { statement.text += ")" }
    relations.append((column, comparison, values.map(\.bytes)))
  }

  mutating func fixPartition(
    _ values: [SampleValue], _ table: RandomTable, _ statement: inout StatementText,
    _ random: inout SeededRandom
  ) {
    for (column, value) in zip(table.partition, values) {
      add(column, .equal, [value], &statement, &random)
    }
  }

  /// One or two bounds of a column, or its value where it has no order.
  mutating func addSlice(
    _ column: RandomTable.Column, _ statement: inout StatementText, _ random: inout SeededRandom
  ) {
    if column.type.containsDuration {
      return add(column, .equal, [column.type.sample(narrow: true, &random)], &statement, &random)
    }
    let bounds: [[Comparison]] = [
      [.less], [.lessOrEqual], [.greater], [.greaterOrEqual], [.greater, .less],
      [.lessOrEqual, .greaterOrEqual], [.greaterOrEqual, .less],
    ]
    for comparison in bounds.randomElement(using: &random) ?? [] {
      add(column, comparison, [column.type.sample(narrow: true, &random)], &statement, &random)
    }
  }

  mutating func addToken(
    _ comparison: Comparison, _ token: Int64, _ table: RandomTable,
    _ statement: inout StatementText, _ random: inout SeededRandom
  ) {
    begin(&statement)
    let names = table.partition.map(\.name).joined(separator: ", ")
    statement.text += "token(\(names)) \(comparison.rawValue) "
    statement.write(SampleValue(bytes: bigEndian(token), literal: "\(token)"), &random)
    tokens.append((comparison, token))
  }

  func accepts(_ row: TableModel.Found) -> Bool {
    let isInside = tokens.allSatisfy { comparison, token in
      holds(comparison, row.token < token ? -1 : row.token == token ? 0 : 1)
    }
    return isInside
      && relations.allSatisfy { column, comparison, values in
        guard let value = row.values[column.name] else { return false }
        if comparison == .equal || comparison == .in { return values.contains(value) }
        return values.allSatisfy { holds(comparison, column.type.order(value, $0)) }
      }
  }

  private func holds(_ comparison: Comparison, _ order: Int) -> Bool {
    switch comparison {
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    case .equal: order == 0
    default: false
    }
  }
}

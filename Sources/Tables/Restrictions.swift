internal import Bytes
internal import CQL

/// A WHERE clause brought onto a table: which part of the key it fixes, and what must be looked at
/// row by row.
struct Restrictions: Sendable {
  struct Restriction: Sendable {
    var column: Column
    var comparison: Comparison
    /// One operand, or those of an IN.
    var operands: [Operand]
  }

  /// In the order written.
  var all: [Restriction] = []
  /// `token(…)` relations.
  var tokens: [(comparison: Comparison, operand: Operand)] = []
  let table: Table

  init(
    _ relations: [Relation], _ table: Table, _ operands: inout OperandTable
  ) throws(TableError) {
    self.table = table
    for relation in relations {
      switch relation {
      case .column(let name, let comparison, let term):
        try add(name, comparison, term, &operands)
      case .columns(let names, .equal, .tuple(let terms)) where names.count == terms.count:
        for (name, term) in zip(names, terms) { try add(name, .equal, term, &operands) }
      case .columns:
        throw .invalid("Multi-column relations are supported with = and a tuple only")
      case .token(let names, let comparison, let term):
        guard names == table.partitionKey.map(\.name) else {
          throw .invalid(
            "The token function arguments must be in the partition key order: "
              + table.partitionKey.map(\.name).joined(separator: ", "))
        }
        tokens.append(
          (comparison, try operands.add(term, .bigint, column: "partition key token")))
      case .element:
        throw .invalid("Relations on a collection's elements are not supported")
      case .isNotNull: throw .unsupported("IS NOT NULL")
      case .field: throw .unsupported("A relation on a field")
      case .indexExpression: throw .unsupported("expr()")
      }
    }
    if !tokens.isEmpty, let both = all.first(where: { $0.column.kind == .partitionKey }) {
      throw .invalid(
        "Columns \"\(both.column.name)\" cannot be restricted by both a normal relation and a "
          + "token relation")
    }
  }

  private mutating func add(
    _ name: String, _ comparison: Comparison, _ term: Term, _ operands: inout OperandTable
  ) throws(TableError) {
    let column = try table.required(name)
    switch comparison {
    case .in:
      if all.contains(where: { $0.column == column }) { throw restrictedTwice(name, "a IN") }
      let list = try operands.add(list: term, column.type, column: name)
      all.append(Restriction(column: column, comparison: .in, operands: list))
    case .contains, .containsKey, .like, .notEqual:
      throw .invalid("\(comparison.rawValue) is not supported in a WHERE clause")
    default:
      if case .null = term { throw .invalid("Unsupported null value for column \(name)") }
      if column.kind == .partitionKey, comparison != .equal {
        throw .invalid(
          "Only EQ and IN relation are supported on the partition key (unless you use the "
            + "token() function)")
      }
      if comparison != .equal, column.type.containsDuration {
        throw .invalid("Slice restrictions are not supported on \(column.type.durationHolder)")
      }
      let operand = try operands.add(term, column.type, column: name)
      for other in all where other.column == column {
        if other.comparison == .in { throw restrictedTwice(name, "a IN") }
        if other.comparison == .equal || comparison == .equal {
          throw restrictedTwice(name, "an Equal")
        }
      }
      all.append(Restriction(column: column, comparison: comparison, operands: [operand]))
    }
  }

  private func restrictedTwice(_ name: String, _ kind: String) -> TableError {
    .invalid("\(name) cannot be restricted by more than one relation if it includes \(kind)")
  }

  /// Checks the values of one execution by the types of their columns.
  func validate(_ operands: Operands) throws(TableError) {
    for restriction in all {
      for operand in restriction.operands {
        let value = try operands.required(operand, restriction.column)
        try restriction.column.type.validate(value, column: restriction.column.name)
      }
    }
  }

  /// The restriction of a column by = or IN.
  func fixing(_ column: Column) -> Restriction? {
    all.first { $0.column == column && ($0.comparison == .equal || $0.comparison == .in) }
  }

  /// The whole partition key is fixed by = or IN.
  var fixesPartition: Bool { table.partitionKey.allSatisfy { fixing($0) != nil } }

  /// The clustering columns fixed by =, from the first one on.
  var clusteringPrefix: [Restriction] {
    var prefix: [Restriction] = []
    for column in table.clusteringKey {
      guard let found = fixing(column), found.comparison == .equal else { break }
      prefix.append(found)
    }
    return prefix
  }

  /// The column behind the prefix, which slices may bound.
  var sliced: Column? { table.clusteringKey.dropFirst(clusteringPrefix.count).first }

  /// False where the key's order alone answers: no row has to be looked at but those in the ranges
  /// of the key.
  var needsFiltering: Bool {
    let isRestrictedPartition = table.partitionKey.contains { fixing($0) != nil }
    if isRestrictedPartition && !fixesPartition { return true }
    var open = false
    for column in table.clusteringKey {
      let own = all.filter { $0.column == column }
      if own.isEmpty {
        open = true
      } else if open || !fixesPartition {
        return true
      } else if own.contains(where: { $0.comparison != .equal && $0.comparison != .in }) {
        open = true
      }
    }
    return all.contains { $0.column.kind == .regular }
  }

  /// Whether a row satisfies everything; `value` gives a column's bytes, nil where it is null.
  func accepts(
    _ operands: Operands, _ value: (Column) -> UnsafeRawBufferPointer?
  ) -> Bool {
    for restriction in all {
      guard let bytes = value(restriction.column) else { return false }
      let isMet = restriction.operands.contains { operand in
        guard let wanted = operands[operand] else { return false }
        return restriction.comparison.holds(bytes, wanted, restriction.column.type)
      }
      if !isMet { return false }
    }
    return true
  }
}

extension Comparison {
  /// Whether `left` stands in this relation to `right`.
  func holds(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ type: DataType
  ) -> Bool {
    switch self {
    case .equal, .in:
      left.elementsEqual(right) || type.hasManyForms && type.compare(left, right) == 0
    case .notEqual: !Comparison.equal.holds(left, right, type)
    case .less: type.compare(left, right) < 0
    case .lessOrEqual: type.compare(left, right) <= 0
    case .greater: type.compare(left, right) > 0
    case .greaterOrEqual: type.compare(left, right) >= 0
    case .contains, .containsKey, .like: false
    }
  }
}

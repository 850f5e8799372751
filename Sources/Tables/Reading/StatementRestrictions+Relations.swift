internal import CQL

/// What a WHERE clause says of `token(…)`.
struct TokenRestriction: Sendable {
  /// One with =, else at most one for each end.
  var bounds: [(comparison: Comparison, value: Expression)]

  func merged(with other: TokenRestriction, _ names: String) throws(TableError) -> TokenRestriction
  {
    if bounds.contains(where: { $0.comparison == .equal }) {
      throw .invalid(
        "\(names) cannot be restricted by more than one relation if it includes an Equal")
    }
    for bound in other.bounds {
      if bound.comparison == .equal {
        throw .invalid(
          "Columns \"\(names)\" cannot be restricted by both an equality and an inequality relation"
        )
      }
      let isStart = bound.comparison.isStart
      if bounds.contains(where: { $0.comparison.isStart == isStart }) {
        throw .invalid(
          "More than one restriction was found for the \(isStart ? "start" : "end") bound on "
            + names)
      }
    }
    return TokenRestriction(bounds: bounds + other.bounds)
  }
}

extension Comparison {
  var isStart: Bool { self == .greater || self == .greaterOrEqual }

  var isSlice: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }
}

// From relations to restrictions, with the refusals of `SingleColumnRelation`,
// `MultiColumnRelation` and `TokenRelation`.
extension StatementRestrictions {
  mutating func add(
    _ relation: Relation, allowFiltering: Bool, _ planner: inout ExpressionPlanner
  ) throws(TableError) {
    switch relation {
    case .column(_, .like, _):
      throw .invalid(
        "LIKE restriction is only supported on properly indexed columns. \(relation.cql) is not "
          + "valid.")
    case .column(let name, let comparison, let term):
      let column = try table.required(name)
      let restriction = try single(column, comparison, term, relation, &planner)
      try add(restriction, allowFiltering: allowFiltering)
    case .element(let name, let key, let comparison, let term):
      let column = try table.required(name)
      let (keyType, valueType) = try mapTypes(column, comparison)
      let entry = (
        key: try planner.plan(key, keyType, for: "key(\(name))"),
        value: try planner.plan(term, valueType, for: "value(\(name))")
      )
      try add(
        Restriction(columns: [column], kind: .contains(.init(entries: [entry]))),
        allowFiltering: allowFiltering)
    case .columns(let names, let comparison, let term):
      let columns = try clusteringColumns(names, relation)
      try add(
        try multiple(columns, comparison, term, relation, &planner),
        allowFiltering: allowFiltering)
    case .token(let names, let comparison, let term):
      try addToken(names, comparison, term, relation, &planner)
    case .isNotNull: throw .invalid("Unsupported restriction: \(relation.cql)")
    case .field: throw .invalid("Unsupported restriction: \(relation.cql)")
    case .indexExpression(let name, _):
      guard table.indexes.contains(where: { $0.name == name }) else {
        throw .invalid(
          "Invalid index expression, index \(name) not found for \(table.keyspace).\(table.name)")
      }
      throw .invalid(
        "Only CUSTOM indexes may be used in custom index expressions, \(name) is not valid")
    }
  }

  private mutating func add(
    _ restriction: Restriction, allowFiltering: Bool
  ) throws(TableError) {
    switch restriction.first.kind {
    case .partitionKey: try partition.add(restriction)
    case .regular, .static: try others.add(restriction)
    case .clustering:
      let last = clustering.all.last
      try clustering.add(restriction)
      guard let last, !allowFiltering else { return }
      let new = restriction.first
      if last.isSlice, new.position > last.first.position {
        throw .invalid(
          "Clustering column \"\(new.name)\" cannot be restricted (preceding column "
            + "\"\(last.first.name)\" is restricted by a non-EQ relation)")
      }
      if restriction.isSlice, new.position < last.first.position,
        let next = clustering.all.first(where: { $0.first.position > new.position })
      {
        throw .invalid(
          "PRIMARY KEY column \"\(next.first.name)\" cannot be restricted (preceding column "
            + "\"\(new.name)\" is restricted by a non-EQ relation)")
      }
    }
  }

  private func single(
    _ column: Column, _ comparison: Comparison, _ term: Term, _ relation: Relation,
    _ planner: inout ExpressionPlanner
  ) throws(TableError) -> Restriction {
    try check(column, comparison, term)
    let name = column.name
    switch comparison {
    case .notEqual: throw .invalid("Unsupported \"!=\" relation: \(relation.cql)")
    case .contains, .containsKey:
      let types = column.type.whole.parts
      let isKey = comparison == .containsKey
      let type = isKey ? types[0] : types[types.count - 1]
      let value = try planner.plan(term, type, for: "\(isKey ? "key" : "value")(\(name))")
      return Restriction(
        columns: [column],
        kind: .contains(isKey ? .init(keys: [value]) : .init(values: [value])))
    case .in:
      guard case .list(let terms) = term else {
        return Restriction(
          columns: [column],
          kind: .inList(
            try planner.plan(term, .list(column.type.whole), for: "in(\(name))")))
      }
      var values: [Restriction.Values] = []
      for term in terms { values.append(.each([try planner.plan(term, column.type, for: name)])) }
      return Restriction(
        columns: [column], kind: values.count == 1 ? .equal(values[0]) : .in(values))
    case .equal:
      return Restriction(
        columns: [column],
        kind: .equal(.each([try planner.plan(term, column.type, for: name)])))
    default:
      let bound = Restriction.Bound(
        comparison: comparison, columns: 1,
        values: .each([try planner.plan(term, column.type, for: name)]))
      return Restriction(columns: [column], kind: .slice([bound]))
    }
  }

  /// Which relations a column's type takes.
  private func check(
    _ column: Column, _ comparison: Comparison, _ term: Term
  ) throws(TableError) {
    let (name, type) = (column.name, column.type)
    if comparison == .in, column.kind == .regular || column.kind == .static {
      var isOne = false
      if case .list(let terms) = term { isOne = terms.count == 1 }
      if !isOne {
        throw .invalid("IN predicates on non-primary-key columns (\(name)) is not yet supported")
      }
    }
    if comparison.isSlice, type.containsDuration {
      throw .invalid("Slice restrictions are not supported on \(type.durationHolder)")
    }
    if comparison == .containsKey {
      guard case .map = type.whole else {
        throw .invalid("Cannot use CONTAINS KEY on non-map column \(name)")
      }
    } else if comparison == .contains {
      guard type.whole.isFrozenCollection else {
        throw .invalid("Cannot use CONTAINS on non-collection column \(name)")
      }
    } else if case .multiCell(let whole) = type {
      if case .user = whole {
        throw .invalid(
          "Non-frozen UDT column '\(name)' (\(type.name)) cannot be restricted by any relation")
      }
      throw .invalid(
        "Collection column '\(name)' (\(type.name)) cannot be restricted by a "
          + "'\(comparison.rawValue)' relation")
    }
  }

  private func mapTypes(
    _ column: Column, _ comparison: Comparison
  ) throws(TableError) -> (DataType, DataType) {
    if case .list = column.type.whole {
      throw .invalid(
        "Indexes on list entries (\(column.name)[index] = value) are not currently supported.")
    }
    guard case .map(let key, let value) = column.type.whole else {
      throw .invalid("Column \(column.name) cannot be used as a map")
    }
    guard case .multiCell = column.type else {
      throw .invalid(
        "Map-entry equality predicates on frozen map column \(column.name) are not supported")
    }
    guard comparison == .equal else {
      throw .invalid("Only EQ relations are supported on map entries")
    }
    return (key, value)
  }

  private func clusteringColumns(
    _ names: [String], _ relation: Relation
  ) throws(TableError) -> [Column] {
    var columns: [Column] = []
    for name in names {
      let column = try table.required(name)
      guard column.kind == .clustering else {
        throw .invalid(
          "Multi-column relations can only be applied to clustering columns but was applied to: "
            + name)
      }
      if columns.contains(column) {
        throw .invalid("Column \"\(name)\" appeared twice in a relation: \(relation.cql)")
      }
      if let last = columns.last, column.position != last.position + 1 {
        throw .invalid(
          "Clustering columns must appear in the PRIMARY KEY order in multi-column relations: "
            + relation.cql)
      }
      columns.append(column)
    }
    return columns
  }

  private func multiple(
    _ columns: [Column], _ comparison: Comparison, _ term: Term, _ relation: Relation,
    _ planner: inout ExpressionPlanner
  ) throws(TableError) -> Restriction {
    let kind: Restriction.Kind
    switch comparison {
    case .in:
      guard case .list(let terms) = term else {
        let names = columns.map(\.name).joined(separator: ",")
        kind = .inList(
          try planner.plan(term, .list(.tuple(columns.map(\.type.whole))), for: "in(\(names))"))
        break
      }
      var values: [Restriction.Values] = []
      for term in terms { values.append(try row(columns, term, &planner)) }
      kind = values.count == 1 ? .equal(values[0]) : .in(values)
    case .equal: kind = .equal(try row(columns, term, &planner))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      let values = try row(columns, term, &planner)
      kind = .slice([.init(comparison: comparison, columns: columns.count, values: values)])
    case .notEqual: throw .invalid("Unsupported \"!=\" relation: \(relation.cql)")
    default:
      throw .invalid("\(comparison.rawValue) cannot be used for multi-column relations")
    }
    return Restriction(columns: columns, kind: kind, isMultiColumn: true)
  }

  /// The values of a tuple, or a marker for it.
  private func row(
    _ columns: [Column], _ term: Term, _ planner: inout ExpressionPlanner
  ) throws(TableError) -> Restriction.Values {
    guard case .tuple(let terms) = term else {
      let names = columns.map(\.name).joined(separator: ",")
      return .tuple(
        try planner.plan(term, .tuple(columns.map(\.type.whole)), for: "(\(names))"))
    }
    guard terms.count == columns.count else {
      throw .invalid(
        "Expected \(columns.count) elements in value tuple, but got \(terms.count): \(term.cql)")
    }
    var values: [Expression] = []
    for (term, column) in zip(terms, columns) {
      values.append(try planner.plan(term, column.type, for: column.name))
    }
    return .each(values)
  }

  private mutating func addToken(
    _ names: [String], _ comparison: Comparison, _ term: Term, _ relation: Relation,
    _ planner: inout ExpressionPlanner
  ) throws(TableError) {
    var columns: [Column] = []
    for name in names { columns.append(try table.required(name)) }
    let key = Array(table.partitionKey)
    if columns != key {
      guard key.allSatisfy(columns.contains) else {
        throw .invalid(
          "The token() function must be applied to all partition key components or none of them")
      }
      guard Set(columns).count == columns.count else {
        throw .invalid("The token() function contains duplicate partition key components")
      }
      guard columns.allSatisfy(key.contains) else {
        throw .invalid("The token() function must contains only partition key components")
      }
      throw .invalid(
        "The token function arguments must be in the partition key order: "
          + key.map(\.name).joined(separator: ", "))
    }
    guard comparison == .equal || comparison.isSlice else {
      if comparison == .notEqual { throw .invalid("Unsupported \"!=\" relation: \(relation.cql)") }
      throw .invalid("\(comparison.rawValue) cannot be used with the token function")
    }
    let new = TokenRestriction(
      bounds: [(comparison, try planner.plan(term, .bigint, for: "partition key token"))])
    token =
      try token?.merged(with: new, key.map(\.name).joined(separator: ", ")) ?? new
  }
}

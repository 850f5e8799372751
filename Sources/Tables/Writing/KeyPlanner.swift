internal import CQL

/// Brings the WHERE clause of an UPDATE or a DELETE onto its table's key.
struct KeyPlanner {
  let table: Table
  let statement: Modification.Kind

  func plan(
    _ relations: [Relation], _ operands: inout OperandTable
  ) throws(TableError) -> ModificationKeys {
    var fixed: [ModificationKeys.Fixed] = []
    var keys = ModificationKeys(table: table, single: [])
    var others: [String] = []
    for relation in relations {
      switch relation {
      case .column(let name, let comparison, let term):
        let column = try table.required(name)
        guard column.isPartOfKey else {
          others.append(name)
          continue
        }
        try add([column], false, comparison, term, &keys, &fixed, &operands)
      case .columns(let names, let comparison, let term):
        var columns: [Column] = []
        for name in names { columns.append(try table.required(name)) }
        if let wrong = columns.first(where: { $0.kind != .clustering }) {
          throw .invalid(
            "Multi-column relations can only be applied to clustering columns but was applied to: "
              + wrong.name)
        }
        try checkOrder(columns)
        try add(columns, true, comparison, term, &keys, &fixed, &operands)
      case .token:
        throw .invalid(
          "The token function cannot be used in WHERE clauses for \(statement.rawValue) "
            + "statements")
      case .isNotNull: throw .unsupported("IS NOT NULL")
      case .element(let name, _, _, _), .field(let name, _, _, _): others.append(name)
      case .indexExpression:
        throw .invalid(
          "Custom index expressions cannot be used in WHERE clauses for UPDATE or DELETE "
            + "statements")
      }
    }
    try arrange(fixed, &keys)
    keys.nonKeyColumns = others
    return keys
  }

  private func add(
    _ columns: [Column], _ isTuple: Bool, _ comparison: Comparison, _ term: Term,
    _ keys: inout ModificationKeys, _ fixed: inout [ModificationKeys.Fixed],
    _ operands: inout OperandTable
  ) throws(TableError) {
    let name = columns.map(\.name).joined(separator: ", ")
    let other = fixed.first { $0.columns.contains { columns.contains($0) } }
    let isTwice = other != nil
    let kind = other?.isIn ?? false ? "a IN" : "an Equal"
    let isBounded = keys.bounds.contains { $0.columns.contains { columns.contains($0) } }
    if columns[0].kind == .clustering, !isTwice, !isBounded {
      try checkNeighbours(of: columns[0], comparison, fixed, keys.bounds)
    }
    switch comparison {
    case .equal:
      if isTwice || isBounded { throw restrictedTwice(name, kind) }
      fixed.append(
        .init(
          columns: columns, alternatives: [try values(columns, isTuple, term, &operands)],
          isIn: false))
    case .in:
      if isTwice || isBounded { throw restrictedTwice(name, "a IN") }
      fixed.append(try alternatives(columns, isTuple, term, &operands))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if isTwice { throw restrictedTwice(name, kind) }
      if columns[0].kind == .partitionKey {
        throw .invalid(
          "Only EQ and IN relation are supported on the partition key (unless you use the token() "
            + "function) for \(statement.rawValue) statements")
      }
      try checkBound(columns, comparison, keys)
      keys.bounds.append(
        .init(
          columns: columns, comparison: comparison,
          values: try values(columns, isTuple, term, &operands)))
    case .notEqual: throw .invalid("Unsupported \"!=\" relation: \(name) != \(term.cql)")
    case .contains, .containsKey, .like:
      guard comparison == .like || columns[0].type.isFrozenCollection else {
        throw .invalid("Cannot use \(comparison.rawValue) on non-collection column \(name)")
      }
      throw .invalid("\(comparison.rawValue) is not supported in a WHERE clause")
    }
  }

  private func checkBound(
    _ columns: [Column], _ comparison: Comparison, _ keys: ModificationKeys
  ) throws(TableError) {
    let isLower = comparison == .greater || comparison == .greaterOrEqual
    for bound in keys.bounds where bound.columns[0] == columns[0] {
      if isLower == (bound.comparison == .greater || bound.comparison == .greaterOrEqual) {
        throw .invalid(
          "More than one restriction was found for the \(isLower ? "start" : "end") bound on "
            + columns[0].name)
      }
    }
  }

  private func values(
    _ columns: [Column], _ isTuple: Bool, _ term: Term, _ operands: inout OperandTable
  ) throws(TableError) -> ModificationKeys.Values {
    guard isTuple else {
      if case .null = term {
        throw .invalid("Invalid null value in condition for column \(columns[0].name)")
      }
      return .each([try operands.add(term, columns[0].type, column: columns[0].name)])
    }
    if case .marker(let index, _) = term {
      let names = columns.map(\.name).joined(separator: ",")
      return .tuple(operands.marker(index, OperandTable.tupleType(of: columns), "(\(names))"))
    }
    var terms = [term]
    if case .tuple(let found) = term { terms = found }
    guard case .tuple = term, terms.count == columns.count else {
      throw .invalid(
        "Expected \(columns.count) elements in value tuple, but got \(terms.count): \(term.cql)")
    }
    var found: [Operand] = []
    for (column, term) in zip(columns, terms) {
      found.append(try operands.add(term, column.type, column: column.name))
    }
    return .each(found)
  }

  private func alternatives(
    _ columns: [Column], _ isTuple: Bool, _ term: Term, _ operands: inout OperandTable
  ) throws(TableError) -> ModificationKeys.Fixed {
    var fixed = ModificationKeys.Fixed(
      columns: columns, alternatives: [], hasTuples: isTuple, isIn: true)
    let name = columns.map(\.name).joined(separator: ",")
    switch term {
    case .marker(let index, _):
      let type = isTuple ? OperandTable.tupleType(of: columns) : columns[0].type
      fixed.list = operands.marker(index, .list(type), "in(\(name))")
    case .list(let terms):
      for term in terms {
        fixed.alternatives.append(try values(columns, isTuple, term, &operands))
      }
    default: throw .invalid("Invalid list of values for \(name)")
    }
    return fixed
  }

  private func checkOrder(_ columns: [Column]) throws(TableError) {
    for (before, column) in zip(columns, columns.dropFirst())
    where column.position != before.position + 1 {
      throw .invalid(
        "Clustering columns must appear in the PRIMARY KEY order in multi-column relations: "
          + "(\(columns.map(\.name).joined(separator: ", ")))")
    }
  }

  /// Sorts what is fixed into partition and clustering, and refuses gaps.
  private func arrange(
    _ fixed: [ModificationKeys.Fixed], _ keys: inout ModificationKeys
  ) throws(TableError) {
    let missing = table.partitionKey.filter { column in
      !fixed.contains { $0.columns.contains(column) }
    }
    guard missing.isEmpty else {
      throw .invalid(
        "Some partition key parts are missing: \(missing.map(\.name).joined(separator: ", "))")
    }
    let sorted = fixed.sorted { $0.columns[0].position < $1.columns[0].position }
    keys.partition = sorted.filter { $0.columns[0].kind == .partitionKey }
    keys.clustering = sorted.filter { $0.columns[0].kind == .clustering }
    keys.bounds.sort { $0.columns[0].position < $1.columns[0].position }
    // An UPDATE is told what is missing when all of it is known.
    if statement == .update { return }
    var next = 0
    for columns in keys.clustering.map(\.columns) + keys.bounds.map(\.columns) {
      let place = columns[0].position
      let isSameBound = next > place && keys.bounds.contains { $0.columns == columns }
      if place > next {
        let before = Array(table.clusteringKey)[next]
        throw .invalid(
          "PRIMARY KEY column \"\(columns[0].name)\" cannot be restricted as preceding column "
            + "\"\(before.name)\" is not restricted")
      }
      if !isSameBound { next = place + columns.count }
    }
  }

  /// Behind a slice no column can be restricted (Cassandra's
  /// `ClusteringColumnRestrictions.mergeWith`).
  private func checkNeighbours(
    of column: Column, _ comparison: Comparison, _ fixed: [ModificationKeys.Fixed],
    _ bounds: [ModificationKeys.Bound]
  ) throws(TableError) {
    let before =
      fixed.map { (first: $0.columns[0], isSlice: false) }
      + bounds.map { (first: $0.columns[0], isSlice: true) }
    let clustering = before.filter { $0.first.kind == .clustering }
      .sorted { $0.first.position < $1.first.position }
    guard let last = clustering.last else { return }
    if last.isSlice, column.position > last.first.position {
      throw .invalid(
        "Clustering column \"\(column.name)\" cannot be restricted (preceding column "
          + "\"\(last.first.name)\" is restricted by a non-EQ relation)")
    }
    if comparison.isSlice, column.position < last.first.position,
      let next = clustering.first(where: { $0.first.position > column.position })
    {
      throw .invalid(
        "PRIMARY KEY column \"\(next.first.name)\" cannot be restricted (preceding column "
          + "\"\(column.name)\" is restricted by a non-EQ relation)")
    }
  }

  private func restrictedTwice(_ name: String, _ kind: String) -> TableError {
    .invalid("\(name) cannot be restricted by more than one relation if it includes \(kind)")
  }
}

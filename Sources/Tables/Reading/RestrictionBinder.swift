internal import CQL

/// Evaluates one restriction.
struct RestrictionBinder {
  let evaluation: Evaluation
  let restriction: Restriction
  let isFilter: Bool

  func test() throws(TableError) -> BoundRestriction.Test {
    let columns = restriction.columns
    switch restriction.kind {
    case .equal(let values): return .equal(try row(values, columns.count))
    case .in(let all):
      var rows: [[[UInt8]]] = []
      for values in all { rows.append(try alternative(values)) }
      return .in(rows)
    case .inList(let expression): return .in(try list(expression))
    case .slice(let bounds):
      var found: [(comparison: Comparison, values: [[UInt8]])] = []
      for bound in bounds {
        found.append((bound.comparison, try row(bound.values, bound.columns)))
      }
      return .slice(found)
    case .contains(let contents):
      let column = columns[0]
      var values: [[UInt8]] = []
      for value in contents.values { values.append(try required(value, column)) }
      var keys: [[UInt8]] = []
      for key in contents.keys { keys.append(try required(key, column)) }
      var entries: [(key: [UInt8], value: [UInt8])] = []
      for entry in contents.entries {
        entries.append(
          (
            try required(entry.key, column, " map key"),
            try required(entry.value, column, " map value")
          )
        )
      }
      return .contains(values: values, keys: keys, entries: entries)
    }
  }

  /// One of the rows of an IN.
  private func alternative(_ values: Restriction.Values) throws(TableError) -> [[UInt8]] {
    let row = try optionalRow(values, restriction.columns.count)
    if restriction.isMultiColumn, row.contains(nil) {
      let names = restriction.columns.map(\.name).joined(separator: ", ")
      throw .invalid("Invalid null value in condition for columns: [\(names)]")
    }
    return try checked(row)
  }

  private func row(
    _ values: Restriction.Values, _ count: Int
  ) throws(TableError) -> [[UInt8]] {
    try checked(try optionalRow(values, count))
  }

  private func checked(_ row: [[UInt8]?]) throws(TableError) -> [[UInt8]] {
    var values: [[UInt8]] = []
    for (value, column) in zip(row, restriction.columns) {
      values.append(try checked(value, column))
    }
    return values
  }

  private func optionalRow(
    _ values: Restriction.Values, _ count: Int
  ) throws(TableError) -> [[UInt8]?] {
    switch values {
    case .each(let expressions):
      var row: [[UInt8]?] = []
      for (expression, column) in zip(expressions, restriction.columns) {
        row.append(try value(expression, column))
      }
      return row
    case .tuple(let expression):
      let columns = Array(restriction.columns.prefix(count))
      guard let bytes = try value(expression, columns[0]) else {
        return Array(repeating: nil, count: count)
      }
      return try split(bytes, columns)
    }
  }

  private func split(_ bytes: [UInt8], _ columns: [Column]) throws(TableError) -> [[UInt8]?] {
    let fields = try bytes.borrowed { bytes throws(TableError) in
      try DataType.tuple(columns.map(\.type)).fields(bytes).map { $0.map { [UInt8]($0) } }
    }
    return columns.indices.map { $0 < fields.count ? fields[$0] : nil }
  }

  private func list(_ expression: Expression) throws(TableError) -> [[[UInt8]]] {
    let columns = restriction.columns
    if isUnset(expression) {
      throw .invalid("Invalid unset value for column \(columns[0].name)")
    }
    guard let bytes = try evaluation.value(expression, nil) else {
      throw .invalid(
        restriction.isMultiColumn
          ? "Invalid null value for IN restriction"
          : "Invalid null value for column \(columns[0].name)")
    }
    let element: DataType =
      restriction.isMultiColumn ? .tuple(columns.map(\.type)) : columns[0].type
    let elements = bytes.withUnsafeBytes { bytes in
      DataType.list(element).elements(bytes)?.map { [UInt8]($0) }
    }
    guard let elements else { throw .invalid("Malformed collection for \(columns[0].name)") }
    var rows: [[[UInt8]]] = []
    for element in elements {
      rows.append(
        restriction.isMultiColumn
          ? try checked(try split(element, columns)) : [try checked(element, columns[0])])
    }
    return rows
  }

  private func isUnset(_ expression: Expression) -> Bool {
    guard case .marker(let index, _) = expression else { return false }
    return evaluation.operands.isUnset(.marker(index))
  }

  /// What CONTAINS and the like compare with.
  private func required(
    _ expression: Expression, _ column: Column, _ part: String = " value"
  ) throws(TableError) -> [UInt8] {
    guard let value = try value(expression, column, part) else {
      throw .invalid("Unsupported null\(part) for column \(column.name)")
    }
    return value
  }

  private func value(
    _ expression: Expression, _ column: Column, _ part: String = " value"
  ) throws(TableError) -> [UInt8]? {
    guard isUnset(expression) else { return try evaluation.value(expression, nil) }
    throw .invalid(
      isFilter || restriction.isContains
        ? "Unsupported unset\(part) for column \(column.name)"
        : "Invalid unset value for column \(column.name)")
  }

  private func checked(_ value: [UInt8]?, _ column: Column) throws(TableError) -> [UInt8] {
    guard let value else {
      if isFilter { throw .invalid("Unsupported null value for column \(column.name)") }
      let isTuple = restriction.isMultiColumn && restriction.isEqual
      throw .invalid(
        "Invalid null value \(isTuple ? "" : "in condition ")for column \(column.name)")
    }
    if column.isPartOfKey {
      try value.borrowed { bytes throws(TableError) in
        try column.type.validate(bytes, column: column.name)
      }
    }
    return value
  }
}

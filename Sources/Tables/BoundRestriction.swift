internal import Bytes
internal import CQL

/// A restriction with the values of one execution.
struct BoundRestriction {
  enum Test {
    case equal([[UInt8]])
    case `in`([[[UInt8]]])
    case slice([(comparison: Comparison, values: [[UInt8]])])
    case contains(values: [[UInt8]], keys: [[UInt8]], entries: [(key: [UInt8], value: [UInt8])])
  }

  let columns: [Column]
  let test: Test
  private let places: [ColumnPlace]

  init(columns: [Column], test: Test) {
    self.columns = columns
    self.test = test
    places = columns.map(ColumnPlace.init)
  }

  var first: Column { columns[0] }

  /// Whether a row satisfies the restriction.
  func accepts(_ row: LiveRow) -> Bool {
    switch test {
    case .equal(let values): return equals(values, row)
    case .in(let rows): return rows.contains { equals($0, row) }
    case .slice(let bounds):
      return bounds.allSatisfy { bound in
        guard let order = order(row, bound.values) else { return false }
        return bound.comparison.holds(order)
      }
    case .contains(let values, let keys, let entries):
      guard let bytes = row[places[0]], let found = first.type.elements(bytes) else { return false }
      return accepts(found, values, keys, entries)
    }
  }

  private func equals(_ values: [[UInt8]], _ row: LiveRow) -> Bool {
    for (index, value) in values.enumerated() {
      guard let bytes = row[places[index]] else { return false }
      let isEqual = value.withUnsafeBytes { value in
        Comparison.equal.holds(bytes, value, columns[index].type)
      }
      if !isEqual { return false }
    }
    return true
  }

  /// The order of a row's first columns and values, whatever the directions of the columns.
  private func order(_ row: LiveRow, _ values: [[UInt8]]) -> Int? {
    for (index, value) in values.enumerated() {
      guard let bytes = row[places[index]] else { return nil }
      let order = value.withUnsafeBytes { columns[index].type.compare(bytes, $0) }
      if order != 0 { return order }
    }
    return 0
  }

  private func accepts(
    _ found: [UnsafeRawBufferPointer], _ values: [[UInt8]], _ keys: [[UInt8]],
    _ entries: [(key: [UInt8], value: [UInt8])]
  ) -> Bool {
    let types = first.type.whole.parts
    let step = types.count
    func holds(_ index: Int, _ value: [UInt8]) -> Bool {
      value.withUnsafeBytes { types[index % step].compare(found[index], $0) == 0 }
    }
    let starts = stride(from: 0, to: found.count - step + 1, by: step)
    return values.allSatisfy { value in starts.contains { holds($0 + step - 1, value) } }
      && keys.allSatisfy { key in starts.contains { holds($0, key) } }
      && entries.allSatisfy { entry in
        starts.contains { holds($0, entry.key) && holds($0 + step - 1, entry.value) }
      }
  }
}

extension Comparison {
  /// Whether `left` stands in this relation to `right`.
  func holds(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ type: DataType
  ) -> Bool {
    switch self {
    case .equal, .in:
      KeyEncoding.isEqual(left, right) || type.hasManyForms && type.compare(left, right) == 0
    case .notEqual: !Comparison.equal.holds(left, right, type)
    case .contains, .containsKey, .like: false
    default: holds(type.compare(left, right))
    }
  }

  /// Whether two values of this order, negative, zero or positive, stand so to each other.
  func holds(_ order: Int) -> Bool {
    switch self {
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    default: order == 0
    }
  }
}

extension Evaluation {
  /// The values of a restriction. `isFilter`: rows are held against it one by one, which Cassandra
  /// words otherwise where a value is missing.
  func bind(_ restriction: Restriction, isFilter: Bool) throws(TableError) -> BoundRestriction {
    let binder = RestrictionBinder(
      evaluation: self, restriction: restriction, isFilter: isFilter)
    return BoundRestriction(columns: restriction.columns, test: try binder.test())
  }

  /// The token that a relation compares with.
  func token(_ expression: Expression) throws(TableError) -> Int64 {
    if case .marker(let index, _) = expression, operands.isUnset(.marker(index)) {
      throw .invalid("Invalid unset token value")
    }
    guard let bytes = try value(expression, nil), let number = bytes.number(.bigint) else {
      throw .invalid("Invalid null token value")
    }
    return number.int64
  }
}

/// Evaluates one restriction.
private struct RestrictionBinder {
  let evaluation: Evaluation
  let restriction: Restriction
  let isFilter: Bool

  func test() throws(TableError) -> BoundRestriction.Test {
    let columns = restriction.columns
    switch restriction.kind {
    case .equal(let values): return .equal(try row(values, columns.count))
    case .in(let all):
      var rows: [[[UInt8]]] = []
      for values in all { rows.append(try row(values, columns.count)) }
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

  private func row(
    _ values: Restriction.Values, _ count: Int
  ) throws(TableError) -> [[UInt8]] {
    var row: [[UInt8]] = []
    switch values {
    case .each(let expressions):
      for (expression, column) in zip(expressions, restriction.columns) {
        row.append(try required(expression, column))
      }
    case .tuple(let expression):
      let columns = Array(restriction.columns.prefix(count))
      let bytes = try required(expression, columns[0])
      row = try split(bytes, columns)
    }
    return row
  }

  private func split(_ bytes: [UInt8], _ columns: [Column]) throws(TableError) -> [[UInt8]] {
    let fields = try bytes.borrowed { bytes throws(TableError) in
      try DataType.tuple(columns.map(\.type)).fields(bytes).map { $0.map { [UInt8]($0) } }
    }
    var row: [[UInt8]] = []
    for (place, column) in columns.enumerated() {
      let field = place < fields.count ? fields[place] : nil
      row.append(try checked(field, column))
    }
    return row
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
          ? try split(element, columns) : [try checked(element, columns[0])])
    }
    return rows
  }

  private func isUnset(_ expression: Expression) -> Bool {
    guard case .marker(let index, _) = expression else { return false }
    return evaluation.operands.isUnset(.marker(index))
  }

  private func required(
    _ expression: Expression, _ column: Column, _ part: String = " value"
  ) throws(TableError) -> [UInt8] {
    if isUnset(expression) {
      throw .invalid(
        isFilter || restriction.isContains
          ? "Unsupported unset\(part) for column \(column.name)"
          : "Invalid unset value for column \(column.name)")
    }
    let value = try evaluation.value(expression, nil)
    if value == nil, isFilter || restriction.isContains {
      throw .invalid("Unsupported null\(part) for column \(column.name)")
    }
    return restriction.isContains ? value ?? [] : try checked(value, column)
  }

  private func checked(_ value: [UInt8]?, _ column: Column) throws(TableError) -> [UInt8] {
    guard let value else {
      throw .invalid("Invalid null value in condition for column \(column.name)")
    }
    if column.isPartOfKey {
      if value.isEmpty, !column.type.hasEmptyValue, column.type.parts.isEmpty {
        throw .invalid("Key may not be empty: column \(column.name)")
      }
      try value.borrowed { bytes throws(TableError) in
        try column.type.validate(bytes, column: column.name, inKey: true)
      }
    }
    return value
  }
}

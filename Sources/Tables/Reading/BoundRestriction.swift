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

  /// More values than these are looked up by hash, not one by one.
  private static let fewContents = 16

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
    func holdsAll(_ wanted: [[UInt8]], at place: Int) -> Bool {
      if wanted.count <= Self.fewContents || types[place].hasManyForms {
        return wanted.allSatisfy { value in starts.contains { holds($0 + place, value) } }
      }
      var left = Set(wanted)
      for start in starts where !left.isEmpty { left.remove([UInt8](found[start + place])) }
      return left.isEmpty
    }
    return holdsAll(values, at: step - 1) && holdsAll(keys, at: 0)
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

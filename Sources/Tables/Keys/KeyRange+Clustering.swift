internal import Bytes
internal import CQL

// From the restrictions of the clustering columns to ranges of keys.
extension KeyRange {
  /// The ranges of a partition's keys in which the rows lie that clustering restrictions ask for,
  /// in the order of the keys. What no range can express is left to be looked at row by row.
  static func clustering(
    _ partition: [UInt8], _ restrictions: [BoundRestriction]
  ) -> [KeyRange] {
    var prefixes = [partition]
    var position = 0
    for restriction in restrictions {
      guard restriction.first.position == position else { break }
      switch restriction.test {
      case .equal(let values):
        prefixes = prefixes.map { extended($0, restriction.columns, values) }
      case .in(let rows):
        let longer = prefixes.flatMap { prefix in
          rows.map { extended(prefix, restriction.columns, $0) }
        }
        prefixes = Set(longer).sorted { $0.lexicographicallyPrecedes($1) }
      case .slice(let bounds):
        return prefixes.flatMap { prefix in
          slices(prefix, restriction.columns, bounds)
        }
      case .contains: return prefixes.map(whole)
      }
      position += restriction.columns.count
    }
    return prefixes.map(whole)
  }

  private static func whole(_ prefix: [UInt8]) -> KeyRange {
    KeyRange(start: prefix, end: KeyEncoding.successor(of: prefix))
  }

  private static func extended(
    _ prefix: [UInt8], _ columns: [Column], _ values: [[UInt8]]
  ) -> [UInt8] {
    var key = ByteBuffer(capacity: prefix.count + 64)
    key.append(prefix)
    for (column, value) in zip(columns, values) {
      value.withUnsafeBytes {
        column.type.appendComponent($0, descending: column.isDescending, to: &key)
      }
    }
    return key.toArray()
  }

  /// The ranges that lie within all bounds.
  private static func slices(
    _ prefix: [UInt8], _ columns: [Column],
    _ bounds: [(comparison: Comparison, values: [[UInt8]])]
  ) -> [KeyRange] {
    var ranges = [whole(prefix)]
    for bound in bounds {
      let pieces = pieces(prefix, columns, bound.comparison, bound.values)
      ranges = ranges.flatMap { range in
        pieces.compactMap { piece in
          var part = range
          part.raise(to: piece.start)
          part.lower(to: piece.end)
          return part.isEmpty ? nil : part
        }
      }
    }
    return joined(ranges)
  }

  /// `(a, b) > (1, 2)` is `a = 1 AND b > 2` or `a > 1`: with columns of both directions, keys that
  /// do not lie side by side.
  private static func pieces(
    _ prefix: [UInt8], _ columns: [Column], _ comparison: Comparison, _ values: [[UInt8]]
  ) -> [KeyRange] {
    var strict = comparison
    if comparison == .greaterOrEqual { strict = .greater }
    if comparison == .lessOrEqual { strict = .less }
    var pieces: [KeyRange] = []
    for last in values.indices {
      let fixed = extended(prefix, Array(columns.prefix(last)), Array(values.prefix(last)))
      let sign = last == values.count - 1 ? comparison : strict
      pieces.append(bounded(fixed, columns[last], sign, values[last]))
    }
    return pieces.filter { !$0.isEmpty }
      .sorted { $0.start.lexicographicallyPrecedes($1.start) }
  }

  private static func bounded(
    _ prefix: [UInt8], _ column: Column, _ comparison: Comparison, _ value: [UInt8]
  ) -> KeyRange {
    var key = ByteBuffer(capacity: prefix.count + 64)
    key.append(prefix)
    value.withUnsafeBytes {
      column.type.appendComponent($0, descending: column.isDescending, to: &key)
    }
    let bound = key.toArray()
    var range = whole(prefix)
    // In a DESC column greater values have smaller keys.
    switch (comparison, column.isDescending) {
    case (.greater, false), (.less, true):
      range.raise(to: KeyEncoding.successor(of: bound) ?? bound)
    case (.greaterOrEqual, false), (.lessOrEqual, true): range.raise(to: bound)
    case (.less, false), (.greater, true): range.lower(to: bound)
    default: range.lower(to: KeyEncoding.successor(of: bound))
    }
    return range
  }

  /// Ranges in order, those that touch each other made one.
  private static func joined(_ ranges: [KeyRange]) -> [KeyRange] {
    var joined: [KeyRange] = []
    for range in ranges.sorted(by: { $0.start.lexicographicallyPrecedes($1.start) }) {
      if let last = joined.last, last.end == range.start {
        joined[joined.count - 1].end = range.end
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  var isEmpty: Bool { end.map { !start.lexicographicallyPrecedes($0) } ?? false }
}

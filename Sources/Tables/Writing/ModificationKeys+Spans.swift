internal import Bytes
internal import CQL

// The spans of clustering bytes that a DELETE of more than a row takes away.
extension ModificationKeys {
  /// From its start on up to but without its end; nil: up to the last bytes there are.
  typealias Span = (start: [UInt8], end: [UInt8]?)

  /// The spans, in no order, none of which meets another.
  func spans(_ operands: Operands) throws(TableError) -> [Span] {
    var found: [Span] = []
    for head in try clusterings(operands).map(\.key) {
      var spans: [Span] = [(head, KeyEncoding.successor(of: head))]
      for bound in bounds {
        let reach = try reach(head, bound, operands)
        spans = spans.flatMap { span in
          reach.compactMap { ModificationKeys.intersection(span, $0) }
        }
      }
      found += spans
    }
    return found
  }

  private static func intersection(_ left: Span, _ right: Span) -> Span? {
    let start = left.start.lexicographicallyPrecedes(right.start) ? right.start : left.start
    var end = left.end ?? right.end
    if let first = left.end, let second = right.end {
      end = first.lexicographicallyPrecedes(second) ? first : second
    }
    if let end, !start.lexicographicallyPrecedes(end) { return nil }
    return (start, end)
  }

  /// What a bound leaves of the bytes that begin with `head`. One of several columns,
  /// `(a, b) > (1, 2)`, is one span where all are ascending or all descending; else as many as
  /// there are columns: `a > 1`, and `b > 2` where `a` is 1.
  private func reach(
    _ head: [UInt8], _ bound: Bound, _ operands: Operands
  ) throws(TableError) -> [Span] {
    let values = try values(bound.values, bound.columns, operands)
    let last = bound.columns.count - 1
    let isMixed = bound.columns.contains { $0.isDescending != bound.columns[0].isDescending }
    var spans: [Span] = []
    var key = ByteBuffer(capacity: 64)
    key.append(head)
    for (number, column) in bound.columns.enumerated() {
      let edge = edge(key, column, values[number])
      if number == last || isMixed {
        let comparison = number == last ? bound.comparison : bound.comparison.strict
        let around = isMixed ? key.toArray() : head
        spans.append(ModificationKeys.span(around, edge, comparison, column.isDescending))
      }
      values[number].borrowed {
        column.type.appendComponent($0, descending: column.isDescending, to: &key)
      }
    }
    return spans
  }

  /// The bytes at which a value of the column after `key` begins.
  private func edge(_ key: borrowing ByteBuffer, _ column: Column, _ value: [UInt8]) -> [UInt8] {
    var edge = ByteBuffer(capacity: 64)
    key.withBytes { edge.append($0) }
    value.borrowed {
      column.type.appendComponent($0, descending: column.isDescending, to: &edge)
    }
    return edge.toArray()
  }

  /// Of the bytes that begin with `around` those on one side of `edge`.
  private static func span(
    _ around: [UInt8], _ edge: [UInt8], _ comparison: Comparison, _ isDescending: Bool
  ) -> Span {
    let end = KeyEncoding.successor(of: around)
    // Where nothing comes behind the edge, that is an empty span.
    let behind = KeyEncoding.successor(of: edge)
    switch (comparison, isDescending) {
    case (.greater, false), (.less, true): return (behind ?? [], behind == nil ? [] : end)
    case (.greaterOrEqual, false), (.lessOrEqual, true): return (edge, end)
    case (.less, false), (.greater, true): return (around, edge)
    default: return (around, behind)
    }
  }
}

extension Comparison {
  /// The same without equality.
  fileprivate var strict: Comparison {
    switch self {
    case .lessOrEqual: .less
    case .greaterOrEqual: .greater
    default: self
    }
  }
}

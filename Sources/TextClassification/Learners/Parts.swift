internal import Machine

/// Many rows in parts, for all processors. What is cut where depends on the rows' number alone, so
/// that results do not depend on the machine.
enum Parts {
  /// The places below `count` in up to so many ranges of about one size.
  static func of(_ count: Int, upTo parts: Int) -> [Range<Int>] {
    let parts = max(min(parts, count), 1)
    return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
  }

  /// What `body` makes of each part of `count` rows, in their order.
  static func map<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Range<Int>) -> Value
  ) -> [Value] {
    let parts = of(count, upTo: (count + rowsOfPart - 1) / rowsOfPart)
    return parts.count == 1 ? [body(parts[0])] : Parallel.map(parts.count) { body(parts[$0]) }
  }

  private static let rowsOfPart = 4_096
}

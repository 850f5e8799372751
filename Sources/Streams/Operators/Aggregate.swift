package import Bytes

/// How values of one key become one: an accumulator that values are added to.
///
/// The outcome must not depend on the order of the values where they come from several partitions.
package struct Aggregate<Value: Sendable, Accumulator: StateValue, Result: Sendable>: Sendable {
  let initial: Accumulator
  let add: @Sendable (inout Accumulator, Value) throws -> Void
  let merge: @Sendable (inout Accumulator, Accumulator) throws -> Void
  let result: @Sendable (Accumulator) throws -> Result

  /// `merge` adds an accumulator to another one: sessions that turn out to be one are merged.
  package init(
    initial: Accumulator, add: @escaping @Sendable (inout Accumulator, Value) throws -> Void,
    merge: @escaping @Sendable (inout Accumulator, Accumulator) throws -> Void,
    result: @escaping @Sendable (Accumulator) throws -> Result
  ) {
    self.initial = initial
    self.add = add
    self.merge = merge
    self.result = result
  }
}

extension Aggregate where Accumulator == Int64, Result == Int64 {
  /// How many values there are.
  package static func count() -> Self {
    Aggregate(initial: 0, add: { sum, _ in sum += 1 }, merge: { $0 += $1 }, result: { $0 })
  }

  /// The sum of a number of each value; it wraps around where it overflows.
  package static func sum(_ number: @escaping @Sendable (Value) -> Int64) -> Self {
    Aggregate(
      initial: 0, add: { $0 &+= number($1) }, merge: { $0 &+= $1 }, result: { $0 })
  }
}

extension Aggregate where Accumulator == Int64?, Result == Int64? {
  /// The largest number among the values.
  package static func max(_ number: @escaping @Sendable (Value) -> Int64) -> Self {
    best(number) { $0 > $1 }
  }

  /// The smallest number among the values.
  package static func min(_ number: @escaping @Sendable (Value) -> Int64) -> Self {
    best(number) { $0 < $1 }
  }

  private static func best(
    _ number: @escaping @Sendable (Value) -> Int64,
    _ isBetter: @escaping @Sendable (Int64, Int64) -> Bool
  ) -> Self {
    let choose: @Sendable (inout Int64?, Int64?) -> Void = { best, other in
      if let other, best.map({ isBetter(other, $0) }) ?? true { best = other }
    }
    return Aggregate(
      initial: nil, add: { choose(&$0, number($1)) }, merge: choose, result: { $0 })
  }
}

extension Aggregate {
  /// Two aggregates of the same values at once.
  package func and<OtherAccumulator, OtherResult>(
    _ other: Aggregate<Value, OtherAccumulator, OtherResult>
  ) -> Aggregate<Value, Pair<Accumulator, OtherAccumulator>, (Result, OtherResult)> {
    Aggregate<Value, Pair<Accumulator, OtherAccumulator>, (Result, OtherResult)>(
      initial: Pair(initial, other.initial),
      add: {
        try add(&$0.first, $1)
        try other.add(&$0.second, $1)
      },
      merge: {
        try merge(&$0.first, $1.first)
        try other.merge(&$0.second, $1.second)
      },
      result: { (try result($0.first), try other.result($0.second)) })
  }
}

/// Two values as one.
package struct Pair<First: StateValue, Second: StateValue>: StateValue {
  package var first: First
  package var second: Second

  package init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  package func encode(into buffer: inout ByteBuffer) {
    first.encode(into: &buffer)
    second.encode(into: &buffer)
  }

  package init(from reader: inout ByteReader) throws(ByteError) {
    first = try First(from: &reader)
    second = try Second(from: &reader)
  }
}

extension Pair: Equatable where First: Equatable, Second: Equatable {}
extension Pair: Hashable where First: Hashable, Second: Hashable {}

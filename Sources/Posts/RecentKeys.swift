/// The latest keys that have come, so that one that comes again is known. When it is full, the
/// oldest make room.
package struct RecentKeys<Key: Hashable & Sendable>: Sendable {
  private var known: Set<Key> = []
  private var order: [Key] = []
  private var oldest = 0
  private let capacity: Int

  /// None yet, with room for `capacity` of them, at least 1.
  package init(capacity: Int) { self.capacity = max(capacity, 1) }

  /// Keeps a key; false where it was known.
  @discardableResult
  package mutating func insert(_ key: Key) -> Bool {
    guard known.insert(key).inserted else { return false }
    if order.count < capacity {
      order.append(key)
    } else {
      known.remove(order[oldest])
      order[oldest] = key
      oldest = (oldest + 1) % capacity
    }
    return true
  }

  /// Whether a key is kept.
  package func contains(_ key: Key) -> Bool { known.contains(key) }

  /// The keys that are kept, those that came first first.
  package var all: [Key] { Array(order[oldest...] + order[..<oldest]) }

  /// How many are kept.
  package var count: Int { order.count }
}

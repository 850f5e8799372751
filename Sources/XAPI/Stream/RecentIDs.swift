/// The ids of the latest posts, so that one that comes again is known. When it is full, the oldest
/// make room.
package struct RecentIDs: Sendable {
  private var ids: Set<UInt64> = []
  private var order: [UInt64] = []
  private var oldest = 0
  private let capacity: Int

  package init(capacity: Int = Limits.recentIDs) { self.capacity = max(capacity, 1) }

  /// Keeps an id; false where it was known.
  @discardableResult
  package mutating func insert(_ id: UInt64) -> Bool {
    guard ids.insert(id).inserted else { return false }
    if order.count < capacity {
      order.append(id)
    } else {
      ids.remove(order[oldest])
      order[oldest] = id
      oldest = (oldest + 1) % capacity
    }
    return true
  }

  /// How many are kept.
  package var count: Int { order.count }
}

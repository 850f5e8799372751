internal import Synchronization

/// Times that are given once, however their clock is put back; in tenths of microseconds since
/// 1970.
package final class Moments: Sendable {
  private let given = Mutex((now: Int64.min, last: Int64.min, first: Int64.max))

  /// The present time, later than those before but where the clock has been put back by more than
  /// a second.
  package func now(_ present: Int64) -> Int64 {
    given.withLock { given in
      let isBehind = present <= given.now && given.now &- present < 10_000_000
      given.now = isBehind ? given.now + 1 : present
      return given.now
    }
  }

  /// The present time, later than all before.
  package func next(_ present: Int64) -> Int64 {
    given.withLock { given in
      given.last = max(present, given.last &+ 1)
      return given.last
    }
  }

  /// The first of so many times in a row that are earlier than all before, and than `present`,
  /// which goes backwards.
  package func before(_ present: Int64, count: Int) -> Int64 {
    given.withLock { given in
      given.first = min(present, given.first) &- Int64(count)
      return given.first
    }
  }
}

internal import Synchronization

/// What X takes for what it delivers, in US dollars; X changes it, so it is a setting.
package struct Prices: Hashable, Sendable {
  package var postRead = 0.005
  package var ownPostRead = 0.001
  package var userRead = 0.010
  package var countsRequest = 0.005
  package var post = 0.015
  package var postWithLink = 0.200
  package var summonedReply = 0.010
  package var deletion = 0.010

  package init() {}
}

/// What was asked of X so far and what that is likely to cost; X's own count is the one that holds.
package final class CostLedger: Sendable {
  /// One kind of cost.
  package struct Entry: Hashable, Sendable {
    package var count = 0
    package var dollars = 0.0
  }

  private let entries = Mutex<[String: Entry]>([:])

  package init() {}

  /// Adds `count` things of a kind.
  package func add(_ what: String, _ count: Int, at price: Double) {
    guard count > 0 else { return }
    entries.withLock {
      $0[what, default: Entry()].count += count
      $0[what, default: Entry()].dollars += Double(count) * price
    }
  }

  /// All kinds, by name.
  package var all: [(what: String, entry: Entry)] {
    entries.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// All together.
  package var dollars: Double { entries.withLock { $0.values.reduce(0) { $0 + $1.dollars } } }
}

internal import Posts
internal import Synchronization

/// What X takes for what it delivers, in US dollars; X changes it, so it is a setting.
package struct Prices: Hashable, Sendable {
  package var postRead = 0.005
  package var ownPostRead = 0.001
  package var userRead = 0.010
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

  /// What X counts once a day.
  enum Resource: String {
    case posts = "posts read"
    case users = "users read"
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// What was read on `day`, counted in days since 1970.
    var read: [Resource: RecentKeys<UInt64>] = [:]
    var day: Int64 = 0

    mutating func add(_ what: String, _ count: Int, _ price: Double) {
      guard count > 0 else { return }
      entries[what, default: Entry()].count += count
      entries[what, default: Entry()].dollars += Double(count) * price
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// Adds `count` things of a kind.
  package func add(_ what: String, _ count: Int, at price: Double) {
    state.withLock { $0.add(what, count, price) }
  }

  /// Adds what was read, but for what was read before on the same day (UTC), which X counts once.
  /// What has no id is new. `now` is in milliseconds since 1970.
  func read(_ resource: Resource, _ ids: [UInt64?], at price: Double, now: Int64) {
    state.withLock { state in
      let day = now / 86_400_000
      if day != state.day {
        state.day = day
        state.read = [:]
      }
      var known = state.read[resource] ?? RecentKeys(capacity: Limits.countedIDs)
      // Held twice, it would be copied at the first change.
      state.read[resource] = nil
      let count = ids.count { $0.map { known.insert($0) } ?? true }
      state.read[resource] = known
      state.add(resource.rawValue, count, price)
    }
  }

  /// All kinds, by name.
  package var all: [(what: String, entry: Entry)] {
    state.withLock { $0.entries }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// All together.
  package var dollars: Double {
    state.withLock { $0.entries.values.reduce(0) { $0 + $1.dollars } }
  }
}

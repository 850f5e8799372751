internal import Machine
package import Posts
internal import Synchronization

/// The streams that are collected now, for whoever wants to see how they do.
package final class LiveStreams: Sendable {
  private let known = Mutex<[(name: String, status: @Sendable () -> StreamStatus)]>([])

  package init() {}

  func add(_ name: String, _ status: @escaping @Sendable () -> StreamStatus) {
    known.withLock { known in
      known.removeAll { $0.name == name }
      known.append((name, status))
    }
  }

  /// How each does.
  package var all: [(name: String, status: StreamStatus)] {
    known.withLock { $0 }.map { ($0.name, $0.status()) }
  }

  /// How they do now, in few words; empty where there are none.
  package var words: String {
    let now = Clock.system.milliseconds
    let all = all
    let names = ["x": "X", "bluesky": "Bluesky"]
    return all.map { "\(names[$0.name] ?? $0.name) \($0.status.words(at: now))" }
      .joined(separator: " · ")
  }
}

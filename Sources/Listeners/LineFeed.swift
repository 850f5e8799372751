internal import Synchronization

/// Lines on their way to one client. Who is too slow to read them loses the oldest, never the
/// process its memory.
package final class LineFeed: Sendable {
  private let stream: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation

  /// Lines that wait for a slow client at most.
  static let capacity = 1_024

  package init(capacity: Int = LineFeed.capacity) {
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(capacity))
  }

  /// Sends a line. Any thread.
  package func send(_ line: String) { continuation.yield(line) }

  /// Says that there are no more. Any thread.
  package func finish() { continuation.finish() }

  /// Calls `body` when the feed has ended, from either side.
  func onEnd(_ body: @escaping @Sendable () -> Void) {
    continuation.onTermination = { _ in body() }
  }

  /// The lines, for the one task that writes them.
  var lines: AsyncStream<String> { stream }
}

/// The feeds of all who listen to one thing.
final class FeedGroup: Sendable {
  private struct State {
    var feeds: [Int: LineFeed] = [:]
    var next = 0
    var hasEnded = false
  }

  private let state = Mutex(State())

  /// A new feed that begins with `lines`; one that has ended already where no more will come.
  func add(beginning lines: [String]) -> LineFeed {
    let feed = LineFeed(capacity: max(LineFeed.capacity, lines.count + 1))
    for line in lines { feed.send(line) }
    let number: Int? = state.withLock { state in
      guard !state.hasEnded else { return nil }
      state.next += 1
      state.feeds[state.next] = feed
      return state.next
    }
    guard let number else {
      feed.finish()
      return feed
    }
    feed.onEnd { [weak self] in
      self?.state.withLock { $0.feeds[number] = nil }
    }
    return feed
  }

  /// How many listen now.
  var count: Int { state.withLock { $0.feeds.count } }

  func send(_ line: String) {
    for feed in state.withLock({ Array($0.feeds.values) }) { feed.send(line) }
  }

  /// Ends all feeds, and those to come.
  func end() {
    let feeds = state.withLock { state in
      state.hasEnded = true
      return Array(state.feeds.values)
    }
    for feed in feeds { feed.finish() }
  }
}

import Streams
import Synchronization

/// What ends a test's process in the middle of its work.
struct Crash: Error {}

/// A store in memory that is killed when it is told to, before or after it has committed.
final class MemoryStore<Row: Sendable>: StateStore {
  /// Rows that a transaction writes.
  final class Transaction { var rows: [Row] = [] }

  private struct Content {
    var state: [[UInt8]: [UInt8]] = [:]
    var rows: [Row] = []
    /// Commits until the crash.
    var left: Int?
    var isAfter = false
  }

  private let content = Mutex(Content())

  var rows: [Row] { content.withLock { $0.rows } }
  var stateCount: Int { content.withLock { $0.state.count } }

  /// Crashes at the commit after `commits` more, before or after it is done.
  func crash(after commits: Int, isCommitted: Bool) {
    content.withLock { ($0.left, $0.isAfter) = (commits, isCommitted) }
  }

  func get(_ name: [UInt8]) -> [UInt8]? { content.withLock { $0.state[name] } }

  func entries(
    from lower: [UInt8], to upper: [UInt8], limit: Int
  ) -> [(name: [UInt8], bytes: [UInt8])] {
    content.withLock { content in
      content.state.filter {
        !$0.key.lexicographicallyPrecedes(lower) && $0.key.lexicographicallyPrecedes(upper)
      }
    }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.prefix(limit).map { ($0.key, $0.value) }
  }

  func commit(_ changes: [[UInt8]: [UInt8]?], _ body: (Transaction) throws -> Void) throws {
    let dies = content.withLock { content in
      guard let left = content.left else { return false }
      content.left = left - 1
      return left == 0
    }
    if dies, !content.withLock({ $0.isAfter }) { throw Crash() }
    let transaction = Transaction()
    try body(transaction)
    let rows = transaction.rows
    content.withLock { content in
      for (name, value) in changes { content.state[name] = value }
      content.rows += rows
    }
    if dies { throw Crash() }
  }
}

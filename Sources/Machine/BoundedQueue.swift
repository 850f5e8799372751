internal import Synchronization

/// Hands values from one thread to another, at most `capacity` waiting: the faster side waits for
/// the slower one, so memory stays bounded.
package final class BoundedQueue<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [Element] = []
    var closed = false
  }

  private let capacity: Int
  private let state = Mutex(State())
  private let changed = Signal()

  package init(capacity: Int) { self.capacity = max(capacity, 1) }

  /// Adds a value, waiting for room; false where the queue was closed, and the value is dropped.
  package func push(_ element: consuming sending Element) -> Bool {
    let element = element
    while true {
      let seen = changed.generation
      let outcome: Bool? = state.withLock { state in
        if state.closed { return false }
        guard state.waiting.count < capacity else { return nil }
        state.waiting.append(element)
        return true
      }
      if let outcome {
        changed.raise()
        return outcome
      }
      changed.wait(since: seen)
    }
  }

  /// The oldest value, waiting for one; nil when the queue is closed and empty.
  package func pop() -> Element? {
    while true {
      let seen = changed.generation
      let outcome: Element?? = state.withLock { state in
        if !state.waiting.isEmpty { return state.waiting.removeFirst() }
        return state.closed ? .some(nil) : nil
      }
      if let outcome {
        changed.raise()
        return outcome
      }
      changed.wait(since: seen)
    }
  }

  /// Whether the queue was closed.
  package var isClosed: Bool { state.withLock { $0.closed } }

  /// No more values come; those waiting can still be taken.
  package func close() {
    state.withLock { $0.closed = true }
    changed.raise()
  }
}

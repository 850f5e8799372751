internal import Machine
internal import Synchronization

/// Counts the open transactions of an environment, so that its map is moved only while there is
/// none: LMDB does not look, and a transaction would go on reading where the map was.
final class TransactionGate: Sendable {
  private struct State {
    var open = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let changed = Signal()

  /// Counts one more, once the gate is not closed.
  func enter() {
    while true {
      let seen = changed.generation
      let isIn = state.withLock { state in
        if !state.isClosed { state.open += 1 }
        return !state.isClosed
      }
      if isIn { return }
      changed.wait(since: seen)
    }
  }

  func leave() {
    let isAwaited = state.withLock { state in
      state.open -= 1
      return state.isClosed
    }
    if isAwaited { changed.raise() }
  }

  /// Lets nobody in, waits until all have left, and runs `body`.
  func alone(_ body: () -> Void) {
    while true {
      let seen = changed.generation
      let isClosedByUs = state.withLock { state in
        defer { state.isClosed = true }
        return !state.isClosed
      }
      if isClosedByUs { break }
      changed.wait(since: seen)
    }
    while true {
      let seen = changed.generation
      if state.withLock({ $0.open == 0 }) { break }
      changed.wait(since: seen)
    }
    finish(body)
  }

  /// Runs `body` if nobody is in at this moment; does nothing else.
  func ifAlone(_ body: () -> Void) {
    let isAlone = state.withLock { state in
      guard state.open == 0, !state.isClosed else { return false }
      state.isClosed = true
      return true
    }
    if isAlone { finish(body) }
  }

  private func finish(_ body: () -> Void) {
    body()
    state.withLock { $0.isClosed = false }
    changed.raise()
  }
}

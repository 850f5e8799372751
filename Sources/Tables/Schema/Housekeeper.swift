internal import Machine
internal import Synchronization

/// Does work that may wait, step by step on a thread of its own, until none is left.
final class Housekeeper: Sendable {
  private struct State {
    var worker: Worker?
    var isRunning = false
    /// There may be more than the thread has seen.
    var isAwaited = false
    var isStopped = false
  }

  private let state = Mutex(State())
  /// Does one step; false where nothing is left to do.
  private let step: @Sendable () -> Bool

  init(_ step: @escaping @Sendable () -> Bool) { self.step = step }

  /// Says that there may be work.
  func wake() {
    state.withLock { state in
      state.isAwaited = true
      guard !state.isRunning, !state.isStopped else { return }
      // A thread that is not running has ended, or is about to.
      state.worker?.join()
      state.isRunning = true
      state.worker = Worker { [self] in run() }
    }
  }

  /// Does all the work there is, and waits for it.
  func finish() {
    wake()
    state.withLock(\.worker)?.join()
  }

  /// Waits for the step at work; no other begins. To be called before what the steps use is closed.
  func stop() {
    let worker = state.withLock { state in
      state.isStopped = true
      return state.worker
    }
    worker?.join()
  }

  private func run() {
    while isWanted() {
      while !state.withLock(\.isStopped), step() {}
    }
  }

  private func isWanted() -> Bool {
    state.withLock { state in
      state.isRunning = state.isAwaited && !state.isStopped
      state.isAwaited = false
      return state.isRunning
    }
  }
}

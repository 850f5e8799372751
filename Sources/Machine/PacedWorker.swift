internal import Synchronization

/// A thread that works in rounds and rests between them, until it is stopped.
package final class PacedWorker: Sendable {
  /// The rests of one worker, for its own thread.
  package struct Rests: Sendable {
    fileprivate let isStopped: @Sendable () -> Bool
    fileprivate let changed: Signal

    /// Rests for so many milliseconds; false, and at once, where the worker is to stop.
    package func rest(milliseconds: Int) -> Bool {
      let seen = changed.generation
      if isStopped() { return false }
      changed.wait(since: seen, milliseconds: milliseconds)
      return !isStopped()
    }
  }

  private let isStopped = Atomic(false)
  private let changed = Signal()
  private let worker = Mutex<Worker?>(nil)

  /// Starts at once. `body` does its rounds for as long as it may rest between them.
  package init(_ body: @escaping @Sendable (Rests) -> Void) {
    worker.withLock {
      $0 = Worker { [self] in
        body(Rests(isStopped: { self.isStopped.load(ordering: .acquiring) }, changed: changed))
      }
    }
  }

  /// Ends it after the round that is under way, and waits for that.
  package func stop() {
    isStopped.store(true, ordering: .releasing)
    changed.raise()
    worker.withLock { $0 }?.join()
  }
}

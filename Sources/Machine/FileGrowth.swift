internal import Synchronization

/// Tells how large a file has become, ten times a second, while something writes it that tells
/// nothing itself.
package enum FileGrowth {
  /// Runs `body`; `report` hears from another thread of the size of the file at `path`, 0 as long
  /// as there is none.
  package static func watch<Result, Failure: Error>(
    _ path: String, _ report: @escaping @Sendable (Int64) -> Void,
    during body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let isDone = Atomic(false)
    let changed = Signal()
    let watching = Worker {
      while !isDone.load(ordering: .acquiring) {
        report((try? LocalDisk().open(path, .read).size()) ?? 0)
        changed.wait(since: 0, milliseconds: 100)
      }
    }
    defer {
      isDone.store(true, ordering: .releasing)
      changed.raise()
      watching.join()
    }
    return try body()
  }
}

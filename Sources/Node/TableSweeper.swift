internal import Machine
internal import Synchronization
package import Tables

/// Takes what has expired or was deleted out of open tables, a short step at a time, from a thread
/// of its own.
package final class TableSweeper: Sendable {
  private let tables: Tables
  private let report: @Sendable (String) -> Void
  private let stopping = Signal()
  private let isStopped = Atomic(false)
  private let worker = Mutex<Worker?>(nil)

  /// Milliseconds between two steps: tables of ten million rows are walked over in a quarter of an
  /// hour, at a hundredth of a core.
  private static let pause = 1_000
  /// Milliseconds between two sweeps.
  private static let interval = 600_000

  /// Starts at once. `report` hears, from another thread, why no more can be swept.
  package init(_ tables: Tables, report: @escaping @Sendable (String) -> Void) {
    self.tables = tables
    self.report = report
    worker.withLock { $0 = Worker { [self] in work() } }
  }

  /// Ends after the step that is under way.
  package func stop() {
    isStopped.store(true, ordering: .releasing)
    stopping.raise()
    worker.withLock { $0 }?.join()
  }

  private func work() {
    var sweep = Sweep()
    while true {
      let seen = stopping.generation
      if isStopped.load(ordering: .acquiring) { return }
      do throws(TableError) {
        try tables.sweep(&sweep)
      } catch {
        return report("expired rows stay until the next start: \(error)")
      }
      let pause = sweep.isFinished ? Self.interval : Self.pause
      if sweep.isFinished { sweep = Sweep() }
      stopping.wait(since: seen, milliseconds: pause)
    }
  }
}

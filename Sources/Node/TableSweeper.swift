internal import Machine
package import Tables

/// Takes what has expired or was deleted out of open tables, a short step at a time, from a thread
/// of its own.
package final class TableSweeper: Sendable {
  private let worker: PacedWorker

  /// Milliseconds between two steps: tables of ten million rows are walked over in a quarter of an
  /// hour, at a hundredth of a core.
  private static let pause = 1_000
  /// Milliseconds between two sweeps.
  private static let interval = 600_000

  /// Starts at once. `report` hears, from another thread, why nothing could be swept; each reason
  /// once. What is passing, as a full disk, ends with the next sweep.
  package init(_ tables: Tables, report: @escaping @Sendable (String) -> Void) {
    worker = PacedWorker { worker in
      var sweep = Sweep()
      var reported: Set<String> = []
      var pause = 0
      while worker.rest(milliseconds: pause) {
        do throws(TableError) {
          try tables.sweep(&sweep)
          pause = sweep.isFinished ? Self.interval : Self.pause
        } catch {
          if reported.insert("\(error)").inserted { report("expired rows stay for now: \(error)") }
          pause = Self.interval
        }
        if pause == Self.interval { sweep = Sweep() }
      }
    }
  }

  /// Ends after the step that is under way.
  package func stop() { worker.stop() }
}

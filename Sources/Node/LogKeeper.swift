package import CommitLog
internal import Machine

/// Looks after an open log from a thread of its own, as a broker does: retention, compaction,
/// expiry of groups, and the syncs that `log.durability: interval(…)` has let wait.
package final class LogKeeper: Sendable {
  private let worker: PacedWorker

  /// Milliseconds between two rounds (`log.cleaner.backoff.ms`).
  private static let interval = 15_000

  /// Starts at once. `report` hears, from another thread, what could not be done; each thing once.
  package init(
    _ log: CommitLog, _ offsets: ConsumerOffsets? = nil, _ configuration: Configuration,
    report: @escaping @Sendable (String) -> Void
  ) {
    let durability = configuration.log.durability
    let retention = configuration.log.offsetsRetention
    worker = PacedWorker { worker in
      var reported: Set<String> = []
      var pause = 0
      var nextRound = 0.0
      while worker.rest(milliseconds: pause) {
        pause = Self.interval
        if case .interval(let milliseconds) = durability { pause = min(milliseconds, pause) }
        do throws(LogError) {
          try log.syncOverdue()
          if Clock.monotonicSeconds() >= nextRound {
            let done = try log.maintain()
            for (_, error) in done.failures where reported.insert("\(error)").inserted {
              report("\(error)")
            }
            try offsets?.expire(groupsSilentSince: Clock.system.milliseconds - retention)
            nextRound = Clock.monotonicSeconds() + Double(Self.interval) / 1_000
          }
        } catch {
          if reported.insert("\(error)").inserted { report("\(error)") }
        }
      }
    }
  }

  /// Ends after the round that is under way.
  package func stop() { worker.stop() }
}

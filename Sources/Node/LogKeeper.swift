package import CommitLog
internal import Machine
internal import Synchronization

/// Looks after an open log from a thread of its own, as a broker does: retention, compaction,
/// expiry of groups, and the syncs that `log.durability: interval(…)` has let wait.
package final class LogKeeper: Sendable {
  private let log: CommitLog
  private let offsets: ConsumerOffsets?
  private let configuration: LogConfiguration
  private let report: @Sendable (String) -> Void
  private let stopping = Signal()
  private let isStopped = Atomic(false)
  private let worker = Mutex<Worker?>(nil)

  /// Milliseconds between two rounds (`log.cleaner.backoff.ms`).
  private static let interval = 15_000

  /// Starts at once. `report` hears, from another thread, what could not be done; each thing once.
  package init(
    _ log: CommitLog, _ offsets: ConsumerOffsets? = nil, _ configuration: Configuration,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.log = log
    self.offsets = offsets
    self.configuration = configuration.log
    self.report = report
    worker.withLock { $0 = Worker { [self] in work() } }
  }

  /// Ends after the round that is under way.
  package func stop() {
    isStopped.store(true, ordering: .releasing)
    stopping.raise()
    worker.withLock { $0 }?.join()
  }

  private func work() {
    var reported: Set<String> = []
    var pause = Self.interval
    if case .interval(let milliseconds) = configuration.durability {
      pause = min(milliseconds, pause)
    }
    var nextRound = 0.0
    while !isStopped.load(ordering: .acquiring) {
      let seen = stopping.generation
      do throws(LogError) {
        try log.syncOverdue()
        if Clock.monotonicSeconds() >= nextRound {
          let done = try log.maintain()
          for (_, error) in done.failures where reported.insert("\(error)").inserted {
            report("\(error)")
          }
          try offsets?.expire(
            groupsSilentSince: Clock.system.milliseconds - configuration.offsetsRetention)
          nextRound = Clock.monotonicSeconds() + Double(Self.interval) / 1_000
        }
      } catch {
        if reported.insert("\(error)").inserted { report("\(error)") }
      }
      if isStopped.load(ordering: .acquiring) { return }
      stopping.wait(since: seen, milliseconds: pause)
    }
  }
}

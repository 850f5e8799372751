internal import Machine

/// Rids the log of posts that were deleted, from a thread of its own: at the start, what a process
/// before has left, and then every while, since segments are written anew for it.
final class ForgetKeeper: Sendable {
  private let worker: PacedWorker

  /// Milliseconds between two looks.
  private static let look = 10_000

  /// Starts at once. `report` hears, from another thread, what could not be done; each thing once.
  init(
    _ forgetter: Forgetter, _ configuration: Configuration,
    report: @escaping @Sendable (String) -> Void
  ) {
    let interval = Double(Int(configuration.value("log.forget-interval-minutes")) ?? 60) * 60
    worker = PacedWorker { worker in
      var reported: Set<String> = []
      var next = 0.0
      var pause = 0
      while worker.rest(milliseconds: pause) {
        pause = Self.look
        guard Clock.monotonicSeconds() >= next else { continue }
        do {
          guard try forgetter.isPurgeDue else { continue }
          _ = try forgetter.purge(isCancelled: { !worker.rest(milliseconds: 0) })
        } catch {
          if reported.insert("\(error)").inserted {
            report("deleted posts stay in the log for now: \(error)")
          }
        }
        next = Clock.monotonicSeconds() + interval
      }
    }
  }

  /// Ends after the segment that is under way.
  func stop() { worker.stop() }
}

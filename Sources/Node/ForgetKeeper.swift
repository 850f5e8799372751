internal import Machine

/// Rids the log of posts that were deleted and the tables of those that are too old, from a thread
/// of its own: at the start, what a process before has left, and then every while, since segments
/// are written anew for it.
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
    let retention = configuration.retention
    worker = PacedWorker { worker in
      var reported: Set<String> = []
      var next = 0.0
      var pause = 0
      while worker.rest(milliseconds: pause) {
        pause = Self.look
        guard Clock.monotonicSeconds() >= next else { continue }
        let isCancelled = { !worker.rest(milliseconds: 0) }
        func attempt(_ work: () throws -> Void) {
          do { try work() } catch {
            if reported.insert("\(error)").inserted {
              report("posts that are to be forgotten stay for now: \(error)")
            }
          }
        }
        var isAny = retention != nil
        attempt {
          guard try forgetter.isPurgeDue else { return }
          isAny = true
          _ = try forgetter.purge(isCancelled: isCancelled)
        }
        if let retention {
          attempt {
            _ = try forgetter.expire(
              before: Clock.system.milliseconds - retention, isCancelled: isCancelled)
          }
        }
        guard isAny else { continue }
        next = Clock.monotonicSeconds() + interval
      }
    }
  }

  /// Ends within a segment, which then stays as it was.
  func stop() { worker.stop() }
}

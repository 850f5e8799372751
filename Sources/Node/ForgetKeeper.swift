internal import Machine
internal import Synchronization

/// Rids the log of posts that were deleted and the tables of those that are too old, from a thread
/// of its own: at the start, what a process before has left, and then every while, since segments
/// are written anew for it.
final class ForgetKeeper: Sendable {
  private let worker: PacedWorker
  private let round: Round

  /// Milliseconds between two looks.
  private static let look = 10_000

  /// Starts at once. `report` hears, from another thread, what could not be done; each thing once.
  init(
    _ forgetter: Forgetter, _ configuration: Configuration,
    report: @escaping @Sendable (String) -> Void
  ) {
    let interval = Double(Int(configuration.value("log.forget-interval-minutes")) ?? 60) * 60
    let round = Round(forgetter, configuration, report)
    worker = PacedWorker { worker in
      var next = 0.0
      var pause = 0
      while worker.rest(milliseconds: pause) {
        pause = Self.look
        guard Clock.monotonicSeconds() >= next else { continue }
        guard round.run(isCancelled: { !worker.rest(milliseconds: 0) }) else { continue }
        next = Clock.monotonicSeconds() + interval
      }
    }
    self.round = round
  }

  /// Ends within a segment, which then stays as it was.
  func stop() { worker.stop() }

  /// Ends when all has been forgotten that is to be, for a run that ends by itself: the next may
  /// be as short.
  func finish(isCancelled: () -> Bool) {
    stop()
    _ = round.run(isCancelled: isCancelled)
  }
}

/// One look at what is to be forgotten, and the work that it finds.
private final class Round: Sendable {
  private let forgetter: Forgetter
  private let retention: Int64?
  private let report: @Sendable (String) -> Void
  private let reported = Mutex<Set<String>>([])

  init(
    _ forgetter: Forgetter, _ configuration: Configuration,
    _ report: @escaping @Sendable (String) -> Void
  ) {
    self.forgetter = forgetter
    self.report = report
    retention = configuration.retention
  }

  /// Whether there was, or may have been, anything to do.
  func run(isCancelled: () -> Bool) -> Bool {
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
    return isAny
  }

  /// Each fault is told once.
  private func attempt(_ work: () throws -> Void) {
    do { try work() } catch {
      if reported.withLock({ $0.insert("\(error)").inserted }) {
        report("posts that are to be forgotten stay for now: \(error)")
      }
    }
  }
}

internal import Machine
internal import Synchronization

/// A thread of the interface's own for its tasks. Swift's pool has as many threads as the machine
/// has processors: where others hold them all, the interface would not even end.
final class ThreadExecutor: TaskExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  private let changed = Signal()

  /// Starts the thread, which lives until `stop`.
  init() {
    _ = Worker { [self] in work() }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    changed.raise()
  }

  private func work() {
    while true {
      let seen = changed.generation
      let (jobs, isStopped) = state.withLock { state in
        defer { state.jobs.removeAll(keepingCapacity: true) }
        return (state.jobs, state.isStopped)
      }
      for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
      if jobs.isEmpty {
        if isStopped { return }
        changed.wait(since: seen)
      }
    }
  }

  /// Ends the thread when nothing is left to do. No task may use it afterwards.
  func stop() {
    state.withLock { $0.isStopped = true }
    changed.raise()
  }
}

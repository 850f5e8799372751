internal import Synchronization

/// Runs asynchronous code on the calling thread, so that its steps may block on the disk without
/// taking one of Swift's own few threads.
package final class ThreadExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let changed = Signal()

  private init() {}

  /// Takes a step up; whoever is in `run` does it.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    changed.raise()
  }

  private final class Outcome<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
  }

  /// Runs `body` to its end, and `tick` some times a second meanwhile, both on this thread.
  package static func run<Value: Sendable>(
    tick: () -> Void = {}, _ body: @escaping @Sendable () async throws -> Value
  ) throws -> Value {
    let executor = ThreadExecutor()
    let outcome = Outcome<Value>()
    _ = Task(executorPreference: executor) {
      let result: Result<Value, any Error>
      do { result = .success(try await body()) } catch { result = .failure(error) }
      outcome.result.withLock { $0 = result }
      executor.changed.raise()
    }
    while true {
      let seen = executor.changed.generation
      let jobs = executor.jobs.withLock { jobs in
        defer { jobs.removeAll() }
        return jobs
      }
      for job in jobs { job.runSynchronously(on: executor.asUnownedTaskExecutor()) }
      if let result = outcome.result.withLock({ $0 }) { return try result.get() }
      tick()
      if jobs.isEmpty { executor.changed.wait(since: seen, milliseconds: 50) }
    }
  }
}

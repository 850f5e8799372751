internal import Machine
internal import Synchronization

/// Threads for work that blocks, so that neither the network's thread nor Swift's own ever wait for
/// a disk.
final class WorkQueue: Sendable {
  private struct State {
    var waiting: [@Sendable () -> Void] = []
    var threads: [Worker] = []
    var idle = 0
    var isStopped = false
  }

  private let limit: (threads: Int, waiting: Int)
  private let state = Mutex(State())
  private let changed = Signal()

  /// Threads are made when they are needed, `threads` at most. As many as that can share one sync
  /// of the log or one commit of the tables.
  init(threads: Int, waiting: Int) {
    limit = (threads, waiting)
  }

  /// Runs `body` on one of the threads. Thrown: 503 where too much waits already.
  func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result
  {
    try await withCheckedThrowingContinuation { continuation in
      let isTaken = add { continuation.resume(with: Swift.Result { try body() }) }
      if !isTaken {
        continuation.resume(throwing: InterfaceError(503, "too many requests wait; try again"))
      }
    }
  }

  private func add(_ work: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = state.withLock { state in
      guard !state.isStopped, state.waiting.count < limit.waiting else { return false }
      state.waiting.append(work)
      if state.idle < state.waiting.count, state.threads.count < limit.threads {
        state.threads.append(Worker { [self] in serve() })
      }
      return true
    }
    if isTaken { changed.raise() }
    return isTaken
  }

  private func serve() {
    while true {
      let seen = changed.generation
      let work: (@Sendable () -> Void)?? = state.withLock { state in
        if !state.waiting.isEmpty { return state.waiting.removeFirst() }
        if state.isStopped { return .some(nil) }
        state.idle += 1
        return nil
      }
      switch work {
      case .some(let work?): work()
      case .some(nil): return
      case nil:
        changed.wait(since: seen)
        state.withLock { $0.idle -= 1 }
      }
    }
  }

  /// Does what waits, takes no more, and returns when all of it is done.
  func stop() {
    let threads = state.withLock { state in
      state.isStopped = true
      defer { state.threads = [] }
      return state.threads
    }
    changed.raise()
    for thread in threads { thread.join() }
  }
}

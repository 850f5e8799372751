internal import Synchronization

/// Asks what runs to end, from any thread, without cancelling what still has to be kept.
final class StopSwitch: Sendable {
  private struct State {
    var isStopped = false
    var handlers: [Int: @Sendable () -> Void] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  var isStopped: Bool { state.withLock { $0.isStopped } }

  func stop() {
    let handlers = state.withLock { state in
      state.isStopped = true
      defer { state.handlers.removeAll() }
      return state.handlers.values
    }
    for handler in handlers { handler() }
  }

  /// Has `handler` called when it is to stop, or now; what is returned is for `remove`.
  func add(_ handler: @escaping @Sendable () -> Void) -> Int {
    let number = state.withLock { state -> Int? in
      guard !state.isStopped else { return nil }
      state.next += 1
      state.handlers[state.next] = handler
      return state.next
    }
    if number == nil { handler() }
    return number ?? 0
  }

  func remove(_ number: Int) { state.withLock { $0.handlers[number] = nil } }

  /// Runs what is to be cancelled when it is to stop.
  func run<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async -> Result<Value, any Error> {
    let task = Task { try await body() }
    let number = add { task.cancel() }
    defer { remove(number) }
    return await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
  }
}

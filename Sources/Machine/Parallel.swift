internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Long computations on all processors.
package enum Parallel {
  private struct State<Value: Sendable>: Sendable {
    var next = 0
    var done = 0
    var values: [Value?]
  }

  /// Processors that the system has online, at least 1.
  package static var processors: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }

  /// `body` of every number below `count`, in their order, whoever comes first. The caller works,
  /// too, on its own thread, where `progress` hears how many are done, at last
  /// that all are.
  package static func map<Value: Sendable>(
    _ count: Int, workers: Int = processors, progress: (_ done: Int) -> Void = { _ in },
    _ body: @escaping @Sendable (Int) -> Value
  ) -> [Value] {
    let state = Shared(State<Value>(values: [Value?](repeating: nil, count: count)))
    let step: @Sendable () -> Int? = {
      let taken: Int? = state.value.withLock { state in
        guard state.next < count else { return nil }
        state.next += 1
        return state.next - 1
      }
      guard let taken else { return nil }
      let value = body(taken)
      return state.value.withLock { state in
        state.values[taken] = value
        state.done += 1
        return state.done
      }
    }
    let others = (1..<max(min(workers, count), 1)).map { _ in
      Worker { while step() != nil {} }
    }
    var heard = 0
    while let done = step() {
      heard = done
      progress(done)
    }
    for other in others { other.join() }
    if heard < count { progress(count) }
    return state.value.withLock { $0.values.compactMap(\.self) }
  }

  /// A lock that closures can share.
  private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
  }
}

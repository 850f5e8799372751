internal import Machine
internal import Synchronization

/// Lets writers that wait at the same time share one sync: the first to come syncs for all whose
/// records are written by then, and those that come meanwhile are served together by the next.
final class GroupCommit: Sendable {
  private struct State {
    var durableOffset: Int64
    var isSyncing = false
    var lastSync = Clock.monotonicSeconds()
  }

  private let state: Mutex<State>
  private let changed = Signal()
  /// Held while a sync runs, so that its error is nobody else's: the system tells only once that it
  /// has lost a write, and the next sync succeeds without it.
  private let failed = Mutex<IOFailure?>(nil)
  private let hasFailed = Atomic(false)

  init(durableOffset: Int64) { state = Mutex(State(durableOffset: durableOffset)) }

  /// The sync that failed; after it nothing is written any more.
  var failure: IOFailure? {
    // Not by the lock: a writer does not wait for a sync that is under way.
    hasFailed.load(ordering: .acquiring) ? failed.withLock { $0 } : nil
  }

  /// Everything before this offset was synced.
  var durable: Int64 { state.withLock { $0.durableOffset } }

  private enum Turn {
    case done
    case show
    case wait
    case sync
  }

  /// Waits until everything before `offset` is as durable as asked for, running `sync` where nobody
  /// else does, and has it shown by `show`. Returns the failure that keeps it from that.
  func wait(
    for offset: Int64, durability: Durability,
    sync: () -> (durable: Int64, failure: IOFailure?), show: (Int64) -> Void
  ) -> IOFailure? {
    while true {
      let seen = changed.generation
      switch turn(offset, durability) {
      case .done: return nil
      case .show:
        show(offset)
        return nil
      case .wait: changed.wait(since: seen)
      case .sync:
        let (durable, failure) = sync()
        if failure == nil { show(durable) }
        state.withLock { state in
          if failure == nil { state.durableOffset = max(state.durableOffset, durable) }
          state.isSyncing = false
          state.lastSync = Clock.monotonicSeconds()
        }
        changed.raise()
        if let failure { return failure }
      }
      if let failure { return failure }
    }
  }

  private func turn(_ offset: Int64, _ durability: Durability) -> Turn {
    state.withLock { state in
      if state.durableOffset >= offset { return .done }
      if case .interval(let milliseconds) = durability,
        Clock.monotonicSeconds() - state.lastSync < Double(milliseconds) / 1_000
      {
        return .show
      }
      if state.isSyncing { return .wait }
      state.isSyncing = true
      return .sync
    }
  }

  /// Syncs, one thread at a time and never again after a failure, which is returned.
  func sync(_ body: () throws(IOFailure) -> Void) -> IOFailure? {
    failed.withLock { failure in
      if let failure { return failure }
      do throws(IOFailure) {
        try body()
      } catch {
        failure = error
        hasFailed.store(true, ordering: .releasing)
      }
      return failure
    }
  }

  /// Takes in that everything before `offset` was synced in another way.
  func noteDurable(upTo offset: Int64) {
    state.withLock { state in
      state.durableOffset = max(state.durableOffset, offset)
      state.lastSync = Clock.monotonicSeconds()
    }
  }

  /// Whether something before `end` waits for a sync since so long.
  func isOverdue(upTo end: Int64, milliseconds: Int) -> Bool {
    state.withLock { state in
      state.durableOffset < end
        && Clock.monotonicSeconds() - state.lastSync >= Double(milliseconds) / 1_000
    }
  }
}

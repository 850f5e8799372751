internal import Machine
internal import Synchronization

/// Lets writers that wait at the same time share one sync: the first to come leads, and syncs for
/// all whose records are written by then. What comes meanwhile is staged, written by the leader
/// before its next sync, and acknowledged together (see `StagedBatches`).
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

  /// Whether a writer syncs for all just now.
  var isSyncing: Bool { state.withLock { $0.isSyncing } }

  /// Why records are not acknowledged.
  enum Refusal {
    /// The disk did not take them, and nothing of them stays.
    case unwritten(IOFailure)
    /// The log takes nothing more: a sync has failed.
    case stopped(IOFailure)
  }

  private enum Turn {
    case done
    case show
    case wait
    case sync
  }

  /// What a sync has brought about.
  struct Synced {
    /// Everything before it is durable.
    var offset: Int64
    /// The batches that were staged before it, written or refused.
    var groups: [StagedBatches.Group]
    var failure: IOFailure?
  }

  /// Waits until everything before `offset` is as durable as asked for, running `sync` where nobody
  /// else does, and has it shown by `show`. `group` tells of the records before `offset` where they
  /// were staged, `staged` of all that wait so. Returns what keeps the records from being
  /// acknowledged.
  func wait(
    for offset: Int64, in group: StagedBatches.Group?, durability: Durability,
    sync: () -> Synced, show: (Int64) -> Void, staged: () -> [StagedBatches.Group]
  ) -> Refusal? {
    let signal = group?.settled ?? changed
    defer { group?.settled.passOn() }
    while true {
      let seen = signal.generation
      if let refusal = refusal(of: group) { return refusal }
      switch turn(offset, durability) {
      case .done:
        // Once more: the offset may be durable as that of others who got it after these.
        return refusal(of: group)
      case .show:
        show(offset)
        return nil
      case .wait: signal.wait(since: seen)
      case .sync: lead(sync, show, staged)
      }
      // What was durable before is acknowledged none the less.
      if let failure, durable < offset { return .stopped(failure) }
    }
  }

  /// Why the batches of a group are not in the log. After a sync that failed nobody knows whether
  /// a part of them is.
  private func refusal(of group: StagedBatches.Group?) -> Refusal? {
    guard let refused = group?.failure else { return nil }
    return failure.map(Refusal.stopped) ?? .unwritten(refused)
  }

  /// Syncs for all who wait, and again for those who have come meanwhile.
  private func lead(
    _ sync: () -> Synced, _ show: (Int64) -> Void, _ staged: () -> [StagedBatches.Group]
  ) {
    var rounds = 0
    while true {
      let synced = sync()
      rounds += 1
      if synced.failure == nil { show(synced.offset) }
      let goesOn =
        synced.failure == nil && rounds < Self.roundsOfLeader && !staged().isEmpty
      state.withLock { state in
        if synced.failure == nil { state.durableOffset = max(state.durableOffset, synced.offset) }
        state.isSyncing = goesOn
        state.lastSync = Clock.monotonicSeconds()
      }
      for group in synced.groups { group.settled.raiseForOne() }
      changed.raise()
      if !goesOn {
        // One of those who have come meanwhile leads on. Asked after `isSyncing` was put out: who
        // was staged before is among these, who comes later sees it.
        for group in staged() { group.settled.raiseForOne() }
        return
      }
    }
  }

  /// How many syncs a writer runs for others before one of them takes its place: handing over costs
  /// a good part of a sync's time.
  private static let roundsOfLeader = 8

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

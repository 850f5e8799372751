internal import Bytes
internal import Machine
internal import Records
internal import Synchronization

/// Batches that were taken while a sync ran, in the order of their offsets: they are written
/// together when it has ended, before the next. Written at once they would make the sync that runs
/// longer, which has them to write as well.
///
/// Belongs to whoever holds the right to append.
struct StagedBatches: ~Copyable {
  /// Batches that are written together, as those who wait for them know it.
  final class Group: Sendable {
    /// Raised for one when they are durable or refused, or when one of them is to sync. Whoever is
    /// woken and has its answer passes the word on.
    let settled = Signal()
    private let refused = Mutex<IOFailure?>(nil)

    /// Why the disk did not take them.
    var failure: IOFailure? { refused.withLock { $0 } }

    func refuse(_ failure: IOFailure) { refused.withLock { $0 = failure } }
  }

  struct Batch {
    var header: RecordBatchHeader
    /// Bytes, as it is written.
    var size: Int
    /// What was known of its producer before it.
    var producerBefore: ProducerStates.Producer?
  }

  private(set) var bytes = ByteBuffer(capacity: 0)
  private(set) var batches: [Batch] = []
  /// Those that no sync has followed yet; the last one is that of `batches`, if there are any.
  private(set) var unsettled: [Group] = []

  var isEmpty: Bool { batches.isEmpty }

  /// Takes a copy of a batch; returns what will tell what becomes of it.
  mutating func append(
    _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader,
    producerBefore: ProducerStates.Producer?
  ) -> Group {
    let group = batches.isEmpty ? nil : unsettled.last
    bytes.append(batch)
    batches.append(Batch(header: header, size: batch.count, producerBefore: producerBefore))
    if let group { return group }
    let fresh = Group()
    unsettled.append(fresh)
    return fresh
  }

  /// What tells of the batch at `offset`, where it is one of these.
  func group(of offset: Int64) -> Group? {
    guard let first = batches.first, offset >= first.header.baseOffset else { return nil }
    return unsettled.last
  }

  /// Forgets the batches: they were written, or refused for `failure`.
  mutating func clear(because failure: IOFailure? = nil) {
    if let failure, !batches.isEmpty { unsettled.last?.refuse(failure) }
    if bytes.count > Limits.stagedBytesKept {
      bytes = ByteBuffer(capacity: 0)
    } else {
      bytes.removeAll()
    }
    batches.removeAll(keepingCapacity: true)
  }

  /// The groups that the sync which comes now settles.
  mutating func takeUnsettled() -> [Group] {
    defer { unsettled = [] }
    return unsettled
  }
}

extension PartitionLog {
  /// Whether a batch waits for the sync that runs. Whoever appended it waits for the next one and
  /// sees to it that it is written.
  func isToWait(
    _ header: RecordBatchHeader, _ bytes: Int, _ state: borrowing Appending
  ) -> Bool {
    guard case .batch = context.configuration.durability, !header.isControl,
      state.staged.bytes.count + bytes <= Limits.stagedBytes
    else { return false }
    return !state.staged.isEmpty || commit.isSyncing
  }

  /// Writes what was staged, with one write. Where the disk does not take it, it has not been: its
  /// offsets are given again, its producers are as they were before, and its writers learn why.
  func writeStaged(_ state: inout Appending) throws(IOFailure) {
    guard let first = state.staged.batches.first, let last = allSegments.last else { return }
    do throws(IOFailure) {
      try last.append(state.staged, indexInterval: configuration.indexIntervalBytes)
    } catch {
      // What was written may be whole batches: they are gone for good before anyone is told.
      _ = commit.sync { () throws(IOFailure) in
        try last.cleanTail()
        try last.file.sync()
      }
      state.nextOffset = first.header.baseOffset
      for batch in state.staged.batches.reversed() where ProducerStates.concerns(batch.header) {
        state.producers.restore(batch.header.producerID, to: batch.producerBefore)
      }
      state.staged.clear(because: error)
      throw error
    }
    state.staged.clear()
  }
}

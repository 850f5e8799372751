internal import Bytes
internal import Machine
package import Records
internal import Synchronization

/// The records of one partition: a row of segments of which only the last grows.
///
/// Any number of threads may read while others append; appends are put in order here. Readers see
/// a record once it is acknowledged (see `Durability`).
package final class PartitionLog: Sendable {
  package let topicPartition: TopicPartition
  let directory: String
  private let disk: any FileSystem
  private let configuration: LogConfiguration
  private let arrivals: Signal
  private let points: RecoveryPoints?
  private let segments: Mutex<[Segment]>
  private let appending: Mutex<Appending>
  private let syncing: Mutex<Syncing>
  private let acknowledged: Atomic<Int64>
  private let failedSync = Mutex<IOFailure?>(nil)
  private let isStopped = Atomic(false)

  private struct Appending: ~Copyable {
    var nextOffset: Int64
    /// A new segment was begun and could not be finished: the next append begins it again.
    var isRolling = false
    var scratch = ByteBuffer(capacity: 1 << 16)
  }

  private struct Syncing {
    var durableOffset: Int64
    var lastSync: Double
  }

  /// Without `points` the partition is for reading only.
  init(
    _ topicPartition: TopicPartition, directory: String, disk: any FileSystem,
    configuration: LogConfiguration, arrivals: Signal, points: RecoveryPoints?,
    segments: [Segment], nextOffset: Int64
  ) {
    self.topicPartition = topicPartition
    self.directory = directory
    self.disk = disk
    self.configuration = configuration
    self.arrivals = arrivals
    self.points = points
    self.segments = Mutex(segments)
    appending = Mutex(Appending(nextOffset: nextOffset))
    syncing = Mutex(
      Syncing(durableOffset: nextOffset, lastSync: Clock.monotonicSeconds()))
    acknowledged = Atomic(nextOffset)
  }

  /// The first offset that can be read.
  package var startOffset: Int64 { segments.withLock { $0.first?.baseOffset ?? 0 } }
  /// The offset that the next acknowledged record will get: readers see all before it.
  package var endOffset: Int64 { acknowledged.load(ordering: .acquiring) }
  /// Bytes of all segments.
  package var size: Int64 { segments.withLock { $0.reduce(0) { $0 + $1.size } } }
  var allSegments: [Segment] { segments.withLock { $0 } }

  /// Appends one batch as it stands but for its offsets and leader epoch, which are assigned here,
  /// and returns the offset of its first record once it is acknowledged.
  ///
  /// Thrown: `record` where the batch is not whole and sound; `io` where the disk refused it (then
  /// nothing of it stays); `stopped` after a failed sync; `readOnly`.
  package func append(_ batch: UnsafeRawBufferPointer) throws(LogError) -> Int64 {
    guard points != nil else { throw .readOnly }
    if isStopped.load(ordering: .acquiring), let failure = failedSync.withLock({ $0 }) {
      throw .stopped(topicPartition, because: failure)
    }
    let header = try checked(topicPartition, endOffset) { () throws(RecordError) in
      let header = try RecordBatchHeader(batch)
      try header.verify(batch)
      guard header.totalSize == batch.count, header.count > 0 else {
        throw RecordError.malformed("\(batch.count) bytes hold more or less than one batch")
      }
      guard header.lastOffsetDelta == header.count - 1 else {
        throw RecordError.malformed(
          "\(header.count) records with a last offset delta of \(header.lastOffsetDelta)")
      }
      return header
    }
    let base = try write(batch, header)
    try acknowledge(upTo: base + Int64(header.lastOffsetDelta) + 1)
    return base
  }

  private func write(
    _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader
  ) throws(LogError) -> Int64 {
    try appending.withLock { state throws(LogError) in
      let base = state.nextOffset
      state.scratch.removeAll()
      state.scratch.append(batch)
      state.scratch.set(bigEndian: base, at: 0)
      state.scratch.set(bigEndian: Int32(0), at: 12)
      let last = base + Int64(header.lastOffsetDelta)
      let segment = try segment(for: batch.count, lastOffset: last, &state)
      try onDisk { () throws(IOFailure) in
        try state.scratch.withBytes { bytes throws(IOFailure) in
          try segment.append(
            bytes, lastOffset: last, indexInterval: configuration.indexIntervalBytes)
        }
      }
      state.nextOffset = last + 1
      return base
    }
  }

  /// The segment that takes the next batch: the last one, or a new one when that is full.
  private func segment(
    for bytes: Int, lastOffset: Int64, _ state: inout Appending
  ) throws(LogError) -> Segment {
    let current = segments.withLock { $0.last }
    if !state.isRolling, let current,
      current.size == 0
        || (current.size + Int64(bytes) <= Int64(configuration.segmentBytes)
          && lastOffset - current.baseOffset <= Int64(Int32.max))
    {
      return current
    }
    if let current { try seal(current) }
    // Were a smaller batch to go to the old segment after a failure here, the new one's file would
    // claim its offsets.
    state.isRolling = true
    let base = state.nextOffset
    let fresh = try onDisk { () throws(IOFailure) in
      try SegmentFiles(directory, disk).create(baseOffset: base)
    }
    state.isRolling = false
    segments.withLock { $0.append(fresh) }
    // A point that could not be moved only makes the next start check more.
    try? points?.move([topicPartition: base])
    return fresh
  }

  /// Makes a segment and its index durable.
  private func seal(_ segment: Segment) throws(LogError) {
    try onDisk { () throws(IOFailure) in try segment.cleanTail() }
    try sync(segment)
    try onDisk { () throws(IOFailure) in try segment.index.sync() }
  }

  /// Waits until everything before `offset` is as durable as configured, then shows it to readers.
  /// Writers that come while one syncs wait for it, and the next sync then serves them all.
  private func acknowledge(upTo offset: Int64) throws(LogError) {
    try syncing.withLock { state throws(LogError) in
      guard state.durableOffset < offset else { return }
      let now = Clock.monotonicSeconds()
      if case .interval(let milliseconds) = configuration.durability,
        now - state.lastSync < Double(milliseconds) / 1_000
      {
        show(upTo: offset)
        return
      }
      let target = appending.withLock { $0.nextOffset }
      if let last = segments.withLock({ $0.last }) { try sync(last) }
      state.durableOffset = target
      state.lastSync = now
      show(upTo: target)
    }
  }

  /// Syncs, one thread at a time and never again after a failure: the system tells only once that
  /// it has lost a write, and the next sync succeeds without it.
  private func sync(_ segment: Segment) throws(LogError) {
    try failedSync.withLock { failure throws(LogError) in
      if let failure { throw .stopped(topicPartition, because: failure) }
      do throws(IOFailure) {
        try segment.file.sync()
      } catch {
        failure = error
        isStopped.store(true, ordering: .releasing)
        throw .stopped(topicPartition, because: error)
      }
    }
  }

  private func show(upTo offset: Int64) {
    if acknowledged.load(ordering: .relaxed) < offset {
      acknowledged.store(offset, ordering: .releasing)
    }
    arrivals.raise()
  }

  /// Makes everything durable, whatever the configured durability; returns the recovery point.
  func flush() throws(LogError) -> Int64 {
    let target = try appending.withLock { state throws(LogError) in
      if let last = segments.withLock({ $0.last }) { try seal(last) }
      return state.nextOffset
    }
    syncing.withLock { $0.durableOffset = max($0.durableOffset, target) }
    return target
  }
}

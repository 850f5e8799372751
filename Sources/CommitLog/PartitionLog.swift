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
  private let segments: Mutex<[Segment]>
  private let appending: Mutex<Appending>
  private let syncing: Mutex<Syncing>
  private let acknowledged: Atomic<Int64>
  private let failedSync = Mutex<IOFailure?>(nil)

  private struct Appending: ~Copyable {
    var nextOffset: Int64
    var scratch = ByteBuffer(capacity: 1 << 16)
  }

  private struct Syncing {
    var durableOffset: Int64
    var lastSync: Double
  }

  init(
    _ topicPartition: TopicPartition, directory: String, disk: any FileSystem,
    configuration: LogConfiguration, arrivals: Signal, segments: [Segment], nextOffset: Int64
  ) {
    self.topicPartition = topicPartition
    self.directory = directory
    self.disk = disk
    self.configuration = configuration
    self.arrivals = arrivals
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
  /// nothing of it stays); `stopped` after a failed sync.
  package func append(_ batch: UnsafeRawBufferPointer) throws(LogError) -> Int64 {
    if let failure = failedSync.withLock({ $0 }) {
      throw .stopped(topicPartition, because: failure)
    }
    let header = try checked(topicPartition, endOffset) { () throws(RecordError) in
      let header = try RecordBatchHeader(batch)
      try header.verify(batch)
      guard header.totalSize == batch.count, header.count > 0 else {
        throw RecordError.malformed("\(batch.count) bytes hold more or less than one batch")
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
      let segment = try segment(for: batch.count, lastOffset: last, nextOffset: base)
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
    for bytes: Int, lastOffset: Int64, nextOffset: Int64
  ) throws(LogError) -> Segment {
    let current = segments.withLock { $0.last }
    if let current,
      current.size == 0
        || (current.size + Int64(bytes) <= Int64(configuration.segmentBytes)
          && lastOffset - current.baseOffset <= Int64(Int32.max))
    {
      return current
    }
    return try onDisk { () throws(IOFailure) in
      try current?.file.sync()
      try current?.index.sync()
      let fresh = try SegmentFiles(directory, disk).create(baseOffset: nextOffset)
      segments.withLock { $0.append(fresh) }
      return fresh
    }
  }

  /// Waits until everything before `offset` is as durable as configured, then shows it to readers.
  /// Writers that come while one syncs wait for it, and the next sync then serves them all.
  private func acknowledge(upTo offset: Int64) throws(LogError) {
    try syncing.withLock { state throws(LogError) in
      guard state.durableOffset < offset else { return }
      if let failure = failedSync.withLock({ $0 }) {
        throw LogError.stopped(topicPartition, because: failure)
      }
      let now = Clock.monotonicSeconds()
      if case .interval(let milliseconds) = configuration.durability,
        now - state.lastSync < Double(milliseconds) / 1_000
      {
        show(upTo: offset)
        return
      }
      let target = appending.withLock { $0.nextOffset }
      try syncLast()
      state.durableOffset = target
      state.lastSync = now
      show(upTo: target)
    }
  }

  private func syncLast() throws(LogError) {
    do throws(IOFailure) {
      try segments.withLock { $0.last }?.file.sync()
    } catch {
      failedSync.withLock { $0 = error }
      throw .stopped(topicPartition, because: error)
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
    let target = appending.withLock { $0.nextOffset }
    try syncLast()
    syncing.withLock { $0.durableOffset = max($0.durableOffset, target) }
    return target
  }

  /// Learns, in a process that only reads, of what the writing process has added since.
  func shows(upTo offset: Int64) { show(upTo: offset) }

  func add(_ segment: Segment) { segments.withLock { $0.append(segment) } }
}

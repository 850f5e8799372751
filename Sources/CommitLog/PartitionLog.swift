internal import Bytes
internal import Machine
package import Records
internal import Synchronization

/// The records of one partition: a row of segments of which only the last grows.
///
/// Any number of threads may read while others append; appends are put in order here. Readers see
/// a record once it is acknowledged (see `Durability`). All methods may be called from any thread.
package final class PartitionLog: Sendable {
  package let topicPartition: TopicPartition
  let context: LogContext
  let files: SegmentFiles
  let segments: Mutex<[Segment]>
  /// Held by whatever takes segments away or puts others in their place.
  let housekeeping = Mutex<Void>(())
  let appending: Mutex<Appending>
  private let settings: Mutex<TopicConfiguration>
  let commit: GroupCommit
  let start: Atomic<Int64>
  let acknowledged: Atomic<Int64>
  let stable: Atomic<Int64>
  let isClosed = Atomic(false)
  private let isRetired = Atomic(false)
  /// A compacted segment was published, and the old ones may not be gone yet.
  let hasUnfinishedSwap = Atomic(false)

  /// What only one thread at a time may touch: the right to append.
  struct Appending: ~Copyable {
    /// In a process that only reads: up to where `producers` is known.
    var nextOffset: Int64
    var producers: ProducerStates
    var leaderEpoch: Int32
    /// A new segment was begun and could not be finished: the next append begins it again.
    var isRolling = false
    var staged = StagedBatches()

    /// The offset behind what is in the files.
    var writtenEnd: Int64 { staged.batches.first?.header.baseOffset ?? nextOffset }
  }

  /// What opening a partition has found.
  struct Contents: Sendable {
    var segments: [Segment]
    var startOffset: Int64
    var nextOffset: Int64
    var producers = ProducerStates()
    /// What its batches are marked with.
    var leaderEpoch: Int32 = 0
  }

  init(
    _ topicPartition: TopicPartition, _ context: LogContext, _ files: SegmentFiles,
    _ settings: TopicConfiguration, _ contents: Contents
  ) {
    self.topicPartition = topicPartition
    self.context = context
    self.files = files
    self.settings = Mutex(settings)
    segments = Mutex(contents.segments)
    var producers = contents.producers
    let isWriting = context.checkpoints != nil
    stable = Atomic(
      isWriting ? producers.stableOffset(before: contents.nextOffset) : contents.startOffset)
    appending = Mutex(
      Appending(
        nextOffset: isWriting ? contents.nextOffset : 0, producers: producers,
        leaderEpoch: contents.leaderEpoch))
    commit = GroupCommit(durableOffset: contents.nextOffset)
    start = Atomic(contents.startOffset)
    acknowledged = Atomic(contents.nextOffset)
  }

  /// The first offset that can be read.
  package var startOffset: Int64 { start.load(ordering: .acquiring) }
  /// The high watermark: the offset that the next acknowledged record will get. Readers see all
  /// before it.
  package var endOffset: Int64 { acknowledged.load(ordering: .acquiring) }
  /// The last stable offset: before it every transaction has ended. Who reads what is committed
  /// sees all before it but for aborted transactions. Never before the start, even where a
  /// transaction began before records were deleted.
  package var stableOffset: Int64 {
    followTransactions()
    return max(stable.load(ordering: .acquiring), startOffset)
  }
  /// Bytes of all segments.
  package var size: Int64 { allSegments.reduce(0) { $0 + $1.size } }
  /// The topic's settings.
  package var configuration: TopicConfiguration { settings.withLock { $0 } }
  /// The partition's folder.
  package var directory: String { files.directory }
  var allSegments: [Segment] { segments.withLock { $0 } }

  /// Changes the topic's settings; the topic's file has them already.
  func alter(_ fresh: TopicConfiguration) { settings.withLock { $0 = fresh } }

  /// What became of an append.
  package struct Appended: Equatable, Sendable {
    /// The offset of the first record.
    package var firstOffset: Int64
    package var lastOffset: Int64
    /// When the log took it, in milliseconds since 1970; -1 where records keep their own time.
    package var appendTime: Int64 = -1
    /// The producer has sent the batch before; nothing was written.
    package var isDuplicate = false
  }

  /// Where a batch comes from.
  package enum Origin: Sendable {
    /// From outside: everything in it is checked.
    case client
    /// From a builder of this process, which has just sealed it.
    case builder
  }

  /// Appends one batch as it stands but for its offsets, its leader epoch and, where the topic says
  /// so, its time and compression, which are put in in place; returns once it is acknowledged.
  ///
  /// Thrown: `record`, `invalidRecord`, `tooLarge` where the batch is not one that the topic takes;
  /// `sequence` where it is not the one its producer was to send; `io` where the disk refused it
  /// (then nothing of it stays); `stopped` after a failed sync; `readOnly`; `closed`.
  @discardableResult
  package func append(
    _ batch: UnsafeMutableRawBufferPointer, from origin: Origin = .client
  ) throws(LogError) -> Appended {
    let settings = configuration
    let header = try check(UnsafeRawBufferPointer(batch), from: origin, settings)
    // As Kafka does: the time index is made of what the headers say.
    RecordBatchHeader.setMaxTimestamp(header.maxTimestamp, in: batch)
    guard case .codec(let codec) = settings.compression, codec != header.codec else {
      return try append(batch, header, settings)
    }
    var recompressed = ByteBuffer(capacity: batch.count)
    try checked(topicPartition, endOffset) { () throws(RecordError) in
      var decoder = RecordDecoder()
      try decoder.recompress(UnsafeRawBufferPointer(batch), to: codec, into: &recompressed)
    }
    guard recompressed.count <= settings.maxMessageBytes else {
      throw .tooLarge(topicPartition, bytes: recompressed.count, limit: settings.maxMessageBytes)
    }
    return try recompressed.withMutableBytes { batch throws(LogError) in
      try append(batch, header, settings)
    }
  }

  private func append(
    _ batch: UnsafeMutableRawBufferPointer, _ header: RecordBatchHeader,
    _ settings: TopicConfiguration
  ) throws(LogError) -> Appended {
    let (appended, group) = try appending.withLock { state throws(LogError) in
      try write(batch, header, settings, &state)
    }
    try acknowledge(upTo: appended.lastOffset + 1, in: group)
    return appended
  }

  /// Ends a producer's transaction with a marker, which takes an offset of its own.
  ///
  /// Thrown: `sequence` where the producer or the coordinator was replaced; else as by `append`.
  @discardableResult
  package func endTransaction(
    producerID: Int64, epoch: Int16, isCommitted: Bool, coordinatorEpoch: Int32 = 0
  ) throws(LogError) -> Appended {
    let marker = RecordBatchBuilder.endMarker(
      commit: isCommitted, coordinatorEpoch: coordinatorEpoch,
      producer: BatchProducer(id: producerID, epoch: epoch, isTransactional: true),
      timestamp: context.clock.milliseconds)
    var bytes = ByteBuffer(capacity: marker.count)
    bytes.append(marker)
    let settings = configuration
    let (appended, group) = try bytes.withMutableBytes { batch throws(LogError) in
      let header = try checked(topicPartition, endOffset) { () throws(RecordError) in
        try RecordBatchHeader(UnsafeRawBufferPointer(batch))
      }
      return try appending.withLock { state throws(LogError) in
        let fault = state.producers.objection(
          toMarker: header, coordinatorEpoch: coordinatorEpoch)
        if let fault { throw LogError.sequence(fault, topicPartition, producerID: producerID) }
        return try write(batch, header, settings, &state)
      }
    }
    try acknowledge(upTo: appended.lastOffset + 1, in: group)
    return appended
  }

  /// Gives a batch its offsets and writes it, or stages it where a sync runs: then the second value
  /// will tell what becomes of it. Called with the right to append.
  private func write(
    _ batch: UnsafeMutableRawBufferPointer, _ header: RecordBatchHeader,
    _ settings: TopicConfiguration, _ state: inout Appending
  ) throws(LogError) -> (Appended, StagedBatches.Group?) {
    guard context.checkpoints != nil else { throw .readOnly }
    try checkIsOpen()
    if let failure = commit.failure { throw .stopped(topicPartition, because: failure) }
    if ProducerStates.concerns(header), !header.isControl {
      switch state.producers.judge(header) {
      case .new: break
      case .duplicate(let known):
        let appended = Appended(
          firstOffset: known.firstOffset, lastOffset: known.lastOffset,
          appendTime: settings.usesAppendTime ? known.timestamp : -1, isDuplicate: true)
        return (appended, state.staged.group(of: known.firstOffset))
      case .refused(let fault):
        throw .sequence(fault, topicPartition, producerID: header.producerID)
      }
    }
    let base = state.nextOffset
    let last = base + Int64(header.lastOffsetDelta)
    RecordBatchHeader.setBaseOffset(base, in: batch)
    RecordBatchHeader.setLeaderEpoch(state.leaderEpoch, in: batch)
    var header = header
    header.baseOffset = base
    if settings.usesAppendTime {
      header.maxTimestamp = context.clock.milliseconds
      RecordBatchHeader.setAppendTime(header.maxTimestamp, in: batch)
    }
    let segment = try segment(for: batch.count, header, settings, &state)
    var group: StagedBatches.Group?
    if isToWait(header, batch.count, state) {
      group = state.staged.append(
        UnsafeRawBufferPointer(batch), header,
        producerBefore: state.producers.producers[header.producerID])
    } else {
      try onDisk { () throws(IOFailure) in
        try writeStaged(&state)
        try segment.append(
          UnsafeRawBufferPointer(batch), header, indexInterval: settings.indexIntervalBytes)
      }
    }
    note(header, UnsafeRawBufferPointer(batch), segment, &state)
    state.nextOffset = last + 1
    let appended = Appended(
      firstOffset: base, lastOffset: last,
      appendTime: settings.usesAppendTime ? header.maxTimestamp : -1)
    return (appended, group)
  }

  /// Keeps the account of producers and transactions.
  private func note(
    _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer, _ segment: Segment,
    _ state: inout Appending
  ) {
    guard ProducerStates.concerns(header) else { return }
    guard header.isControl else { return state.producers.note(header) }
    guard let marker = TransactionMarker(header, batch) else { return }
    let ended = state.producers.note(
      marker: header, isAbort: marker.isAbort, coordinatorEpoch: marker.coordinatorEpoch)
    guard let ended, ended.isAborted else { return }
    let stable = state.producers.stableOffset(after: ended)
    segment.aborted.append(AbortedTransaction(ended, lastStableOffset: stable))
  }

  /// Forgets idempotent producers that have been silent for long.
  func expireProducers() {
    let limit = context.clock.milliseconds - context.configuration.producerExpiration
    appending.withLock { $0.producers.expire(silentSince: limit) }
  }

  /// Its topic is being deleted, or was not after all. What is under way ends first.
  func retire(_ retired: Bool) {
    housekeeping.withLock { _ in
      appending.withLock { _ in isRetired.store(retired, ordering: .releasing) }
    }
  }

  /// Refuses to change what was closed, or belongs to a topic that was deleted. Called with the
  /// right to append, or to take segments away.
  func checkIsOpen() throws(LogError) {
    if isRetired.load(ordering: .acquiring) { throw .unknownTopic(topicPartition.topic) }
    if isClosed.load(ordering: .acquiring) { throw .closed }
  }

  /// Moves the start, never back; the caller has made it durable.
  func moveStart(to offset: Int64) {
    if offset > startOffset { start.store(offset, ordering: .releasing) }
    appending.withLock { $0.producers.truncate(before: offset) }
  }
}

internal import Bytes
internal import Machine
internal import Records
internal import Synchronization

extension PartitionLog {
  /// Checks a batch that is to be appended against the format and the topic's settings. Returns its
  /// header, in it the time that its records say, which the batch's own may not.
  func check(
    _ batch: UnsafeRawBufferPointer, from origin: Origin, _ settings: TopicConfiguration
  ) throws(LogError) -> RecordBatchHeader {
    var header = try checked(topicPartition, endOffset) { () throws(RecordError) in
      let header = try RecordBatchHeader(batch)
      guard header.totalSize == batch.count, header.count > 0 else {
        throw RecordError.malformed("\(batch.count) bytes hold more or less than one batch")
      }
      guard header.lastOffsetDelta == header.count - 1 else {
        throw RecordError.malformed(
          "\(header.count) records with a last offset delta of \(header.lastOffsetDelta)")
      }
      if case .client = origin { try header.verify(batch) }
      return header
    }
    guard batch.count <= settings.maxMessageBytes else {
      throw .tooLarge(topicPartition, bytes: batch.count, limit: settings.maxMessageBytes)
    }
    // Kafka takes none; our own batches get a segment to themselves, as no input may stop us.
    guard origin == .builder || batch.count <= settings.segmentBytes else {
      throw .tooLargeForSegment(
        topicPartition, bytes: batch.count, limit: settings.segmentBytes)
    }
    guard !header.isControl else {
      throw .invalidRecord(topicPartition, reason: "only the log itself writes control batches")
    }
    guard !header.hasLogAppendTime, !header.hasDeleteHorizon else {
      throw .invalidRecord(
        topicPartition, reason: "a batch claims the time of its append, or its tombstones' end")
    }
    if !settings.usesAppendTime { try check(header.maxTimestamp, settings) }
    if settings.compacts || origin == .client {
      header.maxTimestamp = try checkRecords(batch, header, settings)
    }
    return header
  }

  /// Looks at each record: its place in the batch, its headers, its time, and whether it has a key
  /// where the topic is compacted. Returns the latest time.
  private func checkRecords(
    _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader, _ settings: TopicConfiguration
  ) throws(LogError) -> Int64 {
    var lacksKey = false
    var times: (earliest: Int64, latest: Int64) = (.max, .min)
    try checked(topicPartition, endOffset) { () throws(RecordError) in
      var decoder = RecordDecoder()
      var expected = header.baseOffset
      try decoder.forEach(in: batch) { record throws(RecordError) in
        guard record.offset == expected else {
          throw .malformed("record \(expected - header.baseOffset) claims another's place")
        }
        expected += 1
        try record.checkHeaders()
        if record.key == nil { lacksKey = true }
        times = (min(times.earliest, record.timestamp), max(times.latest, record.timestamp))
      }
    }
    if !settings.usesAppendTime {
      try check(times.earliest, settings)
      try check(times.latest, settings)
    }
    if settings.compacts && lacksKey {
      throw .invalidRecord(topicPartition, reason: Self.keyless)
    }
    return times.latest
  }

  /// Refuses times that the topic does not take.
  func check(_ timestamp: Int64, _ settings: TopicConfiguration) throws(LogError) {
    let now = context.clock.milliseconds
    let ahead = timestamp.subtractingReportingOverflow(now)
    let isTooLate = !ahead.overflow && ahead.partialValue > settings.timestampAfterMax
    let isTooEarly =
      timestamp >= 0 && !ahead.overflow && -ahead.partialValue > settings.timestampBeforeMax
    guard isTooLate || isTooEarly else { return }
    throw .invalidRecord(
      topicPartition,
      reason: "the time \(timestamp) is \(abs(ahead.partialValue)) ms "
        + (isTooLate
          ? "ahead, more than message.timestamp.after.max.ms"
          : "ago, more than message.timestamp.before.max.ms"))
  }

  /// The segment that takes the next batch: the last one, or a new one when that is full.
  func segment(
    for bytes: Int, _ header: RecordBatchHeader, _ settings: TopicConfiguration,
    _ state: inout Appending
  ) throws(LogError) -> Segment {
    let current = allSegments.last
    if !state.isRolling, let current,
      try !isFull(current, for: bytes, header, settings, state.staged)
    {
      return current
    }
    return try roll(current, &state)
  }

  private func isFull(
    _ segment: Segment, for bytes: Int, _ header: RecordBatchHeader,
    _ settings: TopicConfiguration, _ staged: borrowing StagedBatches
  ) throws(LogError) -> Bool {
    let size = segment.size + Int64(staged.bytes.count)
    guard size > 0 else { return false }
    let waiting = staged.batches.count
    if size + Int64(bytes) > Int64(settings.segmentBytes)
      || header.lastOffset - segment.baseOffset > Int64(Int32.max)
      || segment.offsets.count + waiting >= settings.segmentIndexBytes / OffsetEntry.size
      || segment.times.count + waiting >= settings.segmentIndexBytes / TimeEntry.size - 1
    {
      return true
    }
    let first =
      try onDisk { () throws(IOFailure) in try segment.firstTimestamp() }
      ?? staged.batches.first?.header.maxTimestamp
    guard let first, header.maxTimestamp > first else { return false }
    // By its offset, so that a segment ends at the same time however often it is looked at.
    let jitter = settings.segmentJitter
    let early = jitter > 0 ? segment.baseOffset &* 2_654_435_761 % jitter : 0
    let longest =
      settings.compacts
      ? min(settings.segmentMilliseconds, settings.maxCompactionLag) : settings.segmentMilliseconds
    let span = header.maxTimestamp.subtractingReportingOverflow(first)
    return span.overflow || span.partialValue > longest - abs(early)
  }

  /// Begins a new segment. Called with the right to append.
  @discardableResult
  func roll(_ current: Segment?, _ state: inout Appending) throws(LogError) -> Segment {
    let base = state.nextOffset
    if let current {
      try onDisk { () throws(IOFailure) in try writeStaged(&state) }
      try seal(current)
      let producers = state.producers
      try onDisk { () throws(IOFailure) in
        try ProducerSnapshot.write(producers, at: base, in: files)
      }
    }
    // Were a smaller batch to go to the old segment after a failure here, the new one's file would
    // claim its offsets.
    state.isRolling = true
    let fresh = try onDisk { () throws(IOFailure) in try files.create(baseOffset: base) }
    state.isRolling = false
    segments.withLock { $0.append(fresh) }
    // A point that could not be moved only makes the next start check more.
    try? context.checkpoints?.recoveryPoints.move([topicPartition: base])
    return fresh
  }
}

internal import Bytes
internal import Machine
internal import Records

extension PartitionLog {
  /// A record's place and time.
  package struct TimedOffset: Equatable, Sendable {
    package var offset: Int64
    /// Milliseconds since 1970.
    package var timestamp: Int64
  }

  /// The offset of the first record at or after a time in milliseconds; nil where all are earlier.
  package func offset(atOrAfter time: Int64) throws(LogError) -> Int64? {
    try record(atOrAfter: time)?.offset
  }

  /// The first record at or after a time in milliseconds; nil where all are earlier.
  package func record(atOrAfter time: Int64) throws(LogError) -> TimedOffset? {
    let end = endOffset
    let segments = allSegments
    for (number, segment) in segments.enumerated() {
      try confirm(segment)
      // In the last one a later record may just have come, or have come from another process.
      if number < segments.count - 1, segment.latestTimestamp < time { continue }
      if let found = try record(atOrAfter: time, in: segment, before: end) { return found }
    }
    return nil
  }

  private func record(
    atOrAfter time: Int64, in segment: Segment, before end: Int64
  ) throws(LogError) -> TimedOffset? {
    var position = try onDisk { () throws(IOFailure) in try segment.position(beforeTime: time) }
    var next = segment.baseOffset
    while next < end,
      let found = try onDisk({ () throws(IOFailure) in try segment.header(at: position) })
    {
      let header = try checked(topicPartition, next) { () throws(RecordError) in try found.get() }
      if header.maxTimestamp >= time {
        var found: TimedOffset?
        try forEachRecord(of: header, at: position, in: segment) { record in
          if found == nil, record.timestamp >= time { found = record }
        }
        // The header's time is the producer's word: it may promise a record that is not there.
        if let found { return found }
      }
      next = header.nextOffset
      position += Int64(header.totalSize)
    }
    return nil
  }

  /// Shows the records of a batch from the log's start on. The batch is read where its header was
  /// found: whatever is deleted or compacted meanwhile, the file stays.
  private func forEachRecord(
    of header: RecordBatchHeader, at position: Int64, in segment: Segment,
    _ body: (TimedOffset) -> Void
  ) throws(LogError) {
    let start = startOffset
    guard header.nextOffset > start else { return }
    var buffer = ByteBuffer(capacity: header.totalSize)
    _ = try onDisk { () throws(IOFailure) in
      try buffer.fill(upTo: header.totalSize) { room throws(IOFailure) in
        try segment.file.read(into: room, at: position)
      }
    }
    try buffer.withBytes { bytes throws(LogError) in
      try checked(topicPartition, header.baseOffset) { () throws(RecordError) in
        try header.verify(bytes)
        var decoder = RecordDecoder()
        try decoder.forEach(in: bytes) { record throws(RecordError) in
          if record.offset >= start {
            body(TimedOffset(offset: record.offset, timestamp: record.timestamp))
          }
        }
      }
    }
  }

  /// The first of the records with the latest time; nil where there is none.
  package func latestRecord() throws(LogError) -> TimedOffset? {
    let end = endOffset
    var latest: TimedOffset?
    for segment in allSegments {
      try confirm(segment)
      var claimed = segment.latestTimestamp
      if context.checkpoints == nil || segment.baseOffset == allSegments.last?.baseOffset {
        // The process that writes has not written all that it knows into the index, or its index
        // was not compared with the log yet.
        let found = try onDisk { () throws(IOFailure) in try segment.latestTime(beforeOffset: end) }
        claimed = max(claimed, found)
      }
      if let latest, claimed <= latest.timestamp { continue }
      if let found = try record(atOrAfter: claimed, in: segment, before: end) {
        // A later one may have come since.
        if found.timestamp > latest?.timestamp ?? .min { latest = found }
      } else {
        // The latest one was deleted, or was only promised by a header.
        latest = try latestRecord(in: segment, before: end, after: latest)
      }
    }
    return latest
  }

  private func latestRecord(
    in segment: Segment, before end: Int64, after known: TimedOffset?
  ) throws(LogError) -> TimedOffset? {
    var latest = known
    var position: Int64 = 0
    var next = segment.baseOffset
    while next < end,
      let found = try onDisk({ () throws(IOFailure) in try segment.header(at: position) })
    {
      let header = try checked(topicPartition, next) { () throws(RecordError) in try found.get() }
      if header.maxTimestamp > latest?.timestamp ?? .min {
        try forEachRecord(of: header, at: position, in: segment) { record in
          if record.timestamp > latest?.timestamp ?? .min { latest = record }
        }
      }
      next = header.nextOffset
      position += Int64(header.totalSize)
    }
    return latest
  }

  /// Compares a full segment's indexes with its log when they are first needed, and makes them anew
  /// where they do not agree. Those of the last segment were looked at when it was opened.
  func confirmOffsets(_ segment: Segment) throws(LogError) {
    guard !segment.isConfirmed, !segment.areOffsetsConfirmed else { return }
    let isRight = try onDisk { () throws(IOFailure) in try segment.confirmOffsets() }
    if isRight { segment.areOffsetsConfirmed = true } else { try confirm(segment) }
  }

  /// The same for both indexes: who asks for times needs to know that none is missing.
  func confirm(_ segment: Segment) throws(LogError) {
    guard !segment.isConfirmed, segment.baseOffset != allSegments.last?.baseOffset else { return }
    try onDisk { () throws(IOFailure) in
      if try !segment.confirmIndexes() {
        var scan = try SegmentScan(
          segment, offset: segment.baseOffset, indexInterval: configuration.indexIntervalBytes)
        scan.noteLatestTime(segment.baseOffset)
        try segment.replaceIndexes(scan)
      }
      segment.isConfirmed = true
    }
  }
}

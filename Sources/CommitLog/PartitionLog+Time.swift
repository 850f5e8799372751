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
      // The header's time is the producer's word: it may promise a record that is not there.
      if header.maxTimestamp >= time, header.baseOffset < end, header.nextOffset > startOffset,
        let found = try firstRecord(atOrAfter: time, in: header)
      {
        return found
      }
      next = header.nextOffset
      position += Int64(header.totalSize)
    }
    return nil
  }

  private func firstRecord(
    atOrAfter time: Int64, in header: RecordBatchHeader
  ) throws(LogError) -> TimedOffset? {
    let start = startOffset
    var buffer = ByteBuffer(capacity: header.totalSize)
    try read(from: max(header.baseOffset, start), maxBytes: 0, into: &buffer)
    return try buffer.withBytes { bytes throws(LogError) in
      try checked(topicPartition, header.baseOffset) { () throws(RecordError) in
        var decoder = RecordDecoder()
        var found: TimedOffset?
        try decoder.forEach(in: bytes) { record throws(RecordError) in
          if found == nil, record.timestamp >= time, record.offset >= start {
            found = TimedOffset(offset: record.offset, timestamp: record.timestamp)
          }
        }
        return found
      }
    }
  }

  /// The record with the latest time; nil where there is none.
  package func latestRecord() throws(LogError) -> TimedOffset? {
    var latest: Int64 = -1
    for segment in allSegments {
      try confirm(segment)
      latest = max(latest, segment.latestTimestamp)
    }
    if context.checkpoints == nil, let last = allSegments.last {
      // The other process has not written all that it knows into the index.
      let end = endOffset
      let found = try onDisk { () throws(IOFailure) in try last.latestTime(before: end) }
      latest = max(latest, found)
    }
    return latest < 0 ? nil : try record(atOrAfter: latest)
  }

  /// Compares a full segment's indexes with its log when they are first needed, and makes them anew
  /// where they do not agree. Those of the last segment were looked at when it was opened.
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

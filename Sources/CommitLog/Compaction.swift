internal import Bytes
internal import Machine
internal import Records

/// Keeps of each key the last record: what a compacted topic is made into (Kafka's log cleaner).
///
/// First the keys of the dirty part of the log are gathered, then all segments up to its end are
/// written anew without the records that a later one of their key has replaced. Offsets stay.
struct Compaction {
  let topicPartition: TopicPartition
  let files: SegmentFiles
  let settings: TopicConfiguration
  /// Milliseconds since 1970: from when `delete.retention.ms` counts.
  let now: Int64
  /// The last data batch of each idempotent producer, by its last offset. It stays, if need be
  /// without records, as the producer's next sequence is read from it.
  let lastBatches: [Int64: Int64]
  /// The transactions aborted anywhere in the log: the marker of one may lie behind what is
  /// compacted, and its records replace nothing all the same.
  let aborted: [AbortedTransaction]

  /// Gathers the keys of `segments`, which end at `end`, from `start` on, as many as fit into
  /// `bytes`.
  func keys(
    in segments: ArraySlice<Segment>, from start: Int64, to end: Int64, bytes: Int
  ) throws(LogError) -> KeyOffsets {
    var keys = KeyOffsets(bytes: bytes, from: start)
    var spans = AbortedSpans(aborted)
    var decoder = RecordDecoder()
    for segment in segments {
      var isFull = false
      try forEachBatch(of: segment) { header, batch throws(LogError) in
        guard !isFull, header.nextOffset > start else { return }
        if header.isControl {
          if let marker = TransactionMarker(header, batch) { _ = spans.end(marker, header) }
        } else if !spans.isAborted(header) {
          try checked(topicPartition, header.baseOffset) { () throws(RecordError) in
            try decoder.forEach(in: batch) { record throws(RecordError) in
              guard !isFull, record.offset >= start, let key = record.key else { return }
              isFull = !keys.put(key, record.offset)
              // What is put in ends before the first record that found no room.
              if isFull { keys.end = record.offset }
            }
          }
          if isFull { return }
        }
        keys.end = header.nextOffset
      }
      if isFull { return keys }
    }
    // The last batch may end before: what was behind it was lost, and need not be looked for again.
    keys.end = end
    return keys
  }

  /// Segments that go into one, so that small ones do not add up: neighbours whose sizes and
  /// offsets fit.
  func groups(_ segments: ArraySlice<Segment>, end: Int64) -> [ArraySlice<Segment>] {
    var groups: [ArraySlice<Segment>] = []
    var first = segments.startIndex
    var size: Int64 = 0
    for index in segments.indices {
      let next = index + 1 < segments.endIndex ? segments[index + 1].baseOffset : end
      let isFitting =
        size + segments[index].size <= Int64(settings.segmentBytes)
        && next - 1 - segments[first].baseOffset <= Int64(Int32.max)
      if index > first && !isFitting {
        groups.append(segments[first..<index])
        first = index
        size = 0
      }
      size += segments[index].size
    }
    if first < segments.endIndex { groups.append(segments[first...]) }
    return groups
  }

  /// Writes the records of `group` that stay into the files of a segment that is to take its place,
  /// durable. What ends at `keys.end` is dropped by `keys`; what lies behind stays.
  func write(
    _ group: ArraySlice<Segment>, keeping keys: KeyOffsets, _ spans: inout AbortedSpans
  ) throws(LogError) {
    guard let first = group.first else { return }
    let target = try onDisk { () throws(IOFailure) in
      try files.createCleaned(first.baseOffset)
    }
    var rewriter = BatchRewriter(self, keys, target)
    for segment in group {
      try forEachBatch(of: segment) { header, batch throws(LogError) in
        try rewriter.take(header, batch, &spans)
      }
    }
    try rewriter.finish()
  }

  /// Shows each batch of a segment; a broken one ends the compaction, which leaves all as it is.
  func forEachBatch(
    of segment: Segment,
    _ body: (RecordBatchHeader, UnsafeRawBufferPointer) throws(LogError) -> Void
  ) throws(LogError) {
    var cursor = BatchCursor(segment)
    var next = segment.baseOffset
    while true {
      let header: RecordBatchHeader?
      do throws(BatchCursor.Fault) {
        header = try cursor.load()
      } catch {
        switch error {
        case .io(let failure): throw .io(failure)
        case .broken(let fault):
          throw .record(fault, at: topicPartition, offset: next)
        }
      }
      guard let header else { return }
      try cursor.withBatch(header) { batch throws(LogError) in
        try checked(topicPartition, header.baseOffset) { () throws(RecordError) in
          try header.verify(batch)
        }
        try body(header, batch)
      }
      next = header.nextOffset
      cursor.advance(over: header)
    }
  }
}

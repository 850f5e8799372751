internal import Bytes
internal import Machine
internal import Records

/// A segment that takes the place of others: batches come into it whole, built anew, or not at all.
/// Each keeps its range of offsets.
struct CleanedSegment: ~Copyable {
  private let compaction: Compaction
  let target: Segment
  /// Where a batch is built anew, after `reset(replacing:)`.
  var builder = RecordBatchBuilder(capacity: 1 << 16)
  /// The last batch, where nothing of it was written.
  private var dropped: RecordBatchHeader?

  init(_ compaction: Compaction, _ target: Segment) {
    self.compaction = compaction
    self.target = target
  }

  /// Leaves a batch out.
  mutating func drop(_ header: RecordBatchHeader) { dropped = header }

  /// Takes a batch as it is.
  mutating func append(
    _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader
  ) throws(LogError) {
    try onDisk { () throws(IOFailure) in
      try target.append(
        batch, header, indexInterval: compaction.settings.indexIntervalBytes)
    }
    dropped = nil
  }

  /// Takes what is in the builder for the batch that had `header`.
  mutating func appendBuilt(_ header: RecordBatchHeader) throws(LogError) {
    let place = compaction.topicPartition
    try checked(place, header.baseOffset) { () throws(RecordError) in
      try builder.seal(codec: header.codec)
    }
    let target = target
    let interval = compaction.settings.indexIntervalBytes
    try builder.withBatch { batch throws(LogError) in
      RecordBatchHeader.setBaseOffset(header.baseOffset, in: batch)
      RecordBatchHeader.setLeaderEpoch(header.leaderEpoch, in: batch)
      let bytes = UnsafeRawBufferPointer(batch)
      let fresh = try checked(place, header.baseOffset) { () throws(RecordError) in
        try RecordBatchHeader(bytes)
      }
      try onDisk { () throws(IOFailure) in
        try target.append(bytes, fresh, indexInterval: interval)
      }
    }
    dropped = nil
  }

  /// Ends it, on the disk when this returns, with the last offset of what it replaces: by an empty
  /// batch where that one's record is gone, so that its end tells what it replaces.
  mutating func finish() throws(LogError) {
    if let dropped {
      builder.reset(replacing: dropped)
      try appendBuilt(dropped)
    }
    let files = compaction.files
    try onDisk { () throws(IOFailure) in
      try target.file.sync()
      try target.finishIndexes()
      try files.disk.syncDirectory(files.directory)
    }
  }
}

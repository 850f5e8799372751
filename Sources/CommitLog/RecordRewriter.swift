internal import Bytes
internal import Machine
internal import Records

/// Writes one segment anew with some of its records changed or left out, whatever their keys. What
/// stays keeps its offset.
struct RecordRewriter: ~Copyable {
  private let compaction: Compaction
  private let target: Segment
  private var decoder = RecordDecoder()
  private var builder = RecordBatchBuilder(capacity: 1 << 16)
  /// The last batch, where nothing of it was written.
  private var dropped: RecordBatchHeader?
  private(set) var changed = 0

  init(_ compaction: Compaction, _ target: Segment) {
    self.compaction = compaction
    self.target = target
  }

  mutating func take(
    _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer,
    _ fate: (Record) throws(RecordError) -> RecordFate
  ) throws(LogError) {
    if header.isControl { return try append(batch, header) }
    let place = compaction.topicPartition
    builder.reset(replacing: header)
    var touched = 0
    try checked(place, header.baseOffset) { () throws(RecordError) in
      touched = try Self.copy(batch, with: &decoder, into: &builder, fate)
    }
    if touched == 0 { return try append(batch, header) }
    changed += touched
    // Empty where a producer has numbered it: who counts what has come counts offsets.
    guard builder.count > 0 || header.producerID >= 0 else {
      dropped = header
      return
    }
    try appendBuilt(header)
  }

  /// Returns how many records were left out or changed.
  private static func copy(
    _ batch: UnsafeRawBufferPointer, with decoder: inout RecordDecoder,
    into builder: inout RecordBatchBuilder, _ fate: (Record) throws(RecordError) -> RecordFate
  ) throws(RecordError) -> Int {
    var touched = 0
    try decoder.forEach(in: batch) { record throws(RecordError) in
      switch try fate(record) {
      case .keep: try builder.append(record)
      case .drop: touched += 1
      case .replace(let value):
        touched += 1
        var failure: RecordError?
        value.withUnsafeBytes { bytes in
          var replaced = record
          replaced.value = bytes
          do throws(RecordError) { try builder.append(replaced) } catch { failure = error }
        }
        if let failure { throw failure }
      }
    }
    return touched
  }

  private mutating func appendBuilt(_ header: RecordBatchHeader) throws(LogError) {
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

  private mutating func append(
    _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader
  ) throws(LogError) {
    try onDisk { () throws(IOFailure) in
      try target.append(batch, header, indexInterval: compaction.settings.indexIntervalBytes)
    }
    dropped = nil
  }

  /// Ends the segment with the last offset of the one it replaces, by an empty batch if need be.
  mutating func finish() throws(LogError) {
    guard let dropped else { return }
    builder.reset(replacing: dropped)
    try appendBuilt(dropped)
  }
}

internal import Bytes
internal import Machine
internal import Records

/// Writes one segment anew with some of its records changed or left out, whatever their keys. What
/// stays keeps its offset.
struct RecordRewriter: ~Copyable {
  private let compaction: Compaction
  private var decoder = RecordDecoder()
  private var output: CleanedSegment
  private(set) var changed = 0

  init(_ compaction: Compaction, _ target: Segment) {
    self.compaction = compaction
    output = CleanedSegment(compaction, target)
  }

  mutating func take(
    _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer,
    _ fate: (Record) throws(RecordError) -> RecordFate
  ) throws(LogError) {
    if header.isControl { return try output.append(batch, header) }
    let place = compaction.topicPartition
    output.builder.reset(replacing: header)
    var touched = 0
    try checked(place, header.baseOffset) { () throws(RecordError) in
      touched = try Self.copy(batch, with: &decoder, into: &output.builder, fate)
    }
    if touched == 0 { return try output.append(batch, header) }
    changed += touched
    // Empty where a producer has numbered it: who counts what has come counts offsets.
    guard output.builder.count > 0 || header.producerID >= 0 else { return output.drop(header) }
    try output.appendBuilt(header)
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

  mutating func finish() throws(LogError) { try output.finish() }
}

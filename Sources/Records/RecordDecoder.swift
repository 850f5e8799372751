public import Bytes

/// Reads the records of batches, compressed or not.
///
/// Keeps the memory that records are inflated into, and the codecs' states, from batch to batch;
/// an uncompressed batch is read where it lies. Does not look at the checksum: see
/// `RecordBatchHeader.verify`.
public struct RecordDecoder: ~Copyable, Sendable {
  @usableFromInline var inflated: ByteBuffer
  private var codecs = Codecs()

  /// A decoder; costs nothing before the first compressed batch.
  public init() { inflated = ByteBuffer(capacity: 0) }

  /// Lets `body` walk through the records at the start of `batch`. What they point to is valid
  /// only inside.
  @inlinable
  public mutating func withRecords<Result>(
    of batch: UnsafeRawBufferPointer, _ body: (inout RecordIterator) throws -> Result
  ) throws -> Result {
    try withRecords(of: batch, RecordBatchHeader(batch), body)
  }

  /// The same for who has read the batch's header already.
  @inlinable
  public mutating func withRecords<Result>(
    of batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader,
    _ body: (inout RecordIterator) throws -> Result
  ) throws -> Result {
    var records = try self.records(of: batch, header)
    return try body(&records)
  }

  /// The same for a body whose only errors are those of records.
  @inlinable
  public mutating func withRecords<Result>(
    of batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader,
    _ body: (inout RecordIterator) throws(RecordError) -> Result
  ) throws(RecordError) -> Result {
    var records = try self.records(of: batch, header)
    return try body(&records)
  }

  /// Good until the next batch is inflated.
  @inlinable
  mutating func records(
    of batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader
  ) throws(RecordError) -> RecordIterator {
    if header.codec == .none { return try RecordIterator(header, batch) }
    try inflate(batch, header)
    return try RecordIterator(header, records: inflated.withBytes { $0 })
  }

  /// Shows `body` each record of the batch at the start of `batch`, markers included.
  @inlinable
  public mutating func forEach(
    in batch: UnsafeRawBufferPointer, _ body: (Record) throws(RecordError) -> Void
  ) throws(RecordError) {
    let header = try RecordBatchHeader(batch)
    try withRecords(of: batch, header) { (records: inout RecordIterator) throws(RecordError) in
      while let record = try records.next() { try body(record) }
    }
  }

  /// Appends `batch` to `output` with its records compressed by another codec, at `level` or the
  /// codec's usual one: what a topic does whose `compression.type` is not the producer's. All else
  /// stays as it was; the checksum is made anew.
  public mutating func recompress(
    _ batch: UnsafeRawBufferPointer, to codec: Codec, level: Int? = nil,
    into output: inout ByteBuffer
  ) throws(RecordError) {
    let header = try RecordBatchHeader(batch)
    try inflate(batch, header)
    let start = output.count
    output.append(UnsafeRawBufferPointer(rebasing: batch[..<RecordBatchHeader.size]))
    do throws(RecordError) {
      try Self.compress(inflated, with: &codecs, as: codec, level: level, into: &output)
      try output.withMutableBytes { bytes throws(RecordError) in
        let batch = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
        RecordBatchHeader.setCodec(codec, in: batch)
        try RecordBatchHeader.seal(batch)
      }
    } catch {
      output.truncate(to: start)
      throw error
    }
  }

  // A function of its own, as one closure cannot hold two parts of `self`.
  private static func compress(
    _ records: borrowing ByteBuffer, with codecs: inout Codecs, as codec: Codec, level: Int?,
    into output: inout ByteBuffer
  ) throws(RecordError) {
    try records.withBytes { bytes throws(RecordError) in
      try codecs.compress(bytes, with: codec, level: level, into: &output)
    }
  }

  /// Fills `inflated` with the records of `batch`.
  @usableFromInline
  mutating func inflate(
    _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader
  ) throws(RecordError) {
    guard batch.count >= header.totalSize else { throw .incomplete }
    let records = batch[RecordBatchHeader.size..<header.totalSize]
    inflated.removeAll()
    try codecs.inflate(
      UnsafeRawBufferPointer(rebasing: records), with: header.codec, into: &inflated)
  }
}

public import Bytes

/// Walks through the records of one batch, front to back. `RecordDecoder` makes one of any batch.
///
/// The post pipeline's inner loop: bare pointers, each field compared with the end of its record,
/// whose length was compared with the end of the batch.
public struct RecordIterator {
  @usableFromInline let baseOffset: Int64
  @usableFromInline let lastOffsetDelta: Int64
  @usableFromInline let baseTimestamp: Int64
  // Where the log's time stands for every record's own.
  @usableFromInline let appendTime: Int64?
  @usableFromInline var place: UnsafeRawPointer
  @usableFromInline let end: UnsafeRawPointer
  @usableFromInline var left: Int32

  /// Starts at the first record of `batch`, which is not compressed and whose header is `header`.
  @inlinable
  public init(_ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer) throws(RecordError) {
    guard batch.count >= header.totalSize else { throw .incomplete }
    guard header.codec == .none else { throw .unsupportedCodec(header.codec.description) }
    let records = batch[RecordBatchHeader.size..<header.totalSize]
    try self.init(header, records: UnsafeRawBufferPointer(rebasing: records))
  }

  /// Starts at the first of `records`, all those of the batch with this header, inflated.
  @inlinable
  init(_ header: RecordBatchHeader, records: UnsafeRawBufferPointer) throws(RecordError) {
    guard let start = records.baseAddress,
      Int(header.count) <= records.count / Limits.smallestRecord
    else {
      throw .malformed("\(header.count) records in \(records.count) bytes")
    }
    baseOffset = header.baseOffset
    lastOffsetDelta = Int64(header.lastOffsetDelta)
    baseTimestamp = header.baseTimestamp
    appendTime = header.hasLogAppendTime ? header.maxTimestamp : nil
    place = start
    end = start + records.count
    left = header.count
  }

  /// The next record; nil after the last. Every offset lies within the header's range.
  @inlinable
  public mutating func next() throws(RecordError) -> Record? {
    guard left > 0 else {
      guard place == end else { throw trailing }
      return nil
    }
    left -= 1
    guard let length = Varint.load(from: &place, before: end), length > 0, length <= end - place
    else { throw malformed }
    let recordEnd = place + Int(length)
    place += 1  // the attributes, which have no meaning
    guard let timeDelta = Varint.load(from: &place, before: recordEnd),
      let offsetDelta = Varint.load(from: &place, before: recordEnd),
      offsetDelta >= 0, offsetDelta <= lastOffsetDelta,
      let keyLength = Varint.load(from: &place, before: recordEnd), keyLength <= recordEnd - place
    else { throw malformed }
    let key = run(keyLength)
    guard let valueLength = Varint.load(from: &place, before: recordEnd),
      valueLength <= recordEnd - place
    else { throw malformed }
    let value = run(valueLength)
    guard let headers = Varint.load(from: &place, before: recordEnd),
      headers >= 0, headers <= Int64(Limits.headers)
    else { throw malformed }
    let headerBytes = UnsafeRawBufferPointer(start: place, count: recordEnd - place)
    place = recordEnd
    return Record(
      offset: baseOffset &+ offsetDelta, timestamp: appendTime ?? (baseTimestamp &+ timeDelta),
      key: key, value: value, headerBytes: headerBytes, headerCount: Int(headers))
  }

  /// The next `length` bytes, which are there; nil, which is null, where it is negative.
  @inlinable @inline(__always)
  mutating func run(_ length: Int64) -> UnsafeRawBufferPointer? {
    guard length >= 0 else { return nil }
    defer { place += Int(length) }
    return UnsafeRawBufferPointer(start: place, count: Int(length))
  }

  @usableFromInline var malformed: RecordError {
    .malformed("a record, or a field in one, ends outside its bounds, \(end - place) bytes left")
  }

  @usableFromInline var trailing: RecordError {
    .malformed("\(end - place) bytes follow its last record")
  }
}

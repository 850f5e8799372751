internal import Bytes

/// What compaction needs: a batch that takes another's place with some of its records.
extension RecordBatchBuilder {
  /// Starts a batch that takes the place of the one whose header is `original`, and keeps its range
  /// of offsets, its producer and numbers, and its kind, whichever records are added; none may be.
  /// `deleteHorizon` is the time from which its tombstones may go; nil keeps what it has.
  public mutating func reset(
    replacing original: RecordBatchHeader, deleteHorizon: Int64? = nil
  ) {
    reset()
    self.original = original
    attributes = BatchAttributes(rawValue: original.attributes).subtracting(.codec)
    baseTimestamp = original.baseTimestamp
    if let deleteHorizon {
      attributes.insert(.deleteHorizon)
      baseTimestamp = deleteHorizon
    }
  }

  /// Adds one of the records of the batch that this one replaces; it keeps its offset. In a batch
  /// that replaces none it gets the next one. Thrown: as by the other `append`, and `malformed`
  /// where the offset is not behind the last one's, or outside the batch's range.
  public mutating func append(_ record: Record) throws(RecordError) {
    var delta = lastOffsetDelta &+ 1
    if let original {
      guard record.offset >= original.baseOffset + Int64(delta),
        record.offset <= original.lastOffset
      else {
        throw .malformed(
          "offset \(record.offset), where \(original.baseOffset + Int64(delta)) "
            + "to \(original.lastOffset) may follow")
      }
      delta = Int32(record.offset - original.baseOffset)
    }
    try write(
      record.timestamp, record.key, record.value, record.headerBytes, record.headerCount, delta)
  }
}

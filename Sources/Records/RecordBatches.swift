/// A run of whole batches, as a read of the log gives it.
public enum RecordBatches {
  /// Shows `body` each data record at or behind `offset`, in order, and returns the offset behind
  /// the last batch (`offset` itself where there is none). Markers of transactions are passed over.
  ///
  /// Thrown: `RecordError` where a batch cannot be read, and what `body` throws.
  @inlinable
  public static func forEach(
    _ bytes: UnsafeRawBufferPointer, from offset: Int64, _ body: (Record) throws -> Void
  ) throws -> Int64 {
    var rest = bytes
    var next = offset
    while !rest.isEmpty {
      let header = try RecordBatchHeader(rest)
      if !header.isControl {
        var records = try RecordIterator(header, rest)
        while let record = try records.next() {
          if record.offset >= offset { try body(record) }
        }
      }
      next = max(next, header.nextOffset)
      rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
    }
    return next
  }
}

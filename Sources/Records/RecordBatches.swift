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
    var decoder = RecordDecoder()
    return try forEach(bytes, from: offset, with: &decoder, body)
  }

  /// The same with a decoder that keeps its memory from read to read.
  @inlinable
  public static func forEach(
    _ bytes: UnsafeRawBufferPointer, from offset: Int64, with decoder: inout RecordDecoder,
    _ body: (Record) throws -> Void
  ) throws -> Int64 {
    var rest = bytes
    var next = offset
    while !rest.isEmpty {
      let header = try RecordBatchHeader(rest)
      if !header.isControl {
        try decoder.withRecords(of: rest, header) { records in
          while let record = try records.next() {
            if record.offset >= offset { try body(record) }
          }
        }
      }
      next = max(next, header.nextOffset)
      rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
    }
    return next
  }
}

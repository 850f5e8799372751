internal import Bytes
internal import Records

extension EventLog {
  /// Shows `body` all that is in a partition now from `offset` on, some batches at a time, each
  /// time with the offset they begin at; it returns the offset behind them.
  func readToEnd(
    of partition: TopicPartition, from offset: Int64,
    _ body: (UnsafeRawBufferPointer, Int64) throws -> Int64
  ) throws {
    let bounds = try bounds(of: partition)
    var next = max(offset, bounds.lowerBound)
    var buffer = ByteBuffer(capacity: 1 << 16)
    while next < bounds.upperBound {
      buffer.removeAll()
      try read(partition, from: next, maxBytes: 1 << 20, into: &buffer)
      let start = next
      next = try buffer.withBytes { bytes throws in try body(bytes, start) }
      if next == start { break }
    }
  }
}

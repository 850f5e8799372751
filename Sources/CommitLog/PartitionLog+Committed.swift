package import Bytes
internal import Records

extension PartitionLog {
  /// Appends to `buffer` what a reader of committed records is to see: as by `read`, without the
  /// batches of aborted transactions. Returns the offset to go on from, which moves on also where
  /// nothing was left to give; `offset` itself at the end.
  package func readCommitted(
    from offset: Int64, maxBytes: Int, into buffer: inout ByteBuffer
  ) throws(LogError) -> Int64 {
    let start = buffer.count
    try read(from: offset, maxBytes: maxBytes, isolation: .committed, into: &buffer)
    let next = try buffer.withBytes { bytes throws(LogError) in
      try checked(topicPartition, offset) { () throws(RecordError) in
        var next = offset
        var rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        while !rest.isEmpty {
          let header = try RecordBatchHeader(rest)
          next = header.nextOffset
          rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
        }
        return next
      }
    }
    let aborted = next > offset ? try abortedTransactions(from: offset, to: next) : []
    if !aborted.isEmpty { try dropAborted(AbortedSpans(aborted), from: start, in: &buffer) }
    return next
  }

  /// Moves the batches that stay to the front of those read.
  private func dropAborted(
    _ spans: AbortedSpans, from start: Int, in buffer: inout ByteBuffer
  ) throws(LogError) {
    var spans = spans
    let kept = try buffer.withMutableBytes { bytes throws(LogError) in
      var kept = start
      var place = start
      while place < bytes.count {
        let batch = UnsafeRawBufferPointer(rebasing: bytes[place...])
        let header = try checked(topicPartition, startOffset) { () throws(RecordError) in
          try RecordBatchHeader(batch)
        }
        var isDropped = false
        if header.isControl {
          if let marker = TransactionMarker(header, batch) { _ = spans.end(marker, header) }
        } else {
          isDropped = spans.isAborted(header)
        }
        if !isDropped, let from = batch.baseAddress, let base = bytes.baseAddress {
          (base + kept).copyMemory(from: from, byteCount: header.totalSize)
          kept += header.totalSize
        }
        place += header.totalSize
      }
      return kept
    }
    buffer.truncate(to: kept)
  }
}

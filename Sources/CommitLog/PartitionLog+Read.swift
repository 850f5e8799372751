package import Bytes
internal import Machine
internal import Records

extension PartitionLog {
  /// Appends to `buffer` whole batches, beginning with the one that holds `offset`, up to
  /// `maxBytes` but at least one batch, and never past the last acknowledged record. Appends
  /// nothing at the end of the log. The first batch may begin before `offset`.
  ///
  /// Thrown: `offsetOutOfRange`; `record` naming the offset where a batch is corrupt. Batches
  /// before a corrupt one are given first, and the next read throws. A read that throws leaves
  /// `buffer` as it was.
  package func read(
    from offset: Int64, maxBytes: Int, into buffer: inout ByteBuffer
  ) throws(LogError) {
    let end = endOffset
    let segments = allSegments
    let first = segments.lastIndex { $0.baseOffset <= offset } ?? 0
    guard offset >= segments.first?.baseOffset ?? 0, offset <= end else {
      throw .offsetOutOfRange(topicPartition, offset: offset, start: startOffset, end: end)
    }
    let start = buffer.count
    var next = offset
    for segment in segments[first...] where next < end {
      let given = buffer.count - start
      let room = max(maxBytes, 0) - given
      guard given == 0 || room > 0 else { return }
      next = max(next, segment.baseOffset)
      do throws(LogError) {
        let span = Span(segment: segment, from: next, end: end)
        guard try read(span, room: room, isFirst: given == 0, &next, into: &buffer) else { return }
      } catch {
        if given == 0 { throw error }
        return
      }
    }
  }

  /// A stretch of one segment: from the batch that holds `from` to the last one before `end`.
  private struct Span {
    var segment: Segment
    var from: Int64
    var end: Int64
  }

  /// Reads from one segment and moves `next` behind what was read; true where the segment has
  /// nothing more to give.
  private func read(
    _ span: Span, room: Int, isFirst: Bool, _ next: inout Int64, into buffer: inout ByteBuffer
  ) throws(LogError) -> Bool {
    let segment = span.segment
    let found = try onDisk { () throws(IOFailure) in try self.position(of: span.from, in: segment) }
    guard let position = found else { return true }
    let start = buffer.count
    let rest = Int(segment.size - position)
    try onDisk { () throws(IOFailure) in
      let batch = isFirst ? (try? segment.header(at: position)?.get().totalSize) ?? 0 : 0
      _ = try buffer.fill(upTo: min(rest, max(room, batch, RecordBatchHeader.size))) {
        target throws(IOFailure) in try segment.file.read(into: target, at: position)
      }
    }
    do throws(LogError) {
      let sound = try buffer.withBytes { bytes throws(LogError) in
        try soundPart(UnsafeRawBufferPointer(rebasing: bytes[start...]), of: rest, span)
      }
      buffer.truncate(to: start + sound.bytes)
      next = sound.next
      return sound.bytes == rest
    } catch {
      buffer.truncate(to: start)
      throw error
    }
  }

  /// How many bytes of `bytes`, which are the first of `rest`, are whole, sound and acknowledged
  /// batches, and the offset behind them. A fault is thrown only where nothing sound comes before
  /// it.
  private func soundPart(
    _ bytes: UnsafeRawBufferPointer, of rest: Int, _ span: Span
  ) throws(LogError) -> (bytes: Int, next: Int64) {
    var kept = 0
    var next = span.from
    while kept < bytes.count {
      let part = UnsafeRawBufferPointer(rebasing: bytes[kept...])
      do throws(RecordError) {
        let header = try RecordBatchHeader(part)
        if header.baseOffset >= span.end && kept > 0 { break }
        try header.verify(part)
        guard header.baseOffset < span.end, header.lastOffset >= next,
          kept == 0 || header.baseOffset >= next
        else { throw .malformed("its offset is \(header.baseOffset)") }
        kept += header.totalSize
        next = header.nextOffset
      } catch {
        let isCutByRead = error == .incomplete && bytes.count < rest
        if isCutByRead || kept > 0 { break }
        throw .record(error, at: topicPartition, offset: next)
      }
    }
    return (kept, next)
  }

  /// Where the first batch that ends at or behind `offset` begins; nil past the segment's end.
  private func position(of offset: Int64, in segment: Segment) throws(IOFailure) -> Int64? {
    var position = try segment.position(before: offset)
    var next: Int64 = 0
    while let found = try segment.header(at: position) {
      // A header that cannot be ends the search: reading there then reports what is wrong with it.
      guard let header = try? found.get(), header.baseOffset >= next, header.lastOffset < offset
      else { return position }
      next = header.nextOffset
      position += Int64(header.totalSize)
    }
    return nil
  }

  /// The offset of the first record at or after a time in milliseconds; nil where all are earlier.
  package func offset(atOrAfter time: Int64) throws(LogError) -> Int64? {
    let end = endOffset
    for segment in allSegments {
      var position: Int64 = 0
      var next = segment.baseOffset
      while next < end,
        let found = try onDisk({ () throws(IOFailure) in try segment.header(at: position) })
      {
        let header = try checked(topicPartition, next) { () throws(RecordError) in
          try found.get()
        }
        // The header's time is the producer's word: it may promise a record that is not there.
        if header.maxTimestamp >= time,
          let offset = try firstRecord(atOrAfter: time, in: header)
        {
          return offset
        }
        next = header.nextOffset
        position += Int64(header.totalSize)
      }
    }
    return nil
  }

  private func firstRecord(
    atOrAfter time: Int64, in header: RecordBatchHeader
  ) throws(LogError) -> Int64? {
    var buffer = ByteBuffer(capacity: header.totalSize)
    try read(from: header.baseOffset, maxBytes: 0, into: &buffer)
    return try buffer.withBytes { bytes throws(LogError) in
      try checked(topicPartition, header.baseOffset) { () throws(RecordError) in
        var decoder = RecordDecoder()
        let header = try RecordBatchHeader(bytes)
        return try decoder.withRecords(of: bytes, header) { records throws(RecordError) in
          while let record = try records.next() {
            if record.timestamp >= time { return record.offset }
          }
          return nil
        }
      }
    }
  }
}

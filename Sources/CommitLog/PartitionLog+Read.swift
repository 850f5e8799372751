package import Bytes
internal import Machine
internal import Records

extension PartitionLog {
  /// Appends to `buffer` whole batches, beginning with the one that holds `offset`, up to
  /// `maxBytes` but at least one batch, and never past the last acknowledged record. Appends
  /// nothing at the end of the log. The first batch may begin before `offset`.
  ///
  /// Thrown: `offsetOutOfRange`; `record` naming the offset where a batch is corrupt.
  package func read(
    from offset: Int64, maxBytes: Int, into buffer: inout ByteBuffer
  ) throws(LogError) {
    let end = endOffset
    guard offset >= startOffset, offset <= end else {
      throw .offsetOutOfRange(topicPartition, offset: offset, start: startOffset, end: end)
    }
    var next = offset
    let start = buffer.count
    while next < end, let segment = segment(holding: next) {
      let room = maxBytes - (buffer.count - start)
      guard buffer.count == start || room > 0 else { return }
      if let after = try read(segment, from: next, end: end, room: room, into: &buffer) {
        next = after
      } else if buffer.count == start, let following = segment.following(in: allSegments) {
        // Nothing behind `next` in this segment: the offsets up to the next one are a gap.
        next = following.baseOffset
      } else {
        return
      }
    }
  }

  private func segment(holding offset: Int64) -> Segment? {
    allSegments.last { $0.baseOffset <= offset } ?? allSegments.first
  }

  /// Reads from one segment; returns the offset to go on with, or nil where it has none to give.
  private func read(
    _ segment: Segment, from offset: Int64, end: Int64, room: Int, into buffer: inout ByteBuffer
  ) throws(LogError) -> Int64? {
    guard
      let position = try onDisk({ () throws(IOFailure) in
        try self.position(of: offset, in: segment)
      })
    else { return nil }
    let start = buffer.count
    try onDisk { () throws(IOFailure) in
      let first = (try? segment.header(at: position)?.get().totalSize) ?? RecordBatchHeader.size
      let wanted = min(Int(segment.size - position), max(room, first))
      _ = try buffer.fill(upTo: wanted) { target throws(IOFailure) in
        try segment.file.read(into: target, at: position)
      }
    }
    let sound = try buffer.withBytes { bytes throws(LogError) in
      try soundPart(UnsafeRawBufferPointer(rebasing: bytes[start...]), from: offset, end: end)
    }
    buffer.truncate(to: start + sound.bytes)
    return sound.bytes == 0 ? nil : sound.next
  }

  /// How many bytes of `bytes` are whole, sound and acknowledged batches, and the offset behind
  /// them. A fault is thrown only where nothing sound comes before it; else the next read meets it.
  private func soundPart(
    _ bytes: UnsafeRawBufferPointer, from offset: Int64, end: Int64
  ) throws(LogError) -> (bytes: Int, next: Int64) {
    var kept = 0
    var next = offset
    while kept < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[kept...])
      do throws(RecordError) {
        let header = try RecordBatchHeader(rest)
        guard header.baseOffset < end else { break }
        try header.verify(rest)
        kept += header.totalSize
        next = header.nextOffset
      } catch {
        // A batch cut by the end of what was read is no fault.
        if error == .incomplete || kept > 0 { break }
        throw .record(error, at: topicPartition, offset: next)
      }
    }
    return (kept, next)
  }

  /// Where the first batch that ends at or behind `offset` begins; nil past the segment's end.
  func position(of offset: Int64, in segment: Segment) throws(IOFailure) -> Int64? {
    var position = segment.index.position(before: offset - segment.baseOffset)
    while let found = try segment.header(at: position) {
      // An unreadable header ends the search: reading there then reports what is wrong with it.
      guard let header = try? found.get(), header.lastOffset < offset else { return position }
      position += Int64(header.totalSize)
    }
    return nil
  }

  /// The offset of the first record at or after a time in milliseconds; nil where all are earlier.
  package func offset(atOrAfter time: Int64) throws(LogError) -> Int64? {
    for segment in allSegments {
      var position: Int64 = 0
      while let header = try header(at: position, in: segment), header.baseOffset < endOffset {
        if header.maxTimestamp >= time { return try firstRecord(atOrAfter: time, header) }
        position += Int64(header.totalSize)
      }
    }
    return nil
  }

  private func header(at position: Int64, in segment: Segment) throws(LogError)
    -> RecordBatchHeader?
  {
    let found = try onDisk { () throws(IOFailure) in try segment.header(at: position) }
    return try checked(topicPartition, segment.baseOffset) { () throws(RecordError) in
      try found?.get()
    }
  }

  private func firstRecord(
    atOrAfter time: Int64, _ header: RecordBatchHeader
  ) throws(LogError) -> Int64 {
    var buffer = ByteBuffer(capacity: header.totalSize)
    try read(from: header.baseOffset, maxBytes: header.totalSize, into: &buffer)
    return try buffer.withBytes { bytes throws(LogError) in
      try checked(topicPartition, header.baseOffset) { () throws(RecordError) in
        var records = try RecordIterator(header, bytes)
        while let record = try records.next() {
          if record.timestamp >= time { return record.offset }
        }
        return header.baseOffset
      }
    }
  }
}

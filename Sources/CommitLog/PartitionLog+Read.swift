package import Bytes
package import Machine
internal import Records

extension PartitionLog {
  /// What a reader sees of transactions.
  package enum Isolation: Sendable {
    /// Everything that was acknowledged.
    case uncommitted
    /// Nothing behind the first transaction that is still open. Records of aborted ones are among
    /// what is read: `abortedTransactions` tells which.
    case committed
  }

  private func end(_ isolation: Isolation) -> Int64 {
    switch isolation {
    case .uncommitted: endOffset
    case .committed: stableOffset
    }
  }

  /// The segments from the one that may hold `offset` on. Thrown: `offsetOutOfRange`.
  private func segments(from offset: Int64) throws(LogError) -> ArraySlice<Segment> {
    let end = endOffset
    let segments = allSegments
    guard offset >= startOffset, offset <= end else {
      throw .offsetOutOfRange(topicPartition, offset: offset, start: startOffset, end: end)
    }
    return segments[(segments.lastIndex { $0.baseOffset <= offset } ?? 0)...]
  }

  /// Appends to `buffer` whole batches, beginning with the one that holds `offset`, up to
  /// `maxBytes` but at least one batch, and never past what `isolation` shows. Appends nothing at
  /// the end of the log. The first batch may begin before `offset`.
  ///
  /// Thrown: `offsetOutOfRange`; `record` naming the offset where a batch is corrupt. Batches
  /// before a corrupt one are given first, and the next read throws. A read that throws leaves
  /// `buffer` as it was.
  package func read(
    from offset: Int64, maxBytes: Int, isolation: Isolation = .uncommitted,
    into buffer: inout ByteBuffer
  ) throws(LogError) {
    let end = end(isolation)
    let start = buffer.count
    var next = offset
    for segment in try segments(from: offset) where next < end {
      let given = buffer.count - start
      let room = max(maxBytes, 0) - given
      guard given == 0 || room > 0 else { return }
      do throws(LogError) {
        try checkGap(before: segment, from: next)
        next = max(next, segment.baseOffset)
        let span = Span(segment: segment, from: next, end: end)
        guard try read(span, room: room, isFirst: given == 0, &next, into: &buffer) else { return }
      } catch {
        if given == 0 { throw error }
        return
      }
    }
    if buffer.count == start && next < end { throw missing(next) }
  }

  private func missing(_ offset: Int64) -> LogError {
    .record(.malformed("no batch of the log holds it"), at: topicPartition, offset: offset)
  }

  /// Refuses to pass over records in silence where a segment before has lost its end. Kafka's own
  /// compaction leaves such gaps.
  private func checkGap(before segment: Segment, from next: Int64) throws(LogError) {
    guard next < segment.baseOffset, !configuration.compacts else { return }
    throw .record(
      .malformed("its segment ends before it; the next begins with \(segment.baseOffset)"),
      at: topicPartition, offset: next)
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
    guard let position = try position(of: span.from, in: segment) else { return true }
    let start = buffer.count
    let rest = Int(segment.size - position)
    try onDisk { () throws(IOFailure) in
      // At least one batch; of one that cannot be read, as much as shows that it cannot.
      let least =
        isFirst
        ? (try? segment.header(at: position)?.get().totalSize) ?? RecordBatchHeader.size : 0
      _ = try buffer.fill(upTo: min(rest, max(room, least))) {
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

  /// How many bytes of `bytes`, which are the first of `rest`, are whole, sound and visible
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

  /// Where the first batch that ends at or behind `offset` begins. An index that does not agree
  /// with its log is made anew, once.
  private func position(of offset: Int64, in segment: Segment) throws(LogError) -> Int64? {
    try confirmOffsets(segment)
    let found = try onDisk { () throws(IOFailure) in try segment.position(of: offset) }
    guard let found, found > 0 else { return found }
    let next = try onDisk { () throws(IOFailure) in try segment.header(at: found) }
    if case .success(let header) = next, header.baseOffset > offset {
      // Compaction leaves such gaps, but so does a header before it that lies about its end.
      let start = try onDisk { () throws(IOFailure) in try segment.position(before: offset) }
      try verify(segment, from: start, to: found, wanted: offset)
    }
    return found
  }

  /// Checks the batches of a stretch that is passed over.
  private func verify(
    _ segment: Segment, from start: Int64, to end: Int64, wanted offset: Int64
  ) throws(LogError) {
    var cursor = BatchCursor(segment.file, from: start, to: end)
    do throws(BatchCursor.Fault) {
      while let header = try cursor.load() {
        try cursor.withBatch(header) { batch throws(BatchCursor.Fault) in
          do throws(RecordError) { try header.verify(batch) } catch { throw .broken(error) }
        }
        cursor.advance(over: header)
      }
    } catch {
      switch error {
      case .io(let failure): throw .io(failure)
      case .broken(let fault): throw .record(fault, at: topicPartition, offset: offset)
      }
    }
  }

  /// A stretch of a segment's file for sending without copying it: the caller hands the descriptor
  /// to `sendfile(2)`, or reads. Its checksums have not been looked at; whoever receives it does.
  package struct FileSlice: Sendable {
    package var file: any File
    package var position: Int64
    package var length: Int
    /// The offset behind its last batch.
    package var nextOffset: Int64
  }

  /// The whole batches of one segment from the one that holds `offset` on, within `maxBytes` but at
  /// least one; nil where there is nothing to read. What is not there in this segment is in the
  /// next: ask again from `nextOffset`. Thrown: `offsetOutOfRange`; `record` where it begins with
  /// broken bytes.
  package func slice(
    from offset: Int64, maxBytes: Int, isolation: Isolation = .uncommitted
  ) throws(LogError) -> FileSlice? {
    let end = end(isolation)
    for segment in try segments(from: offset) {
      try checkGap(before: segment, from: offset)
      var next = max(offset, segment.baseOffset)
      guard next < end else { return nil }
      guard let start = try position(of: next, in: segment) else { continue }
      let size = segment.size
      var position = start
      while let found = try onDisk({ () throws(IOFailure) in try segment.header(at: position) }) {
        do throws(RecordError) {
          let header = try found.get()
          guard position + Int64(header.totalSize) <= size else { throw .incomplete }
          let length = Int(position - start) + header.totalSize
          if position > start, header.baseOffset >= end || length > maxBytes { break }
          guard header.baseOffset < end, header.lastOffset >= next,
            position == start || header.baseOffset >= next
          else { throw .malformed("its offset is \(header.baseOffset)") }
          position += Int64(header.totalSize)
          next = header.nextOffset
        } catch {
          if position > start { break }
          throw .record(error, at: topicPartition, offset: next)
        }
      }
      guard position > start else { return nil }
      return FileSlice(
        file: segment.file, position: start, length: Int(position - start), nextOffset: next)
    }
    if offset < end { throw missing(offset) }
    return nil
  }

  /// The aborted transactions that have records from `offset` up to `end`, which a reader of
  /// committed records passes over.
  package func abortedTransactions(
    from offset: Int64, to end: Int64
  ) throws(LogError) -> [AbortedTransaction] {
    followTransactions()
    var found: [AbortedTransaction] = []
    for segment in try segments(from: offset) {
      try confirmAborted(segment)
      for transaction in try onDisk({ () throws(IOFailure) in try segment.aborted.all() }) {
        if transaction.lastOffset >= offset, transaction.firstOffset < end {
          found.append(transaction)
        }
        if transaction.lastStableOffset >= end { return found }
      }
    }
    return found
  }
}

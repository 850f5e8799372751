internal import Bytes
internal import Machine
internal import Records

extension Segment {
  /// The header of the batch at `position`, or nil at the end of the file.
  func header(
    at position: Int64
  ) throws(IOFailure) -> Result<RecordBatchHeader, RecordError>? {
    guard position >= 0, position < size else { return nil }
    return try withUnsafeTemporaryAllocation(
      byteCount: RecordBatchHeader.size, alignment: 8
    ) { buffer in
      Result { () throws(IOFailure) in
        let count = try file.read(into: buffer, at: position)
        return Result { () throws(RecordError) in
          try RecordBatchHeader(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
      }
    }.get()
  }

  /// The header of the batch that an index entry tells of; nil where there is no such batch.
  func header(confirming entry: OffsetEntry) throws(IOFailure) -> RecordBatchHeader? {
    guard let found = try header(at: Int64(entry.position)), let header = try? found.get(),
      header.baseOffset >= baseOffset,
      header.lastOffset - baseOffset == Int64(entry.relativeOffset)
    else { return nil }
    return header
  }

  /// The position of a batch that begins at or before the one holding `offset`: by the index where
  /// that tells the truth, else the segment's start.
  func position(before offset: Int64) throws(IOFailure) -> Int64 {
    let wanted = offset - baseOffset
    guard let entry = try offsets.last(where: { Int64($0.relativeOffset) < wanted }),
      try header(confirming: entry) != nil
    else { return 0 }
    return Int64(entry.position)
  }

  /// Where the first batch that ends at or behind `offset` begins; nil past the segment's end.
  func position(of offset: Int64) throws(IOFailure) -> Int64? {
    var position = try position(before: offset)
    var next: Int64 = 0
    while let found = try header(at: position) {
      // A header that cannot be ends the search: reading there then reports what is wrong with it.
      guard let header = try? found.get(), header.baseOffset >= next, header.lastOffset < offset
      else { return position }
      next = header.nextOffset
      position += Int64(header.totalSize)
    }
    return nil
  }

  /// The header of the first batch that ends at or behind `offset`; nil where there is none.
  func header(holding offset: Int64) throws(IOFailure) -> RecordBatchHeader? {
    guard let position = try position(of: offset), let found = try header(at: position) else {
      return nil
    }
    return try? found.get()
  }

  /// The position of a batch before which no record is as late as `time`: by the time index where
  /// that tells the truth, else the segment's start.
  func position(beforeTime time: Int64) throws(IOFailure) -> Int64 {
    guard let entry = try times.last(where: { $0.timestamp <= time }),
      let position = try position(confirming: entry)
    else { return 0 }
    // An entry may have been garbled so that it tells of a later batch with the same time. The one
    // before it costs a few batches more, and the two are not garbled alike.
    guard let before = try times.last(where: { $0.timestamp < entry.timestamp }),
      let earlier = try self.position(confirming: before)
    else { return 0 }
    return min(position, earlier)
  }

  /// Where the batch begins that an entry of the time index tells of; nil where there is none such.
  private func position(confirming entry: TimeEntry) throws(IOFailure) -> Int64? {
    let offset = baseOffset + Int64(entry.relativeOffset)
    guard let position = try position(of: offset), let found = try header(at: position),
      let header = try? found.get(), header.lastOffset == offset,
      header.maxTimestamp == entry.timestamp
    else { return nil }
    return position
  }

  /// The latest time that the headers of batches before `end` tell of, from the one on that the
  /// time index gave last; -1 where there is none.
  func latestTime(beforeOffset end: Int64) throws(IOFailure) -> Int64 {
    var walk = HeaderWalk(self, from: try position(beforeTime: .max))
    var latest: Int64 = -1
    while let (header, _) = try walk.next(), header.baseOffset < end {
      latest = max(latest, header.maxTimestamp)
    }
    return latest
  }

  /// How many of the offset index's entries are right, from the first one on, and the last of them.
  func soundOffsets() throws(IOFailure) -> (count: Int, last: OffsetEntry) {
    var last = OffsetEntry(relativeOffset: -1, position: -1)
    var count = 0
    for entry in try offsets.all() {
      guard entry.relativeOffset > last.relativeOffset, entry.position > last.position,
        try header(confirming: entry) != nil
      else { break }
      last = entry
      count += 1
    }
    return (count, last)
  }

  /// The same for the time index.
  func soundTimes() throws(IOFailure) -> (count: Int, last: TimeEntry) {
    var last = TimeEntry(timestamp: -1, relativeOffset: -1)
    var count = 0
    for entry in try times.all() {
      let offset = baseOffset + Int64(entry.relativeOffset)
      guard entry.timestamp > last.timestamp, entry.relativeOffset >= last.relativeOffset,
        let header = try header(holding: offset), header.baseOffset <= offset,
        header.maxTimestamp == entry.timestamp
      else { break }
      last = entry
      count += 1
    }
    return (count, last)
  }

  /// The length that a batch or a message of any format claims at `position`.
  func length(at position: Int64) throws(IOFailure) -> Int32 {
    try withUnsafeTemporaryAllocation(byteCount: 4, alignment: 4) { buffer in
      Result { () throws(IOFailure) -> Int32 in
        let count = try file.read(into: buffer, at: position + 8)
        return count < 4 ? 0 : Int32(bigEndian: buffer.loadUnaligned(as: Int32.self))
      }
    }.get()
  }

  /// Whether the last entry of the offset index agrees with the log.
  func confirmOffsets() throws(IOFailure) -> Bool {
    guard let last = try offsets.last() else { return true }
    return try header(confirming: last) != nil
  }

  /// Whether the last entries of both indexes agree with the log.
  func confirmLastEntries() throws(IOFailure) -> Bool {
    guard try confirmOffsets() else { return false }
    guard let last = try times.last() else { return true }
    return try position(confirming: last) != nil
  }

  /// Whether the ends of the indexes agree with the log, and no time is missing. The indexes are
  /// looked at once, when they are first needed, so that opening a log reads none of it.
  func confirmIndexes() throws(IOFailure) -> Bool {
    guard try confirmOffsets() else { return false }
    // Nothing behind the last time may be later, or entries are missing.
    guard let latest = try latestTime(before: size) else { return false }
    return latest.latestTimestamp == latest.notedTimestamp
  }
}

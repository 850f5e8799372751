internal import Bytes
internal import Machine
internal import Records

/// What a segment's indexes are to know of its batches.
struct SegmentBounds: Equatable {
  /// The position of the batch that was indexed last; 0 where none was.
  var lastIndexed: Int64 = 0
  /// The latest timestamp; -1 where there is none.
  var latestTimestamp: Int64 = -1
  /// The last offset of the batch that has it.
  var latestTimeOffset: Int64 = -1
  /// The timestamp in the time index's last entry.
  var notedTimestamp: Int64 = -1
}

/// What a walk over a segment's batches found.
struct SegmentScan {
  /// Index entries for the batches passed.
  var offsets: [OffsetEntry] = []
  var times: [TimeEntry] = []
  var bounds: SegmentBounds
  /// Where the last whole batch ends.
  var validBytes: Int64
  /// The offset behind the last whole batch.
  var nextOffset: Int64
  /// Batches and records passed.
  var batches = 0
  var records = 0
  /// Why the walk ended before the end of the file.
  var fault: RecordError?

  /// Walks from `position`, where the batch with `offset` or a later one begins and before which
  /// `bounds` hold, to the end of the file or the first batch that is broken, checking length,
  /// checksum, and that offsets rise. `body` sees each sound batch.
  init(
    _ segment: Segment, from position: Int64 = 0, offset: Int64,
    bounds: SegmentBounds = SegmentBounds(), indexInterval: Int,
    _ body: (RecordBatchHeader, UnsafeRawBufferPointer) -> Void = { _, _ in }
  ) throws(IOFailure) {
    validBytes = position
    nextOffset = offset
    self.bounds = bounds
    try run(segment, indexInterval, body)
  }

  /// Goes on behind broken bytes, at the next whole batch, keeping what was found before; false
  /// where there is none.
  mutating func skipFault(
    in segment: Segment, indexInterval: Int
  ) throws(IOFailure) -> Bool {
    guard let next = try nextWholeBatch(in: segment) else { return false }
    validBytes = next
    fault = nil
    try run(segment, indexInterval) { _, _ in }
    return true
  }

  private mutating func run(
    _ segment: Segment, _ indexInterval: Int,
    _ body: (RecordBatchHeader, UnsafeRawBufferPointer) -> Void
  ) throws(IOFailure) {
    var cursor = BatchCursor(segment, from: validBytes)
    do throws(BatchCursor.Fault) {
      while let header = try cursor.load() {
        try cursor.withBatch(header) { batch throws(BatchCursor.Fault) in
          do throws(RecordError) { try header.verify(batch) } catch { throw .broken(error) }
          guard header.baseOffset >= nextOffset else {
            throw .broken(.malformed("its offset \(header.baseOffset) is before \(nextOffset)"))
          }
          body(header, batch)
        }
        index(header, segment.baseOffset, indexInterval)
        cursor.advance(over: header)
        validBytes = cursor.position
        nextOffset = header.nextOffset
        batches += 1
        records += Int(header.count)
      }
    } catch {
      switch error {
      case .broken(let fault): self.fault = fault
      case .io(let failure): throw failure
      }
    }
  }

  /// The same rule as in `Segment.append`.
  private mutating func index(_ header: RecordBatchHeader, _ base: Int64, _ interval: Int) {
    if header.maxTimestamp > bounds.latestTimestamp {
      bounds.latestTimestamp = header.maxTimestamp
      bounds.latestTimeOffset = header.lastOffset
    }
    guard validBytes - bounds.lastIndexed > Int64(interval) else { return }
    offsets.append(
      OffsetEntry(
        relativeOffset: Int32(clamping: header.lastOffset - base),
        position: Int32(clamping: validBytes)))
    noteLatestTime(base)
    bounds.lastIndexed = validBytes
  }

  /// Adds the entry with which a time index ends once the segment is full.
  mutating func noteLatestTime(_ base: Int64) {
    guard bounds.latestTimestamp > bounds.notedTimestamp else { return }
    times.append(
      TimeEntry(
        timestamp: bounds.latestTimestamp,
        relativeOffset: Int32(clamping: bounds.latestTimeOffset - base)))
    bounds.notedTimestamp = bounds.latestTimestamp
  }

  /// Whether what lies behind the last whole batch is more than a torn write: batches that are
  /// whole, or are of a format or a size that this program does not read.
  func isWorthKeeping(in segment: Segment) throws(IOFailure) -> Bool {
    switch fault {
    // Room that was never written to is zeros, which look like format 0 without a length.
    case .unsupportedMagic(let magic):
      if magic != 0 { return true }
      let length = try segment.length(at: validBytes)
      if length > 0 { return true }
    case .tooLarge: return true
    default: break
    }
    return try wholeBatchFollows(in: segment)
  }

  /// True where a whole batch lies anywhere behind the broken one at `validBytes`: then this is no
  /// torn write. The broken header's length is not to be believed, so every byte is tried.
  func wholeBatchFollows(in segment: Segment) throws(IOFailure) -> Bool {
    try nextWholeBatch(in: segment) != nil
  }

  /// Where the first whole batch behind the broken one at `validBytes` begins; nil where none does.
  private func nextWholeBatch(in segment: Segment) throws(IOFailure) -> Int64? {
    guard fault != nil else { return nil }
    // No more offsets than bytes: this spares a checksum where chance made something like a header.
    let offsets = segment.baseOffset...(nextOffset + segment.size - validBytes)
    let piece = 1 << 20
    var window = ByteBuffer(capacity: piece)
    var position = validBytes + 1
    while position + Int64(RecordBatchHeader.size) <= segment.size {
      window.removeAll()
      _ = try window.fill(upTo: piece) { room throws(IOFailure) in
        try segment.file.read(into: room, at: position)
      }
      let found = window.withBytes { bytes in Self.candidates(in: bytes, offsets) }
      for place in found {
        var cursor = BatchCursor(segment, from: position + Int64(place))
        if let header = try? cursor.load(),
          (try? cursor.withBatch(header) { batch in try header.verify(batch) }) != nil
        {
          return position + Int64(place)
        }
      }
      position += Int64(max(window.count - RecordBatchHeader.size + 1, 1))
    }
    return nil
  }

  /// Where in `bytes` something begins that looks like a batch's header.
  private static func candidates(
    in bytes: UnsafeRawBufferPointer, _ offsets: ClosedRange<Int64>
  ) -> [Int] {
    guard bytes.count >= RecordBatchHeader.size else { return [] }
    return (0...(bytes.count - RecordBatchHeader.size)).filter { place in
      guard bytes[place + 16] == 2,
        let header = try? RecordBatchHeader(UnsafeRawBufferPointer(rebasing: bytes[place...]))
      else { return false }
      return offsets.contains(header.baseOffset)
    }
  }
}

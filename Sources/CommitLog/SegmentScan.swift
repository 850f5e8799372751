internal import Bytes
internal import Machine
internal import Records

/// What a walk over a segment's batches found.
struct SegmentScan {
  /// Index entries for the batches passed.
  var entries: [OffsetIndex.Entry] = []
  /// Where the last whole batch ends.
  var validBytes: Int64
  /// The offset behind the last whole batch.
  var nextOffset: Int64
  /// Batches and records passed.
  var batches = 0
  var records = 0
  /// Why the walk ended before the end of the file.
  var fault: RecordError?

  /// Walks from `position`, where the batch with `offset` or a later one begins, to the end of the
  /// file or the first batch that is broken, checking length, checksum, and that offsets rise.
  init(
    _ segment: Segment, from position: Int64 = 0, offset: Int64, indexInterval: Int
  ) throws(IOFailure) {
    validBytes = position
    nextOffset = offset
    var lastIndexed: Int64 = 0
    var buffer = ByteBuffer(capacity: 1 << 20)
    while validBytes < segment.size {
      buffer.removeAll()
      do throws(BatchFault) {
        let header = try SegmentScan.readBatch(segment, at: validBytes, into: &buffer)
        guard header.baseOffset >= nextOffset else {
          throw .broken(.malformed("its offset \(header.baseOffset) is before \(nextOffset)"))
        }
        if validBytes - lastIndexed > Int64(indexInterval) {
          entries.append(
            .init(
              relativeOffset: Int32(clamping: header.lastOffset - segment.baseOffset),
              position: Int32(clamping: validBytes)))
          lastIndexed = validBytes
        }
        validBytes += Int64(header.totalSize)
        nextOffset = header.nextOffset
        batches += 1
        records += Int(header.count)
      } catch {
        switch error {
        case .broken(let fault):
          self.fault = fault
          return
        case .io(let failure): throw failure
        }
      }
    }
  }

  private enum BatchFault: Error {
    case broken(RecordError)
    case io(IOFailure)
  }

  private static func readBatch(
    _ segment: Segment, at position: Int64, into buffer: inout ByteBuffer
  ) throws(BatchFault) -> RecordBatchHeader {
    do {
      guard let found = try segment.header(at: position) else { throw RecordError.incomplete }
      let header = try found.get()
      let read = try buffer.fill(upTo: header.totalSize) { room throws(IOFailure) in
        try segment.file.read(into: room, at: position)
      }
      guard read == header.totalSize else { throw RecordError.incomplete }
      try buffer.withBytes { bytes throws(RecordError) in try header.verify(bytes) }
      return header
    } catch let fault as RecordError {
      throw .broken(fault)
    } catch let failure as IOFailure {
      throw .io(failure)
    } catch {
      throw .broken(.malformed("\(error)"))
    }
  }

  /// True where a whole batch lies anywhere behind the broken one at `validBytes`: then this is no
  /// torn write. The broken header's length is not to be believed, so every byte is tried.
  func wholeBatchFollows(in segment: Segment) throws(IOFailure) -> Bool {
    guard fault != nil else { return false }
    var tail = ByteBuffer(capacity: 0)
    let size = Int(segment.size - validBytes)
    let read = try tail.fill(upTo: size) { room throws(IOFailure) in
      try segment.file.read(into: room, at: validBytes)
    }
    // No more offsets than bytes: this spares a checksum where chance made something like a header.
    let offsets = segment.baseOffset...(nextOffset + Int64(read))
    return tail.withBytes { bytes in
      var rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
      while rest.count >= RecordBatchHeader.size {
        if rest[16] == 2, let header = try? RecordBatchHeader(rest),
          offsets.contains(header.baseOffset), (try? header.verify(rest)) != nil
        {
          return true
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
      }
      return false
    }
  }
}

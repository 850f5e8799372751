internal import Bytes
internal import Machine
internal import Records

/// Walks over the headers of a segment's batches and reads little else: where batches are large
/// only the headers, where they are small many of them at once.
struct HeaderWalk: ~Copyable {
  private static let piece = 64 << 10
  /// Batches smaller than this are read together with those behind them.
  private static let small = 4 << 10

  private let file: any File
  private let end: Int64
  private var bytes = ByteBuffer(capacity: RecordBatchHeader.size)
  /// Where in the file `bytes` begin.
  private var start: Int64
  private var step = RecordBatchHeader.size
  /// Where the next batch begins.
  private(set) var position: Int64

  /// Starts where a batch begins.
  init(_ segment: Segment, from position: Int64 = 0) {
    file = segment.file
    end = segment.size
    self.position = position
    start = position
  }

  /// The next header and where its batch begins; nil at the end of the file, and at what cannot be
  /// a header.
  mutating func next() throws(IOFailure) -> (header: RecordBatchHeader, position: Int64)? {
    guard position >= 0, position < end else { return nil }
    if position < start || position + Int64(RecordBatchHeader.size) > start + Int64(bytes.count) {
      bytes.removeAll()
      start = position
      let wanted = Int(min(Int64(step), end - position))
      let from = position
      _ = try bytes.fill(upTo: wanted) { room throws(IOFailure) in
        try file.read(into: room, at: from)
      }
    }
    let offset = Int(position - start)
    let header = bytes.withBytes { bytes in
      try? RecordBatchHeader(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(offset)))
    }
    guard let header else { return nil }
    defer { position += Int64(header.totalSize) }
    step = header.totalSize < Self.small ? Self.piece : RecordBatchHeader.size
    return (header, position)
  }
}

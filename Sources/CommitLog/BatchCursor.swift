internal import Bytes
internal import Machine
internal import Records

/// Walks over the batches of one segment front to back, reading it in large pieces.
struct BatchCursor: ~Copyable {
  private static let piece = 1 << 20

  private let file: any File
  private let end: Int64
  private var bytes = ByteBuffer(capacity: BatchCursor.piece)
  /// Where in the file `bytes` begin.
  private var start: Int64
  /// Where the current batch begins: the one that the next `load` shows.
  private(set) var position: Int64

  /// Starts at `position`; `end` is where the whole batches end.
  init(_ segment: Segment, from position: Int64 = 0) {
    self.init(segment.file, from: position, to: segment.size)
  }

  init(_ file: any File, from position: Int64, to end: Int64) {
    self.file = file
    self.end = end
    self.position = position
    start = position
  }

  /// What keeps the walk from going on.
  enum Fault: Error {
    /// The bytes at `position` are no batch.
    case broken(RecordError)
    case io(IOFailure)
  }

  /// The header of the batch at `position`, all of whose bytes are at hand then; nil at the end.
  mutating func load() throws(Fault) -> RecordBatchHeader? {
    guard position < end else { return nil }
    var header = parse()
    if case .failure(.incomplete) = header {
      try read(RecordBatchHeader.size)
      header = parse()
    }
    switch header {
    case .failure(let error): throw .broken(error)
    case .success(let header):
      guard position + Int64(header.totalSize) <= end else { throw .broken(.incomplete) }
      if position + Int64(header.totalSize) > start + Int64(bytes.count) {
        try read(header.totalSize)
        guard bytes.count >= header.totalSize else { throw .broken(.incomplete) }
      }
      return header
    }
  }

  /// Shows the bytes of the batch that was loaded.
  func withBatch<Result, Failure: Error>(
    _ header: RecordBatchHeader,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.withBytes { bytes throws(Failure) in
      try body(
        UnsafeRawBufferPointer(
          rebasing: bytes[Int(position - start)...].prefix(header.totalSize)))
    }
  }

  /// Goes on behind the batch that was loaded.
  mutating func advance(over header: RecordBatchHeader) { position += Int64(header.totalSize) }

  private func parse() -> Result<RecordBatchHeader, RecordError> {
    bytes.withBytes { bytes in
      let rest = bytes.dropFirst(Int(position - start))
      return Result { () throws(RecordError) in
        try RecordBatchHeader(UnsafeRawBufferPointer(rebasing: rest))
      }
    }
  }

  private mutating func read(_ needed: Int) throws(Fault) {
    bytes.removeAll()
    start = position
    do throws(IOFailure) {
      _ = try bytes.fill(upTo: Int(min(max(Int64(needed), Int64(Self.piece)), end - position))) {
        room throws(IOFailure) in try file.read(into: room, at: position)
      }
    } catch {
      throw .io(error)
    }
  }
}

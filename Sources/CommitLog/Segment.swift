internal import Machine
internal import Records
internal import Synchronization

/// One `.log` file with its index. Appends come from one thread at a time; reads from any.
final class Segment: Sendable {
  let baseOffset: Int64
  let file: any File
  let index: OffsetIndex
  private let length: Atomic<Int64>
  private let lastIndexed = Atomic<Int64>(-1)
  private let hasDirtyTail = Atomic(false)

  init(baseOffset: Int64, file: any File, index: OffsetIndex, size: Int64) {
    self.baseOffset = baseOffset
    self.file = file
    self.index = index
    length = Atomic(size)
    lastIndexed.store(index.all.last.map { Int64($0.position) } ?? 0, ordering: .relaxed)
  }

  /// The file's name without its extension: 20 digits.
  static func name(_ baseOffset: Int64) -> String {
    let digits = String(baseOffset)
    return String(repeating: "0", count: max(20 - digits.count, 0)) + digits
  }

  /// Bytes of whole batches.
  var size: Int64 { length.load(ordering: .acquiring) }

  /// Writes a batch behind the others. When the write fails, what was written of it is cut off
  /// again; where that fails too, before the next append.
  func append(
    _ batch: UnsafeRawBufferPointer, lastOffset: Int64, indexInterval: Int
  ) throws(IOFailure) {
    try cleanTail()
    let position = size
    hasDirtyTail.store(true, ordering: .relaxed)
    do throws(IOFailure) {
      try file.write(batch, at: position)
      if position - lastIndexed.load(ordering: .relaxed) > Int64(indexInterval) {
        try index.append(
          .init(
            relativeOffset: Int32(clamping: lastOffset - baseOffset),
            position: Int32(clamping: position)))
        lastIndexed.store(position, ordering: .relaxed)
      }
    } catch {
      try? cleanTail()
      throw error
    }
    length.store(position + Int64(batch.count), ordering: .releasing)
    hasDirtyTail.store(false, ordering: .relaxed)
  }

  /// Cuts off what a failed append has left behind the last whole batch.
  func cleanTail() throws(IOFailure) {
    guard hasDirtyTail.load(ordering: .relaxed) else { return }
    try file.truncate(to: size)
    hasDirtyTail.store(false, ordering: .relaxed)
  }

  /// Cuts the file; the index must be made to fit by the caller.
  func truncate(to size: Int64) throws(IOFailure) {
    try file.truncate(to: size)
    length.store(size, ordering: .releasing)
  }

  /// The position of a batch that begins at or before the one holding `offset`: by the index where
  /// that tells the truth, else the segment's start.
  func position(before offset: Int64) throws(IOFailure) -> Int64 {
    guard let entry = index.entry(before: offset - baseOffset),
      try header(confirming: entry) != nil
    else { return 0 }
    return Int64(entry.position)
  }

  /// The header of the batch that an index entry tells of; nil where there is no such batch.
  func header(confirming entry: OffsetIndex.Entry) throws(IOFailure) -> RecordBatchHeader? {
    guard let found = try header(at: Int64(entry.position)), let header = try? found.get(),
      header.baseOffset >= baseOffset,
      header.lastOffset - baseOffset == Int64(entry.relativeOffset)
    else { return nil }
    return header
  }

  /// Writes what is there from `position` on once more, so that the next sync writes it.
  func rewrite(from position: Int64) throws(IOFailure) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    var position = position
    while position < size {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer.prefix(Int(min(size - position, Int64(buffer.count)))))
      let count = try file.read(into: part, at: position)
      guard count > 0 else { return }
      try file.write(UnsafeRawBufferPointer(rebasing: part[..<count]), at: position)
      position += Int64(count)
    }
  }

  /// The header of the batch at `position`, or nil at the end of the file.
  func header(
    at position: Int64
  ) throws(IOFailure) -> Result<RecordBatchHeader, RecordError>? {
    guard position < size else { return nil }
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
}

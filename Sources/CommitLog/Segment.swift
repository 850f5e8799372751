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
  /// again, so that the next append finds a clean end.
  func append(
    _ batch: UnsafeRawBufferPointer, lastOffset: Int64, indexInterval: Int
  ) throws(IOFailure) {
    let position = size
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
      try? file.truncate(to: position)
      throw error
    }
    length.store(position + Int64(batch.count), ordering: .releasing)
  }

  /// Cuts the file; the index must be made to fit by the caller.
  func truncate(to size: Int64) throws(IOFailure) {
    try file.truncate(to: size)
    length.store(size, ordering: .releasing)
  }

  /// Learns of bytes that another process has appended.
  func grow(to size: Int64) { length.store(size, ordering: .releasing) }

  /// The segment behind this one.
  func following(in segments: [Segment]) -> Segment? {
    segments.first { $0.baseOffset > baseOffset }
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

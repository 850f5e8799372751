internal import Bytes
internal import Machine
internal import Records
internal import Synchronization

/// One `.log` file with its indexes. Appends come from one thread at a time; reads from any.
final class Segment: Sendable {
  let baseOffset: Int64
  let file: any File
  let offsets: IndexFile<OffsetEntry>
  let times: IndexFile<TimeEntry>
  let aborted: IndexFile<AbortedTransaction>
  private let length: Atomic<Int64>
  private let lastIndexed = Atomic<Int64>(0)
  private let hasDirtyTail = Atomic(false)
  /// Where the room that the disk was asked for ends; 0 where it was not.
  private let reserved = Atomic<Int64>(0)
  /// The latest timestamp and the last offset of the batch that has it; -1 where there is none.
  private let latestTime = Atomic<Int64>(-1)
  private let latestTimeOffset = Atomic<Int64>(-1)
  /// The time in the time index's last entry.
  private let notedTime = Atomic<Int64>(-1)
  /// The timestamp of the first batch; -1 while it is not known.
  private let earliestTime = Atomic<Int64>(-1)

  private let areIndexesConfirmed = Atomic(false)
  private let isOffsetIndexConfirmed = Atomic(false)
  private let isAbortedListConfirmed = Atomic(false)

  init(
    baseOffset: Int64, file: any File, size: Int64, offsets: IndexFile<OffsetEntry>,
    times: IndexFile<TimeEntry>, aborted: IndexFile<AbortedTransaction>
  ) {
    self.baseOffset = baseOffset
    self.file = file
    self.offsets = offsets
    self.times = times
    self.aborted = aborted
    length = Atomic(size)
  }

  /// The file's name without its extension: 20 digits.
  static func name(_ baseOffset: Int64) -> String {
    let digits = String(baseOffset)
    return String(repeating: "0", count: max(20 - digits.count, 0)) + digits
  }

  /// Bytes of whole batches.
  var size: Int64 { length.load(ordering: .acquiring) }
  /// The latest timestamp of its records; -1 where it has none.
  var latestTimestamp: Int64 { latestTime.load(ordering: .acquiring) }

  /// The indexes were compared with the log.
  var isConfirmed: Bool {
    get { areIndexesConfirmed.load(ordering: .relaxed) }
    set { areIndexesConfirmed.store(newValue, ordering: .relaxed) }
  }

  /// The offset index was compared with the log.
  var areOffsetsConfirmed: Bool {
    get { isOffsetIndexConfirmed.load(ordering: .relaxed) }
    set { isOffsetIndexConfirmed.store(newValue, ordering: .relaxed) }
  }

  /// The list of aborted transactions was compared with the log.
  var areAbortedConfirmed: Bool {
    get { isAbortedListConfirmed.load(ordering: .acquiring) }
    set { isAbortedListConfirmed.store(newValue, ordering: .releasing) }
  }

  /// Puts indexes that a walk over the whole segment has made in the place of the old ones.
  func replaceIndexes(_ scan: SegmentScan) throws(IOFailure) {
    try offsets.rewrite(scan.offsets)
    try times.rewrite(scan.times)
    resume(scan.bounds)
  }

  /// Takes over what opening, or a walk over the batches, has found.
  func resume(_ found: SegmentBounds) {
    lastIndexed.store(found.lastIndexed, ordering: .relaxed)
    latestTimeOffset.store(found.latestTimeOffset, ordering: .relaxed)
    latestTime.store(found.latestTimestamp, ordering: .releasing)
    notedTime.store(found.notedTimestamp, ordering: .relaxed)
  }

  /// Writes a batch behind the others. When the write fails, what was written of it is cut off
  /// again; where that fails too, before the next append.
  func append(
    _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader, indexInterval: Int
  ) throws(IOFailure) {
    try write(batch)
    note(header, bytes: batch.count, interval: indexInterval)
  }

  /// The same for several batches, with one write: all of them or none.
  func append(_ staged: borrowing StagedBatches, indexInterval: Int) throws(IOFailure) {
    try staged.bytes.withBytes { bytes throws(IOFailure) in try write(bytes) }
    for batch in staged.batches {
      note(batch.header, bytes: batch.size, interval: indexInterval)
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(IOFailure) {
    try cleanTail()
    let position = size
    hasDirtyTail.store(true, ordering: .relaxed)
    reserve(position, bytes.count)
    do throws(IOFailure) {
      try file.write(bytes, at: position)
    } catch {
      try? cleanTail()
      throw error
    }
    hasDirtyTail.store(false, ordering: .relaxed)
  }

  /// Takes in a batch that was written behind the others. It may have been compressed anew, and
  /// have another size than its producer's header says.
  private func note(_ header: RecordBatchHeader, bytes: Int, interval: Int) {
    let position = size
    index(header, at: position, interval: interval)
    length.store(position + Int64(bytes), ordering: .releasing)
  }

  /// Asks for room ahead of a segment that has shown that it grows: as much again as it has, up to
  /// 16 MiB. Writing into such room costs less (`grouse-benchmarks log` tells how much).
  private func reserve(_ position: Int64, _ count: Int) {
    let end = max(reserved.load(ordering: .relaxed), position)
    guard position >= Self.leastToReserve, position + Int64(count) > end else { return }
    let more = max(min(position, Self.mostToReserve), Int64(count))
    file.reserve(more, at: end)
    reserved.store(end + more, ordering: .relaxed)
  }

  private static let leastToReserve: Int64 = 1 << 20
  private static let mostToReserve: Int64 = 16 << 20

  /// Gives back the room that was not used.
  func releaseReserve() throws(IOFailure) {
    guard reserved.exchange(0, ordering: .relaxed) > 0 else { return }
    try file.truncate(to: size)
  }

  /// Notes a batch in the indexes where it is time for entries.
  private func index(_ header: RecordBatchHeader, at position: Int64, interval: Int) {
    if position == 0 { earliestTime.store(header.maxTimestamp, ordering: .relaxed) }
    if header.maxTimestamp > latestTime.load(ordering: .relaxed) {
      latestTimeOffset.store(header.lastOffset, ordering: .relaxed)
      latestTime.store(header.maxTimestamp, ordering: .releasing)
    }
    guard position - lastIndexed.load(ordering: .relaxed) > Int64(interval) else { return }
    offsets.append(
      OffsetEntry(
        relativeOffset: Int32(clamping: header.lastOffset - baseOffset),
        position: Int32(clamping: position)))
    noteLatestTime()
    lastIndexed.store(position, ordering: .relaxed)
  }

  /// Adds the latest time to the time index where it is later than what stands there.
  private func noteLatestTime() {
    let latest = latestTimestamp
    guard latest > notedTime.load(ordering: .relaxed) else { return }
    notedTime.store(latest, ordering: .relaxed)
    let offset = latestTimeOffset.load(ordering: .relaxed)
    times.append(
      TimeEntry(timestamp: latest, relativeOffset: Int32(clamping: offset - baseOffset)))
  }

  /// Brings the indexes into the state of a segment that gets no more records for now.
  func finishIndexes() throws(IOFailure) {
    noteLatestTime()
    try offsets.sync()
    try times.sync()
    try aborted.sync()
  }

  /// Cuts off what a failed append has left behind the last whole batch.
  func cleanTail() throws(IOFailure) {
    guard hasDirtyTail.load(ordering: .relaxed) else { return }
    try file.truncate(to: size)
    hasDirtyTail.store(false, ordering: .relaxed)
  }

  /// Cuts the file; the indexes must be made to fit by the caller.
  func truncate(to size: Int64) throws(IOFailure) {
    try file.truncate(to: size)
    length.store(size, ordering: .releasing)
  }

  /// In a process that only reads: takes in what another one has appended.
  func grow(to size: Int64) {
    guard size > self.size else { return }
    length.store(size, ordering: .releasing)
    areAbortedConfirmed = false
  }

  /// The timestamp of the first batch, by which `segment.ms` is counted; nil where there is none.
  func firstTimestamp() throws(IOFailure) -> Int64? {
    let known = earliestTime.load(ordering: .relaxed)
    if known >= 0 { return known }
    guard let found = try header(at: 0), let header = try? found.get() else { return nil }
    earliestTime.store(header.maxTimestamp, ordering: .relaxed)
    return header.maxTimestamp
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
}

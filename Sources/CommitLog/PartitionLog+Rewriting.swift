internal import Bytes
internal import Machine
package import Records
internal import Synchronization

extension PartitionLog {
  /// Takes records out of the partition, or gives them another value, as `fate` says of each; all
  /// other records and every offset stay. Returns how many were changed. They are off the disk when
  /// this returns, but for readers who have an old segment open.
  ///
  /// Only segments that hold such records are written anew, one after the other, each as a
  /// compaction does it: a crash leaves the old one or the new one. Records that come meanwhile are
  /// not looked at. `fate` is asked more than once of a record and has to say the same.
  package func rewrite(
    isCancelled: () -> Bool = { false },
    _ fate: (Record) throws(RecordError) -> RecordFate
  ) throws(LogError) -> Int {
    guard context.checkpoints != nil else { throw .readOnly }
    return try housekeeping.withLock { _ throws(LogError) in
      try checkIsOpen()
      try settle()
      if try isLastSegmentConcerned(isCancelled, fate) { try endSegmentWithRecords() }
      let all = allSegments
      let end = endOffset
      let compaction = Compaction(
        topicPartition: topicPartition, files: files, settings: configuration,
        now: context.clock.milliseconds, lastBatches: [:], aborted: [])
      var changed = 0
      for (segment, next) in zip(all, all.dropFirst()) {
        guard next.baseOffset <= end, !isCancelled() else { break }
        try confirm(segment)
        try confirmAborted(segment)
        guard try isConcerned(segment, compaction, isCancelled, fate) else { continue }
        changed += try rewrite(segment, compaction, isCancelled, fate)
      }
      return changed
    }
  }

  /// Whether the segment that is appended to holds such records: else it goes on, since each one
  /// that is ended stays.
  private func isLastSegmentConcerned(
    _ isCancelled: () -> Bool, _ fate: (Record) throws(RecordError) -> RecordFate
  ) throws(LogError) -> Bool {
    guard let last = allSegments.last else { return false }
    let end = endOffset
    var next = max(last.baseOffset, startOffset)
    var isConcerned = false
    var buffer = ByteBuffer()
    var decoder = RecordDecoder()
    while next < end, !isConcerned, !isCancelled() {
      buffer.removeAll()
      try read(from: next, maxBytes: 1 << 20, into: &buffer)
      let from = next
      next = try buffer.withBytes { bytes throws(LogError) in
        try checked(topicPartition, from) { () throws(RecordError) in
          var rest = bytes
          var behind = from
          while !rest.isEmpty {
            let header = try RecordBatchHeader(rest)
            behind = header.nextOffset
            let batch = UnsafeRawBufferPointer(rebasing: rest[..<header.totalSize])
            rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
            guard !isConcerned, !header.isControl else { continue }
            isConcerned = try Self.isConcerned(batch, &decoder, fate)
          }
          return behind
        }
      }
    }
    return isConcerned
  }

  /// Begins a new segment, so that all there is lies in segments that nobody appends to.
  private func endSegmentWithRecords() throws(LogError) {
    try appending.withLock { state throws(LogError) in
      try onDisk { () throws(IOFailure) in try writeStaged(&state) }
      guard let last = allSegments.last, last.size > 0 else { return }
      try roll(last, &state)
    }
  }

  private func isConcerned(
    _ segment: Segment, _ compaction: Compaction, _ isCancelled: () -> Bool,
    _ fate: (Record) throws(RecordError) -> RecordFate
  ) throws(LogError) -> Bool {
    var decoder = RecordDecoder()
    var isConcerned = false
    try compaction.forEachBatch(of: segment) { header, batch throws(LogError) in
      guard !isConcerned, !header.isControl, !isCancelled() else { return }
      try checked(topicPartition, header.baseOffset) { () throws(RecordError) in
        isConcerned = try Self.isConcerned(batch, &decoder, fate)
      }
    }
    return isConcerned
  }

  private static func isConcerned(
    _ batch: UnsafeRawBufferPointer, _ decoder: inout RecordDecoder,
    _ fate: (Record) throws(RecordError) -> RecordFate
  ) throws(RecordError) -> Bool {
    var isConcerned = false
    try decoder.forEach(in: batch) { record throws(RecordError) in
      guard !isConcerned else { return }
      if case .keep = try fate(record) { return }
      isConcerned = true
    }
    return isConcerned
  }

  private func rewrite(
    _ segment: Segment, _ compaction: Compaction, _ isCancelled: () -> Bool,
    _ fate: (Record) throws(RecordError) -> RecordFate
  ) throws(LogError) -> Int {
    do throws(LogError) {
      let target = try onDisk { () throws(IOFailure) in
        try files.createCleaned(segment.baseOffset)
      }
      var rewriter = RecordRewriter(compaction, target)
      var isCut = false
      try compaction.forEachBatch(of: segment) { header, batch throws(LogError) in
        isCut = isCut || isCancelled()
        if !isCut { try rewriter.take(header, batch, fate) }
      }
      if isCut {
        SegmentSwap(files).discard(segment.baseOffset)
        return 0
      }
      for transaction in try onDisk({ () throws(IOFailure) in try segment.aborted.all() }) {
        target.aborted.append(transaction)
      }
      try rewriter.finish()
      let changed = rewriter.changed
      _ = try replace([segment])
      return changed
    } catch {
      SegmentSwap(files).discard(segment.baseOffset)
      // What could not be removed now is at the next attempt.
      hasUnfinishedSwap.store(true, ordering: .releasing)
      throw error
    }
  }
}

internal import Bytes
internal import Machine
internal import Records
internal import Synchronization

extension PartitionLog {
  /// Compares a segment's list of aborted transactions with its log when it is first needed, and
  /// makes it anew where it does not agree: what it does not tell of would be shown as committed.
  func confirmAborted(_ segment: Segment) throws(LogError) {
    guard !segment.areAbortedConfirmed else { return }
    let all = allSegments
    if context.checkpoints != nil, segment.baseOffset == all.last?.baseOffset {
      // Nobody ends a transaction meanwhile.
      try appending.withLock { _ throws(LogError) in
        try onDisk { () throws(IOFailure) in try deriveAborted(segment, all) }
      }
    } else {
      try onDisk { () throws(IOFailure) in try deriveAborted(segment, all) }
    }
  }

  private func deriveAborted(_ segment: Segment, _ all: [Segment]) throws(IOFailure) {
    let known = try segment.aborted.all()
    var hasMarkers = false
    if known.isEmpty {
      try segment.forEachHeader { header, _ in if header.isControl { hasMarkers = true } }
    }
    if hasMarkers || !known.isEmpty {
      let snapshot = try ProducerSnapshot.latest(
        before: segment.baseOffset, in: files, removing: false)
      let from = snapshot?.offset ?? 0
      var states = snapshot?.states ?? ProducerStates()
      var found: [AbortedTransaction] = []
      for (number, part) in all.enumerated() where part.baseOffset <= segment.baseOffset {
        let next = number + 1 < all.count ? all[number + 1].baseOffset : .max
        guard next > from, let start = try part.position(of: max(from, part.baseOffset)) else {
          continue
        }
        found = []
        try part.forEachHeader(from: start) { header, position throws(IOFailure) in
          guard ProducerStates.concerns(header), header.baseOffset >= from else { return }
          guard header.isControl else { return states.note(header) }
          guard let marker = try part.marker(header, at: position),
            let ended = states.note(
              marker: header, isAbort: marker.isAbort, coordinatorEpoch: marker.coordinatorEpoch),
            ended.isAborted
          else { return }
          found.append(
            AbortedTransaction(ended, lastStableOffset: states.stableOffset(after: ended)))
        }
      }
      let concerned = all.filter { $0.baseOffset <= segment.baseOffset }
      var isSound = found != known
      for (number, part) in concerned.enumerated() where isSound {
        let next = number + 1 < all.count ? all[number + 1].baseOffset : nil
        isSound = try part.isSound(upTo: next)
      }
      if isSound { try segment.aborted.rewrite(found) }
    }
    segment.areAbortedConfirmed = true
  }
}

extension Segment {
  /// Whether every batch is whole, and none is missing before `next`: a log that is damaged itself
  /// knows no better than its index.
  func isSound(upTo next: Int64?) throws(IOFailure) -> Bool {
    let scan = try SegmentScan(self, offset: baseOffset, indexInterval: .max)
    return scan.fault == nil && scan.nextOffset == next ?? scan.nextOffset
  }

  /// Shows each batch's header and where it begins, up to the end or the first that cannot be.
  func forEachHeader(
    from start: Int64 = 0, _ body: (RecordBatchHeader, Int64) throws(IOFailure) -> Void
  ) throws(IOFailure) {
    var position = start
    while let found = try header(at: position), let header = try? found.get() {
      try body(header, position)
      position += Int64(header.totalSize)
    }
  }

  /// The marker in the control batch at `position`; nil where it is of another kind, or broken.
  func marker(
    _ header: RecordBatchHeader, at position: Int64
  ) throws(IOFailure) -> TransactionMarker? {
    var buffer = ByteBuffer(capacity: header.totalSize)
    _ = try buffer.fill(upTo: header.totalSize) { room throws(IOFailure) in
      try file.read(into: room, at: position)
    }
    return buffer.withBytes { TransactionMarker(header, $0) }
  }
}

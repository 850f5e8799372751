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
    try onDisk { () throws(IOFailure) in
      // What is appended while this reads is put into the list, behind the others, by who appends.
      let (end, known) = try appending.withLock { state throws(IOFailure) in
        (context.checkpoints == nil ? .max : state.writtenEnd, try segment.aborted.all())
      }
      if let found = try derivedAborted(segment, all, known, before: end) {
        try appending.withLock { _ throws(IOFailure) in
          let fresh = try segment.aborted.all().dropFirst(known.count)
          try segment.aborted.rewrite(found + fresh)
        }
      }
    }
    segment.areAbortedConfirmed = true
  }

  /// The transactions that the markers in a segment before `end` abort; nil where `known` are
  /// these, or the log is damaged and knows no better.
  private func derivedAborted(
    _ segment: Segment, _ all: [Segment], _ known: [AbortedTransaction], before end: Int64
  ) throws(IOFailure) -> [AbortedTransaction]? {
    if known.isEmpty {
      var hasMarkers = false
      var walk = HeaderWalk(segment)
      while let (header, _) = try walk.next() { if header.isControl { hasMarkers = true } }
      if !hasMarkers { return nil }
    }
    let snapshot = try ProducerSnapshot.latest(
      before: segment.baseOffset, in: files, removing: false)
    let from = snapshot?.offset ?? 0
    var states = snapshot?.states ?? ProducerStates()
    var found: [AbortedTransaction] = []
    let concerned = all.filter { $0.baseOffset <= segment.baseOffset }
    for (number, part) in concerned.enumerated() {
      let next = number + 1 < all.count ? all[number + 1].baseOffset : .max
      guard next > from, let start = try part.position(of: max(from, part.baseOffset)) else {
        continue
      }
      found = []
      var walk = HeaderWalk(part, from: start)
      while let (header, position) = try walk.next(), header.baseOffset < end {
        guard ProducerStates.concerns(header), header.baseOffset >= from else { continue }
        guard header.isControl else {
          states.note(header)
          continue
        }
        guard let marker = try part.marker(header, at: position),
          let ended = states.note(
            marker: header, isAbort: marker.isAbort, coordinatorEpoch: marker.coordinatorEpoch),
          ended.isAborted
        else { continue }
        found.append(
          AbortedTransaction(ended, lastStableOffset: states.stableOffset(after: ended)))
      }
    }
    guard found != known else { return nil }
    for (number, part) in concerned.enumerated() {
      let next = number + 1 < all.count ? all[number + 1].baseOffset : nil
      guard try part.isSound(upTo: next) else { return nil }
    }
    return found
  }
}

extension Segment {
  /// Whether every batch is whole, and none is missing before `next`: a log that is damaged itself
  /// knows no better than its index.
  func isSound(upTo next: Int64?) throws(IOFailure) -> Bool {
    let scan = try SegmentScan(self, offset: baseOffset, indexInterval: .max)
    return scan.fault == nil && scan.nextOffset == next ?? scan.nextOffset
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

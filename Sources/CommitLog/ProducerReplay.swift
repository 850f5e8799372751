internal import Machine
internal import Records

/// What the batches of a partition say of its producers.
extension SegmentFiles {
  /// The producers as of `end`: those `known` as of an offset, or else those of the latest
  /// snapshot, and what the batches behind that say, also those before the log's start that are
  /// still there. Where `isRepairing`, snapshots behind `end` are removed, and the lists of aborted
  /// transactions made durable.
  func producers(
    _ segments: [Segment], to end: Int64,
    known: (states: ProducerStates, offset: Int64)? = nil, isRepairing: Bool = false
  ) throws(IOFailure) -> ProducerStates {
    var known = known
    if known == nil {
      known = try ProducerSnapshot.latest(before: end, in: self, removing: isRepairing)
    }
    var states = known?.states ?? ProducerStates()
    let from = known?.offset ?? 0
    for (number, segment) in segments.enumerated() {
      let next = number + 1 < segments.count ? segments[number + 1].baseOffset : end
      guard next > from, segment.size > 0 else { continue }
      let position = try segment.position(of: max(from, segment.baseOffset))
      guard let position else { continue }
      let known = try segment.aborted.count { $0.lastOffset < from }
      try segment.aborted.truncate(to: known)
      try replay(segment, from: position, offset: from, into: &states)
      // Only the last segment is made durable again when it is full or the log is closed.
      if isRepairing, number + 1 < segments.count { try segment.aborted.sync() }
    }
    return states
  }

  /// Takes the batches of a segment from `offset` on into account, and makes its list of aborted
  /// transactions anew.
  private func replay(
    _ segment: Segment, from position: Int64, offset: Int64, into states: inout ProducerStates
  ) throws(IOFailure) {
    var cursor = BatchCursor(segment, from: position)
    do throws(BatchCursor.Fault) {
      while let header = try cursor.load() {
        if ProducerStates.concerns(header), header.baseOffset >= offset {
          if header.isControl {
            // A marker that is damaged may say commit for abort: its transaction stays open.
            let marker = try cursor.withBatch(header) { batch throws(BatchCursor.Fault) in
              do throws(RecordError) { try header.verify(batch) } catch { throw .broken(error) }
              return TransactionMarker(header, batch)
            }
            if let marker,
              let ended = states.note(
                marker: header, isAbort: marker.isAbort, coordinatorEpoch: marker.coordinatorEpoch),
              ended.isAborted
            {
              segment.aborted.append(
                AbortedTransaction(ended, lastStableOffset: states.stableOffset(after: ended)))
            }
          } else {
            states.note(header)
          }
        }
        cursor.advance(over: header)
      }
    } catch {
      // What is broken before the recovery point is found by a check and by whoever reads it.
      if case .io(let failure) = error { throw failure }
    }
  }
}

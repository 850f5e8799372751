internal import Machine
internal import Records
internal import Synchronization

extension PartitionLog {
  /// Deletes what the topic's settings let go: whole segments from the oldest on, as long as they
  /// are too old (`retention.ms`, by their latest record), too many (`retention.bytes`), or lie
  /// before the start. Returns how many bytes went. The last segment goes only by age.
  @discardableResult
  func enforceRetention() throws(LogError) -> Int64 {
    try housekeeping.withLock { _ throws(LogError) in
      try checkIsOpen()
      try settle()
      let settings = configuration
      if settings.deletesOld, settings.retentionMilliseconds >= 0 {
        let limit = context.clock.milliseconds - settings.retentionMilliseconds
        try rollWhereAllExpired(before: limit)
        return try delete { segment, _ throws(LogError) in
          guard segment.latestTimestamp >= 0, segment.latestTimestamp < limit else { return false }
          // What is deleted does not come back: the index's word is not enough.
          return try onDisk { () throws(IOFailure) in try segment.latestTimeByHeaders() } < limit
        } + deleteBySize(settings) + deleteBeforeStart()
      }
      return try deleteBySize(settings) + deleteBeforeStart()
    }
  }

  private func deleteBySize(_ settings: TopicConfiguration) throws(LogError) -> Int64 {
    guard settings.deletesOld, settings.retentionBytes >= 0 else { return 0 }
    var excess = size - settings.retentionBytes
    return try delete { segment, _ in
      guard excess >= segment.size else { return false }
      excess -= segment.size
      return true
    }
  }

  private func deleteBeforeStart() throws(LogError) -> Int64 {
    let start = startOffset
    return try delete { _, next in next <= start }
  }

  /// Ends the last segment where it, too, is too old, so that it can go.
  private func rollWhereAllExpired(before limit: Int64) throws(LogError) {
    try appending.withLock { state throws(LogError) in
      guard let last = allSegments.last, last.size > 0, last.latestTimestamp >= 0,
        last.latestTimestamp < limit
      else { return }
      try roll(last, &state)
    }
  }

  /// Deletes segments from the oldest on while `isDoomed`, which is also told the offset behind
  /// each; never the last one, nor one whose records are not acknowledged.
  private func delete(
    _ isDoomed: (Segment, Int64) throws(LogError) -> Bool
  ) throws(LogError) -> Int64 {
    let all = allSegments
    var doomed: [Segment] = []
    for (segment, next) in zip(all, all.dropFirst()) {
      try confirm(segment)
      guard next.baseOffset <= endOffset, try isDoomed(segment, next.baseOffset) else { break }
      doomed.append(segment)
    }
    guard let first = all.dropFirst(doomed.count).first, !doomed.isEmpty else { return 0 }
    moveStart(to: first.baseOffset)
    // Readers that are at them keep them open; the files lose their names, the oldest first. What
    // could not be removed lies before the start, and goes at the next attempt.
    try onDisk { () throws(IOFailure) in
      for segment in doomed {
        try files.remove(segment.baseOffset)
        segments.withLock { _ = $0.removeFirst() }
      }
      try files.disk.syncDirectory(files.directory)
      try LeaderEpochs.moveStart(to: startOffset, in: files)
    }
    return doomed.reduce(0) { $0 + $1.size }
  }

  /// Deletes all records before `offset` (-1: all there are), also within a segment; they are gone
  /// for good when this returns. Returns the new start.
  ///
  /// Thrown: `offsetOutOfRange` behind the end; `readOnly`.
  @discardableResult
  package func deleteRecords(before offset: Int64) throws(LogError) -> Int64 {
    guard let checkpoints = context.checkpoints else { throw .readOnly }
    let end = endOffset
    let wanted = offset == -1 ? end : offset
    guard wanted >= 0, wanted <= end else {
      throw .offsetOutOfRange(topicPartition, offset: offset, start: startOffset, end: end)
    }
    return try housekeeping.withLock { _ throws(LogError) in
      try checkIsOpen()
      try settle()
      guard wanted > startOffset else { return startOffset }
      // A start behind the end that a crash leaves would be taken for damage.
      try makeDurable(upTo: wanted)
      try onDisk { () throws(IOFailure) in try checkpoints.logStarts.move([topicPartition: wanted])
      }
      moveStart(to: wanted)
      _ = try deleteBeforeStart()
      return startOffset
    }
  }
}

internal import Bytes
internal import Machine
internal import Records

/// Opens a partition's folder and brings it into order after a crash.
struct Recovery {
  let topicPartition: TopicPartition
  let context: LogContext
  let files: SegmentFiles
  let settings: TopicConfiguration
  /// The log was closed in order: its ends are where the checkpoints say.
  let wasClosed: Bool

  /// Opens for writing. Everything before the recovery point is trusted; what lies behind is
  /// checked, and a torn end is cut. `report` hears what was repaired.
  func open(
    _ checkpoints: LogCheckpoints, report: (String) -> Void
  ) throws(LogError) -> PartitionLog {
    let found = try onDisk { () throws(IOFailure) in
      for done in try SegmentSwap(files).recover() { report("\(topicPartition): \(done)") }
      return try contents(checkpoints, report)
    }
    return PartitionLog(topicPartition, context, files, settings, found)
  }

  private func contents(
    _ checkpoints: LogCheckpoints, _ report: (String) -> Void
  ) throws(IOFailure) -> PartitionLog.Contents {
    let recoveryPoint = checkpoints.recoveryPoints[topicPartition] ?? 0
    var segments: [Segment] = []
    let bases = try files.baseOffsets()
    var nextOffset = bases.first ?? 0
    for (number, base) in bases.enumerated() {
      let (segment, indexesAreSound) = try files.open(base, writing: true)
      let isLast = number == bases.count - 1
      var isTrusted = isLast ? wasClosed : bases[number + 1] <= recoveryPoint
      if isLast && isTrusted { isTrusted = try isWhole(segment, to: recoveryPoint) }
      if isTrusted && indexesAreSound {
        nextOffset = isLast ? recoveryPoint : bases[number + 1]
      } else {
        nextOffset = try recover(
          segment, from: indexesAreSound ? recoveryPoint : 0, isLast: isLast, report)
      }
      segments.append(segment)
    }
    if nextOffset < recoveryPoint {
      report(
        "\(topicPartition): ends at \(nextOffset), where it had reached \(recoveryPoint): "
          + "\(recoveryPoint - nextOffset) records are missing")
    }
    var start = max(checkpoints.logStarts[topicPartition] ?? 0, bases.first ?? 0)
    if !segments.isEmpty, nextOffset < start {
      // Records are made durable before the start moves behind them: so this never was the start.
      report(
        "\(topicPartition): ends at \(nextOffset) and cannot start at \(start), as "
          + "\(LogCheckpoints.logStarts) says; records deleted before may be there again")
      start = min(max(bases.first ?? 0, 0), nextOffset)
    }
    if segments.isEmpty {
      segments = [try files.create(baseOffset: start)]
      nextOffset = start
    }
    if let last = segments.last, nextOffset != recoveryPoint {
      // What a killed process wrote may be in the system's memory only, and after a failed sync
      // no further sync would write it. Before anyone reads it, it must be on the disk.
      try last.rewrite(from: last.position(before: max(recoveryPoint, last.baseOffset)))
      try last.file.sync()
      // A segment may have been begun whose name is in memory only.
      try files.disk.syncDirectory(files.directory)
    }
    return PartitionLog.Contents(
      segments: segments, startOffset: start, nextOffset: nextOffset,
      producers: try files.producers(segments, to: nextOffset, isRepairing: true),
      leaderEpoch: try LeaderEpochs.current(before: nextOffset, in: files))
  }

  /// Whether the last segment ends where the recovery point is, by the headers behind its last
  /// index entry, and its indexes end in what is there.
  private func isWhole(_ segment: Segment, to end: Int64) throws(IOFailure) -> Bool {
    guard end >= segment.baseOffset, try segment.confirmLastEntries() else { return false }
    let (found, position) = try segment.headersEnd()
    return found == end && position == segment.size
  }

  /// Checks a segment behind `offset` and mends it; returns the offset behind its last batch.
  private func recover(
    _ segment: Segment, from offset: Int64, isLast: Bool, _ report: (String) -> Void
  ) throws(IOFailure) -> Int64 {
    // Of the indexes, which a crash may have left in any state, what is right at the beginning.
    try segment.offsets.truncate(to: segment.soundOffsets().count)
    let times = try segment.soundTimes()
    var wanted = offset - segment.baseOffset
    if times.count < segment.times.count {
      try segment.times.truncate(to: times.count)
      wanted = min(wanted, Int64(times.last.relativeOffset))
    }
    var position: Int64 = 0
    var first = segment.baseOffset
    if let entry = try segment.offsets.last(where: { Int64($0.relativeOffset) < wanted }),
      let header = try segment.header(confirming: entry)
    {
      position = Int64(entry.position)
      first = header.baseOffset
    }
    // The batch at `position` gets its entries anew.
    let relative = first - segment.baseOffset
    try segment.offsets.truncate(to: segment.offsets.count { Int64($0.position) < position })
    try segment.times.truncate(to: segment.times.count { Int64($0.relativeOffset) < relative })
    let bounds = try segment.latestTime(before: position) ?? SegmentBounds()
    var scan = try SegmentScan(
      segment, from: position, offset: first, bounds: bounds,
      indexInterval: settings.indexIntervalBytes)
    // What lies before the recovery point was whole once: it is damaged, not torn, and what follows
    // it stays in its place.
    while scan.validBytes < segment.size, scan.nextOffset < offset {
      let (place, fault) = (scan.nextOffset, scan.fault)
      guard try scan.skipFault(in: segment, indexInterval: settings.indexIntervalBytes) else {
        break
      }
      report(
        "\(topicPartition)@\(place): a batch is damaged"
          + (fault.map { " (\($0))" } ?? "") + "; it is left as it is, like those behind it")
    }
    if scan.validBytes < segment.size {
      let excess = segment.size - scan.validBytes
      let kept = try files.cut(
        segment, to: scan.validBytes, keeping: try scan.isWorthKeeping(in: segment))
      report(
        "\(topicPartition)@\(scan.nextOffset): cut \(excess) bytes behind the last whole batch"
          + (scan.fault.map { " (\($0))" } ?? "") + (kept.map { "; kept in \($0)" } ?? ""))
    }
    if !isLast { scan.noteLatestTime(segment.baseOffset) }
    try segment.adopt(scan)
    return scan.nextOffset
  }
}

extension Segment {
  /// Takes over the indexes that a walk has made.
  func adopt(_ scan: SegmentScan) throws(IOFailure) {
    for entry in scan.offsets { offsets.append(entry) }
    for entry in scan.times { times.append(entry) }
    // Once the recovery point is behind them, nobody looks whether they are whole.
    try offsets.sync()
    try times.sync()
    resume(scan.bounds)
  }

  /// The latest time of the batches before `position`, by the time index and the headers behind its
  /// last entry: a crash may have left less of it than of the other index. Nil where it lies.
  func latestTime(before position: Int64) throws(IOFailure) -> SegmentBounds? {
    var bounds = SegmentBounds()
    var place: Int64 = 0
    if let last = try times.last() {
      let offset = baseOffset + Int64(last.relativeOffset)
      guard let start = try self.position(of: offset), let found = try header(at: start),
        let header = try? found.get(), header.lastOffset == offset,
        header.maxTimestamp == last.timestamp
      else { return nil }
      place = start
      bounds.latestTimestamp = last.timestamp
      bounds.notedTimestamp = last.timestamp
      bounds.latestTimeOffset = offset
    }
    var walk = HeaderWalk(self, from: place)
    while walk.position < position, let (header, _) = try walk.next() {
      if header.maxTimestamp > bounds.latestTimestamp {
        bounds.latestTimestamp = header.maxTimestamp
        bounds.latestTimeOffset = header.lastOffset
      }
    }
    return bounds
  }

  /// The latest time that any of its batches claims, whatever the time index says.
  func latestTimeByHeaders() throws(IOFailure) -> Int64 {
    var latest: Int64 = -1
    var walk = HeaderWalk(self)
    while let (header, _) = try walk.next() { latest = max(latest, header.maxTimestamp) }
    return latest
  }

  /// The offset behind the last batch whose bytes are all there, and where it ends, by walking
  /// headers from the last index entry on; checksums are left to whoever reads.
  func headersEnd() throws(IOFailure) -> (offset: Int64, position: Int64) {
    let start = try position(before: .max)
    let end = try headersEnd(from: start, offset: baseOffset)
    // The batch that was indexed last may itself be cut short: what comes before it is whole.
    return end.position > start || start == 0 ? end : try headersEnd(from: 0, offset: baseOffset)
  }

  /// The same from a position on where a batch begins.
  func headersEnd(
    from position: Int64, offset: Int64
  ) throws(IOFailure) -> (offset: Int64, position: Int64) {
    var position = position
    var end = offset
    var walk = HeaderWalk(self, from: position)
    while let (header, _) = try walk.next(), walk.position <= size {
      end = header.nextOffset
      position = walk.position
    }
    return (end, position)
  }

  /// The offset behind the last batch whose bytes are all there.
  func wholeEnd() throws(IOFailure) -> Int64 { try headersEnd().offset }
}

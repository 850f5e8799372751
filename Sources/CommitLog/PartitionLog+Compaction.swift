internal import Machine
internal import Records
internal import Synchronization

/// What a compaction has done.
package struct CompactionReport: Equatable, Sendable {
  package var bytesBefore: Int64 = 0
  package var bytesAfter: Int64 = 0
  /// Offsets before this one are clean now.
  package var cleanUpTo: Int64 = 0
}

extension PartitionLog {
  /// Compacts the partition where its topic says so and enough of it is dirty, or where `force`.
  /// The last segment, and what is behind the last stable offset or younger than
  /// `min.compaction.lag.ms`, is left as it is. Nil where there was nothing to do.
  ///
  /// Appending and reading go on meanwhile. A log with more keys than memory is given for is done
  /// in several rounds, each of which is complete in itself.
  @discardableResult
  package func compact(force: Bool = false) throws(LogError) -> CompactionReport? {
    guard let checkpoints = context.checkpoints else { throw .readOnly }
    return try housekeeping.withLock { _ throws(LogError) in
      try checkIsOpen()
      try settle()
      let settings = configuration
      guard settings.compacts else { return nil }
      var report: CompactionReport?
      while let round = try compactOnce(checkpoints, settings, force: force || report != nil) {
        let before = report?.bytesBefore ?? round.bytesBefore
        report = round
        report?.bytesBefore = before
      }
      return report
    }
  }

  private func compactOnce(
    _ checkpoints: LogCheckpoints, _ settings: TopicConfiguration, force: Bool
  ) throws(LogError) -> CompactionReport? {
    let cleanable = try cleanableSegments(settings)
    guard let last = cleanable.last else { return nil }
    let end = segments.withLock { all in
      all.first { $0.baseOffset > last.baseOffset }?.baseOffset ?? last.baseOffset
    }
    let known = checkpoints.cleaned[topicPartition] ?? 0
    // A checkpoint behind the end is of a log that has lost its tail.
    let start = known > endOffset ? startOffset : max(known, startOffset)
    guard start < end else { return nil }
    let dirty = cleanable.drop { segment in
      let next = cleanable.first { $0.baseOffset > segment.baseOffset }?.baseOffset ?? end
      return next <= start
    }
    let isWanted = try isDue(dirty, of: cleanable, settings)
    guard force || isWanted else { return nil }
    let now = context.clock.milliseconds
    let producers = try appending.withLock { state throws(LogError) in
      // Of what is staged nobody knows yet whether it will be there.
      try onDisk { () throws(IOFailure) in try writeStaged(&state) }
      return state.producers.producers
    }
    // Also those of the last segment: what they abort may lie in the ones to be compacted.
    var aborted: [AbortedTransaction] = []
    for segment in allSegments {
      try confirmAborted(segment)
      aborted += try onDisk { () throws(IOFailure) in try segment.aborted.all() }
    }
    let compaction = Compaction(
      topicPartition: topicPartition, files: files, settings: settings, now: now,
      lastBatches: producers.compactMapValues { $0.batches.last?.lastOffset }, aborted: aborted)
    let keys = try compaction.keys(
      in: dirty, from: start, to: end, bytes: context.configuration.dedupeBytes)
    var report = CompactionReport(cleanUpTo: keys.end)
    let concerned = cleanable.prefix { $0.baseOffset < keys.end }
    report.bytesBefore = concerned.reduce(0) { $0 + $1.size }
    var spans = AbortedSpans(aborted)
    for group in compaction.groups(concerned, end: end) {
      do throws(LogError) {
        try compaction.write(group, keeping: keys, &spans)
      } catch {
        if let first = group.first { SegmentSwap(files).discard(first.baseOffset) }
        // What could not be removed now is at the next attempt.
        hasUnfinishedSwap.store(true, ordering: .releasing)
        throw error
      }
      report.bytesAfter += try replace(group)
    }
    try onDisk { () throws(IOFailure) in
      try checkpoints.cleaned.move([topicPartition: keys.end])
    }
    return report
  }

  /// The segments that may be compacted now.
  private func cleanableSegments(
    _ settings: TopicConfiguration
  ) throws(LogError) -> ArraySlice<Segment> {
    let all = allSegments
    let stable = stableOffset
    let youngest = context.clock.milliseconds - settings.minCompactionLag
    var count = 0
    for (segment, next) in zip(all, all.dropFirst()) {
      try confirm(segment)
      guard next.baseOffset <= stable,
        settings.minCompactionLag == 0 || segment.latestTimestamp <= youngest
      else { break }
      count += 1
    }
    return all[..<count]
  }

  private func isDue(
    _ dirty: ArraySlice<Segment>, of all: ArraySlice<Segment>, _ settings: TopicConfiguration
  ) throws(LogError) -> Bool {
    let dirtyBytes = dirty.reduce(0) { $0 + $1.size }
    let allBytes = all.reduce(0) { $0 + $1.size }
    if Double(dirtyBytes) >= settings.minCleanableDirtyRatio * Double(max(allBytes, 1)) {
      return true
    }
    let first = try onDisk { () throws(IOFailure) in try dirty.first?.firstTimestamp() }
    guard let first, settings.maxCompactionLag != .max else { return false }
    let age = context.clock.milliseconds.subtractingReportingOverflow(first)
    return age.overflow || age.partialValue > settings.maxCompactionLag
  }

  /// Puts the segment written for `group` in its place; returns its size.
  func replace(_ group: ArraySlice<Segment>) throws(LogError) -> Int64 {
    guard let first = group.first, let last = group.last else { return 0 }
    let swap = SegmentSwap(files)
    do throws(IOFailure) {
      try swap.publish(first.baseOffset)
    } catch {
      // Published in part or not at all: what is there tells, at the next attempt.
      swap.discard(first.baseOffset)
      hasUnfinishedSwap.store(true, ordering: .releasing)
      throw .io(error)
    }
    hasUnfinishedSwap.store(true, ordering: .releasing)
    let fresh = try onDisk { () throws(IOFailure) in
      try swap.complete(first.baseOffset)
      return try files.open(first.baseOffset, writing: true).0
    }
    hasUnfinishedSwap.store(false, ordering: .releasing)
    segments.withLock { all in
      guard let from = all.firstIndex(where: { $0.baseOffset == first.baseOffset }),
        let to = all.firstIndex(where: { $0.baseOffset == last.baseOffset })
      else { return }
      all.replaceSubrange(from...to, with: [fresh])
    }
    return fresh.size
  }

  /// Ends what an earlier attempt of this process has left half done. Called with the right to
  /// take segments away.
  func settle() throws(LogError) {
    guard hasUnfinishedSwap.load(ordering: .acquiring) else { return }
    // Nobody begins a segment meanwhile, whose files would look like left-overs.
    try appending.withLock { _ throws(LogError) in
      // The last segment is being appended to and was not part of it.
      guard let active = allSegments.last else { return }
      let fresh = try onDisk { () throws(IOFailure) in
        _ = try SegmentSwap(files).recover()
        var fresh: [Segment] = []
        for base in try files.baseOffsets() where base < active.baseOffset {
          fresh.append(try files.open(base, writing: true).0)
        }
        return fresh
      }
      segments.withLock { $0 = fresh + [active] }
    }
    hasUnfinishedSwap.store(false, ordering: .releasing)
  }
}

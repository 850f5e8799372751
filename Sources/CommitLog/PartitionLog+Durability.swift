internal import Machine
internal import Records
internal import Synchronization

extension PartitionLog {
  /// Waits until everything before `offset` is as durable as configured, then shows it to readers.
  func acknowledge(upTo offset: Int64, in group: StagedBatches.Group?) throws(LogError) {
    let refusal = commit.wait(
      for: offset, in: group, durability: context.configuration.durability,
      sync: syncLast, show: show, staged: { appending.withLock { $0.staged.unsettled } })
    switch refusal {
    case nil: return
    case .unwritten(let failure): throw .io(failure)
    case .stopped(let failure): throw .stopped(topicPartition, because: failure)
    }
  }

  /// Syncs the last segment and says before which offset everything is durable now.
  private func syncLast() -> GroupCommit.Synced {
    let (target, groups, last) = appending.withLock { state in
      // Where it fails, those whose batches these were learn it, and the others are synced.
      try? writeStaged(&state)
      return (state.nextOffset, state.staged.takeUnsettled(), allSegments.last)
    }
    let failure = last.flatMap { last in
      commit.sync { () throws(IOFailure) in try last.file.sync() }
    }
    return GroupCommit.Synced(offset: target, groups: groups, failure: failure)
  }

  /// Makes everything before `offset` visible.
  private func show(upTo offset: Int64) {
    guard acknowledged.load(ordering: .relaxed) < offset else { return }
    let stableOffset = appending.withLock { $0.producers.stableOffset(before: offset) }
    acknowledged.max(offset, ordering: .releasing)
    stable.max(stableOffset, ordering: .releasing)
    context.arrivals.raise()
  }

  /// Makes a segment that is full durable, or the last one when the log is closed.
  func seal(_ segment: Segment) throws(LogError) {
    try onDisk { () throws(IOFailure) in
      try segment.cleanTail()
      try segment.releaseReserve()
    }
    if let failure = commit.sync({ () throws(IOFailure) in try segment.file.sync() }) {
      throw .stopped(topicPartition, because: failure)
    }
    try onDisk { () throws(IOFailure) in try segment.finishIndexes() }
  }

  /// Makes everything durable, whatever the configured durability; returns the end.
  func flush() throws(LogError) -> Int64 {
    let target = try appending.withLock { state throws(LogError) in
      try onDisk { () throws(IOFailure) in try writeStaged(&state) }
      if let last = allSegments.last { try seal(last) }
      return state.nextOffset
    }
    show(upTo: target)
    commit.noteDurable(upTo: target)
    return target
  }

  /// Syncs where not everything before `offset` is durable.
  func makeDurable(upTo offset: Int64) throws(LogError) {
    if commit.durable < offset { try syncAndShow() }
  }

  private func syncAndShow() throws(LogError) {
    let synced = syncLast()
    defer { for group in synced.groups { group.settled.raiseForOne() } }
    if let failure = synced.failure { throw .stopped(topicPartition, because: failure) }
    // Shown first: a writer who finds its records durable shows them no more.
    show(upTo: synced.offset)
    commit.noteDurable(upTo: synced.offset)
  }

  /// Syncs what an interval has let wait for longer than that.
  func syncOverdue() throws(LogError) {
    guard case .interval(let milliseconds) = context.configuration.durability,
      commit.isOverdue(upTo: endOffset, milliseconds: milliseconds)
    else { return }
    try syncAndShow()
  }

  /// Everything before this offset is on the disk.
  var durableOffset: Int64 { commit.durable }

  /// Makes everything durable with a snapshot of the producers, so that the next start reads
  /// nothing, and takes no more records; returns the end.
  func close() throws(LogError) -> Int64 {
    // Who takes segments away, or moves the start, ends first.
    try housekeeping.withLock { _ throws(LogError) in
      isClosed.store(true, ordering: .releasing)
      let end = try flush()
      let producers = appending.withLock { $0.producers }
      try onDisk { () throws(IOFailure) in
        try ProducerSnapshot.write(producers, at: end, in: files)
        try ProducerSnapshot.prune(allSegments.map(\.baseOffset), in: files)
      }
      return end
    }
  }
}

internal import Machine

/// One run of a query: works on batches, one after the other, on one thread.
final class Execution<Value: Sendable, Store: StateStore> {
  let ports: [Port]
  private(set) var checkpoint: Checkpoint
  private let query: Query<Value, Store>
  private let plan: Plan
  private let gathering = Gathering<Value>()
  private let prefix: [UInt8]
  private var times: [PartitionTimes]
  private var report = BatchProgress(name: "", batchId: 0)
  /// When the batch before began, in seconds that only grow.
  private var lastBegan: Double?

  init(_ query: Query<Value, Store>) throws {
    self.query = query
    guard (1...StreamLimits.nameBytes).contains(query.name.utf8.count), !query.name.contains("/")
    else {
      throw StreamError.unsupported(
        "the name of a query has 1 to \(StreamLimits.nameBytes) bytes and no '/': \(query.name)")
    }
    prefix = QueryPosition.prefix(of: query.name)
    let outline = "\(query.stream.outline); \(query.settings.outputMode)"
    plan = Plan(
      BatchState(query.store, prefix: prefix), query.settings.outputMode,
      gathersLate: query.settings.late != nil)
    query.stream.build(plan, gathering)
    ports = plan.ports
    try plan.check()
    checkpoint =
      try query.store.get(prefix).map { bytes throws in
        try Checkpoint(bytes, name: query.name, outline: outline)
      } ?? Checkpoint(outline: outline)
    if checkpoint.sources.isEmpty {
      checkpoint.sources = ports.map { Checkpoint.Progress(name: $0.name) }
    }
    try Self.meet(ports, &checkpoint, query)
    times = zip(ports, checkpoint.sources).map { [goal = checkpoint.goal] port, source in
      PartitionTimes(delay: port.delay, latest: source.latest, floor: goal)
    }
  }

  /// Finds out whether the sources are those that the checkpoint speaks of.
  private static func meet(
    _ ports: [Port], _ checkpoint: inout Checkpoint, _ query: Query<Value, Store>
  ) throws {
    for (number, port) in ports.enumerated() where checkpoint.sources.indices.contains(number) {
      let (was, now) = (checkpoint.sources[number].identity, try port.identity())
      if !was.isEmpty, was != now {
        guard !query.settings.failOnDataLoss else {
          throw StreamError.replacedSource(query: query.name, source: port.name)
        }
        checkpoint.sources[number] = Checkpoint.Progress(name: port.name)
      }
      checkpoint.sources[number].identity = now
    }
  }

  /// A record on which a step failed, by its number in the batch.
  private struct StepFailure: Error {
    let place: Int
    let error: any Error
  }

  /// The sink, or a step at the batch's end, failed.
  private struct BatchFailure: Error { let error: any Error }

  /// Works on a batch and commits it, in several parts where the sink takes it in no other way.
  func run(_ batch: ReadBatch) throws -> BatchProgress {
    let began = Clock.monotonicSeconds()
    report = BatchProgress(name: query.name, batchId: checkpoint.epoch)
    let places = BatchPlaces(batch.chunks)
    try settle(0..<places.count, of: places, batch)
    try giveRest()
    let seconds = Clock.monotonicSeconds() - began
    report.numInputRows = places.count
    report.durationMs["getBatch"] = batch.seconds * 1_000
    report.durationMs["addBatch"] = seconds * 1_000
    report.durationMs["triggerExecution"] = (seconds + batch.seconds) * 1_000
    if let lastBegan {
      report.inputRowsPerSecond = Double(places.count) / max(began - lastBegan, 1e-9)
    }
    lastBegan = began
    report.processedRowsPerSecond = Double(places.count) / max(seconds + batch.seconds, 1e-9)
    report.watermark = checkpoint.watermark == .min ? nil : checkpoint.watermark
    for (number, port) in ports.enumerated() {
      report.sources.append(
        BatchProgress.Source(
          description: port.name, startOffset: batch.starts[number],
          endOffset: checkpoint.sources[number].offsets, latestOffset: batch.latest[number],
          numInputRows: batch.chunks[number].records.count))
    }
    return report
  }

  private func settle(
    _ part: Range<Int>, of places: BatchPlaces, _ batch: ReadBatch
  ) throws {
    var failed: [Int: FailedRecord] = [:]
    for (port, records) in places.runs(of: part) {
      let chunk = batch.chunks[port]
      for record in records {
        guard let failure = chunk.records[record].failure else { continue }
        try fail(
          places.place(of: record, port), chunk.records[record].origin, failure, &failed)
      }
    }
    while true {
      do {
        return try attempt(part, of: places, batch, without: failed)
      } catch let failure as StepFailure {
        try fail(failure.place, places.origin(of: failure.place, batch), failure.error, &failed)
      } catch let failure as BatchFailure {
        let left = part.filter { failed[$0] == nil }
        if left.count > 1 {
          let middle = left[left.count / 2]
          try settle(part.lowerBound..<middle, of: places, batch)
          return try settle(middle..<part.upperBound, of: places, batch)
        }
        guard let place = left.first else { throw failure.error }
        try fail(place, places.origin(of: place, batch), failure.error, &failed)
      }
    }
  }

  private func fail(
    _ place: Int, _ origin: Origin, _ error: any Error, _ failed: inout [Int: FailedRecord]
  ) throws {
    if case .stop = query.settings.failures {
      throw StreamError.failed(origin: origin, reason: "\(error)")
    }
    failed[place] = FailedRecord(origin: origin, reason: "\(error)")
  }

  private func attempt(
    _ part: Range<Int>, of places: BatchPlaces, _ batch: ReadBatch,
    without failed: [Int: FailedRecord]
  ) throws {
    plan.discard()
    gathering.discard()
    var times = times
    var next = checkpoint
    for (number, starts) in batch.starts.enumerated()
    where next.sources[number].offsets.count != starts.count {
      next.sources[number].offsets = starts
    }
    for (port, records) in places.runs(of: part, without: failed.keys) {
      let chunk = batch.chunks[port]
      do { try ports[port].feed(records, of: chunk, &times[port]) } catch let failure as FeedFailure
      {
        throw StepFailure(place: places.place(of: failure.record, port), error: failure.error)
      }
    }
    if part.upperBound == places.count {
      for (number, chunk) in batch.chunks.enumerated() {
        next.sources[number].offsets = chunk.ends
      }
    } else {
      for (port, records) in places.runs(of: part) {
        for record in batch.chunks[port].records[records] {
          next.sources[port].offsets[record.origin.partition] = record.origin.offset + 1
        }
      }
    }
    for number in times.indices { next.sources[number].latest = times[number].latest }
    // Where all is idle, nothing is waited for, and time is where it has come to anywhere.
    let active = times.indices.filter { !batch.idle[$0] }
    let time =
      active.isEmpty
      ? times.compactMap(\.furthest).max()
      : active.compactMap { times[$0].watermark(amongPartitions: batch.used[$0]) }.min()
    next.goal = max(time ?? .min, checkpoint.goal)
    try finish(next, times, failed.keys.sorted().compactMap { failed[$0] })
  }

  /// Works on what has ended and was too much for one commit.
  func giveRest() throws {
    while checkpoint.watermark < checkpoint.goal {
      plan.discard()
      gathering.discard()
      do { try finish(checkpoint, times, []) } catch let failure as BatchFailure {
        throw failure.error
      }
    }
  }

  /// Ends a batch, whose offsets and times are given, and commits it.
  private func finish(
    _ batch: Checkpoint, _ times: [PartitionTimes], _ failed: [FailedRecord]
  ) throws {
    var (next, times) = (batch, times)
    do {
      let isDone = try plan.finish(
        from: checkpoint.watermark, to: next.goal,
        limit: max(query.settings.maxEndingPerCommit, 1))
      if isDone { next.watermark = next.goal }
    } catch { throw BatchFailure(error: error) }
    if case .deadLetter(let letter) = query.settings.failures {
      for record in failed { try letter(record) }
    }
    if let late = query.settings.late { for record in plan.lateRecords { try late(record) } }
    next.epoch += 1
    for number in next.sources.indices { next.sources[number].planned = nil }
    try commit(next)
    for number in times.indices { times[number].floor = next.goal }
    self.times = times
    checkpoint = next
    report.failedRecords += failed.count
    report.numRowsDroppedByWatermark += plan.late
    report.numStateRowsUpdated += plan.state.changes.count
    report.numOutputRows += gathering.events.count
  }

  private func commit(_ next: Checkpoint) throws {
    let batch = SinkBatch(epoch: checkpoint.epoch, events: gathering.events)
    var failure: (any Error)?
    if case .forEachBatch(let give) = query.sink, !batch.events.isEmpty {
      var begun = checkpoint
      for number in begun.sources.indices {
        begun.sources[number].planned = next.sources[number].offsets
      }
      try query.store.commit([prefix: begun.encoded()]) { _ in }
      do { try give(batch) } catch { throw BatchFailure(error: error) }
    }
    var changes = plan.state.changes
    changes[prefix] = next.encoded()
    do {
      try query.store.commit(changes) { transaction in
        guard case .rows(let give) = query.sink, !batch.events.isEmpty else { return }
        do { try give(batch, transaction) } catch {
          failure = error
          throw error
        }
      }
    } catch {
      throw failure.map { BatchFailure(error: $0) as any Error } ?? error
    }
  }
}

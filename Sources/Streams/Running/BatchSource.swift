internal import Machine
internal import Synchronization

/// What was read for one batch, a chunk a port.
struct ReadBatch: Sendable {
  var chunks: [Chunk] = []
  /// Whether time waits for each partition of each port: it has records, read or not, and is not
  /// idle.
  var used: [[Bool]] = []
  /// Whether all that time could wait for in a port is idle.
  var idle: [Bool] = []
  /// The offsets it began at, and those that could be read, by port.
  var starts: [[Int64]] = []
  var latest: [[Int64]] = []
  /// Seconds that reading took.
  var seconds = 0.0
  /// Why no more can be read.
  var failure: (any Error)?
}

/// Reads batch after batch, when the trigger says so.
final class BatchSource: @unchecked Sendable {
  // Unchecked: all but the size, which has a lock, belongs to the thread that runs it.
  private let ports: [Port]
  private let settings: QuerySettings
  private let isStopped: @Sendable () -> Bool
  private let size: Mutex<BatchSize>
  private var positions: [[Int64]]
  /// Where the next batch has to end, as a former run has written down; nil from then on.
  private var planned: [[Int64]]?
  /// When each partition of each port last had something new, in seconds that only grow, and how
  /// far it went then.
  private var growth: [[(end: Int64, at: Double)]]
  private var lastUsed: [[Bool]] = []

  init(
    _ ports: [Port], _ settings: QuerySettings, after checkpoint: Checkpoint,
    isStopped: @escaping @Sendable () -> Bool
  ) {
    self.ports = ports
    self.settings = settings
    self.isStopped = isStopped
    size = Mutex(
      BatchSize(
        least: settings.minRecordsPerBatch, most: settings.maxRecordsPerBatch,
        target: Double(settings.targetMilliseconds) / 1_000))
    positions = checkpoint.sources.map(\.offsets)
    growth = ports.map { _ in [] }
    let plans = checkpoint.sources.compactMap(\.planned)
    planned = plans.count == ports.count ? plans : nil
  }

  /// Hears what a batch took.
  func took(_ report: BatchProgress) {
    let seconds = (report.durationMs["addBatch"] ?? 0) / 1_000
    size.withLock { $0.took(seconds, for: report.numInputRows) }
  }

  /// Gives batches to `push` until the trigger's end, or until that gives false.
  func run(_ push: (ReadBatch) -> Bool) {
    var goal: [[Int64]]?
    var due = Clock.monotonicSeconds()
    while !isStopped() {
      // Before looking, so that what comes in between is not slept over.
      let seen = ports.first?.arrivals.generation ?? 0
      var isEnded = false
      if case .untilEnd(let ended) = settings.trigger { isEnded = ended() }
      var batch = ReadBatch()
      do {
        try look(into: &batch)
        if case .availableNow = settings.trigger {
          goal = goal ?? batch.latest
          batch.latest = goal ?? []
        }
        try read(&batch)
      } catch {
        batch.failure = error
      }
      let isEmpty =
        batch.failure == nil && batch.chunks.allSatisfy(\.records.isEmpty)
        && positions == batch.starts && !hasBecomeIdle(batch)
      lastUsed = batch.used
      if !isEmpty {
        let isLast = batch.failure != nil
        if !push(batch) || isLast { return }
      }
      switch settings.trigger {
      case .once: return
      case .availableNow: if isEmpty { return }
      case .continuous: if isEmpty { wait(since: seen, milliseconds: nil) }
      case .untilEnd:
        if isEmpty, isEnded { return }
        if isEmpty { wait(since: seen, milliseconds: nil) }
      case .every(let span):
        due = max(due + Double(span.milliseconds) / 1_000, Clock.monotonicSeconds())
        while !isStopped(), case let left = due - Clock.monotonicSeconds(), left > 0 {
          let seen = ports.first?.arrivals.generation ?? 0
          wait(since: seen, milliseconds: Int((left * 1_000).rounded(.up)))
        }
      }
    }
  }

  private func wait(since seen: UInt64, milliseconds: Int?) {
    guard let first = ports.first?.arrivals else { return }
    // One signal can be waited for: sources that have others are looked at again after a while.
    let isShared = ports.allSatisfy { $0.arrivals === first }
    let limit = [milliseconds, isShared ? nil : 5, millisecondsToIdle].compactMap(\.self).min()
    first.wait(since: seen, milliseconds: limit)
  }

  /// Until the next partition that time waits for counts as idle; nil where none will.
  private var millisecondsToIdle: Int? {
    guard let idleAfter = settings.idleAfter else { return nil }
    let now = Clock.monotonicSeconds()
    var least: Int?
    for (port, used) in zip(growth, lastUsed) {
      for (partition, isUsed) in zip(port, used) where isUsed {
        let left = partition.at + Double(idleAfter.milliseconds) / 1_000 - now
        least = min(least ?? .max, Int((max(left, 0) * 1_000).rounded(.up)) + 1)
      }
    }
    return least
  }

  /// Whether time waits for fewer partitions than before.
  private func hasBecomeIdle(_ batch: ReadBatch) -> Bool {
    zip(lastUsed, batch.used).contains { before, now in
      zip(before, now).contains { $0 && !$1 }
    }
  }

  /// Whether a partition that was read to its end has had nothing new for long enough.
  private func isIdle(_ port: Int, _ partition: Int, end: Int64, position: Int64) -> Bool {
    guard let idleAfter = settings.idleAfter else { return false }
    let now = Clock.monotonicSeconds()
    if growth[port].count <= partition { growth[port].append((end, now)) }
    if growth[port][partition].end != end { growth[port][partition] = (end, now) }
    return position == end
      && now - growth[port][partition].at >= Double(idleAfter.milliseconds) / 1_000
  }

  private func look(into batch: inout ReadBatch) throws {
    for (number, port) in ports.enumerated() {
      var latest: [Int64] = []
      var used: [Bool] = []
      var idle = 0
      for partition in 0..<(try port.partitionCount()) {
        let bounds = try port.bounds(of: partition)
        if positions[number].count <= partition { positions[number].append(bounds.lowerBound) }
        let position = positions[number][partition]
        if !(bounds.lowerBound...bounds.upperBound).contains(position) {
          let isBefore = position < bounds.lowerBound
          if settings.failOnDataLoss {
            throw StreamError.dataLoss(
              source: port.name, partition: partition,
              from: isBefore ? position : bounds.upperBound,
              to: isBefore ? bounds.lowerBound : position)
          }
          positions[number][partition] = isBefore ? bounds.lowerBound : bounds.upperBound
        }
        latest.append(bounds.upperBound)
        let isIdle = isIdle(
          number, partition, end: bounds.upperBound, position: positions[number][partition])
        if isIdle { idle += 1 }
        used.append(!isIdle && (bounds.upperBound > bounds.lowerBound || position > 0))
      }
      batch.idle.append(idle > 0 && !used.contains(true))
      batch.latest.append(latest)
      batch.used.append(used)
    }
    batch.starts = positions
  }

  private func read(_ batch: inout ReadBatch) throws {
    let began = Clock.monotonicSeconds()
    let limit = planned == nil ? size.withLock { $0.records / ports.count } : nil
    for (number, port) in ports.enumerated() {
      let ends = planned?[number] ?? batch.latest[number]
      let ranges = positions[number].enumerated().map { partition, start in
        start..<max(partition < ends.count ? ends[partition] : start, start)
      }
      let chunk = try port.read(
        ranges, limit: limit,
        maxBytes: limit == nil ? .max : settings.maxBytesPerBatch / ports.count,
        workers: settings.workers)
      positions[number] = chunk.ends
      batch.chunks.append(chunk)
    }
    planned = nil
    batch.seconds = Clock.monotonicSeconds() - began
  }
}

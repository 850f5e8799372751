internal import Machine
internal import Synchronization

/// What was read for one batch, a chunk a port.
struct ReadBatch: Sendable {
  var chunks: [Chunk] = []
  /// Whether each partition of each port has records, read or not.
  var used: [[Bool]] = []
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

  init(
    _ ports: [Port], _ settings: QuerySettings, after checkpoint: Checkpoint,
    isStopped: @escaping @Sendable () -> Bool
  ) {
    self.ports = ports
    self.settings = settings
    self.isStopped = isStopped
    size = Mutex(
      BatchSize(
        most: settings.maxRecordsPerBatch, target: Double(settings.targetMilliseconds) / 1_000))
    positions = checkpoint.sources.map(\.offsets)
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
        && positions == batch.starts
      if !isEmpty {
        let isLast = batch.failure != nil
        if !push(batch) || isLast { return }
      }
      switch settings.trigger {
      case .once: return
      case .availableNow: if isEmpty { return }
      case .continuous: if isEmpty { wait(since: seen, milliseconds: nil) }
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
    first.wait(since: seen, milliseconds: milliseconds ?? (isShared ? nil : 5))
  }

  private func look(into batch: inout ReadBatch) throws {
    for (number, port) in ports.enumerated() {
      var latest: [Int64] = []
      var used: [Bool] = []
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
        used.append(bounds.upperBound > bounds.lowerBound || position > 0)
      }
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
        ranges, limit: limit, workers: settings.workers)
      positions[number] = chunk.ends
      batch.chunks.append(chunk)
    }
    planned = nil
    batch.seconds = Clock.monotonicSeconds() - began
  }
}

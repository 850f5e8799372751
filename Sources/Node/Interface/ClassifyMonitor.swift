internal import Listeners
internal import Machine
internal import Records
internal import Streams
package import SupportDesk
internal import Tables

/// Tells the interface what the classify query commits, batch by batch.
package struct ClassifyMonitor {
  private let monitor: QueryMonitor
  private let pipeline: Pipeline
  private let name: String
  private let topic: String
  private var batch: Int64 = 0
  private var totals = QueryTotals()
  private var latest = Clock.monotonicSeconds()
  private var position: [Int64]

  /// Begins where the query's checkpoint is.
  package init(_ pipeline: Pipeline, _ interface: RunInterface, topic: String) throws {
    let (name, id) = try pipeline.queryIdentity
    self.pipeline = pipeline
    self.name = name
    self.topic = topic
    monitor = interface.queries.add(name: name, id: id)
    position = try Self.position(of: name, topic, pipeline)
  }

  /// Takes up a commit. The query tells what it has done in all; a batch is the difference. Its
  /// time is that since the commit before, waiting for records included.
  package mutating func record(_ progress: ClassifyQuery.Progress) {
    let now = Clock.monotonicSeconds()
    let seconds = max(now - latest, 1e-6)
    latest = now
    var told = BatchProgress(name: name, batchId: batch)
    batch += 1
    told.numInputRows = progress.totals.read - totals.read
    told.numOutputRows =
      progress.totals.new + progress.totals.renewed - totals.new - totals.renewed
    told.failedRecords = progress.totals.unreadable - totals.unreadable
    totals = progress.totals
    told.inputRowsPerSecond = Double(told.numInputRows) / seconds
    told.processedRowsPerSecond = told.inputRowsPerSecond
    told.durationMs = ["triggerExecution": seconds * 1_000]
    // What cannot be looked up is left out: the numbers are for looking, the query goes on.
    if let end = try? Self.position(of: name, topic, pipeline) {
      let latestOffsets = end.indices.map { number in
        (try? pipeline.log.bounds(of: TopicPartition(topic, number)).upperBound) ?? end[number]
      }
      told.sources = [
        BatchProgress.Source(
          description: "topic \(topic)", startOffset: position, endOffset: end,
          latestOffset: latestOffsets, numInputRows: told.numInputRows)
      ]
      position = end
    }
    monitor.record(told)
  }

  /// The next offset of each partition, as the query has committed it.
  private static func position(
    of name: String, _ topic: String, _ pipeline: Pipeline
  ) throws -> [Int64] {
    var offsets = [Int64](repeating: 0, count: try pipeline.log.partitionCount(of: topic))
    for state in try pipeline.tables.states(withPrefix: QueryCheckpoint.prefix + name + "/") {
      guard let found = QueryCheckpoint.offset(named: state.name, state.bytes),
        found.place.topic == topic, offsets.indices.contains(found.place.partition)
      else { continue }
      offsets[found.place.partition] = found.offset
    }
    return offsets
  }
}

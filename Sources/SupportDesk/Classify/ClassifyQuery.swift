package import Machine
internal import Records
package import Streams
internal import Synchronization
internal import Tables
package import TextClassification

/// The shipped query: topic in; verdicts, counts, cases and alerts out, exactly once.
///
/// A stream that parts: one branch writes rows, cases and counts, the other counts complaints by
/// the minute and watches for surges. What a batch makes of both, and its offsets, are one
/// transaction, so that a crash at any moment leaves each post's row once.
package final class ClassifyQuery: Sendable {
  /// What is to be run.
  package struct Settings: Sendable {
    /// The query's name: it names the checkpoint and the consumer group.
    package var name = "classify"
    package var topic = "posts"
    package var brand = Brand()
    package var filter = PostFilter()
    /// Bytes of records that one batch reads, about.
    package var batchBytes = 16 << 20
    /// Records that one batch reads at most.
    package var batchRecords = 100_000
    /// Milliseconds that writing a batch may take, about: others that write wait as long.
    package var targetMilliseconds = 250
    /// Records that a batch has all the same, as far as they are there.
    package var leastRecords = 1
    /// Where rows go.
    package var tables = TableNames.live
    /// Offsets from which on nothing is read any more, by partition; nil where there is no end.
    package var ends: [Int64]?
    /// How long a partition may have nothing new before alerts no longer wait for it.
    package var idleAfter: Span? = .minutes(2)
    /// Milliseconds that a post is kept for from when it was made: an older one gets no row. Nil:
    /// for ever.
    package var retention: Int64?
    /// Tells the hour in which posts were scored.
    package var clock = Clock.system

    package init() {}
  }

  /// When a run ends by itself.
  package enum End: Sendable {
    /// When every record that was there has been committed and `sourcesEnded` says no more will
    /// come.
    case caughtUp
    /// Only when asked to.
    case never
  }

  /// One commit: what the run has done so far, and how many records are still to be read.
  package struct Progress: Sendable {
    package var totals: QueryTotals
    package var lag: Int64
    /// How the posts were scored.
    package var scores: ScoreTally
    /// What has become of alerts in this batch.
    package var alerts: [SurgeAlert]
    /// The batch, as the stream tells of it.
    package var batch: BatchProgress
  }

  private let log: any EventLog
  private let store: any TableStore
  private let settings: Settings
  private let scorer: TextScorer
  private let model: String
  private let training: ScoreDistribution?
  private let running = Mutex<Query<DeskOutput, TableStateStore>?>(nil)
  private let stopping = Atomic<Bool>(false)
  private let sourcesEnded = Atomic<Bool>(true)

  /// A query that classifies with `classifier`, which `model` names in every row. `training` is how
  /// that scored in training, where it is known.
  package init(
    _ log: any EventLog, _ store: any TableStore, _ settings: Settings,
    classifier: TextClassifier, model: String, training: ScoreDistribution? = nil
  ) {
    self.log = log
    self.store = store
    self.settings = settings
    self.model = model
    self.training = training
    scorer = classifier.scorer(brandNames: settings.brand.allNames)
  }

  /// One like `former`, which has been stopped and cannot run again.
  package init(like former: ClassifyQuery) {
    log = former.log
    store = former.store
    settings = former.settings
    model = former.model
    training = former.training
    scorer = former.scorer
  }

  /// Ends the run in order after the batch at hand. Any thread.
  package func stop() {
    stopping.store(true, ordering: .releasing)
    running.withLock { $0 }?.stop()
    log.arrivals.raise()
  }

  /// While false, a run with `End.caughtUp` waits for more.
  package func setSourcesEnded(_ ended: Bool) {
    sourcesEnded.store(ended, ordering: .releasing)
    log.arrivals.raise()
  }

  /// Runs until `end`, until `stop()`, or until something fails; `progress` hears of each commit.
  @discardableResult
  package func run(
    until end: End, progress: (Progress) -> Void = { _ in }
  ) throws -> QueryTotals {
    let sink = try DeskSink(
      log, store, settings, scorer, model: model, training: training)
    let query = try query(until: end, sink)
    running.withLock { $0 = query }
    defer { running.withLock { $0 = nil } }
    if stopping.load(ordering: .acquiring) { return QueryTotals() }
    var totals = QueryTotals()
    var scores = ScoreTally()
    try query.run { batch in
      let written = sink.takeWritten()
      totals += written.totals
      scores += written.scores
      progress(
        Progress(
          totals: totals, lag: batch.lag, scores: scores, alerts: written.alerts, batch: batch))
    }
    try commitGroup()
    return totals
  }

  private func query(
    until end: End, _ sink: DeskSink
  ) throws -> Query<DeskOutput, TableStateStore> {
    let step = ClassifyStep(filter: settings.filter, scorer: scorer)
    let brand = settings.brand.key
    let source = TopicSource(
      settings.topic, in: log, maxBytes: settings.batchBytes, before: settings.ends)
    let stream = try Stream(source)
      .flatMap(weighing: { $0.weight }) { step.outcomes(of: $0) }
      .watermark(.minutes(2)) { $0.time }
      .branch({ $0.map { .outcome($0) } }, { Self.alerts($0, brand) })
    var running = QuerySettings()
    running.maxBytesPerBatch = Limits.batchTextBytes
    running.maxRecordsPerBatch = settings.batchRecords
    running.targetMilliseconds = settings.targetMilliseconds
    running.minRecordsPerBatch = settings.leastRecords
    running.failOnDataLoss = false
    running.idleAfter = settings.idleAfter
    if case .caughtUp = end {
      running.trigger = .untilEnd { [self] in sourcesEnded.load(ordering: .acquiring) }
    }
    return Query(
      settings.name, stream, in: TableStateStore(store), settings: running,
      to: .rows { batch, transaction in try sink.write(batch.events, transaction) })
  }

  /// Complaints a minute of each brand, and what stands out of them.
  private static func alerts(
    _ outcomes: Stream<PostOutcome>, _ brand: String
  ) -> Stream<DeskOutput> {
    outcomes
      .filter { outcome in
        guard case .classified(let post) = outcome else { return false }
        return post.isComplaint && outcome.time > .min
      }
      .aggregate(by: { $0.brand ?? brand }, in: .tumbling(.minutes(1)), .count())
      .flatMap(by: { $0.key }, keeping: SurgeWatch.self) { watch, minute in
        let start = minute.window.lowerBound
        var taking = watch ?? SurgeWatch(from: start)
        defer { watch = taking }
        return taking.take(minute.value, at: start, brand: minute.key)
      }
      .map { .alert($0) }
  }

  /// Shows at the end of a run how far it came to whoever reads the log's own groups. The
  /// checkpoint is what counts.
  private func commitGroup() throws {
    let positions = try QueryCheckpoint(name: settings.name, topic: settings.topic)
      .positions(in: store, of: log)
    var offsets: [TopicPartition: Int64] = [:]
    for (number, position) in positions.enumerated() {
      offsets[TopicPartition(settings.topic, number)] = position
    }
    try log.commit(group: settings.name, offsets)
  }
}

/// What the query gives to its sink.
enum DeskOutput: Sendable {
  case outcome(PostOutcome)
  indirect case alert(SurgeAlert)
}

package import Machine
internal import Records
internal import Synchronization
internal import Tables
package import TextClassification

/// The streaming query: topic in, verdicts out, exactly once.
///
/// One thread reads, parses and classifies the next batch while another commits the one before. A
/// batch's rows, counts and offsets are one transaction, so that a crash at any moment leaves each
/// post's row once and the next start goes on where the last commit ended.
package final class ClassifyQuery: Sendable {
  /// What is to be run.
  package struct Settings: Sendable {
    /// The query's name: it names the checkpoint and the consumer group.
    package var name = "classify"
    package var topic = "posts"
    package var brand = Brand()
    package var filter = PostFilter()
    /// Bytes of records that one batch reads at most.
    package var batchBytes = 4 << 20
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
  }

  private let log: any EventLog
  private let store: any TableStore
  private let settings: Settings
  private let scorer: TextScorer
  private let model: String
  private let hourly: HourlyScores
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
    hourly = HourlyScores(model: model, training: training)
    scorer = classifier.scorer(brandNames: settings.brand.allNames)
  }

  /// Ends the run in order after the batch at hand. Any thread.
  package func stop() {
    stopping.store(true, ordering: .releasing)
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
    let tables = try GrouseTables(store)
    let deadLetters = try DeadLetters(log)
    let checkpoint = QueryCheckpoint(name: settings.name, topic: settings.topic)
    let positions = try checkpoint.positions(in: store, of: log)
    let topicIdentifier = try log.identifier(of: settings.topic)
    var uncommitted = try deadLetters.origins(from: try checkpoint.deadEnd(in: store))
    let free = BoundedQueue<ClassifiedBatch>(capacity: 3)
    let ready = BoundedQueue<ClassifiedBatch>(capacity: 1)
    for _ in 0..<3 { _ = free.push(ClassifiedBatch()) }
    let reading = Worker { [self] in
      read(from: positions, end, free, ready)
      ready.close()
    }
    defer {
      free.close()
      ready.close()
      // The reader may be waiting for records: it looks again, and finds its queue closed.
      log.arrivals.raise()
      reading.join()
    }
    var writer = VerdictWriter(
      tables, topic: settings.topic, brand: settings.brand,
      labels: (scorer.classifier.labels.positive, scorer.classifier.labels.negative),
      subjects: scorer.classifier.topics?.names ?? [], model: model)
    var totals = QueryTotals()
    var scores = ScoreTally()
    var values = BoundValues()
    var committed = positions
    while let batch = ready.pop() {
      // Letters of a batch that was never committed are there already, whatever batches their
      // records are in this time.
      try deadLetters.append(batch.letters.filter { !uncommitted.contains($0.origin) })
      uncommitted.subtract(batch.letters.map(\.origin))
      let deadEnd = try deadLetters.end()
      var outcome = batch.totals
      for (partition, offset) in batch.ends { committed[Int(partition)] = offset }
      try store.commit { transaction in
        try writer.write(batch, in: transaction, &outcome)
        try hourly.add(
          batch.scores, at: settings.clock.milliseconds, to: transaction, tables, &values)
        try checkpoint.set(
          committed, deadEnd: deadEnd, topicIdentifier: topicIdentifier, in: transaction)
      }
      totals += outcome
      scores += batch.scores
      let failure = batch.failure
      _ = free.push(batch)
      progress(Progress(totals: totals, lag: try lag(behind: committed), scores: scores))
      if let failure { throw failure }
    }
    try commitGroup(committed)
    return totals
  }

  private func read(
    from positions: [Int64], _ end: End, _ free: BoundedQueue<ClassifiedBatch>,
    _ ready: BoundedQueue<ClassifiedBatch>
  ) {
    var reader = BatchReader(
      log, topic: settings.topic, positions: positions, filter: settings.filter, scorer: scorer)
    while !stopping.load(ordering: .acquiring), let batch = free.pop() {
      // Read before looking, so that what comes in between is not slept over.
      let seen = log.arrivals.generation
      let isLast = sourcesEnded.load(ordering: .acquiring)
      do {
        if !(try reader.fill(batch, maxBytes: settings.batchBytes)) {
          if case .caughtUp = end, isLast { return }
          log.arrivals.wait(since: seen)
          if stopping.load(ordering: .acquiring) || free.isClosed { return }
        }
      } catch {
        batch.failure = error
      }
      if batch.ends.isEmpty && batch.failure == nil {
        _ = free.push(batch)
        continue
      }
      let failed = batch.failure != nil
      if !ready.push(batch) || failed { return }
    }
  }

  private func lag(behind positions: [Int64]) throws -> Int64 {
    var lag: Int64 = 0
    for (number, position) in positions.enumerated() {
      lag += try log.bounds(of: TopicPartition(settings.topic, number)).upperBound - position
    }
    return max(lag, 0)
  }

  /// Shows at the end of a run how far it came to whoever reads the log's own groups. The
  /// checkpoint is what counts.
  private func commitGroup(_ positions: [Int64]) throws {
    var offsets: [TopicPartition: Int64] = [:]
    for (number, position) in positions.enumerated() {
      offsets[TopicPartition(settings.topic, number)] = position
    }
    try log.commit(group: settings.name, offsets)
  }
}

internal import Machine
internal import Streams
internal import Tables
internal import TextClassification

/// Where the query's results go: rows of posts, cases, counts, alerts, and dead letters.
final class DeskSink: @unchecked Sendable {
  // Unchecked: used by the one thread on which the query commits.

  /// What has been written since it was last asked.
  struct Written {
    var totals = QueryTotals()
    var scores = ScoreTally()
    var alerts: [SurgeAlert] = []
  }

  private let tables: GrouseTables
  private let deadLetters: DeadLetters
  /// The end of the dead letters that belong to committed batches is kept under this.
  private let deadName: String
  private let settings: ClassifyQuery.Settings
  private let hourly: HourlyScores
  private var writer: VerdictWriter
  private var written = Written()
  private var values = BoundValues()
  /// Letters of a batch that was never committed: they are there already, whatever batches their
  /// records are in this time.
  private var uncommitted: Set<String>

  init(
    _ log: any EventLog, _ store: any TableStore, _ settings: ClassifyQuery.Settings,
    _ scorer: TextScorer, model: String, training: ScoreDistribution?
  ) throws {
    tables = try GrouseTables(store, settings.tables)
    deadLetters = try DeadLetters(log)
    deadName = "dead/\(settings.name)"
    self.settings = settings
    hourly = HourlyScores(model: model, training: training)
    let edits = VerdictWriter.edits(tables.scope)
    writer = VerdictWriter(
      tables, topic: settings.topic, brand: settings.brand,
      labels: (scorer.classifier.labels.positive, scorer.classifier.labels.negative),
      subjects: scorer.classifier.topics?.names ?? [], model: model,
      hasEdits: try !store.states(from: edits, to: edits + [0xFF], limit: 1).isEmpty,
      retention: settings.retention)
    // A replay writes none.
    uncommitted =
      settings.tables == .live
      ? try deadLetters.origins(from: try store.state(deadName)?.bigEndianInteger() ?? 0) : []
  }

  /// What was written since the last call, to be asked for when it is committed.
  func takeWritten() -> Written {
    defer { written = Written() }
    return written
  }

  /// Writes a batch.
  func write(_ events: [Event<DeskOutput>], _ transaction: any TableTransaction) throws {
    var batch = Written()
    var changes: [VerdictWriter.Change] = []
    changes.reserveCapacity(events.count)
    var letters: [DeadLetters.Letter] = []
    var last: Origin?
    for event in events {
      switch event.value {
      case .alert(let alert): batch.alerts.append(alert)
      case .outcome(let outcome):
        guard let origin = event.origin else { continue }
        if origin != last { batch.totals.read += 1 }
        last = origin
        count(outcome, origin, &batch, &changes, &letters)
      }
    }
    // What a replay cannot read, the live query has written down.
    if !letters.isEmpty, settings.tables == .live {
      try deadLetters.append(letters.filter { !uncommitted.contains($0.origin) })
      uncommitted.subtract(letters.map(\.origin))
      try transaction.setState(deadName, bigEndian(try deadLetters.end()))
    }
    try writer.write(
      changes, in: transaction, now: settings.clock.milliseconds, &batch.totals)
    if settings.tables == .live {
      try hourly.add(
        batch.scores, at: settings.clock.milliseconds, to: transaction, tables, &values)
    }
    for alert in batch.alerts { try write(alert, transaction) }
    written.totals += batch.totals
    written.scores += batch.scores
    written.alerts += batch.alerts
  }

  private func count(
    _ outcome: PostOutcome, _ origin: Origin, _ batch: inout Written,
    _ changes: inout [VerdictWriter.Change],
    _ letters: inout [DeadLetters.Letter]
  ) {
    switch outcome {
    case .control: batch.totals.control += 1
    case .dropped(.retweet): batch.totals.retweets += 1
    case .dropped(.language): batch.totals.otherLanguages += 1
    case .dropped(.ownAnswer): batch.totals.ownAnswers += 1
    case .refused(let reason, let value):
      batch.totals.unreadable += 1
      letters.append(
        .init(
          origin: origin.description, reason: reason,
          value: [UInt8](value.prefix(DeadLetters.valueBytes))))
    case .classified(let post):
      batch.totals.kept += 1
      batch.scores.add(post.probability, unseen: post.unseen)
      changes.append(.post(post, origin))
    case .deleted(let id):
      batch.totals.control += 1
      changes.append(.deletion(id, again: false))
    case .departed(let author, let time):
      batch.totals.control += 1
      changes.append(.departure(.author, author, until: time))
    }
  }

  private func write(_ alert: SurgeAlert, _ transaction: any TableTransaction) throws {
    values.removeAll()
    values.append(alert.brand)
    values.append(alert.startedAt)
    if let endedAt = alert.endedAt { values.append(endedAt) } else { values.appendNull() }
    values.append(alert.complaints)
    values.append(alert.peak)
    values.append(alert.usual)
    values.append(alert.threshold)
    try transaction.execute(tables.insertAlert, values)
  }
}

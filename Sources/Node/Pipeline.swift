package import CommitLog
internal import Machine
internal import Records
package import SupportDesk
internal import Synchronization
package import Tables
package import TextClassification

/// Everything that `grouse run` runs: the sources, each on a thread of its own, and the query.
package final class Pipeline: Sendable {
  package let log: EmbeddedEventLog
  package let store: EmbeddedTableStore
  let commitLog: CommitLog
  let tables: Tables
  private let configuration: Configuration
  /// The streams that are collected.
  package let streams = LiveStreams()
  private let x: XConfiguration
  private let bluesky: BlueskyConfiguration
  private let query: Mutex<ClassifyQuery>
  private let sourcesEnded = Atomic<Bool>(true)
  private let isStopped = Atomic<Bool>(false)
  /// What waits for the query to pause.
  private let pause = Mutex<Pause?>(nil)
  private let failure = Mutex<(any Error)?>(nil)

  /// What has posts and people forgotten beside the query.
  package var forgetter: Forgetter { Forgetter(commitLog, store, configuration) }

  /// A pipeline on open engines that classifies with `classifier`, named `model` in the rows.
  /// `training` is how that scored in training, where it is known; `x` and `bluesky` are for who
  /// collects from there.
  package init(
    _ commitLog: CommitLog, _ tables: Tables, _ configuration: Configuration,
    classifier: TextClassifier, model: String, training: ScoreDistribution? = nil,
    x: XConfiguration = XConfiguration(), bluesky: BlueskyConfiguration = BlueskyConfiguration()
  ) throws {
    self.commitLog = commitLog
    self.tables = tables
    self.configuration = configuration
    self.x = x
    self.bluesky = bluesky
    log = try EmbeddedEventLog(commitLog)
    store = EmbeddedTableStore(tables)
    try log.ensureTopic(
      configuration.topic, partitions: configuration.partitions, isCompacted: false)
    query = Mutex(
      ClassifyQuery(
        log, store, configuration.query, classifier: classifier, model: model,
        training: training))
  }

  /// Ends the run in order. Any thread.
  package func stop() {
    isStopped.store(true, ordering: .releasing)
    query.withLock { $0 }.stop()
  }

  private func setSourcesEnded(_ ended: Bool) {
    sourcesEnded.store(ended, ordering: .releasing)
    query.withLock { $0 }.setSourcesEnded(ended)
  }

  /// Has the query stop for `wish`; false where another waits already, or the run ends.
  func ask(_ wish: Pause) -> Bool {
    let isTaken = pause.withLock { pause in
      guard pause == nil, !isStopped.load(ordering: .acquiring) else { return false }
      pause = wish
      return true
    }
    if isTaken { query.withLock { $0 }.stop() }
    return isTaken
  }

  /// Runs the query, and another one behind each pause.
  private func classify(
    until end: ClassifyQuery.End, progress: (ClassifyQuery.Progress) -> Void
  ) throws -> QueryTotals {
    var totals = QueryTotals()
    // Who waits when the run has ended hears that there is nothing to pause.
    defer {
      isStopped.store(true, ordering: .releasing)
      pause.withLock { $0.take() }?.refuse()
    }
    isStopped.store(false, ordering: .releasing)
    while true {
      let before = totals
      let running = query.withLock { $0 }
      running.setSourcesEnded(sourcesEnded.load(ordering: .acquiring))
      totals += try running.run(until: end) { commit in
        var commit = commit
        commit.totals += before
        progress(commit)
      }
      guard let wish = pause.withLock({ $0 }), !isStopped.load(ordering: .acquiring) else {
        return totals
      }
      let next = wish.hold()
      let query = next.map(another) ?? ClassifyQuery(like: running)
      self.query.withLock { $0 = query }
      pause.withLock { $0 = nil }
      // Whoever stopped the run meanwhile has stopped the former query.
      if isStopped.load(ordering: .acquiring) { return totals }
    }
  }

  private func another(_ judge: Judge) -> ClassifyQuery {
    ClassifyQuery(
      log, store, configuration.query, classifier: judge.classifier, model: judge.model,
      training: judge.training)
  }

  /// What others may change in the log while the pipeline runs.
  var changes: OpenLogChanges {
    OpenLogChanges(
      commitLog, log.offsets, tables,
      running: [configuration.query.name: [configuration.topic, DeadLetters.topic]])
  }

  /// The query's name and what identifies it, whichever run it is of.
  package var queryIdentity: (name: String, id: String) {
    get throws {
      let name = configuration.query.name
      let topic = try log.identifier(of: configuration.topic)
      return (name, QueryIdentity.uuid("\(name) on \(topic)"))
    }
  }

  /// Collects `sources` and classifies, until all is committed (`end` is `.caughtUp`) or until
  /// `stop()`; then closes the log. `warned` hears, from another thread, what the upkeep of log and
  /// tables could not do, and `failed` of a source that cannot be read, while the others are.
  /// Where none can be read, the run ends; without `failed`, it does with the first one's error.
  /// `ending` is called before the log is closed, which `keepsOpen` leaves for another run.
  package func run(
    _ sources: [Source], until end: ClassifyQuery.End, rate: Double? = nil,
    isStopped: @escaping @Sendable () -> Bool,
    warned: @escaping @Sendable (String) -> Void = { _ in },
    collected: @escaping @Sendable (Source, CollectTotals) -> Void = { _, _ in },
    failed: (@Sendable (any Error) -> Void)? = nil,
    keepsOpen: Bool = false, ending: () -> Void = {},
    progress: (ClassifyQuery.Progress) -> Void
  ) throws -> QueryTotals {
    // Named twice, a file is still one source.
    var known: Set<Source> = []
    let sources = sources.filter { known.insert($0.resolved).inserted }
    let running = Atomic<Int>(sources.count)
    let failures = Atomic<Int>(0)
    // However the run ends, the sources end with it, so that nobody waits for them in vain.
    let isEnding = Atomic<Bool>(false)
    let reader = SourceReader(
      into: configuration.topic, of: log, partitions: configuration.partitions,
      pace: rate.map { .rate($0) }, x: x, bluesky: bluesky, streams: streams,
      locks: configuration.dataDirectory)
    setSourcesEnded(sources.isEmpty)
    let workers = sources.map { source in
      Worker { [self] in
        do {
          _ = try reader.collect(
            source, resuming: true,
            isStopped: { isEnding.load(ordering: .acquiring) || isStopped() },
            progress: { collected(source, $0) }, report: warned)
        } catch {
          if let failed, source.isAtFault(error) {
            failed(error)
            // Where none can be read, there is nothing to wait for.
            let count = failures.add(1, ordering: .acquiringAndReleasing).newValue
            if count == sources.count, case .never = end { stop() }
          } else {
            failure.withLock { $0 = $0 ?? error }
            isEnding.store(true, ordering: .releasing)
            stop()
          }
        }
        if running.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
          setSourcesEnded(true)
        }
      }
    }
    let keeper = LogKeeper(commitLog, log.offsets, configuration, report: warned)
    let sweeper = TableSweeper(tables, report: warned)
    let forgetter = ForgetKeeper(forgetter, configuration, report: warned)
    let outcome = Result { try classify(until: end, progress: progress) }
    keeper.stop()
    sweeper.stop()
    if case .caughtUp = end, case .success = outcome, !isStopped() {
      forgetter.finish(isCancelled: isStopped)
    } else {
      forgetter.stop()
    }
    isEnding.store(true, ordering: .releasing)
    for worker in workers { worker.join() }
    ending()
    // What failed first tells more than what could not be closed because of it.
    let closing = Result { if !keepsOpen { try commitLog.close() } }
    if let failure = failure.withLock({ $0 }) { throw failure }
    let totals = try outcome.get()
    try closing.get()
    return totals
  }
}

internal import ArgumentParser
internal import CommitLog
internal import Machine
internal import Node
internal import SupportDesk
internal import Synchronization
internal import Tables
internal import Terminal
internal import TextClassification

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the pipeline: collect the configured sources, classify, store.",
    discussion: """
      Goes on where it was, whatever ended it: a file is not collected twice, a post is stored once. \
      Reading commands (cql, consume, topics, groups, check) work beside it.

      Example: grouse run --file tweets.jsonl --exit
      """)

  @Option(help: "Also collect this file; may be repeated.") var file: [String] = []
  @Flag(help: "Also collect what comes in on standard input.") var stdin = false
  @Flag(help: "Also collect X's filtered stream.") var x = false
  @Flag(help: "Also collect Bluesky's posts about the brand.") var bluesky = false
  @Flag(help: "End when the sources have ended and everything is committed.") var exit = false
  @Option(parsing: .unconditional, help: "At most this many posts a second of each source.")
  var rate: Double?
  @Flag(help: "Print a line of JSON on standard error at each commit.") var progress = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try Rate.check(rate)
  }

  func run() throws {
    let configuration = try options.configuration()
    var sources = (configuration.sourceFiles + file).map { Source.file($0) }
    if stdin || configuration.collectsStandardInput { sources.append(.standardInput) }
    if x || configuration.collectsX { sources.append(.x) }
    if bluesky || configuration.collectsBluesky { sources.append(.bluesky) }
    for source in sources { try source.check() }
    try PipelineRun(
      configuration: configuration, sources: sources, exit: exit, rate: rate, json: options.json,
      reportsProgress: progress, purpose: "grouse run"
    ).run()
  }
}

struct Work: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the classify query alone, on what is in the topic.",
    discussion: "Example: grouse work --exit")

  @Flag(help: "End when the topic is caught up.") var exit = false
  @Flag(help: "Print a line of JSON on standard error at each commit.") var progress = false
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try PipelineRun(
      configuration: try options.configuration(), sources: [], exit: exit, rate: nil,
      json: options.json, reportsProgress: progress, purpose: "grouse work"
    ).run()
  }
}

/// Opens the engines, runs the pipeline to its end, and says what it did.
struct PipelineRun {
  var configuration: Configuration
  var sources: [Source]
  var exit: Bool
  var rate: Double?
  var json: Bool
  var reportsProgress: Bool
  var purpose: String

  func run() throws {
    let arrivals = Signal()
    let interruption = Interruption(waking: arrivals)
    // Without its model a run should not leave a data directory behind.
    let (classifier, manifest) = try DataDirectory.models(in: configuration.dataDirectory)
      .load(configuration.model)
    let directory = try DataDirectory(
      writing: configuration.dataDirectory, purpose: purpose)
    let log = try directory.openRepairedLog(configuration)
    let pipeline = try Node.Pipeline(
      log, try directory.openTables(configuration), configuration, classifier: classifier,
      model: manifest.reference, training: manifest.distribution,
      x: try configuration.x(), bluesky: try configuration.bluesky())
    let watching = Worker {
      arrivals.wait(since: 0)
      if interruption.isRequested { pipeline.stop() }
    }
    let interface = RunInterface(
      .init(purpose: purpose, version: Grouse.version, stop: { pipeline.stop() }), pipeline,
      configuration,
      kinds: [
        ReplayJob.kind(pipeline, configuration, directory.models), ForgetJob.kind(pipeline),
      ],
      report: { Messages.line($0) })
    defer { interface.stop() }
    let (name, id) = try pipeline.queryIdentity
    let show = interface.watch(name, id: id)
    if !exit {
      if sources.isEmpty && purpose == "grouse run" {
        Messages.line("no sources: give --file, --stdin, or sources in grouse.yaml")
      }
      Messages.line(
        "\(purpose): classifying \(configuration.topic) with \(manifest.reference); "
          + "Ctrl-C ends it in order")
      if let port = interface.port { Messages.line("metrics: http://127.0.0.1:\(port)/metrics") }
    }
    let bar = ProgressBar("classifying", unit: "posts", total: nil)
    let collected = Mutex<[Source: CollectTotals]>([:])
    let failures = Mutex(0)
    let showsBar = !reportsProgress
    var scores = ScoreTally()
    func summary(_ totals: QueryTotals) -> TotalsReport {
      TotalsReport(
        totals: totals, failedSources: failures.withLock { $0 }, seconds: bar.seconds,
        drift: Drift(scores.distribution, against: manifest.distribution))
    }
    let outcome = Result {
      try pipeline.run(
        sources, until: exit ? .caughtUp : .never, rate: rate,
        isStopped: { interruption.isRequested },
        warned: { Messages.line($0) },
        collected: { source, totals in
          collected.withLock { $0[source] = totals }
          // A stream is heard of also while it brings nothing.
          if showsBar, source.isEndless { bar.update(note: pipeline.streams.words) }
        },
        failed: { error in
          failures.withLock { $0 += 1 }
          Messages.line("\(error)")
        },
        ending: { interface.stop() }
      ) { progress in
        show(progress.batch)
        scores = progress.scores
        for alert in progress.alerts { tell(alert) }
        if reportsProgress {
          Messages.line(summary(progress.totals).json)
        } else {
          bar.update(
            progress.totals.read, total: progress.totals.read + Int(progress.lag),
            note: pipeline.streams.words)
        }
      }
    }
    bar.clear()
    arrivals.raise()
    watching.join()
    for (source, totals) in collected.withLock({ $0 }) { report(source, totals) }
    let totals = try outcome.get()
    try summary(totals).show(json: json)
    // Ending it is how an unbounded run ends; a bounded one has not done what it was asked to.
    if exit { try interruption.throwIfRequested("the same command goes on where this one ended") }
    if failures.withLock({ $0 }) > 0 { throw ExitCode.failure }
  }
}

extension PipelineRun {
  /// Says when complaints begin to come far faster than usual, and when that is over.
  private func tell(_ alert: SurgeAlert) {
    let start = RecordTime.format(alert.startedAt)
    if let end = alert.endedAt {
      Messages.line(
        "surge of complaints about \(alert.brand) over: \(Shown.number(alert.complaints)) from "
          + "\(start) to \(RecordTime.format(end))")
    } else if alert.complaints == alert.peak {
      Messages.line(
        "surge of complaints about \(alert.brand): \(Shown.number(alert.complaints)) in the minute "
          + "from \(start), usually \(Shown.decimal(alert.usual, 1)); see grouse.alerts")
    }
  }

  /// Says what of a source did not get into the topic.
  private func report(_ source: Source, _ totals: CollectTotals) {
    if totals.unreadable > 0 {
      Messages.line(
        "\(source.name): \(Shown.number(totals.unreadable)) records could not be collected; "
          + "their lines and reasons are in posts.dead")
    }
    if totals.unfinished > 0 {
      Messages.line(
        "\(source.name): its last line has no end yet and cannot be read; the next run looks again")
    }
  }
}

/// What a run did, for people or for scripts.
struct TotalsReport {
  var totals: QueryTotals
  /// Sources that could not be read, or not to their ends.
  var failedSources = 0
  var seconds: Double
  /// Nil: nothing was scored, or the model was not cross-validated.
  var drift: Drift?

  func show(json: Bool) throws {
    try json ? StandardOutput.line(self.json) : Messages.line(text)
  }

  /// All counts by name, in one line.
  var json: String {
    var line = JSONLine()
    for (name, value) in fields { line.add(name, value) }
    if let drift {
      line.add("psi", drift.stabilityIndex ?? .nan)
      line.add("scored", drift.posts)
      if let unseen = drift.distribution.unseen { line.add("unseen", unseen) }
    }
    line.add("seconds", seconds)
    return line.text
  }

  private var fields: [(String, Int)] {
    totals.fields.map { ($0.name, $0.count) } + [("failed_sources", failedSources)]
  }

  /// One line a kind of thing, the zero ones left out.
  var text: String {
    let shown = fields.filter { $0.1 > 0 }
    if shown.isEmpty { return "nothing new to read" }
    let counts = shown.map { "\(Shown.number($0.1)) \($0.0.replacing("_", with: " "))" }
      .joined(separator: ", ")
    guard let drift else { return counts }
    if drift.stabilityIndex == nil {
      return counts + "; too few posts to tell how scores are against training's"
    }
    return counts + "; scores are \(drift.verdict) against training's: \(drift.figures)"
  }
}

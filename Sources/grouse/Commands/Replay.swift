internal import ArgumentParser
internal import CommitLog
internal import Machine
internal import Node
internal import Records
internal import SupportDesk
internal import Terminal
internal import TextClassification

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Classify what the log holds anew, into tables of its own.",
    discussion: """
      Fills grouse.TABLE, TABLE_cases, TABLE_by_minute, TABLE_by_subject and TABLE_alerts as they would \
      be, had the model been there from the start; the live tables stay as they are. After a kill the \
      same command goes on where it was.

      --compare says what the model says otherwise than the stored verdicts. --swap lets the new \
      tables and the live ones take each other's names at one moment, and the model judge from then \
      on; --undo brings the former ones back.

      Example: grouse replay --model complaints@2 --compare
      """)

  @Option(
    name: .customLong("from"), parsing: .unconditional,
    help: "Where to begin: earliest (default), an offset, or a time such as 2026-11-20T18:00:00Z.")
  var from: String?
  @Option(
    name: .customLong("to"), parsing: .unconditional,
    help: "Where to end, likewise; default: where the live query stands.")
  var to: String?
  @Option(help: "NAME, NAME@VERSION or a folder; default: the configured one.") var model: String?
  @Option(help: "The table, in the keyspace grouse; default: posts_ and the model.")
  var into: String?
  @Flag(help: "Say what has changed against the stored verdicts.") var compare = false
  @Option(help: "Posts that --compare shows.") var posts = 20
  @Flag(help: "Let the new tables take the place of the live ones.") var swap = false
  @Flag(help: "Bring back the tables and the model from before the last --swap into this table.")
  var undo = false
  @Flag(help: "Drop what the table holds of another replay.") var again = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let from { _ = try StartPosition(from) }
    if let to { _ = try StartPosition(to, option: "--to") }
    if posts < 0 { throw ValidationError("--posts must not be negative") }
    guard !swap && !undo || from == nil && to == nil else {
      throw ValidationError(
        "--swap and --undo are for all of the topic: without --from and --to")
    }
    if undo && (swap || again || compare) {
      throw ValidationError("--undo stands alone, with --model or --into")
    }
  }

  func run() throws {
    let configuration = try options.configuration()
    let registry = try DataDirectory.models(in: configuration.dataDirectory)
    let (classifier, manifest) = try registry.load(model ?? configuration.model)
    let interruption = Interruption()
    let directory = try DataDirectory(
      writing: configuration.dataDirectory, purpose: "grouse replay")
    let commitLog = try directory.openRepairedLog(configuration)
    defer { try? commitLog.close() }
    let log = try EmbeddedEventLog(commitLog)
    let store = EmbeddedTableStore(try directory.openTables(configuration))
    let table = into ?? Self.table(of: manifest.reference)
    let live = configuration.query
    if again { try Replay.drop(table, in: store) }
    let swapped = try Replay.swapped(table, in: store)
    if undo {
      guard let swapped else { throw ReplayError.notSwapped(table) }
      let former = try registry.load(swapped.former)
      let plan = try plan(table, swapped.former, commitLog, log, live.topic)
      try exchange(
        Replay(log, store, live: live, plan, classifier: former.classifier),
        liveModel: swapped.live, interruption)
      try promote(former.manifest, registry, configuration)
      return try tell("\(swapped.former) and its tables are live again", "undone", table)
    }
    if swapped != nil { throw ReplayError.isSwapped(table) }
    let replay = Replay(
      log, store, live: live, try plan(table, manifest.reference, commitLog, log, live.topic),
      classifier: classifier)
    let bar = ProgressBar("replaying", unit: "posts", total: nil)
    let totals = try replay.run(
      isStopped: { interruption.isRequested }, progress: { Self.show($0, on: bar) })
    bar.clear()
    try interruption.throwIfRequested("the same command goes on where this one ended")
    let report = TotalsReport(totals: totals, seconds: bar.seconds, drift: nil)
    Messages.line("grouse.\(table): \(report.text)")
    if compare {
      let bar = ProgressBar("comparing", unit: "posts", total: nil)
      let found = try ReplayComparison(
        of: table, in: store, limit: posts, isStopped: { interruption.isRequested },
        progress: { bar.update($0, total: $0) })
      bar.clear()
      try interruption.throwIfRequested("nothing was changed")
      try ReplayReport(found).show(json: options.json)
    } else if options.json, !swap {
      try StandardOutput.line(report.json)
    }
    if swap {
      try exchange(
        replay, liveModel: try registry.load(configuration.model).manifest.reference, interruption)
      try promote(manifest, registry, configuration)
      try tell(
        "live now, by \(manifest.reference); what was is in grouse.\(table), and `grouse replay "
          + "--undo --into \(table)` brings it back", "swapped", table)
    }
  }

  private func exchange(
    _ replay: Replay, liveModel: String, _ interruption: Interruption
  ) throws {
    let bar = ProgressBar("catching up", unit: "posts", total: nil)
    defer { bar.clear() }
    try replay.swap(
      liveModel: liveModel, isStopped: { interruption.isRequested },
      progress: { Self.show($0, on: bar) })
  }

  private static func show(_ progress: Replay.Progress, on bar: ProgressBar) {
    bar.update(progress.totals.read, total: progress.totals.read + Int(progress.lag))
  }

  /// Lets the model judge what comes next, too.
  private func promote(
    _ manifest: ModelManifest, _ registry: ModelRegistry, _ configuration: Configuration
  ) throws {
    let configured = configuration.model.prefix { $0 != "@" }
    guard configuration.model == configured, manifest.name == configured else {
      return Messages.line(
        "new posts are still judged by \(configuration.model): set model.name to "
          + "\(manifest.reference)")
    }
    _ = try registry.promote(manifest.reference)
  }

  private func plan(
    _ table: String, _ model: String, _ commitLog: CommitLog, _ log: EmbeddedEventLog,
    _ topic: String
  ) throws -> Replay.Plan {
    func offsets(_ text: String?) throws -> [Int64] {
      let position = try text.map { try StartPosition($0) } ?? .earliest
      return try (0..<log.partitionCount(of: topic)).map { number in
        try position.offset(
          in: try commitLog.partition(TopicPartition(topic, number)), isStrict: false)
      }
    }
    return try Replay.Plan(
      table: table, model: model, from: try offsets(from), to: to == nil ? nil : try offsets(to),
      range: "from \(from ?? "earliest") to \(to ?? "now")")
  }

  private func tell(_ text: String, _ what: String, _ table: String) throws {
    guard options.json else { return Messages.line("grouse.\(table): \(text)") }
    var line = JSONLine()
    line.add(what, "grouse.\(table)")
    try StandardOutput.line(line.text)
  }

  /// `complaints@2` goes into `posts_complaints_2`.
  private static func table(of reference: String) -> String {
    let name = reference.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return String(("posts_" + String(name)).prefix(32))
  }
}

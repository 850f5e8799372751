internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal

struct Collect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring the posts of one source into a topic.",
    discussion: """
      Reads X API v2 and v1.1, flat JSON lines, CSV with a header, Sentiment140's dump, or text, also \
      compressed with gzip or zstd; the bytes go to the topic unchanged. What is acknowledged is on \
      the disk. A file goes on where it ended: a second run adds what is new, and nothing twice.

      Example: grouse collect --file tweets.jsonl
               grouse collect --file 2026-11-20.jsonl.gz --speed 60     # an hour in a minute
               grouse collect --file app.log --follow                   # until Ctrl-C, as tail -F
      """)

  @Option(help: "A file of posts; may be repeated.") var file: [String] = []
  @Flag(help: "Read from standard input.") var stdin = false
  @Flag(help: "Collect X's filtered stream until it is ended (Ctrl-C), going on where it was.")
  var x = false
  @Flag(help: "Collect Bluesky's posts about the brand until it is ended, going on where it was.")
  var bluesky = false
  @Option(help: "The topic (default: the configured one).") var topic: String?
  @Option(parsing: .unconditional, help: "At most this many posts a second.") var rate: Double?
  @Option(
    parsing: .unconditional,
    help: "As the posts' own times say, this many times as fast (1: as it was).")
  var speed: Double?
  @Flag(
    help: "Wait at the file's end for more, through truncation and rotation, until Ctrl-C.")
  var follow = false
  @Flag(help: "Collect the file from its start, also what was collected of it before.")
  var again = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let topic {
      try checkUsage { try CommitLog.check(topicName: topic) }
      guard !topic.hasPrefix("__"), topic != DeadLetters.topic else {
        throw ValidationError("\(topic) is kept by grouse itself: choose another topic")
      }
    }
    guard [!file.isEmpty, stdin, x, bluesky].count(where: { $0 }) == 1 else {
      throw ValidationError("give either --file FILE, --stdin, --x or --bluesky")
    }
    if x || bluesky, rate != nil {
      throw ValidationError("--rate is not for --x and --bluesky: those who post set the pace")
    }
    try Rate.check(rate)
    try Rate.check(speed, option: "--speed")
    guard rate == nil || speed == nil else { throw ValidationError("give --rate or --speed") }
    if x || bluesky, speed != nil {
      throw ValidationError("--speed is not for --x and --bluesky: those who post set the pace")
    }
    guard !file.isEmpty || !follow && !again else {
      throw ValidationError("\(follow ? "--follow" : "--again") is for --file")
    }
    guard !follow || file.count == 1 else {
      throw ValidationError("--follow is for one file: give each a command of its own")
    }
    guard !follow || !again && speed == nil else {
      throw ValidationError("--follow goes with neither --again nor --speed")
    }
  }

  private var pace: Pace? { rate.map { .rate($0) } ?? speed.map { .speed($0) } }

  /// Two streams of the same would end each other at X, and bring all twice from Bluesky.
  private func checkNobodyHas(_ source: Source, _ configuration: Configuration) throws {
    guard source.isEndless, let process = RunningProcess(in: configuration.dataDirectory)
    else { return }
    let streams =
      process.health["streams"]?.elements?
      .filter { $0["state"]?.text != "stopped" }.compactMap { $0["name"]?.text } ?? []
    guard x && streams.contains("x") || bluesky && streams.contains("bluesky") else { return }
    throw CollectedElsewhere(description: "\(process.name) collects \(source.name) already")
  }

  private var sources: [Source] {
    x ? [.x] : bluesky ? [.bluesky] : stdin ? [.standardInput] : file.map { .file($0) }
  }

  func run() throws {
    let configuration = try options.configuration()
    for source in sources {
      if !follow { try source.check() }
      try checkNobodyHas(source, configuration)
    }
    let interruption = Interruption()
    let (log, open) = try DataDirectory.eventLog(configuration, purpose: "grouse collect")
    Repairs.show(open?.repairs ?? [])
    let streams = LiveStreams()
    let reader = SourceReader(
      into: topic ?? configuration.topic, of: log,
      partitions: configuration.partitions, pace: pace, follows: follow,
      x: try configuration.x(), bluesky: try configuration.bluesky(), streams: streams,
      locks: configuration.dataDirectory)
    let keeper = open.map { LogKeeper($0, nil, configuration) { Messages.line($0) } }
    let outcome = Result {
      for source in sources where !interruption.isRequested {
        let totals = try collect(source, reader, streams, interruption)
        try show(totals, of: source, into: topic ?? configuration.topic)
        // Ending it is how a stream ends.
        if source.isEndless || follow || interruption.isRequested { continue }
        try checkAnyWasRead(totals, of: source)
      }
    }
    keeper?.stop()
    let closing = Result { try open?.close() }
    try outcome.get()
    try closing.get()
    if x || bluesky || follow { return }
    try interruption.throwIfRequested("what was collected so far is kept")
  }

  private func collect(
    _ source: Source, _ reader: SourceReader, _ streams: LiveStreams, _ interruption: Interruption
  ) throws -> CollectTotals {
    let isFile = source.path.map { LocalDisk().isPlainFile($0) } ?? false
    let bar = ProgressBar(
      "collecting", unit: isFile ? ProgressBar.bytes : "records", total: nil)
    defer { bar.clear() }
    return try reader.collect(
      source, resuming: !again, isStopped: { interruption.isRequested },
      progress: { totals in
        guard isFile else { return bar.update(totals.records, note: streams.words) }
        bar.update(
          Int(totals.place), total: totals.size.map { Int($0) },
          note: "\(Shown.number(totals.records)) records")
      },
      report: { Messages.line($0) })
  }

  private func show(_ totals: CollectTotals, of source: Source, into topic: String) throws {
    if options.json {
      var line = JSONLine()
      if file.count > 1 { line.add("source", source.name) }
      line.add("records", totals.records)
      line.add("bytes", totals.bytes)
      line.add("unreadable", totals.unreadable)
      line.add("known", totals.known)
      line.add("unfinished", totals.unfinished)
      return try StandardOutput.line(line.text)
    }
    Messages.line(
      "collected \(Shown.count(totals.records, "record")) of \(source.name) into \(topic)"
        + (totals.unreadable == 0
          ? "" : "; \(Shown.number(totals.unreadable)) could not be read, see posts.dead")
        + (totals.known == 0 ? "" : "; \(Shown.number(totals.known)) were collected before"))
    if totals.unfinished > 0 {
      Messages.line(
        "\(source.name): its last line has no end yet and cannot be read; the next run looks again")
    }
  }

  private func checkAnyWasRead(_ totals: CollectTotals, of source: Source) throws {
    guard totals.records + totals.known + totals.unfinished == 0 else { return }
    if totals.unreadable == 0 { throw DatasetError.empty(path: source.name) }
    throw NothingReadable(source: source.name, records: totals.unreadable)
  }
}

/// Posts a second, as `--rate` gives them.
enum Rate {
  static func check(_ rate: Double?, option: String = "--rate") throws {
    guard let rate, !(rate > 0 && rate.isFinite) else { return }
    throw ValidationError("\(option) must be a number more than 0")
  }
}

/// Says what opening the log had to repair.
enum Repairs {
  static func show(_ repairs: [String]) {
    for repair in repairs { Messages.line("repaired: \(repair)") }
  }
}

/// Another process of this data directory has the stream.
private struct CollectedElsewhere: Error, CustomStringConvertible {
  let description: String
}

/// A source of which all records are dead letters.
private struct NothingReadable: Error, CustomStringConvertible {
  let source: String
  let records: Int
  var description: String {
    "\(source) holds no posts: of its \(records) records none can be read; posts.dead has the reasons"
  }
}

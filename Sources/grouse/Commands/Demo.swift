internal import ArgumentParser
internal import CommitLog
internal import Machine
internal import Node
internal import Posts
internal import Records
internal import SupportDesk
internal import Tables
internal import Terminal
internal import TextClassification
internal import XAPI

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Everything at once on sample data: train, stream, classify, show.",
    discussion: """
      Trains the model `complaints`, streams a day of sample posts through the whole path, and shows \
      what it found. A second time the posts are in the log already, and are classified again.

      With --x they arrive over HTTP, from a local X that behaves as the real one does.

      Example: grouse demo --exit
      """)

  @Flag(help: "End when everything has been shown.") var exit = false
  @Option(
    parsing: .unconditional,
    help: "Stream the sample N times as fast as it was posted (default: at full speed).")
  var speed: Double?
  @Flag(help: "Stream the sample over HTTP, from a local X.") var x = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try Rate.check(speed, option: "--speed")
  }

  func run() throws {
    let arrivals = Signal()
    let interruption = Interruption(waking: arrivals)
    let configuration = try options.configuration(["model.name": "complaints"])
    let samples = try SampleFiles.find()
    let directory = try DataDirectory(
      writing: configuration.dataDirectory, purpose: "grouse demo")
    try DemoMark.set(on: directory)
    let trained = try train(samples, configuration, directory)
    let log = try directory.openRepairedLog(configuration)
    let tables = try directory.openTables(configuration)
    // The sample is one day of posts.
    let rate = speed.map { $0 * Double(samples.recordCount) / 86_400 }
    let localX = x ? try DemoX(samples, rate: rate) : nil
    defer { localX?.stop() }
    let pipeline = try Node.Pipeline(
      log, tables, configuration, classifier: trained.classifier,
      model: trained.manifest.reference, training: trained.manifest.distribution,
      x: localX?.configuration ?? XConfiguration())
    let watching = Worker {
      arrivals.wait(since: 0)
      if interruption.isRequested { pipeline.stop() }
    }
    let interface = RunInterface(
      .init(purpose: "grouse demo", version: Grouse.version, stop: { pipeline.stop() }), pipeline,
      configuration, kinds: [ReplayJob.kind(pipeline, configuration, directory.models)],
      report: { Messages.line($0) })
    defer { interface.stop() }
    let (name, id) = try pipeline.queryIdentity
    let show = interface.watch(name, id: id)
    let totals = try stream(samples, localX, rate, pipeline, configuration, interruption) {
      show($0.batch)
    }
    try StandardOutput.flush()
    try interruption.throwIfRequested("the same command goes on where this one ended")
    try DemoReport(
      tables: tables, brand: configuration.brand.key, totals: totals,
      dataDirectory: configuration.dataDirectory, json: options.json,
      scorer: trained.classifier.scorer(brandNames: configuration.brand.allNames)
    ).show()
    try StandardOutput.flush()
    if !exit {
      Messages.line("\nstaying up, so that you can try them from another terminal; Ctrl-C ends it")
      _ = try pipeline.run(
        [], until: .never, isStopped: { interruption.isRequested }, ending: { interface.stop() },
        progress: { show($0.batch) })
    }
    arrivals.raise()
    watching.join()
  }

  private func train(
    _ samples: SampleFiles, _ configuration: Configuration, _ directory: DataDirectory
  ) throws -> TrainingResult {
    let job = TrainingJob(
      files: [samples.labelled], columns: ColumnOptions.standard, model: "complaints",
      brand: configuration.brand)
    let trained = try job.train(try job.readExamples(), into: directory.models)
    if !options.json {
      try StandardOutput.line(
        "\(Style.bold("1. Trained")) \(trained.manifest.reference) on "
          + "\(Shown.number(trained.manifest.examples)) posts in "
          + "\(Shown.decimal(trained.seconds, 1)) s: F1 "
          + "\(Shown.decimal(trained.manifest.f1 ?? .nan, 2)), macro-F1 "
          + "\(Shown.decimal(trained.manifest.macroF1 ?? .nan, 2)) in cross-validation")
      try StandardOutput.flush()
    }
    return trained
  }

  private func stream(
    _ samples: SampleFiles, _ localX: DemoX?, _ rate: Double?, _ pipeline: Node.Pipeline,
    _ configuration: Configuration, _ interruption: Interruption,
    record: (ClassifyQuery.Progress) -> Void
  ) throws -> QueryTotals {
    // What the log holds is read again with the new model; what it does not hold is collected now.
    try QueryCheckpoint(name: configuration.query.name, topic: configuration.topic)
      .rewind(in: pipeline.store, of: pipeline.log)
    let records = samples.recordCount
    let bar = ProgressBar("classifying", unit: "posts", total: records)
    let isThere = try (0..<pipeline.log.partitionCount(of: configuration.topic)).contains {
      try pipeline.log.bounds(of: TopicPartition(configuration.topic, $0)).upperBound > 0
    }
    let source: Source = localX == nil ? .file(samples.stream) : .x
    var totals = try pipeline.run(
      // A stream gives a post once.
      source == .x && isThere ? [] : [source], until: .caughtUp, rate: rate,
      isStopped: { [pipeline] in
        interruption.isRequested || localX?.isOver(pipeline.streams) ?? false
      }, keepsOpen: true,
      progress: {
        record($0)
        bar.update($0.totals.read, total: max(records, $0.totals.read + Int($0.lag)))
      })
    bar.clear()
    // What is no post at all stays behind already where the stream is read.
    for stream in pipeline.streams.all {
      totals.read += stream.status.quarantined
      totals.unreadable += stream.status.quarantined
    }
    if !options.json {
      let seconds = max(bar.seconds, 0.001)
      try StandardOutput.line(
        "\(Style.bold("2. Streamed")) \(Shown.number(totals.read)) records through log, classifier "
          + "and tables\(localX.map { ", over HTTP from a local X at \($0.address)," } ?? "") in "
          + "\(Shown.decimal(seconds, 2)) s "
          + "(\(Shown.number(Int(Double(totals.read) / seconds))) a second)")
    }
    return totals
  }
}

extension ColumnOptions {
  /// The columns of the project's own data.
  static var standard: ColumnOptions {
    var columns = ColumnOptions()
    columns.text = "text"
    columns.label = "label"
    columns.topic = nil
    columns.positive = "complaint"
    return columns
  }
}

/// The file that tells a demo's data directory from one with posts of somebody's own, which a demo
/// must not mix with the sample's or classify by the sample's model.
enum DemoMark {
  /// The directory holds what no demo made.
  struct NotADemo: Error, CustomStringConvertible {
    let path: String
    var description: String {
      "\(path) holds posts or models of your own, which the demo would mix with its sample; "
        + "give it a place of its own: --data-dir ./grouse-demo"
    }
  }

  static func set(on directory: DataDirectory) throws {
    let mark = Path.join(directory.path, "demo")
    let disk = LocalDisk()
    if disk.exists(mark) { return }
    guard try directory.models.names().isEmpty, !disk.exists(directory.logPath),
      !disk.exists(directory.tablesPath)
    else { throw NotADemo(path: directory.path) }
    try disk.replace(mark, with: Array("made by grouse demo\n".utf8))
  }
}

/// The sample data is not where it is looked for.
struct MissingSamples: Error, CustomStringConvertible {
  let looked: [String]
  var description: String {
    "the sample data (complaints.csv, sample-posts.jsonl) is in none of "
      + looked.joined(separator: ", ") + "; name its folder with GROUSE_SAMPLES"
  }
}

/// The project's sample data.
struct SampleFiles {
  let labelled: String
  let stream: String

  /// Looks in $GROUSE_SAMPLES, ./data, and the project's folder that the program was built in.
  static func find() throws -> SampleFiles {
    var folders: [String] = []
    if let named = getenv("GROUSE_SAMPLES") {
      folders.append(String(cString: named))
    } else {
      folders.append("data")
      var place = HostSystem.executableDirectory
      for _ in 0..<4 {
        guard let current = place else { break }
        folders.append(Path.join(current, "data"))
        place = Path.parent(of: current)
      }
    }
    for folder in folders {
      let found = SampleFiles(
        labelled: Path.join(folder, "complaints.csv"),
        stream: Path.join(folder, "sample-posts.jsonl"))
      if LocalDisk().exists(found.labelled), LocalDisk().exists(found.stream) { return found }
    }
    throw MissingSamples(looked: folders)
  }

  /// The lines of the stream, for the progress bar.
  var recordCount: Int {
    let bytes = (try? LocalDisk().readAll(stream)) ?? []
    return bytes.count { $0 == UInt8(ascii: "\n") }
  }
}

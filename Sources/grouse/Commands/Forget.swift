internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal

struct Forget: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Forget posts and people: in the tables, the queries' state and the log.",
    discussion: """
      POST is a post's id or address: 2051837460012345678, https://x.com/NAME/status/ID, at://…; USER \
      is @HANDLE, user:ID or did:…. Counts and cases follow, offsets stay. A post that comes again \
      has no row, nor has what a forgotten user wrote before. Labels go with their posts, also \
      where the row has expired, and none is taken in anew. Beside a `grouse run` that process does \
      the work. After a kill the same command goes on; so does the \
      next run.

      Backups, exports, replicas and models are yours to see to. What a disk held may be found on it \
      until the space is used again.

      Example: grouse forget 2051837460012345678 @mara_t_example
      """)

  @Argument(help: "POST or USER.") var subjects: [String] = []
  @Option(help: "A file with more of them, one a line.") var file: String?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if subjects.isEmpty, file == nil {
      throw ValidationError("give posts or users, or --file FILE")
    }
  }

  func run() throws {
    var texts = subjects
    if let file {
      let bytes = try LocalDisk().readAll(file, limit: 256 << 20)
      texts += bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        .compactMap { line in
          let text = line.drop { $0 <= 0x20 }
          return text.lastIndex { $0 > 0x20 }.map { String(decoding: text[...$0], as: UTF8.self) }
        }
    }
    let report = try ForgetWork.forget(texts, options, purpose: "grouse forget")
    if options.json { return try StandardOutput.line(report.json.line) }
    if report.rows + report.labels + report.records == 0 {
      return Messages.line("nothing is kept of that; what comes of it later gets no row")
    }
    Messages.line(ForgetWork.said(report))
  }
}

/// Forgets by oneself, or has the running process do it.
enum ForgetWork {
  /// What was done, in words.
  static func said(_ report: Forgetter.Report) -> String {
    "forgot \(Shown.count(report.posts, "post")): \(Shown.count(report.rows, "row")), "
      + (report.labels > 0 ? "\(Shown.count(report.labels, "labelled post")), " : "")
      + "\(Shown.count(report.records, "record")) of the log"
  }

  static func forget(
    _ texts: [String], _ options: GlobalOptions, purpose: String
  ) throws -> Forgetter.Report {
    for text in texts where Forgetting.Subject(text) == nil { throw ForgetError.noSubject(text) }
    let configuration = try options.configuration()
    let interruption = Interruption()
    let bar = ProgressBar("forgetting", unit: "partitions", total: nil)
    defer { bar.clear() }
    guard let process = RunningProcess(in: configuration.dataDirectory) else {
      _ = try DataDirectory(reading: configuration.dataDirectory)
      let directory = try DataDirectory(writing: configuration.dataDirectory, purpose: purpose)
      let log = try directory.openRepairedLog(configuration)
      defer { try? log.close() }
      let tables = try directory.openTables(configuration)
      let report = try Forgetter(log, EmbeddedTableStore(tables), configuration).forget(
        Set(texts.compactMap { Forgetting.Subject($0) }),
        isCancelled: { interruption.isRequested }, progress: { bar.update($0, total: $1) })
      try interruption.throwIfRequested("the same command goes on where this one ended")
      return report
    }
    // A request has a limit.
    var sum = Forgetter.Report()
    for start in stride(from: 0, to: texts.count, by: 10_000) {
      let some = Array(texts[start..<min(start + 10_000, texts.count)])
      let end = try process.runJob(
        ForgetJob.name, ForgetJob.arguments(some), isCancelled: { interruption.isRequested },
        progress: { bar.update($0["partitions"]?.integer ?? 0, total: $0["of"]?.integer ?? 0) })
      switch end {
      case .done(let found):
        sum.add(Forgetter.Report(found))
      case .failed(let message): throw FailedForgetting(description: message)
      case .cancelled:
        try interruption.throwIfRequested("the same command goes on where this one ended")
        throw FailedForgetting(
          description: "somebody has cancelled the job: the same command goes on where it ended")
      }
    }
    return sum
  }
}

/// The running process could not do what it was left to do.
private struct FailedForgetting: Error, CustomStringConvertible {
  let description: String
}

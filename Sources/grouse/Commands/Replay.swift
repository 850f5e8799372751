internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Classify what the log holds anew, into tables of its own.",
    discussion: """
      Fills grouse.TABLE, TABLE_cases, TABLE_by_minute, TABLE_by_subject and TABLE_alerts as they would \
      be, had the model been there from the start; the live tables stay as they are. After a kill the \
      same command goes on where it was. Beside a `grouse run` that process does the work: Ctrl-C \
      cancels it there, --detach leaves it.

      --compare says what the model says otherwise than the stored verdicts. --swap lets the new \
      tables and the live ones take each other's names at one moment, and the model judge from then \
      on; --undo brings the former ones back.

      Example: grouse replay --model complaints@2 --compare
      """)

  @Option(
    name: .customLong("from"), parsing: .unconditional,
    help: """
      Where to begin: earliest (default), an offset, or a time of records such as \
      2026-11-20T18:00:00Z.
      """)
  var from: String?
  @Option(
    name: .customLong("to"), parsing: .unconditional,
    help: "Where to end, likewise; default: where the live query stands.")
  var to: String?
  @Option(help: "NAME, NAME@VERSION or a folder; default: the configured one.") var model: String?
  @Option(help: "The table, in the keyspace grouse; default: posts_ and the model.")
  var into: String?
  @Flag(help: "Say what has changed against the stored verdicts.") var compare = false
  @Option(parsing: .unconditional, help: "Posts that --compare shows.") var posts = 20
  @Flag(help: "Let the new tables take the place of the live ones.") var swap = false
  @Flag(help: "Bring back the tables and the model from before the last --swap into this table.")
  var undo = false
  @Flag(help: "Drop what the table holds of another replay.") var again = false
  @OptionGroup var leaving: DetachOption
  @OptionGroup var options: GlobalOptions

  private var request: ReplayRequest {
    var request = ReplayRequest()
    (request.table, request.model, request.from, request.to) = (into, model, from, to)
    (request.again, request.compares, request.posts) = (again, compare, posts)
    (request.swaps, request.undoes) = (swap, undo)
    return request
  }

  func validate() throws {
    if let fault = request.fault { throw ValidationError(fault) }
  }

  func run() throws {
    if leaving.detach { return try leaving.submit(ReplayJob.name, request.json, options) }
    let interruption = Interruption()
    let bar = ProgressBar("replaying", unit: "posts", total: nil)
    defer { bar.clear() }
    let configuration = try options.configuration()
    let result: JSON
    if let process = RunningProcess(in: configuration.dataDirectory) {
      let end = try process.runJob(
        ReplayJob.name, request.json, isCancelled: { interruption.isRequested },
        progress: { told in
          bar.update(told["done"]?.integer ?? 0, total: told["of"]?.integer ?? 0)
        })
      switch end {
      case .done(let found): result = found
      case .failed(let message): throw FailedJob(description: message)
      case .cancelled: return try interruption.throwIfRequested(Self.goesOn)
      }
    } else {
      do { result = try work(configuration, interruption, bar) } catch ReplayError.stopped {
        return try interruption.throwIfRequested(Self.goesOn)
      }
    }
    bar.clear()
    if options.json { return try StandardOutput.line(result.line) }
    try ReplayReport(result, seconds: bar.seconds).print()
  }

  private static let goesOn = "the same command goes on where this one ended"

  private func work(
    _ configuration: Configuration, _ interruption: Interruption, _ bar: ProgressBar
  ) throws -> JSON {
    let registry = try DataDirectory.models(in: configuration.dataDirectory)
    let directory = try DataDirectory(
      writing: configuration.dataDirectory, purpose: "grouse replay")
    let commitLog = try directory.openRepairedLog(configuration)
    defer { try? commitLog.close() }
    return try ReplayWork(
      request, configuration, registry, commitLog, try EmbeddedEventLog(commitLog),
      EmbeddedTableStore(try directory.openTables(configuration)), isBesideLive: false,
      pausing: { exchange in _ = try exchange() }
    ).run(
      isStopped: { interruption.isRequested },
      report: { _, done, all in bar.update(done, total: all) })
  }
}

/// The running process could not do what it was left to do.
private struct FailedJob: Error, CustomStringConvertible {
  let description: String
}

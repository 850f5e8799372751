internal import ArgumentParser
internal import Bytes
internal import Curl
internal import Machine
internal import Node
internal import Terminal

/// Nobody has the data directory open, so there is nobody to ask.
struct NothingRuns: Error, CustomStringConvertible {
  let path: String
  var description: String {
    "no Grouse runs on \(path) that could be asked; start one with `grouse run`"
  }
}

extension GlobalOptions {
  /// The process that runs on the data directory. Thrown: `NothingRuns`.
  func runningProcess() throws -> RunningProcess {
    let path = try configuration().dataDirectory
    _ = try DataDirectory(reading: path)
    guard let process = RunningProcess(in: path) else { throw NothingRuns(path: path) }
    return process
  }
}

/// What the commands take whose work a running Grouse can be left to do.
struct DetachOption: ParsableArguments {
  @Flag(help: "Leave the work to the running Grouse, and print the job's number.")
  var detach = false

  /// Has the running process begin a job, and says which.
  func submit(_ kind: String, _ arguments: JSON, _ options: GlobalOptions) throws {
    let job = try options.runningProcess().submit(kind, arguments)
    if options.json {
      var line = JSONLine()
      line.add("job", job)
      return try StandardOutput.line(line.text)
    }
    try StandardOutput.line(Shown.plain(job))
    Messages.line("`grouse jobs show \(Shown.plain(job)) --follow` shows how far it is")
  }
}

struct JobCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "Work that a running Grouse was left to do.",
    discussion: """
      A job goes on without the command that began it, and is remembered as long as the process runs.

      Example: grouse jobs list
      """,
    subcommands: [List.self, Show.self, Cancel.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the jobs.", discussion: "Example: grouse jobs list")

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let jobs = try options.runningProcess().call("GET", ["jobs"])["jobs"]?.elements ?? []
      var table = TextTable(["job", "kind", "state", "started", "ended"])
      for job in jobs {
        if options.json {
          try StandardOutput.line(job.line)
        } else {
          table.rows.append(
            ["id", "kind", "state", "started_at", "ended_at"].map {
              Shown.plain(job[$0]?.text ?? "-")
            })
        }
      }
      if options.json { return }
      try table.print()
      try StandardOutput.flush()
      if jobs.isEmpty { Messages.line("no jobs yet") }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a job, as a line of JSON.",
      discussion: """
        With --follow until it has ended, a line whenever it is further; Ctrl-C leaves it alone.

        Example: grouse jobs show 1 --follow
        """)

    @Argument(help: "The job's number.") var job: String
    @Flag(help: "Go on until it has ended.") var follow = false
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let process = try options.runningProcess()
      guard follow else {
        return try StandardOutput.line(process.call("GET", ["jobs", job]).line)
      }
      let interruption = Interruption()
      var failure: (any Error)?
      do {
        try process.follow(
          ["jobs", job],
          isCancelled: { interruption.isRequested || !StandardOutput.hasReader },
          line: { state in
            do {
              try StandardOutput.line(state.line)
              try StandardOutput.flush()
              return true
            } catch {
              failure = error
              return false
            }
          })
      } catch CurlError.cancelled {
        if let failure { throw failure }
        guard StandardOutput.hasReader else { throw ClosedPipe() }
        try interruption.throwIfRequested("the job goes on")
      }
    }
  }

  struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask a job to end.",
      discussion: """
        It ends when it next looks; what it has done by then stays.

        Example: grouse jobs cancel 1
        """)

    @Argument(help: "The job's number.") var job: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let state = try options.runningProcess().call("DELETE", ["jobs", job])
      if options.json { return try StandardOutput.line(state.line) }
      Messages.line("asked \(Shown.plain(job)) to end")
    }
  }
}

internal import ArgumentParser
internal import Bytes
internal import Curl
internal import Machine
internal import Node
internal import Terminal

/// A query that there is not.
struct UnknownQuery: Error, CustomStringConvertible {
  let name: String
  var description: String {
    "there is no query \(name); `grouse queries list` shows those there are"
  }
}

/// Only a query that runs has progress.
struct QueryIsNotRunning: Error, CustomStringConvertible {
  let name: String
  var description: String {
    "\(name) is not running, and only a running query tells of its batches; "
      + "`grouse queries describe \(name)` shows how far it has come"
  }
}

struct Queries: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The streaming queries, and what they do.",
    discussion: """
      Live from the running process where there is one, else from the queries' checkpoints.

      Example: grouse queries progress classify --follow
      """,
    subcommands: [List.self, Describe.self, Progress.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the queries.", discussion: "Example: grouse queries list")

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let queries = try Queries.all(options)
      if options.json {
        for query in queries { try StandardOutput.line(query.line) }
        return
      }
      var table = TextTable(
        ["query", "state", "batches", "records", "lag"],
        numeric: [false, false, true, true, true])
      for query in queries {
        let progress = query["lastProgress"] ?? .null
        table.rows.append([
          Shown.plain(query["name"]?.text ?? ""), Queries.state(query),
          query["batches"]?.integer.map { Shown.number($0) } ?? "-",
          query["numInputRows"]?.integer.map { Shown.number($0) } ?? "-",
          Queries.lag(progress).map { Shown.number($0) } ?? "-",
        ])
      }
      try table.print()
      try StandardOutput.flush()
      if queries.isEmpty { Messages.line("no queries yet; `grouse run` runs one") }
    }
  }

  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show how far a query has come.",
      discussion: "Example: grouse queries describe classify")

    @Argument(help: "The query.") var query: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      guard let found = try Queries.all(options).first(where: { $0["name"]?.text == query }) else {
        throw UnknownQuery(name: query)
      }
      if options.json { return try StandardOutput.line(found.line) }
      let progress = found["lastProgress"] ?? .null
      var facts = TextTable(["", ""])
      facts.rows.append(["query", Shown.plain(query)])
      facts.rows.append(["state", Queries.state(found)])
      for (name, title) in [("id", "id"), ("runId", "run"), ("startedAt", "started")] {
        if let text = found[name]?.text { facts.rows.append([title, Shown.plain(text)]) }
      }
      if let batch = progress["batchId"]?.integer { facts.rows.append(["batch", "\(batch)"]) }
      if let mark = progress["eventTime"]?["watermark"]?.text {
        facts.rows.append(["watermark", Shown.plain(mark)])
      }
      try facts.print()
      try StandardOutput.line("")
      var table = TextTable(
        ["source", "partition", "next offset", "end", "lag"],
        numeric: [false, true, true, true, true])
      for source in progress["sources"]?.elements ?? [] {
        for (partition, next) in Queries.offsets(source["endOffset"]) {
          let end = source["latestOffset"]?[partition]?.integer
          table.rows.append([
            Shown.plain(source["description"]?.text ?? ""), Shown.plain(partition), "\(next)",
            end.map(String.init) ?? "-", end.map { "\(max($0 - next, 0))" } ?? "-",
          ])
        }
      }
      try table.print()
    }
  }

  struct Progress: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a running query's latest batches.",
      discussion: """
        With --json each is a line with the fields of Spark's StreamingQueryProgress.

        Example: grouse queries progress classify --follow
        """)

    @Argument(help: "The query.") var query: String
    @Flag(help: "Go on with the batches to come, until Ctrl-C.") var follow = false
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      let directory = try DataDirectory(reading: configuration.dataDirectory)
      guard let process = RunningProcess(in: configuration.dataDirectory) else {
        let known = try StoredQueries.read(directory, configuration)
        guard known.contains(where: { $0["name"]?.text == query }) else {
          throw UnknownQuery(name: query)
        }
        throw QueryIsNotRunning(name: query)
      }
      guard follow else {
        let found = try process.call("GET", ["queries", query, "progress"])
        for batch in found["progress"]?.elements ?? [] { try show(batch) }
        return
      }
      let interruption = Interruption()
      var failure: (any Error)?
      do {
        try process.follow(
          ["queries", query, "progress"],
          isCancelled: { interruption.isRequested || !StandardOutput.hasReader },
          line: { batch in
            do {
              try show(batch)
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
      }
    }

    private func show(_ batch: JSON) throws {
      if options.json { return try StandardOutput.line(batch.line) }
      let rate = batch["processedRowsPerSecond"]?.double ?? 0
      try StandardOutput.line(
        "\(Shown.plain(batch["timestamp"]?.text ?? "")) batch \(batch["batchId"]?.integer ?? 0): "
          + "\(Shown.count(batch["numInputRows"]?.integer ?? 0, "record")) in "
          + "\(Shown.number(batch["batchDuration"]?.integer ?? 0)) ms, "
          + "\(Shown.number(Int(rate))) a second, lag "
          + "\(Queries.lag(batch).map { Shown.number($0) } ?? "-")")
    }
  }

  /// All queries: those that run as their process tells, the others by their checkpoints.
  private static func all(_ options: GlobalOptions) throws -> [JSON] {
    let configuration = try options.configuration()
    let directory = try DataDirectory(reading: configuration.dataDirectory)
    var running: [JSON] = []
    if let process = RunningProcess(in: configuration.dataDirectory) {
      running = try process.call("GET", ["queries"])["queries"]?.elements ?? []
    }
    let names = Set(running.compactMap { $0["name"]?.text })
    return running
      + (try StoredQueries.read(directory, configuration)).filter {
        !names.contains($0["name"]?.text ?? "")
      }
  }

  private static func state(_ query: JSON) -> String {
    query["isActive"]?.boolean == true ? "running" : "not running"
  }

  /// Offsets by partition, in order.
  private static func offsets(_ json: JSON?) -> [(partition: String, offset: Int)] {
    (json?.fields ?? []).compactMap { field in
      field.value.integer.map { (field.name, $0) }
    }
  }

  /// Records that the sources had beyond what was read; nil where that is not known.
  private static func lag(_ progress: JSON) -> Int? {
    guard let sources = progress["sources"]?.elements, !sources.isEmpty else { return nil }
    var lag = 0
    for source in sources {
      guard let latest = source["latestOffset"] else { return nil }
      for (partition, next) in offsets(source["endOffset"]) {
        lag += max((latest[partition]?.integer ?? next) - next, 0)
      }
    }
    return lag
  }
}

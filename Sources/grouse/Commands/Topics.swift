internal import ArgumentParser
internal import CommitLog
internal import Node
internal import Records
internal import Terminal

struct Topics: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The log's topics.", discussion: "Example: grouse topics list",
    subcommands: [
      List.self, Create.self, Describe.self, Alter.self, Delete.self, DeleteRecords.self,
      Clean.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the topics.", discussion: "Example: grouse topics list")

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      let log = try DataDirectory(reading: configuration.dataDirectory).readLog(configuration)
      var table = TextTable(
        ["topic", "partitions", "records", "size"], numeric: [false, true, true, true])
      for topic in log.topics {
        let partitions = try log.partitions(of: topic.name)
        let records = partitions.reduce(0) { $0 + $1.endOffset - $1.startOffset }
        let size = partitions.reduce(0) { $0 + $1.size }
        if options.json {
          var line = JSONLine()
          line.add("topic", topic.name)
          line.add("partitions", topic.partitions)
          line.add("records", records)
          line.add("bytes", size)
          try StandardOutput.line(line.text)
        } else {
          table.rows.append([
            topic.name, "\(topic.partitions)", Shown.number(records), Shown.bytes(size),
          ])
        }
      }
      if options.json { return }
      try table.print()
      try StandardOutput.flush()
      if log.topics.isEmpty {
        Messages.line(
          "no topics yet; `grouse topics create NAME` or `grouse produce NAME` makes one")
      }
    }
  }

  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a topic's partitions, and its settings.",
      discussion: """
        --configs shows every setting with its value, who set it, and what it is; without it only \
        those that were set for the topic.

        Example: grouse topics describe posts --configs
        """)

    @Argument(help: "The topic's name.") var topic: String
    @Flag(help: "Show all settings.") var configs = false
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      let log = try DataDirectory(reading: configuration.dataDirectory).readLog(configuration)
      var table = TextTable(
        ["partition", "start offset", "end offset", "size"], numeric: [true, true, true, true])
      for partition in try log.partitions(of: topic) {
        if options.json {
          var line = JSONLine()
          line.add("topic", topic)
          line.add("partition", partition.topicPartition.partition)
          line.add("start_offset", partition.startOffset)
          line.add("end_offset", partition.endOffset)
          line.add("bytes", partition.size)
          try StandardOutput.line(line.text)
        } else {
          table.rows.append([
            "\(partition.topicPartition.partition)", "\(partition.startOffset)",
            "\(partition.endOffset)", Shown.bytes(partition.size),
          ])
        }
      }
      if !options.json { try table.print() }
      try show(try log.configuration(of: topic))
    }

    private func show(_ settings: TopicConfiguration) throws {
      let own = settings.overrides
      let shown = settings.values.filter { configs || own[$0.key] != nil }
      if options.json {
        var line = JSONLine()
        line.add("topic", topic)
        var configs = JSONLine()
        for (key, value) in shown { configs.add(key, value) }
        line.add("configs", raw: configs.text)
        return try StandardOutput.line(line.text)
      }
      guard !shown.isEmpty else { return }
      try StandardOutput.line("")
      var table = TextTable(["setting", "value", "set", "what it is"])
      for (key, value) in shown {
        let summary = TopicConfigurationKey.all.first { $0.name == key }?.summary ?? ""
        table.rows.append([key, value, own[key] == nil ? "" : "here", summary])
      }
      try table.print()
    }
  }
}

/// A topic as `create`, `alter` and `delete` print it with --json: after the change, or before it
/// was gone.
struct TopicLine {
  private var line = JSONLine()

  init(_ topic: String, _ log: CommitLog) throws {
    line.add("topic", topic)
    line.add("topic_id", try log.identifier(of: topic))
    line.add("partitions", try log.partitions(of: topic).count)
    var configs = JSONLine()
    for (key, value) in try log.configuration(of: topic).overrides.sorted(by: { $0 < $1 }) {
      configs.add(key, value)
    }
    line.add("configs", raw: configs.text)
  }

  func print() throws { try StandardOutput.line(line.text) }
}

extension DataDirectory {
  /// Opens the log for writing and says what it repaired.
  func openRepairedLog(_ configuration: Configuration) throws -> CommitLog {
    let log = try openLog(configuration)
    Repairs.show(log.repairs)
    return log
  }

  /// Lets `body` change the log of a data directory that is there already.
  static func withLog<Result>(
    _ configuration: Configuration, purpose: String, _ body: (any LogChanges) throws -> Result
  ) throws -> Result {
    // A change must not make a data directory where a wrong one was named.
    _ = try DataDirectory(reading: configuration.dataDirectory)
    let opened = try changes(configuration, purpose: purpose)
    Repairs.show(opened.repairs)
    let result = try body(opened.changes)
    try opened.changes.close()
    return result
  }
}

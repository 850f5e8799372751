internal import ArgumentParser
internal import CommitLog
internal import Node
internal import Records
internal import SupportDesk

struct Topics: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The log's topics.", discussion: "Example: grouse topics list",
    subcommands: [List.self, Create.self, Describe.self, Delete.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the topics.", discussion: "Example: grouse topics list")

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let log = try DataDirectory(reading: try options.configuration().dataDirectory).readLog()
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
      if !options.json { try table.print() }
    }
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a topic.", discussion: "Example: grouse topics create posts --partitions 4")

    @Argument(help: "The topic's name.") var topic: String
    @Option(help: "How many partitions (default: the configured number).") var partitions: Int?
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      let log = try DataDirectory(
        writing: configuration.dataDirectory, purpose: "grouse topics create"
      ).openRepairedLog(configuration)
      let count = partitions ?? configuration.partitions
      try log.createTopic(topic, partitions: count)
      try log.close()
      Messages.line("made \(topic) with \(count) partition\(count == 1 ? "" : "s")")
    }
  }

  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a topic's partitions.", discussion: "Example: grouse topics describe posts")

    @Argument(help: "The topic's name.") var topic: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let log = try DataDirectory(reading: try options.configuration().dataDirectory).readLog()
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
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete a topic and all its records.",
      discussion: "Example: grouse topics delete experiments")

    @Argument(help: "The topic's name.") var topic: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      // Deleting must not make a data directory where a wrong one was named.
      _ = try DataDirectory(reading: configuration.dataDirectory)
      let log = try DataDirectory(
        writing: configuration.dataDirectory, purpose: "grouse topics delete"
      ).openRepairedLog(configuration)
      try log.deleteTopic(topic)
      try log.close()
      Messages.line("deleted \(topic)")
    }
  }
}

extension DataDirectory {
  /// Opens the log for writing and says what it repaired.
  func openRepairedLog(_ configuration: Configuration) throws -> CommitLog {
    let log = try openLog(configuration)
    Repairs.show(log.repairs)
    return log
  }
}

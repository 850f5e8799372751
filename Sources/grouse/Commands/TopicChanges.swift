internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import Records
internal import Terminal

/// Settings of a topic as `--set KEY=VALUE` gives them.
struct TopicSettings: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A setting by Kafka's name, such as retention.ms=86400000; may be repeated.",
      valueName: "key=value"))
  var settings: [String] = []

  func validate() throws {
    let settings = try parsed()
    try checkUsage { _ = try TopicConfiguration().applying(settings) }
  }

  /// The settings by name.
  func parsed() throws -> [String: String] {
    var parsed: [String: String] = [:]
    for setting in settings {
      guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
        throw ValidationError(
          "--set \(setting): give KEY=VALUE, such as cleanup.policy=compact")
      }
      parsed[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
    }
    return parsed
  }
}

extension Topics {
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a topic.",
      discussion: """
        Example: grouse topics create posts --partitions 4
        Example: grouse topics create latest --set cleanup.policy=compact
        """)

    @Argument(help: "The topic's name.") var topic: String
    @Option(
      parsing: .unconditional, help: "How many partitions (default: the configured number).",
      transform: partitionCount)
    var partitions: Int?
    @OptionGroup var settings: TopicSettings
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      try checkUsage {
        try checkNotInternal(topic)
        try CommitLog.check(topicName: topic)
      }
    }

    func run() throws {
      let settings = try settings.parsed()
      let configuration = try options.configuration()
      let opened = try DataDirectory.changes(configuration, purpose: "grouse topics create")
      Repairs.show(opened.repairs)
      let count = partitions ?? configuration.partitions
      try opened.changes.createTopic(topic, partitions: count, settings: settings)
      let made = try TopicLine(topic, opened.changes.log)
      try opened.changes.close()
      if options.json { try made.print() }
      Messages.line("made \(topic) with \(count) partition\(count == 1 ? "" : "s")")
    }
  }

  struct Alter: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change a topic's settings, or give it more partitions.",
      discussion: """
        Keys go to partitions by their number: with more partitions a key's new records may go to \
        another one than its old ones.

        Example: grouse topics alter posts --set retention.ms=604800000 --partitions 8
        """)

    @Argument(help: "The topic's name.") var topic: String
    @Option(
      parsing: .unconditional, help: "How many partitions it is to have: more than now.",
      transform: partitionCount)
    var partitions: Int?
    @OptionGroup var settings: TopicSettings
    @Option(
      parsing: .singleValue,
      help: "Put a setting back to what holds for all topics; may be repeated.")
    var unset: [String] = []
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard !settings.settings.isEmpty || !unset.isEmpty || partitions != nil else {
        throw ValidationError("nothing to change: give --set, --unset or --partitions")
      }
      try checkUsage { for key in unset { try TopicConfigurationKey.named(key) } }
    }

    func run() throws {
      var changes: [String: String?] = try settings.parsed().mapValues { $0 }
      for key in unset { changes.updateValue(nil, forKey: key) }
      let (topic, partitions, altered) = (topic, partitions, changes)
      let now = try DataDirectory.withLog(
        try options.configuration(), purpose: "grouse topics alter"
      ) { changes in
        try changes.alterTopic(topic, partitions: partitions, settings: altered)
        return try TopicLine(topic, changes.log)
      }
      if options.json { try now.print() }
      Messages.line("changed \(topic)")
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete a topic and all its records.",
      discussion: "Example: grouse topics delete experiments")

    @Argument(help: "The topic's name.") var topic: String
    @OptionGroup var options: GlobalOptions

    func validate() throws { try checkUsage { try checkNotInternal(topic) } }

    func run() throws {
      let gone = try DataDirectory.withLog(
        try options.configuration(), purpose: "grouse topics delete"
      ) { changes in
        let gone = try TopicLine(topic, changes.log)
        try changes.deleteTopic(topic)
        return gone
      }
      if options.json { try gone.print() }
      Messages.line("deleted \(topic)")
    }
  }

  struct DeleteRecords: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete a partition's records before an offset.",
      discussion: "Example: grouse topics delete-records posts --before 1000 --partition 0")

    @Argument(help: "The topic's name.") var topic: String
    @Option(parsing: .unconditional, help: "The first offset to stay, or end: nothing stays.")
    var before: String
    @Option(parsing: .unconditional, help: "The partition.", transform: partitionNumber)
    var partition = 0
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard before == "end" || (Int64(before).map { $0 >= 0 } ?? false) else {
        throw ValidationError("--before \(before): give an offset, or end")
      }
    }

    func run() throws {
      let place = TopicPartition(topic, partition)
      let offset = Int64(before) ?? -1
      let start = try DataDirectory.withLog(
        try options.configuration(), purpose: "grouse topics delete-records"
      ) { changes in try changes.deleteRecords(of: place, before: offset) }
      if options.json {
        var line = JSONLine()
        line.add("topic", topic)
        line.add("partition", partition)
        line.add("start_offset", start)
        try StandardOutput.line(line.text)
      }
      Messages.line("\(place) starts at \(start) now")
    }
  }

  struct Clean: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Apply retention and compaction now.",
      discussion: """
        A running `grouse run` does so by itself every now and then; asked for, it does it now, and \
        Ctrl-C asks it to stop. With --force topics are \
        compacted that are not dirty enough yet; the last segment of a partition stays as it is.

        Example: grouse topics clean
        """)

    @Flag(help: "Compact whatever is dirty at all.") var force = false
    @OptionGroup var leaving: DetachOption
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let force = force
      if leaving.detach {
        return try leaving.submit(CleanJob.name, ["force": .boolean(force)], options)
      }
      let interruption = Interruption()
      let done = try DataDirectory.withLog(
        try options.configuration(), purpose: "grouse topics clean"
      ) { try $0.clean(force: force) { _, _ in !interruption.isRequested } }
      if options.json {
        var line = JSONLine()
        line.add("bytes_deleted", done.bytesDeleted)
        line.add(
          "compacted",
          done.compacted.map { report in
            var line = JSONLine()
            line.add("topic", report.place.topic)
            line.add("partition", report.place.partition)
            line.add("bytes_before", report.bytesBefore)
            line.add("bytes_after", report.bytesAfter)
            line.add("clean_up_to", report.cleanUpTo)
            return line
          })
        try StandardOutput.line(line.text)
      } else {
        let deleted = done.bytesDeleted
        Messages.line(
          deleted == 0 ? "nothing is past its retention" : "deleted \(Shown.bytes(deleted))")
        for report in done.compacted {
          Messages.line(
            "compacted \(report.place): \(Shown.bytes(report.bytesBefore)) to "
              + "\(Shown.bytes(report.bytesAfter)), clean up to \(report.cleanUpTo)")
        }
      }
      for failure in done.failures { Messages.line(failure) }
      try interruption.throwIfRequested("what was cleaned so far stays so")
      if !done.failures.isEmpty { throw ExitCode.failure }
    }
  }
}

internal import ArgumentParser
internal import CommitLog
internal import Machine
internal import Node
internal import Records
internal import Terminal

/// Where a group is to go on, as `--to` and `--shift-by` say it.
struct ResetTarget {
  let reset: OffsetReset

  init(to place: String?, shiftBy count: Int64?) throws {
    switch (place, count) {
    case (nil, let count?): reset = .shift(count)
    case (let place?, nil):
      if place == "current" {
        reset = .current
        return
      }
      switch try StartPosition(place, option: "--to") {
      case .earliest: reset = .earliest
      case .latest: reset = .latest
      case .offset(let offset): reset = .offset(offset)
      case .time(let time): reset = .time(time)
      }
    default:
      throw ValidationError(
        "give either --to earliest, latest, current, OFFSET or TIME, or --shift-by COUNT")
    }
  }
}

extension Groups {
  struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Move a group's offsets.",
      discussion: """
        Offsets outside of what there is are brought to its nearer end. --dry-run shows where \
        everything would go and changes nothing. A query goes on from its new offsets when it is \
        next started; what it reads again is renewed, not doubled.

        Example: grouse groups reset mine --to 2026-11-20T18:00:00Z --dry-run
        Example: grouse groups reset mine --topic posts --shift-by -100
        """)

    @Argument(help: "The group; one that is new needs --topic.") var group: String
    @Option(
      parsing: .unconditional,
      help: "earliest, latest, current, an offset, or a time such as 2026-11-20T18:00:00Z.")
    var to: String?
    @Option(parsing: .unconditional, help: "By so many records, forward or (negative) back.")
    var shiftBy: Int64?
    @Option(help: "Only this topic (default: all that the group has read).") var topic: String?
    @Option(
      parsing: .unconditional, help: "Of the topic, only this partition.",
      transform: partitionNumber)
    var partition: Int?
    @Flag(help: "Show what would be done.") var dryRun = false
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      _ = try ResetTarget(to: to, shiftBy: shiftBy)
      try checkGroup(group)
      if partition != nil && topic == nil { throw ValidationError("--partition needs --topic") }
    }

    func run() throws {
      let configuration = try options.configuration()
      let reading = try DataDirectory(reading: configuration.dataDirectory)
      let reset = GroupReset(
        group: group, topic: topic, partition: partition,
        target: try ResetTarget(to: to, shiftBy: shiftBy).reset)
      if dryRun {
        let log = try reading.readLog(configuration)
        return try show(reset.plan(try GroupOffsets(reading, log), log))
      }
      try show(
        DataDirectory.withLog(configuration, purpose: "grouse groups reset") {
          try $0.reset(reset)
        })
    }

    private func show(_ moves: [GroupMove]) throws {
      var table = TextTable(
        ["topic", "partition", "before", "after"], numeric: [false, true, true, true])
      for move in moves {
        if options.json {
          var line = JSONLine()
          line.add("group", group)
          line.add("topic", move.place.topic)
          line.add("partition", move.place.partition)
          line.add("before", raw: move.before.map(String.init) ?? "null")
          line.add("after", move.after)
          line.add("dry_run", raw: "\(dryRun)")
          try StandardOutput.line(line.text)
        } else {
          table.rows.append([
            move.place.topic, "\(move.place.partition)", move.before.map(String.init) ?? "-",
            "\(move.after)",
          ])
        }
      }
      if !options.json { try table.print() }
      try StandardOutput.flush()
      Messages.line(dryRun ? "nothing was changed" : "moved \(group)")
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forget a group and its offsets.", discussion: "Example: grouse groups delete mine")

    @Argument(help: "The group.") var group: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      let forgotten = try DataDirectory.withLog(configuration, purpose: "grouse groups delete") {
        try $0.deleteGroup(group)
      }
      for (place, offset) in forgotten.sorted(by: { $0.key < $1.key }) where options.json {
        var line = JSONLine()
        line.add("group", group)
        line.add("topic", place.topic)
        line.add("partition", place.partition)
        line.add("offset", offset)
        try StandardOutput.line(line.text)
      }
      Messages.line("deleted \(group)")
    }
  }
}

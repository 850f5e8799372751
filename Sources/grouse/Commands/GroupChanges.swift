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

/// The group is a query, which cannot be forgotten without its rows.
struct QueryGroup: Error, CustomStringConvertible {
  let name: String
  var description: String {
    "\(name) is the query itself: its offsets lie with its rows and go with them; "
      + "`grouse groups reset \(name) --to earliest` sends it back to the beginning"
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

    private struct Move {
      var place: TopicPartition
      var before: Int64?
      var after: Int64
    }

    func run() throws {
      let configuration = try options.configuration()
      let reading = try DataDirectory(reading: configuration.dataDirectory)
      if dryRun {
        let log = try reading.readLog(configuration)
        return try show(plan(try GroupOffsets(reading, log), log))
      }
      let directory = try DataDirectory(
        writing: configuration.dataDirectory, purpose: "grouse groups reset")
      let log = try directory.openRepairedLog(configuration)
      let offsets = try GroupOffsets(log, try directory.openExistingTables(configuration))
      let moves = try plan(offsets, log)
      try offsets.move(
        group, to: Dictionary(uniqueKeysWithValues: moves.map { ($0.place, $0.after) }),
        at: Clock.system.milliseconds)
      try log.close()
      try show(moves)
    }

    private func plan(_ offsets: GroupOffsets, _ log: CommitLog) throws -> [Move] {
      let target = try ResetTarget(to: to, shiftBy: shiftBy).reset
      let committed = offsets.offsets(of: group)
      if committed.isEmpty && topic == nil { throw UnknownGroup(name: group) }
      let places =
        try topic.map { topic in
          try log.partitions(of: topic).map(\.topicPartition)
            .filter { partition == nil || partition == $0.partition }
        } ?? Array(committed.keys)
      if places.isEmpty, let topic, let partition {
        throw LogError.unknownPartition(
          TopicPartition(topic, partition), count: try log.partitions(of: topic).count)
      }
      return try places.sorted().compactMap { place in
        // A topic deleted since has nothing to go to.
        guard topic != nil || (try? log.partition(place)) != nil else { return nil }
        let before = committed[place]?.offset
        return Move(
          place: place, before: before,
          after: try target.target(in: try log.partition(place), committed: before))
      }
    }

    private func show(_ moves: [Move]) throws {
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
      _ = try DataDirectory(reading: configuration.dataDirectory)
      let directory = try DataDirectory(
        writing: configuration.dataDirectory, purpose: "grouse groups delete")
      let log = try directory.openRepairedLog(configuration)
      let offsets = try GroupOffsets(log, try directory.openExistingTables(configuration))
      if offsets.isQuery(group) { throw QueryGroup(name: group) }
      let forgotten = offsets.offsets(of: group).sorted { $0.key < $1.key }
      guard try offsets.delete(group) else { throw UnknownGroup(name: group) }
      try log.close()
      for (place, committed) in forgotten where options.json {
        var line = JSONLine()
        line.add("group", group)
        line.add("topic", place.topic)
        line.add("partition", place.partition)
        line.add("offset", committed.offset)
        try StandardOutput.line(line.text)
      }
      Messages.line("deleted \(group)")
    }
  }
}

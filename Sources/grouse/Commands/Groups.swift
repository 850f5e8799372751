internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import Records
internal import Terminal

struct Groups: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Consumer groups and how far they have read.",
    discussion: "Example: grouse groups describe classify",
    subcommands: [List.self, Describe.self, Reset.self, Delete.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the groups.", discussion: "Example: grouse groups list")

    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      let directory = try DataDirectory(reading: configuration.dataDirectory)
      let log = try directory.readLog(configuration)
      let offsets = try GroupOffsets(directory, log)
      var table = TextTable(["group", "partitions", "lag"], numeric: [false, true, true])
      for group in offsets.groups {
        let positions = try GroupPositions(group, offsets, log)
        if options.json {
          var line = JSONLine()
          line.add("group", group)
          line.add("partitions", positions.rows.count)
          line.add("lag", positions.lag)
          try StandardOutput.line(line.text)
        } else {
          table.rows.append([group, "\(positions.rows.count)", Shown.number(positions.lag)])
        }
      }
      if options.json { return }
      try table.print()
      try StandardOutput.flush()
      if offsets.groups.isEmpty {
        Messages.line("no groups yet; `grouse consume TOPIC --group NAME` makes one")
      }
    }
  }

  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a group's offsets and lag.",
      discussion: "Example: grouse groups describe classify")

    @Argument(help: "The group.") var group: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      let directory = try DataDirectory(reading: configuration.dataDirectory)
      let log = try directory.readLog(configuration)
      let offsets = try GroupOffsets(directory, log)
      let positions = try GroupPositions(group, offsets, log)
      guard !positions.rows.isEmpty else { throw UnknownGroup(name: group) }
      var table = TextTable(
        ["topic", "partition", "current offset", "log end offset", "lag", "committed"],
        numeric: [false, true, true, true, true, false])
      for row in positions.rows {
        if options.json {
          var line = JSONLine()
          line.add("group", group)
          line.add("topic", row.place.topic)
          line.add("partition", row.place.partition)
          line.add("current_offset", row.committed.offset)
          line.add("log_end_offset", row.end)
          line.add("lag", row.lag)
          line.add(
            "committed_at",
            raw: row.committedAt.map { JSONString.quote(RecordTime.format($0)) } ?? "null")
          try StandardOutput.line(line.text)
        } else {
          table.rows.append([
            row.place.topic, "\(row.place.partition)", "\(row.committed.offset)", "\(row.end)",
            "\(row.lag)", row.committedAt.map(RecordTime.format) ?? "",
          ])
        }
      }
      if !options.json { try table.print() }
    }
  }
}

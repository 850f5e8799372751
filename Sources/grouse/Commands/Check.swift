internal import ArgumentParser
internal import Bytes
internal import CommitLog
internal import Machine
internal import Node
internal import SupportDesk
internal import Tables
internal import Terminal

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify every byte of the data directory.",
    discussion: """
      Reads every record of the log, every row and index entry of the tables, and every model; \
      changes nothing; works beside a running `grouse run`. Exit code 1 where something is wrong. \
      What is wrong goes to standard error, and with --json into the field messages.

      Example: grouse check log
      """)

  enum Area: String, ExpressibleByArgument, CaseIterable { case log, tables, workbench }

  @Argument(help: "log, tables or workbench (the models); default: all.") var area: Area?
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let directory = try DataDirectory(reading: try options.configuration().dataDirectory)
    Interruption.endProcess(saying: "not everything was checked")
    let isHeld = DataDirectory.holder(of: directory.path) != nil
    var reports: [Report] = []
    for area in self.area.map({ [$0] }) ?? Area.allCases {
      let report =
        switch area {
        case .log: try checkLog(directory, isHeld)
        case .tables: try checkTables(directory)
        case .workbench: try checkModels(directory)
        }
      try StandardOutput.line(options.json ? report.json : report.text)
      reports.append(report)
    }
    try StandardOutput.flush()
    for report in reports {
      for fault in report.faults { Messages.line("\(report.area.rawValue): \(fault)") }
    }
    if reports.contains(where: { !$0.faults.isEmpty }) { throw ExitCode.failure }
  }

  /// What was looked at in one area, and what is wrong there.
  private struct Report {
    let area: Area
    var counts: [(name: String, count: Int64)] = []
    var faults: [String] = []
    /// Nothing of it has been made yet, or it is lost.
    var isThere = true

    var json: String {
      var line = JSONLine()
      line.add("area", area.rawValue)
      for (name, count) in counts { line.add(name, count) }
      line.add("faults", faults.count)
      line.add(
        "messages", raw: "[" + faults.map { JSONString.quote($0) }.joined(separator: ", ") + "]")
      return line.text
    }

    var text: String {
      guard isThere else { return "\(area.rawValue): there are none" }
      let verdict =
        faults.isEmpty ? Style.good("clean") : Style.bad(Shown.count(faults.count, "fault"))
      let counted = counts.map { name, count in
        "\(name.replacing("_", with: " ")) \(Shown.number(count))"
      }
      return ([area.rawValue + ": " + verdict] + counted).joined(separator: ", ")
    }
  }

  private func checkLog(_ directory: DataDirectory, _ isHeld: Bool) throws -> Report {
    let bar = ProgressBar("checking log", unit: "bytes", total: nil)
    let check = try LogCheck(directory.logPath, beside: isHeld) { bar.update(Int($0)) }
    bar.clear()
    return Report(
      area: .log,
      counts: [
        ("partitions", Int64(check.partitions)), ("segments", Int64(check.segments)),
        ("batches", Int64(check.batches)), ("records", Int64(check.records)),
        ("bytes", check.bytes),
      ],
      faults: check.faults)
  }

  private func checkTables(_ directory: DataDirectory) throws -> Report {
    guard let tables = try directory.readTables() else {
      return Report(area: .tables, isThere: false)
    }
    let bar = ProgressBar("checking tables", unit: "rows", total: nil)
    let check = try TablesCheck(tables) { bar.update($0) }
    bar.clear()
    return Report(
      area: .tables,
      counts: [
        ("tables", Int64(check.tables)), ("rows", Int64(check.rows)),
        ("tombstones", Int64(check.tombstones)), ("index_entries", Int64(check.indexEntries)),
      ],
      faults: check.faults)
  }

  private func checkModels(_ directory: DataDirectory) throws -> Report {
    let check = try directory.models.check()
    return Report(
      area: .workbench, counts: [("models", Int64(check.versions))], faults: check.faults)
  }
}

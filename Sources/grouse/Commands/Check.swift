internal import ArgumentParser
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
      changes nothing; works beside a running `grouse run`. Exit code 1 where something is wrong.

      Example: grouse check log
      """)

  enum Area: String, ExpressibleByArgument, CaseIterable { case log, tables, workbench }

  @Argument(help: "log, tables or workbench (the models); default: all.") var area: Area?
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let directory = try DataDirectory(reading: try options.configuration().dataDirectory)
    Interruption.endProcess(saying: "not everything was checked")
    let isHeld = DataDirectory.holder(of: directory.path) != nil
    var faults: [(area: Area, text: String)] = []
    for area in self.area.map({ [$0] }) ?? Area.allCases {
      let (summary, found) =
        switch area {
        case .log: try checkLog(directory, isHeld)
        case .tables: try checkTables(directory)
        case .workbench: try checkModels(directory)
        }
      faults += found.map { (area, $0) }
      if options.json {
        var line = summary
        line.add("faults", raw: "\(found.count)")
        try StandardOutput.line(line.text)
      } else {
        let verdict = found.isEmpty ? Style.good("clean") : Style.bad("\(found.count) faults")
        try StandardOutput.line("\(area.rawValue): \(verdict) \(summary.text)")
      }
    }
    try StandardOutput.flush()
    for fault in faults { Messages.line("\(fault.area.rawValue): \(fault.text)") }
    if !faults.isEmpty { throw ExitCode.failure }
  }

  private func checkLog(
    _ directory: DataDirectory, _ isHeld: Bool
  ) throws -> (JSONLine, [String]) {
    let bar = ProgressBar("checking log", unit: "bytes", total: nil)
    let check = try LogCheck(directory.logPath, beside: isHeld) { bar.update(Int($0)) }
    bar.clear()
    var line = JSONLine()
    line.add("area", "log")
    line.add("partitions", check.partitions)
    line.add("segments", check.segments)
    line.add("batches", check.batches)
    line.add("records", check.records)
    line.add("bytes", check.bytes)
    return (line, check.faults)
  }

  private func checkTables(_ directory: DataDirectory) throws -> (JSONLine, [String]) {
    var line = JSONLine()
    line.add("area", "tables")
    guard let tables = try directory.readTables() else { return (line, []) }
    let bar = ProgressBar("checking tables", unit: "rows", total: nil)
    let check = try TablesCheck(tables) { bar.update($0) }
    bar.clear()
    line.add("tables", check.tables)
    line.add("rows", check.rows)
    line.add("tombstones", check.tombstones)
    line.add("index_entries", check.indexEntries)
    return (line, check.faults)
  }

  private func checkModels(_ directory: DataDirectory) throws -> (JSONLine, [String]) {
    let check = try directory.models.check()
    var line = JSONLine()
    line.add("area", "workbench")
    line.add("models", check.versions)
    return (line, check.faults)
  }
}

internal import ArgumentParser
internal import Machine
internal import Node
internal import Tables
internal import Terminal

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the whole data directory, also while others write to it.",
    discussion: """
      The copy holds everything that was acknowledged when it was begun. It gets its name once it is \
      whole, checked and on the disk. To restore it, use it: --data-dir DIR.

      Example: grouse backup /backups/monday
      """)

  @Argument(help: "Where to: a folder that is empty or does not exist.") var directory: String
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    let source = try DataDirectory(reading: configuration.dataDirectory)
    Interruption.endProcess(saying: "there is no backup; the next one takes its remains away")
    let tables = ProgressBar("copying tables", unit: "bytes", total: nil)
    let log = ProgressBar("copying log", unit: "bytes", total: nil)
    defer {
      tables.clear()
      log.clear()
    }
    let backup = try Backup(of: source, to: directory, configuration) { progress in
      switch progress {
      case .tables(let done, let total): tables.update(Int(done), total: Int(total))
      case .log(let done): log.update(Int(done))
      }
    }
    if options.json {
      var line = JSONLine()
      line.add("backup", directory)
      line.add("table_bytes", backup.tableBytes)
      line.add("log_bytes", backup.logBytes)
      line.add("partitions", backup.partitions)
      line.add("models", backup.models)
      line.add("seconds", log.seconds)
      return try StandardOutput.line(line.text)
    }
    tables.clear()
    log.clear()
    try StandardOutput.line(
      "\(directory): \(Shown.bytes(backup.tableBytes)) of tables, \(Shown.bytes(backup.logBytes)) "
        + "of log in \(backup.partitions) partitions, \(backup.models) models")
  }
}

struct CompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Give the disk back what deleted rows have left free in the tables' file.",
    discussion: """
      Takes away what has expired and what was deleted longer ago than gc_grace_seconds. Then writes \
      the tables into a new file, which takes the old one's place at once when it is whole. Nobody \
      may write, and at the end nobody read the tables.

      It needs room of its own: as much as the tables have left, and a little more, a few \
      megabytes, to take things away. On a full disk make that room elsewhere first.

      Example: grouse compact
      """)

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    // It must not make a data directory where a wrong one was named.
    _ = try DataDirectory(reading: configuration.dataDirectory)
    let directory = try DataDirectory(
      writing: configuration.dataDirectory, purpose: "grouse compact")
    Interruption.endProcess(saying: "the tables hold what they held")
    let sweeping = ProgressBar("sweeping tables", unit: "rows", total: nil)
    let copying = ProgressBar("compacting tables", unit: "bytes", total: nil)
    defer {
      sweeping.clear()
      copying.clear()
    }
    let done = try directory.compactTables { progress in
      switch progress {
      case .sweeping(let rows): sweeping.update(rows)
      case .copying(let done, let total):
        sweeping.clear()
        copying.update(Int(done), total: Int(total))
      }
    }
    sweeping.clear()
    copying.clear()
    guard let done else {
      Messages.line("there are no tables yet")
      return
    }
    let won = done.bytesBefore - done.bytesAfter
    if options.json {
      var line = JSONLine()
      line.add("bytes_before", done.bytesBefore)
      line.add("bytes_after", done.bytesAfter)
      line.add("bytes_won", won)
      line.add("purged", done.purged)
      return try StandardOutput.line(line.text)
    }
    try StandardOutput.line(
      "tables: \(Shown.bytes(done.bytesAfter)), \(Shown.bytes(won)) less than before; "
        + "\(Shown.number(done.purged)) rows and deletions swept")
  }
}

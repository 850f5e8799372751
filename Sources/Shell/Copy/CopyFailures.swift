internal import CQL
internal import Machine

/// The rows that COPY FROM could not import: told one by one, and kept in a file.
struct CopyFailures {
  enum Kind {
    case parse, insert
  }

  private let task: CopyTask
  private let path: String
  private var file: OutputFile?
  private var parseErrors = 0
  private var insertErrors = 0
  /// More rows than this are counted only: what is wrong with them is mostly the same.
  private static let toldRows = 20

  init(_ task: CopyTask) {
    self.task = task
    let keyspace = task.command.table.keyspace ?? task.keyspace ?? ""
    path = UserPath.expand(
      task.options.errorFile ?? "import_\(keyspace)_\(task.command.table.table).err")
  }

  /// Whether there are more than the options allow.
  var isExceeded: Bool {
    task.options.maxParseErrors.map { parseErrors > $0 } ?? false
      || task.options.maxInsertErrors.map { insertErrors > $0 } ?? false
  }

  mutating func add(
    _ record: CopyRecord, of file: String, _ kind: Kind, _ what: String
  ) {
    switch kind {
    case .parse: parseErrors += 1
    case .insert: insertErrors += 1
    }
    if parseErrors + insertErrors <= Self.toldRows {
      let error = kind == .parse ? "ParseError" : "InvalidRequest"
      task.complain(
        "\(file):\(record.line): row \(record.number): Failed to import 1 rows: "
          + "\(error) - \(what)")
    }
    do { try keep(record) } catch { task.complain("\(error)") }
  }

  /// Thrown: that there were failures.
  func conclude() throws(ShellError) {
    let count = parseErrors + insertErrors
    guard count > 0 else { return }
    if count > Self.toldRows { task.complain("... and \(count - Self.toldRows) rows more") }
    if isExceeded {
      let isParse = task.options.maxParseErrors.map { parseErrors > $0 } ?? false
      let limit = isParse ? task.options.maxParseErrors : task.options.maxInsertErrors
      task.complain(
        "Exceeded maximum number of \(isParse ? "parse" : "insert") errors \(limit ?? 0)")
    }
    throw ShellError("Failed to process \(count) rows; failed rows written to \(path)")
  }

  /// A file of an earlier import steps aside, as it does for cqlsh.
  private mutating func keep(_ record: CopyRecord) throws {
    if file == nil {
      let disk = LocalDisk()
      if disk.isPlainFile(path) {
        try disk.rename(path, to: "\(path).\(Clock.system.milliseconds)")
      }
      file = try OutputFile(path)
    }
    try file?.write(record.raw + [0x0A])
  }
}

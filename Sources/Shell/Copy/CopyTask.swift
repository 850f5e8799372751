internal import CQL
internal import Machine
internal import Tables
internal import Terminal

/// What COPY in both directions needs of the session that it runs in.
struct CopyTask {
  let command: CopyCommand
  let options: CopyOptions
  let tables: Tables
  let keyspace: String?
  /// The file as the user named it and where it is; nil: standard input or output.
  let path: String?
  /// Says something about the work.
  let say: (String) throws -> Void
  /// Says what is wrong.
  let complain: (String) -> Void
  let isStopped: () -> Bool
  private let start = Clock.monotonicSeconds()

  init(
    _ command: CopyCommand, _ tables: Tables, keyspace: String?,
    say: @escaping (String) throws -> Void, complain: @escaping (String) -> Void,
    isStopped: @escaping () -> Bool
  ) throws(ShellError) {
    self.command = command
    options = try CopyOptions(command)
    self.tables = tables
    self.keyspace = keyspace
    // Opened anew, standard output would be written over.
    let isOutput = command.direction == .to && command.file == "/dev/stdout"
    path = isOutput ? nil : command.file.map(UserPath.expand)
    self.say = say
    self.complain = complain
    self.isStopped = isStopped
    guard command.table.keyspace ?? keyspace != nil else {
      throw ShellError("Not in any keyspace.")
    }
  }

  /// The table's name as a statement has it.
  var table: String {
    CQLName.quoted(command.table.keyspace ?? keyspace ?? "") + "."
      + CQLName.quoted(command.table.table)
  }

  /// The table's name as people have it.
  private var plainTable: String {
    (command.table.keyspace ?? keyspace ?? "") + "." + command.table.table
  }

  /// All of the table's columns, in the order in which `SELECT *` gives them.
  func allColumns() throws -> [ResultColumn] {
    try tables.execute("SELECT * FROM \(table) LIMIT 1").columns
  }

  /// The columns that the command names, or all; with their types.
  func columns() throws -> [ResultColumn] {
    let all = try allColumns()
    guard let names = command.columns else { return all }
    return try names.map { name in
      guard let column = all.first(where: { $0.name == name }) else {
        throw ShellError("Invalid column name \(name)")
      }
      return column
    }
  }

  /// The names of the columns that make the token.
  func partitionKey() throws -> [String] {
    let name = TableName(
      keyspace: command.table.keyspace ?? keyspace ?? "", table: command.table.table)
    guard let table = tables.schema.tables[name] else {
      throw ShellError("BEGINTOKEN and ENDTOKEN are for tables that are kept by token")
    }
    return table.partitionKey.map(\.name)
  }

  /// Since the copy was begun.
  var seconds: Double { Clock.monotonicSeconds() - start }

  func announce(_ columns: [ResultColumn]) throws {
    let names = columns.map(\.name).joined(separator: ", ")
    try say("\nStarting copy of \(plainTable) with columns [\(names)].")
  }

  /// The last words: how many rows, how fast.
  func conclude(_ rows: Int, _ what: String, _ more: String = "") throws {
    let seconds = max(Clock.monotonicSeconds() - start, 1e-6)
    let rate = Shown.decimal(Double(rows) / seconds, 0)
    try say(
      "Processed: \(rows) rows; Rate: \(Self.padded(rate)) rows/s; "
        + "Avg. rate: \(Self.padded(rate)) rows/s")
    try say("\(rows) rows \(what) in \(Shown.decimal(seconds, 3)) seconds\(more).")
  }

  private static func padded(_ text: String) -> String {
    String(repeating: " ", count: max(7 - text.count, 0)) + text
  }
}

/// Names of the schema in statements.
enum CQLName {
  /// In double quotes, which take every name as it is.
  static func quoted(_ name: String) -> String {
    var quoted: String.UnicodeScalarView = "\"".unicodeScalars
    for scalar in name.unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    quoted.append("\"")
    return String(quoted)
  }
}

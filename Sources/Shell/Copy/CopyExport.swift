internal import Machine
internal import Tables
internal import Terminal

/// `COPY … TO`: writes a table's rows into a file, page by page.
struct CopyExport {
  private let task: CopyTask

  init(_ task: CopyTask) { self.task = task }

  func run() throws {
    let columns = try task.columns()
    let names = columns.map { CQLName.quoted($0.name) }.joined(separator: ", ")
    let statement = try task.tables.prepare(
      "SELECT \(names) FROM \(task.table)" + (try tokenRange()))
    if task.path != nil { try task.announce(columns) }
    let rows = try write(statement, columns)
    if task.path != nil {
      try task.conclude(rows, "exported to 1 files")
    }
  }

  /// The restriction that BEGINTOKEN and ENDTOKEN are, the one as cqlsh has it without its token.
  private func tokenRange() throws -> String {
    let bounds = [(">", task.options.beginToken), ("<=", task.options.endToken)]
    guard bounds.contains(where: { $0.1 != nil }) else { return "" }
    let key = try task.partitionKey().map(CQLName.quoted).joined(separator: ", ")
    let relations = bounds.compactMap { sign, token in
      token.map { "token(\(key)) \(sign) \($0)" }
    }
    return " WHERE " + relations.joined(separator: " AND ")
  }

  private func write(_ statement: PreparedStatement, _ columns: [ResultColumn]) throws -> Int {
    let file = try task.path.map { try OutputFile($0) }
    let format = format
    let bar = ProgressBar("Exporting", unit: "rows", total: nil)
    defer { bar.clear() }
    var writer = RecordWriter(task.options.fields)
    func flush() throws {
      if let file {
        try file.write(writer.bytes)
      } else {
        try StandardOutput.write(writer.bytes)
      }
      writer.removeAll()
    }
    if task.options.hasHeader { writer.append(columns.map(\.name)) }
    var rows = 0
    var state: PagingState?
    repeat {
      let page = try task.tables.execute(
        statement, BoundValues(), pageRows: task.options.pageRows, from: state,
        isCancelled: task.isStopped)
      for row in page.rows {
        writer.append(
          zip(page.columns, row).map { column, value in
            value.map { format.show($0, column.type).text }
          })
      }
      try flush()
      rows += page.rows.count
      state = page.next
      // How many rows there will be is told from how many tokens they took so far.
      let share = state?.share ?? 1
      if file != nil { bar.update(rows, total: share > 0 ? Int(Double(rows) / share) : nil) }
      if task.isStopped() { throw ShellError("interrupted after \(rows) rows") }
    } while state != nil
    return rows
  }

  private var format: ValueFormat {
    var format = ValueFormat()
    format.null = task.options.fields.null
    format.floatDigits = task.options.floatDigits
    format.doubleDigits = task.options.doubleDigits
    format.times = task.options.fields.times ?? .milliseconds
    format.booleans = task.options.fields.booleans
    format.escapes = false
    return format
  }
}

internal import CQL
internal import Tables
internal import Terminal

// Statements of CQL.
extension ShellSession {
  func execute(_ text: String) throws {
    let parsed: Statement
    do throws(CQLSyntaxError) {
      parsed = try CQLParser.parse(text)
    } catch { throw TableError(error) }
    let tables: Tables
    if Self.writes(parsed) {
      switch try self.tables.writer() {
      case .here(let opened): tables = opened
      case .elsewhere(let executor): return try execute(text, parsed, by: executor)
      }
    } else {
      tables = try self.tables.open()
    }
    let statement = try tables.prepare(text, keyspace: keyspace)
    // Nobody can bind anything here (`QueryProcessor.process`).
    guard statement.markers.isEmpty else {
      throw TableError.invalid("Invalid amount of bind variables")
    }
    if case .describe(let describe) = parsed, layout != .json {
      do {
        return try printDescription(describe, statement, tables)
      } catch let error as TableError {
        // As cqlsh has it: what the server says, and no more.
        throw ShellError(error.message)
      }
    }
    let table = table(of: parsed, tables)
    var printer = printer
    var state: PagingState?
    var rows = layout == .json ? 5_000 : pageRows ?? 5_000
    if statement.needsWholeResult, layout == .json || pageRows == nil { rows = .max }
    var isSelect = false
    if case .select = parsed { isSelect = true }
    repeat {
      let page: Page
      do throws(TableError) {
        page = try tables.execute(
          statement, BoundValues(), pageRows: rows, from: state
        ) { [self] in isInterrupted }
      } catch {
        guard error == .cancelled else { throw error }
        return try output.flush()
      }
      if let used = statement.usedKeyspace { keyspace = used }
      if isSelect || !page.columns.isEmpty { try printer.print(page, of: table) }
      state = page.next
      if state != nil, try !goesOn() {
        try output.flush()
        return
      }
    } while state != nil
    if isSelect { try printer.finish() }
    try finishStatement()
  }

  /// Has another process execute a statement that writes, and prints what it gives.
  private func execute(
    _ text: String, _ parsed: Statement, by executor: any StatementExecutor
  ) throws {
    let page = try executor.execute(text, keyspace: keyspace)
    if !page.columns.isEmpty {
      var printer = printer
      try printer.print(page, of: (try? tables.open()).flatMap { table(of: parsed, $0) })
    }
    try finishStatement()
  }

  private var printer: ResultPrinter {
    var format = ValueFormat()
    format.isColoured = output.isColoured
    return ResultPrinter(
      format, layout: layout, isInteractive: isInteractive, write: output.line)
  }

  /// The table whose columns the result has, as it is defined.
  private func table(of statement: Statement, _ tables: Tables) -> Table? {
    Self.table(statement).flatMap { name in
      (name.keyspace ?? keyspace).flatMap {
        tables.schema.tables[TableName(keyspace: $0, table: name.table)]
      }
    }
  }

  /// On a terminal results are shown at once; elsewhere when there are enough of them.
  private func finishStatement() throws {
    if StandardOutput.isTerminal || inputRest != nil { try output.flush() }
  }

  /// Asks for the next page where someone reads along.
  private func goesOn() throws -> Bool {
    if isInterrupted { return false }
    guard isInteractive, pageRows != nil, output.path == nil, StandardOutput.isTerminal,
      layout != .json
    else { return true }
    try output.flush()
    Messages.raw("---MORE---")
    let answer = StandardInput.line { isInterrupted }
    return answer != nil && answer?.lowercased() != "q" && !isInterrupted
  }

  /// Whether a statement changes anything.
  private static func writes(_ statement: Statement) -> Bool {
    switch statement {
    case .select, .describe, .use, .unsupported: false
    default: true
    }
  }

  /// The table whose columns the result has.
  private static func table(_ statement: Statement) -> TableName? {
    switch statement {
    case .select(let select): select.table
    case .insert(let insert): insert.table
    case .update(let update): update.table
    case .delete(let delete): delete.table
    default: nil
    }
  }

  private func printDescription(
    _ describe: Describe, _ statement: PreparedStatement, _ tables: Tables
  ) throws {
    var rows: [[String: String]] = []
    var state: PagingState?
    repeat {
      let page = try tables.execute(statement, BoundValues(), from: state)
      for row in page.rows {
        var named: [String: String] = [:]
        for (column, value) in zip(page.columns, row) {
          named[column.name] = value.map { value in
            column.name == DescriptionText.ownership
              ? DescriptionText.ownership(value) : column.type.display(value)
          }
        }
        rows.append(named)
      }
      state = page.next
    } while state != nil
    for line in DescriptionText.lines(describe, rows, keyspace: keyspace) {
      try output.line(DescriptionText.safe(line))
    }
    try finishStatement()
  }
}

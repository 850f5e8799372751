internal import Tables
internal import Terminal

// The shell's own commands.
extension ShellSession {
  func run(_ command: ShellCommand) throws {
    switch command {
    case .help(let topics): try help(topics)
    case .clear: if StandardOutput.isTerminal { try show("\u{1B}[H\u{1B}[2J", isLine: false) }
    case .exit: end()
    case .login:
      throw ShellError("LOGIN is not supported: who may read the directory may read the tables")
    case .expand(let change): try expand(change)
    case .tracing(.on): throw ShellError("TRACING is not supported")
    case .tracing(.off): try show("TRACING is already OFF")
    case .tracing(.show): try show("TRACING is OFF")
    case .paging(let change, let rows): try paging(change, rows)
    case .consistency(nil): try show("Current consistency level is \(consistency).")
    case .consistency(let level?):
      consistency = level
      try show(
        "Consistency level set to \(level). There is one copy of each row: all levels are alike.")
    case .serialConsistency(nil):
      try show("Current serial consistency level is \(serialConsistency).")
    case .serialConsistency(let level?):
      guard level.hasSuffix("SERIAL") else { throw ShellError("Improper SERIAL command.") }
      serialConsistency = level
      try show("Serial consistency level set to \(level).")
    case .showVersion:
      try show("[\(options.program) | Cassandra 4.0's CQL | CQL spec 3.4.5]")
    case .showHost: try show("Connected to the directory \(options.place) on this machine.")
    case .showSession: throw ShellError("SHOW SESSION is not supported: there is no tracing")
    case .showReplicas: throw ShellError("SHOW REPLICAS is not supported: each row has one copy")
    case .captureShow:
      try show(
        output.path.map { "Currently capturing query output to '\($0)'." }
          ?? "Currently not capturing query output.")
    case .captureOff:
      guard output.path != nil else { throw ShellError("Not currently capturing output.") }
      try output.endCapture()
    case .capture(let path): try capture(path)
    case .source(let path): try source(path)
    case .history(let count): for line in history.suffix(count ?? 50) { try show(line) }
    case .copy(let copy): try run(copy)
    }
  }

  /// Shows what a command says, which is never captured.
  func show(_ text: String, isLine: Bool = true) throws {
    try StandardOutput.write(Array((text + (isLine ? "\n" : "")).utf8))
    if StandardOutput.isTerminal { try StandardOutput.flush() }
  }

  private func expand(_ change: ShellCommand.Switch) throws {
    let isOn = layout == .expanded
    guard change != .show else { return try show("EXPAND is \(isOn ? "ON" : "OFF")") }
    guard layout != .json else { throw ShellError("EXPAND means nothing with --json") }
    let word = change == .on ? "ON" : "OFF"
    guard (change == .on) != isOn else { return try show("EXPAND is already \(word)") }
    layout = change == .on ? .expanded : .table
    try show("EXPAND set to \(word)")
  }

  private func paging(_ change: ShellCommand.Switch, _ rows: Int?) throws {
    switch (change, rows) {
    case (.show, _): try show("PAGING is \(pageRows == nil ? "OFF" : "ON")")
    case (.on, let rows?): pageRows = rows
    case (.on, nil):
      try show(pageRows == nil ? "PAGING set to ON" : "PAGING is already ON")
      pageRows = pageRows ?? Self.standardPageRows
    case (.off, _):
      try show(pageRows == nil ? "PAGING is already OFF" : "PAGING set to OFF")
      pageRows = nil
    }
    if let pageRows { try show("Page size: \(pageRows)") }
  }

  private func capture(_ path: String) throws {
    if let taken = output.path {
      throw ShellError("Already capturing output to \(taken). Use CAPTURE OFF to disable.")
    }
    do { try output.capture(path) } catch {
      throw ShellError("Could not open '\(path)' for append: \(error)")
    }
    try show("Now capturing query output to '\(path)'.")
  }

  private func help(_ topics: [String]) throws {
    if topics.isEmpty {
      for line in Help.overview { try show(line) }
    }
    for topic in topics {
      guard let text = Help.text(topic) else { throw ShellError("*** No help on \(topic)") }
      try show(text)
    }
  }

  private func run(_ copy: CopyCommand) throws {
    let writer = copy.direction == .from ? try self.tables.writer() : nil
    let tables: Tables
    if case .here(let opened) = writer { tables = opened } else { tables = try self.tables.open() }
    let task = try CopyTask(
      copy, tables, keyspace: keyspace, say: { [self] in try show($0) },
      complain: { [self] in complain($0) }, isStopped: { [self] in isInterrupted })
    try output.flush()
    guard let writer else {
      try CopyExport(task).run()
      return try StandardOutput.flush()
    }
    let inputs: [ScriptInput]
    if let path = task.path {
      inputs = try UserPath.files(path).map { try ScriptInput($0) }
    } else {
      // The rows stand behind the command where the command itself came from standard input.
      inputs = [try inputRest ?? ScriptInput(nil)]
      try show("[Use . on a line by itself to end input]")
    }
    var copying = try CopyImport(task, into: writer)
    try copying.run(inputs)
  }
}

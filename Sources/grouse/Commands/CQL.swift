internal import ArgumentParser
internal import CQL
internal import Machine
internal import Node
internal import Tables

struct CQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cql",
    abstract: "Execute CQL statements.",
    discussion: """
      Without -e and -f, statements are read from standard input, each up to its semicolon. SELECT \
      and DESCRIBE work beside a running `grouse run`.

      Example: grouse cql -e "SELECT created_at, screen_name, text FROM grouse.cases LIMIT 5"
      """)

  @ArgumentParser.Option(name: .short, help: "Statements to execute.") var execute: String?
  @ArgumentParser.Option(name: .short, help: "A file of statements to execute.") var file: String?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if execute != nil && file != nil { throw ValidationError("give -e or -f, not both") }
  }

  func run() throws {
    let configuration = try options.configuration()
    var session = CQLSession(configuration: configuration, json: options.json)
    if let execute {
      try session.run(script: execute, name: "-e")
    } else if let file {
      let bytes = try LocalDisk().readAll(file, limit: CQLLimits.scriptBytes)
      try session.run(script: String(decoding: bytes, as: UTF8.self), name: file)
    } else {
      try session.runInput()
    }
  }
}

/// A statement of a script that failed, with its place.
struct ScriptError: Error, CustomStringConvertible {
  let place: String
  let message: String
  var description: String { "\(place): \(message)" }
}

/// Executes statements one after the other and prints what they give.
struct CQLSession {
  private let configuration: Configuration
  private let json: Bool
  private var keyspace: String?
  private var tables: Tables?
  private var isWriting = false

  init(configuration: Configuration, json: Bool) {
    self.configuration = configuration
    self.json = json
  }

  /// Executes every statement of a script; stops at the first that fails.
  mutating func run(script: String, name: String) throws {
    let statements: [ScriptStatement]
    do throws(CQLSyntaxError) { statements = try CQLParser.split(script: script) } catch {
      throw ScriptError(place: name, message: "\(error)")
    }
    for statement in statements {
      do {
        try execute(statement.text)
      } catch let error as TableError {
        throw ScriptError(place: "\(name):\(statement.line)", message: error.message)
      }
    }
  }

  /// Reads statements from standard input until its end. On a terminal a failing statement is
  /// reported and the next one asked for.
  mutating func runInput() throws {
    let isInteractive = Messages.isTerminal && StandardInput.isTerminal
    var text = ""
    if isInteractive { Messages.raw("grouse> ") }
    while let line = readLine(strippingNewline: false) {
      text += line
      if CQLParser.isComplete(text) {
        if isInteractive {
          do { try run(script: text, name: "line") } catch let error as ScriptError {
            Messages.line(error.message)
          }
        } else {
          try run(script: text, name: "(stdin)")
        }
        text = ""
        try StandardOutput.flush()
      }
      if isInteractive { Messages.raw(text.isEmpty ? "grouse> " : "   ...> ") }
    }
    if !text.allSatisfy(\.isWhitespace) { try run(script: text, name: "(stdin)") }
  }

  private mutating func execute(_ text: String) throws {
    let tables = try open(writing: Self.writes(text))
    let statement = try tables.prepare(text, keyspace: keyspace)
    if let used = statement.usedKeyspace { keyspace = used }
    var printer = PagePrinter(json: json)
    var state: PagingState?
    repeat {
      let page = try tables.execute(statement, BoundValues(), from: state)
      try printer.print(page)
      state = page.next
    } while state != nil
    try printer.finish()
  }

  /// A statement that cannot be parsed changes nothing either: its error comes from the tables.
  private static func writes(_ text: String) -> Bool {
    switch try? CQLParser.parse(text) {
    case .select, .describe, .use, .unsupported, nil: false
    default: true
    }
  }

  /// The tables, opened for reading until a statement has to write.
  private mutating func open(writing: Bool) throws -> Tables {
    if let tables, isWriting || !writing { return tables }
    if writing {
      // LMDB wants a file opened once a process: the reader goes before the writer comes.
      tables = nil
      let opened = try DataDirectory(
        writing: configuration.dataDirectory, purpose: "grouse cql"
      ).openTables(configuration)
      tables = opened
      isWriting = true
      return opened
    }
    guard let opened = try DataDirectory(reading: configuration.dataDirectory).readTables() else {
      throw ScriptError(
        place: configuration.dataDirectory,
        message: "there are no tables yet; `grouse run` or `grouse demo` makes them")
    }
    tables = opened
    return opened
  }
}

/// Prints results: cqlsh's table, or JSON lines.
struct PagePrinter {
  let json: Bool
  private var columns: [ResultColumn] = []
  private var rows: [[String]] = []
  private var count = 0

  init(json: Bool) { self.json = json }

  mutating func print(_ page: Page) throws {
    columns = page.columns
    count += page.rows.count
    if json {
      for row in page.rows {
        // SELECT JSON gives the object as text already.
        if page.columns.count == 1, page.columns[0].name == "[json]", let text = row[0] {
          try StandardOutput.line(String(decoding: text, as: UTF8.self))
        } else {
          try StandardOutput.line(page.json(row))
        }
      }
      return
    }
    rows += page.rows.map { row in
      zip(page.columns, row).map { column, value in
        value.map { Shown.plain(column.type.display($0)) } ?? "null"
      }
    }
    if rows.count >= 1_000 { try flush() }
  }

  private mutating func flush() throws {
    guard !columns.isEmpty else { return }
    var table = TextTable(columns.map(\.name), numeric: columns.map { $0.type.isNumeric })
    table.rows = rows
    try StandardOutput.line("")
    try table.print()
    rows.removeAll()
  }

  mutating func finish() throws {
    guard !json, !columns.isEmpty else { return }
    if !rows.isEmpty || count == 0 { try flush() }
    try StandardOutput.line("\n(\(count) rows)")
  }
}

internal import CQL
internal import Machine
internal import Tables
internal import Terminal

/// A shell: executes statements and its own commands one after the other, and prints what they
/// give as cqlsh does.
package final class ShellSession {
  let options: ShellOptions
  let output = ResultOutput()
  var tables: OpenTables
  var keyspace: String?
  var layout: ResultPrinter.Layout
  /// The rows of a page; nil: paging is off.
  var pageRows: Int? = ShellSession.standardPageRows
  var consistency = "ONE"
  var serialConsistency = "SERIAL"
  /// Set where someone types: raised by Ctrl-C, to end what runs.
  var interrupt: KeyboardInterrupt?
  /// The lines typed, latest last; empty where nobody types.
  var history: [String] = []
  /// Standard input behind the statement that is run, where the statements come from it.
  var inputRest: ScriptInput?
  private(set) var hasEnded = false
  private(set) var hasFailed = false
  private var depth = 0

  static let standardPageRows = 100

  var isInteractive: Bool { interrupt != nil && depth == 0 }
  var isInterrupted: Bool { interrupt?.isRaised ?? false }

  package init(_ access: TableAccess, _ options: ShellOptions) {
    tables = OpenTables(access)
    self.options = options
    layout = options.json ? .json : .table
  }

  /// Uses the keyspace that the options name. False: that failed, and has been said.
  package func useKeyspace() throws -> Bool {
    guard let name = options.keyspace else { return true }
    let isPlain = name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0 >= 0x30 && $0 < 0x7B }
    let statement = isPlain ? "USE \(name)" : "USE \(CQLName.quoted(name))"
    return try run(ShellStatement(statement, line: 1, column: 0), in: "--keyspace")
  }

  /// Executes every statement of a text. False: at least one failed, and has been said.
  package func run(text: String, name: String) throws -> Bool {
    try run(ScriptInput(name: name, bytes: Array(text.utf8)))
  }

  /// Executes every statement of a file, or of standard input where `path` is nil.
  package func run(file path: String?) throws -> Bool {
    let input: ScriptInput
    do throws(IOFailure) { input = try ScriptInput(path) } catch {
      Messages.line("\(error)")
      return false
    }
    return try run(input)
  }

  func run(_ input: ScriptInput) throws -> Bool {
    let outer = inputRest
    if input.isStandardInput { inputRest = input }
    defer { inputRest = outer }
    var isGood = true
    while !hasEnded, let statement = try input.next() {
      let isDone = try run(statement, in: input.name)
      isGood = isGood && isDone
      if !isDone && !options.continuesAfterErrors || isInterrupted { break }
    }
    try output.flush()
    return isGood
  }

  /// Executes a file's statements within the session. Its failures stop neither the file nor what
  /// stands behind the command.
  func source(_ path: String) throws {
    guard depth < 16 else { throw ShellError("SOURCE goes too deep: a file names itself") }
    depth += 1
    defer { depth -= 1 }
    let input: ScriptInput
    do throws(IOFailure) { input = try ScriptInput(UserPath.expand(path), name: path) } catch {
      throw ShellError("Could not open '\(path)': \(error)")
    }
    var failures = 0
    while !hasEnded, !isInterrupted, let statement = try input.next() {
      if try !run(statement, in: input.name) { failures += 1 }
    }
    if failures > 0 { throw ShellError("SOURCE '\(path)': \(failures) statements failed") }
  }

  /// Executes one statement or command; says what is wrong where `name` and its line are. Thrown:
  /// that nobody reads the results any more.
  func run(_ statement: ShellStatement, in name: String?) throws -> Bool {
    do {
      guard !statement.isTooLong else {
        throw ShellError(
          "SyntaxException: the statement is longer than \(CQLLimits.statementBytes) bytes")
      }
      if let command = try ShellCommand(statement.text) {
        try run(command)
      } else {
        guard statement.isComplete else { throw ShellError("Incomplete statement at end of file") }
        try execute(statement.sent)
      }
      return true
    } catch let error as ClosedPipe {
      throw error
    } catch let error as OutputError {
      throw error
    } catch {
      try output.flush()
      say(error, of: statement, in: name)
      return false
    }
  }

  private func say(_ error: any Error, of statement: ShellStatement, in name: String?) {
    var (line, column) = (statement.line, statement.column)
    var shown = "\(error)"
    if let error = error as? TableError {
      shown = "\(ShellError(error))"
      if error.code == .syntaxError, let place = statement.syntaxError {
        (line, column) = (place.line, place.column)
      }
    }
    // Places count from 1, as editors do.
    let place = name.map { "\($0):\(line):\(column + 1): " } ?? ""
    complain(place + shown)
  }

  /// Says what is wrong.
  func complain(_ text: String) {
    let safe = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Shown.plain(String($0)) }.joined(separator: "\n")
    Messages.line(Style.isOn && Messages.isTerminal ? Colour.red(safe) : safe)
  }

  func end() { hasEnded = true }
}

extension ShellStatement {
  /// Where in the script the statement's syntax is wrong.
  fileprivate var syntaxError: CQLSyntaxError? {
    do throws(CQLSyntaxError) {
      _ = try CQLParser.parse(sent)
      return nil
    } catch {
      return error.inScript(at: ScriptStatement(text: sent, line: line, column: column))
    }
  }
}

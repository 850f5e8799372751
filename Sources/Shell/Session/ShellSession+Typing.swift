internal import Machine
internal import Tables
internal import Terminal

// The shell on a terminal.
extension ShellSession {
  /// Asks for statements and executes them until the user has had enough.
  package func converse(historyPath: String?) throws {
    let interrupt = KeyboardInterrupt()
    self.interrupt = interrupt
    defer { self.interrupt = nil }
    makeFolder(of: historyPath)
    let completing = CompletionSource(self)
    guard
      let editor = LineEditor(
        "grouse", historyPath: historyPath, interrupt: interrupt,
        complete: { completing.complete($0) })
    else { throw ShellError("the terminal cannot be used for typing; give -e or -f") }
    try show("[\(options.program) | CQL | Use HELP for help.]")
    while !hasEnded {
      try StandardOutput.flush()
      guard let lines = ask(editor, completing) else { return }
      interrupt.reset()
      try run(lines, editor)
      completing.linesBefore = ""
      // Who sits at the prompt keeps nobody else from writing.
      tables.close()
    }
  }

  /// The lines of one or more whole statements; empty where they are dropped, nil at the end.
  private func ask(_ editor: LineEditor, _ completing: CompletionSource) -> String? {
    var text = ""
    var scanner = StatementScanner()
    while true {
      switch editor.ask(text.isEmpty ? prompt : continuationPrompt) {
      case .end: return nil
      case .dropped: return ""
      case .line(let line):
        text += line + "\n"
        completing.linesBefore = text
        scanner.append(Array((line + "\n").utf8))
        while scanner.next() != nil {}
        if scanner.isBetweenStatements {
          let entry = text.split(separator: "\n").joined(separator: " ")
          // A password is not kept, though LOGIN is refused.
          if !entry.uppercased().hasPrefix("LOGIN") {
            editor.remember(entry)
            history.append(entry)
          }
          return text
        }
      }
    }
  }

  private func run(_ lines: String, _ editor: LineEditor) throws {
    // COPY FROM STDIN asks for its rows here.
    var pending = [Array(lines.utf8)]
    let input = ScriptInput(name: "line") {
      if !pending.isEmpty { return pending.removeFirst() }
      guard case .line(let line) = editor.ask("[copy] ") else { return [] }
      return Array((line + "\n").utf8)
    }
    inputRest = input
    defer { inputRest = nil }
    // Only as many statements as have been typed: asking for more would wait for the keyboard.
    var scanner = StatementScanner()
    scanner.append(Array(lines.utf8))
    var count = 0
    while scanner.next() != nil { count += 1 }
    for _ in 0..<count where !hasEnded && !isInterrupted {
      guard let statement = try input.next() else { break }
      _ = try run(statement, in: nil)
    }
    try output.flush()
    if isInterrupted { Messages.line("interrupted") }
  }

  private var prompt: String { keyspace.map { "grouse:\($0)> " } ?? "grouse> " }

  /// As wide as the prompt, its end under the prompt's end.
  private var continuationPrompt: String {
    let dots = "... "
    return String(repeating: " ", count: max(prompt.count - dots.count, 0)) + dots
  }

  private func makeFolder(of path: String?) {
    // Without its folder, the history lasts for this session.
    if let path { try? LocalDisk().createDirectory(Path.parent(of: path)) }
  }
}

/// Completes the line that is typed, with the names that there are at that moment.
final class CompletionSource {
  private unowned let session: ShellSession
  /// The lines of the statement above the one that is typed.
  var linesBefore = ""
  private var catalog: Catalog?

  init(_ session: ShellSession) { self.session = session }

  func complete(_ line: String) -> Completion {
    // The names are looked up once a statement.
    if linesBefore.isEmpty || catalog == nil {
      catalog = (try? session.tables.open()).map { Catalog($0.schema) } ?? Catalog()
      session.tables.close()
    }
    let completer = Completer(catalog: catalog ?? Catalog(), keyspace: session.keyspace)
    return completer.complete(linesBefore + line)
  }
}

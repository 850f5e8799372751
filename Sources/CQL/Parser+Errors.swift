// Errors worded as Cassandra words them, which is as ANTLR 3 does.

extension CQLParser {
  /// An error at the current token that is no matter of the grammar alone.
  func error(_ message: String) -> CQLSyntaxError { error(at: token, message) }

  func error(at token: Token, _ message: String) -> CQLSyntaxError {
    var position = Position()
    position.advance(over: bytes[..<token.start])
    return CQLSyntaxError(line: position.line, column: position.column, message: message)
  }

  /// The current token begins none of several things that could stand here.
  func unexpected() -> CQLSyntaxError {
    error("no viable alternative at input '\(offendingText)'\(snippet)")
  }

  /// Only one thing could stand here, and the current token is another.
  func mismatch(expecting expected: String) -> CQLSyntaxError {
    error("mismatched input '\(offendingText)' expecting \(expected)\(snippet)")
  }

  /// Something follows the statement: one token that could be left out, or more.
  func notAtEnd() -> CQLSyntaxError {
    kind(after: 1) == .end
      ? error("extraneous input '\(offendingText)' expecting EOF\(snippet)")
      : error("missing EOF at '\(offendingText)'\(snippet)")
  }

  func unsupported(_ what: String, at token: Token) -> CQLSyntaxError {
    error(at: token, "\(what) is not supported")
  }

  func repeated(_ property: String, at token: Token) -> CQLSyntaxError {
    error(at: token, "Multiple definition for property '\(property)'")
  }

  private var offendingText: String {
    switch kind {
    case .end: "<EOF>"
    case .string, .quotedName: shortened(unquoted(token))
    default: shortened(text(token))
    }
  }

  /// The statement around the current token, which stands in brackets.
  private var snippet: String {
    let first = max(index - CQLLimits.snippetTokens, 0)
    let before = String(
      decoding: bytes[tokens[first].start..<token.start].lazy.map { $0 == 0x0A ? 0x20 : $0 },
      as: UTF8.self)
    let shown = String(before.suffix(CQLLimits.quotedCharacters))
    let start = first == 0 && shown.utf8.count == before.utf8.count ? "" : "..."
    let isLast = kind == .end || kind(after: 1) == .end
    let offending = kind == .end ? "" : "[\(shortened(text(token)))]"
    guard !(shown + offending).isEmpty else { return "" }
    return " (\(start)\(shown)\(offending)\(isLast ? "" : "..."))"
  }

  private func shortened(_ text: String) -> String {
    let cut = text.prefix(CQLLimits.quotedCharacters)
    return cut.endIndex == text.endIndex ? text : cut + "…"
  }
}

// Errors worded as Cassandra words them, which is as ANTLR 3 does.

extension CQLParser {
  /// An error at the current token that is no matter of the grammar alone.
  func error(_ message: String) -> CQLSyntaxError { error(at: token, message) }

  func error(at token: Token, _ message: String) -> CQLSyntaxError {
    var position = Position()
    position.advance(over: bytes[..<token.start])
    return CQLSyntaxError(line: position.line, column: position.column, message: message)
  }

  /// The token `distance` after the current one begins none of several things that could stand
  /// there. What is shown as the culprit is the current token, where the choice began.
  func unexpected(after distance: Int = 0) -> CQLSyntaxError {
    grammarError(after: distance, "no viable alternative at input '\(quoted(distance))'")
  }

  /// Only one thing could stand here, and the current token is another.
  func mismatch(expecting expected: String) -> CQLSyntaxError {
    grammarError(after: 0, "mismatched input '\(quoted(0))' expecting \(expected)")
  }

  /// Something follows the statement.
  func notAtEnd() -> CQLSyntaxError { mismatch(expecting: "EOF") }

  func unsupported(_ what: String, at token: Token) -> CQLSyntaxError {
    error(at: token, "\(what) is not supported")
  }

  /// What Cassandra's parser finds by itself, and says without a place.
  func finding(at token: Token, _ message: String) -> CQLSyntaxError {
    var error = error(at: token, message)
    error.shows = .nothing
    return error
  }

  func repeated(_ property: String, at token: Token) -> CQLSyntaxError {
    finding(at: token, "Multiple definition for property '\(property)'")
  }

  /// Whether the grammar is broken, rather than a limit passed.
  func isGrammatical(_ error: CQLSyntaxError) -> Bool {
    error.message.hasPrefix("no viable") || error.message.hasPrefix("mismatched")
  }

  private func grammarError(after distance: Int, _ message: String) -> CQLSyntaxError {
    let offending = min(index + distance, tokens.count - 1)
    let isEnd = tokens[offending].kind == .end
    // The parser came as far as what is no token.
    if isEnd, let unreadable { return unreadable }
    var error = error(at: tokens[offending], message + snippet(to: offending))
    if isEnd { error.shows = .end }
    return error
  }

  private func quoted(_ distance: Int) -> String {
    let token = tokens[min(index + distance, tokens.count - 1)]
    return token.kind == .end ? "<EOF>" : shortened(content(of: token))
  }
}

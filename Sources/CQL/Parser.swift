/// Parses CQL by recursive descent; pure, and safe on any input.
package struct CQLParser {
  let bytes: [UInt8]
  /// Ends in `.end`.
  private let tokens: [Token]
  private var index = 0
  private var depth = 0
  private(set) var markerCount = 0

  /// The one statement that `text` holds, with or without a semicolon.
  ///
  /// Throws where the text is not CQL, is CQL that is not supported, or passes one of `CQLLimits`.
  package static func parse(_ text: String) throws(CQLSyntaxError) -> Statement {
    var parser = try CQLParser(text)
    let statement = try parser.statement()
    while parser.accept(.semicolon) {}
    guard parser.kind == .end else {
      throw parser.error("missing EOF at '\(parser.currentText)'")
    }
    return statement
  }

  private init(_ text: String) throws(CQLSyntaxError) {
    guard text.utf8.count <= CQLLimits.statementBytes else {
      throw CQLSyntaxError(
        line: 1, column: 0, message: "statement is longer than \(CQLLimits.statementBytes) bytes")
    }
    var lexer = Lexer(text)
    var tokens: [Token] = []
    tokens.reserveCapacity(lexer.bytes.count / 4 + 2)
    repeat {
      tokens.append(try lexer.next())
    } while tokens.last?.kind != .end
    bytes = lexer.bytes
    self.tokens = tokens
  }

  /// The current token.
  var token: Token { tokens[index] }
  var kind: Token.Kind { tokens[index].kind }

  /// The kind of the token `distance` after the current one.
  func kind(after distance: Int) -> Token.Kind {
    tokens[min(index + distance, tokens.count - 1)].kind
  }

  /// Moves to the next token and gives the one passed; stays at the end.
  @discardableResult
  mutating func advance() -> Token {
    let passed = tokens[index]
    if index < tokens.count - 1 { index += 1 }
    return passed
  }

  mutating func accept(_ symbol: Token.Symbol) -> Bool {
    guard kind == .symbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func accept(_ keyword: Keyword) -> Bool {
    guard kind == .keyword(keyword) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Token.Symbol) throws(CQLSyntaxError) {
    guard accept(symbol) else { throw mismatch("'\(symbol.rawValue)'") }
  }

  mutating func expect(_ keywords: Keyword...) throws(CQLSyntaxError) {
    for keyword in keywords {
      guard accept(keyword) else { throw mismatch(keyword.upper) }
    }
  }

  /// One `element` or more, with commas between them.
  mutating func commaSeparated<Element>(
    _ element: (inout CQLParser) throws(CQLSyntaxError) -> Element
  ) throws(CQLSyntaxError) -> [Element] {
    var elements = [try element(&self)]
    while accept(.comma) { elements.append(try element(&self)) }
    return elements
  }

  /// Commas between none or more `element`, up to and past `close`.
  mutating func commaSeparated<Element>(
    until close: Token.Symbol, _ element: (inout CQLParser) throws(CQLSyntaxError) -> Element
  ) throws(CQLSyntaxError) -> [Element] {
    if accept(close) { return [] }
    let elements = try commaSeparated(element)
    try expect(close)
    return elements
  }

  /// Parses what may hold itself, one level deeper.
  mutating func nested<Value>(
    _ body: (inout CQLParser) throws(CQLSyntaxError) -> Value
  ) throws(CQLSyntaxError) -> Value {
    guard depth < CQLLimits.nestingDepth else {
      throw error("nested more than \(CQLLimits.nestingDepth) levels deep")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  /// The number of a bind marker, counted in the order written.
  mutating func nextMarker() throws(CQLSyntaxError) -> Int {
    guard markerCount < CQLLimits.markers else {
      throw error("more than \(CQLLimits.markers) bind markers")
    }
    markerCount += 1
    return markerCount - 1
  }

  /// An error at the current token.
  func error(_ message: String) -> CQLSyntaxError { error(at: token, message) }

  func error(at token: Token, _ message: String) -> CQLSyntaxError {
    var position = Position()
    position.advance(over: bytes[..<token.start])
    return CQLSyntaxError(line: position.line, column: position.column, message: message)
  }

  func unexpected() -> CQLSyntaxError {
    error("no viable alternative at input '\(currentText)'")
  }

  func mismatch(_ expected: String) -> CQLSyntaxError {
    error("mismatched input '\(currentText)' expecting \(expected)")
  }

  func text(_ token: Token) -> String { String(decoding: bytes[token.range], as: UTF8.self) }

  private var currentText: String {
    if kind == .end { return "<EOF>" }
    let whole = text(token)
    let cut = whole.prefix(CQLLimits.quotedCharacters)
    return cut.endIndex == whole.endIndex ? whole : cut + "…"
  }
}

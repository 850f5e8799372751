/// Parses CQL by recursive descent; pure, and safe on any input.
///
/// It reads what Cassandra 4.0's grammar (src/antlr) reads, except that
/// - a comment may end with the text;
/// - COMPACT STORAGE and vectors are errors of their own;
/// - statements that `UnsupportedStatement` stands for are not looked into.
package struct CQLParser {
  let bytes: [UInt8]
  /// Ends in `.end`.
  let tokens: [Token]
  /// What ends the tokens where they do not reach the text's end.
  let unreadable: CQLSyntaxError?
  private(set) var index = 0
  private var depth = 0
  private(set) var markerCount = 0

  /// The one statement that `text` holds, with or without a semicolon.
  ///
  /// Throws where the text is not CQL, is CQL that is not supported, or passes one of `CQLLimits`.
  package static func parse(_ text: String) throws(CQLSyntaxError) -> Statement {
    var parser = try CQLParser(text)
    let statement = try parser.statement()
    while parser.accept(.semicolon) {}
    guard parser.kind == .end else { throw parser.notAtEnd() }
    if let unreadable = parser.unreadable { throw unreadable }
    return statement
  }

  private init(_ text: String) throws(CQLSyntaxError) {
    guard text.utf8.count <= CQLLimits.statementBytes else {
      throw CQLSyntaxError(
        line: 1, column: 0, message: "statement is longer than \(CQLLimits.statementBytes) bytes")
    }
    var lexer = Lexer(text)
    var tokens: [Token] = []
    var unreadable: CQLSyntaxError?
    tokens.reserveCapacity(lexer.bytes.count / 4 + 2)
    repeat {
      let token: Token
      do throws(CQLSyntaxError) { token = try lexer.next() } catch {
        // Where the grammar is broken before, that is the error.
        unreadable = error
        token = Token(.end, lexer.offset..<lexer.offset)
      }
      guard tokens.count < CQLLimits.tokens else {
        throw lexer.error(
          at: token.start, "a statement of more than \(CQLLimits.tokens) words and signs")
      }
      tokens.append(token)
    } while tokens.last?.kind != .end
    bytes = lexer.bytes
    self.tokens = tokens
    self.unreadable = unreadable
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

  /// Moves back, to word an error.
  mutating func move(to index: Int) { self.index = index }

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
    guard accept(symbol) else { throw mismatch(expecting: "'\(symbol.rawValue)'") }
  }

  mutating func expect(_ keywords: Keyword...) throws(CQLSyntaxError) {
    for keyword in keywords {
      guard accept(keyword) else { throw mismatch(expecting: keyword.token) }
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

  /// Commas between none or more `element`, up to and past `close`; `begins` is whether one can
  /// begin at the current token.
  mutating func commaSeparated<Element>(
    until close: Token.Symbol, if begins: Bool,
    _ element: (inout CQLParser) throws(CQLSyntaxError) -> Element
  ) throws(CQLSyntaxError) -> [Element] {
    if accept(close) { return [] }
    guard begins else { throw mismatch(expecting: "'\(close.rawValue)'") }
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

  func text(_ token: Token) -> String { String(decoding: bytes[token.range], as: UTF8.self) }
}

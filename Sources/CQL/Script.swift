/// One statement of a script.
package struct ScriptStatement: Equatable, Sendable {
  /// Without the semicolon, and without comments before and after it.
  package var text: String
  /// The line on which it begins, from 1.
  package var line: Int
  /// The column at which it begins, from 0.
  package var column: Int

  package init(text: String, line: Int, column: Int) {
    self.text = text
    self.line = line
    self.column = column
  }
}

extension CQLParser {
  /// The statements of a script, each ended by a semicolon or the script's end.
  ///
  /// Semicolons in strings, comments and batches end none. The statements are not parsed: see
  /// `CQLSyntaxError.inScript(at:)` for the errors of parsing one. Throws where the script cannot
  /// be cut into tokens, and where it is longer than `CQLLimits.scriptBytes`.
  package static func split(script: String) throws(CQLSyntaxError) -> [ScriptStatement] {
    guard script.utf8.count <= CQLLimits.scriptBytes else {
      throw CQLSyntaxError(
        line: 1, column: 0, message: "script is longer than \(CQLLimits.scriptBytes) bytes")
    }
    var lexer = Lexer(script)
    var boundary = StatementBoundary()
    var statements: [ScriptStatement] = []
    var position = Position()
    var counted = 0
    var range = 0..<0
    while true {
      let token = try lexer.next()
      let isEnd = boundary.isEnd(token.kind)
      if isEnd || token.kind == .end {
        if !range.isEmpty {
          position.advance(over: lexer.bytes[counted..<range.lowerBound])
          counted = range.lowerBound
          let text = String(decoding: lexer.bytes[range], as: UTF8.self)
          statements.append(
            ScriptStatement(text: text, line: position.line, column: position.column))
          range = 0..<0
        }
        if !isEnd { return statements }
      } else {
        range = (range.isEmpty ? token.start : range.lowerBound)..<token.end
      }
    }
  }
}

/// Finds the semicolons that end statements.
private struct StatementBoundary {
  private var isFirst = true
  private var isInBatch = false
  private var isAfterApply = false

  /// Whether this token of the text, each given once and in order, ends a statement.
  mutating func isEnd(_ kind: Token.Kind) -> Bool {
    if kind == .symbol(.semicolon), !isInBatch {
      self = StatementBoundary()
      return true
    }
    if isFirst, kind == .keyword(.begin) { isInBatch = true }
    if isAfterApply, kind == .keyword(.batch) { isInBatch = false }
    isAfterApply = kind == .keyword(.apply)
    isFirst = false
    return false
  }
}

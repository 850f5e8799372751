/// What is wrong with a text that is not CQL, or is CQL that is not supported.
package struct CQLSyntaxError: Error, Equatable, CustomStringConvertible {
  /// From 1.
  package var line: Int
  /// In Unicode scalars, from 0.
  package var column: Int
  package var message: String
  /// Whether the text is CQL but for a value that there is not, which Cassandra finds only later.
  package var isOfValue = false
  /// What `description` says of the place.
  var shows = Place.position

  enum Place {
    case position
    /// The statement ended too early, which Cassandra places nowhere.
    case end
    case nothing
  }

  package init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  /// E.g. `line 1:7 no viable alternative at input 'FROM'`, as Cassandra words it.
  package var description: String {
    switch shows {
    case .position: "line \(line):\(column) \(message)"
    case .end: "line 0:-1 \(message)"
    case .nothing: message
    }
  }

  /// The same error, its position counted from the start of the script the statement stands in.
  package func inScript(at statement: ScriptStatement) -> CQLSyntaxError {
    CQLSyntaxError(
      line: statement.line + line - 1,
      column: line == 1 ? statement.column + column : column,
      message: message)
  }
}

/// A place in a text, found only when an error needs it.
struct Position {
  var line = 1
  var column = 0

  /// Moves past `bytes`.
  mutating func advance(over bytes: ArraySlice<UInt8>) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 0
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
  }
}

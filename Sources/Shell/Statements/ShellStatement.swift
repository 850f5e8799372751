/// A statement or a command of the shell, with its place in the script.
package struct ShellStatement: Equatable, Sendable {
  /// Without the semicolon at its end.
  package var text: String
  /// From 1.
  package var line: Int
  /// In Unicode scalars, from 0.
  package var column: Int
  /// Whether a semicolon ends it.
  var hasSemicolon = false
  /// As it is sent: with its semicolon, as cqlsh does, so that an error can name it.
  var sent: String { hasSemicolon ? text + ";" : text }
  /// Whether it has its semicolon, or the end of line where that suffices.
  package var isComplete = true
  /// Whether it is longer than a statement may be: `text` is then its beginning.
  package var isTooLong = false

  package init(_ text: String, line: Int, column: Int) {
    self.text = text
    self.line = line
    self.column = column
  }
}

/// A text that is shown nowhere: what prints it prints stars.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  /// The text itself, for the one place that sends it.
  package let revealed: String

  /// Nil for an empty text. White space around it, as a file's last line end, is no part of it.
  package init?(_ text: String) {
    let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
    guard !trimmed.isEmpty else { return nil }
    revealed = String(trimmed.reversed())
  }

  package var description: String { "***" }
  /// Nothing to look into.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

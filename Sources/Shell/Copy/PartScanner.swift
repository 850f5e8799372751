/// Walks through the text of a collection, a tuple or a user-defined type, by Unicode scalars: a
/// quote with a combining mark behind it is still a quote.
struct PartScanner {
  private var scalars: Substring.UnicodeScalarView

  init(_ text: String) { scalars = text[...].unicodeScalars }

  var isAtEnd: Bool { scalars.isEmpty }

  /// What comes next, for messages.
  var found: String { scalars.isEmpty ? "the end" : "'\(String(scalars.prefix(20)))'" }

  mutating func skipBlanks() { scalars = scalars.drop { $0.properties.isWhitespace } }

  /// Takes a sign, and the blanks before it, where it comes next.
  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    let next = scalars.drop { $0.properties.isWhitespace }
    guard next.first == sign else { return false }
    scalars = next.dropFirst()
    return true
  }

  mutating func expect(_ sign: Unicode.Scalar) throws(ShellError) {
    guard take(sign) else { throw ShellError("\(found) stands where '\(sign)' should") }
  }

  /// Whether a bracket that opens something comes next.
  var isAtBracket: Bool { scalars.first.map { "[{(".unicodeScalars.contains($0) } ?? false }

  /// Takes an opening bracket; returns the one that closes it.
  mutating func open(
    _ pairs: [Unicode.Scalar: Unicode.Scalar]
  ) throws(ShellError) -> Unicode.Scalar {
    skipBlanks()
    guard let first = scalars.first, let close = pairs[first] else {
      let names = pairs.keys.sorted().map { "'\($0)'" }.joined(separator: " or ")
      throw ShellError("\(found) stands where \(names) should")
    }
    scalars = scalars.dropFirst()
    return close
  }

  /// What stands in single quotes, where they come next.
  mutating func takeQuoted() throws(ShellError) -> String? {
    guard scalars.first == "'" else { return nil }
    var rest = scalars.dropFirst()
    var content = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar != "'" {
        content.append(scalar)
      } else if rest.first == "'" {
        content.append(scalar)
        rest.removeFirst()
      } else {
        scalars = rest
        return String(content)
      }
    }
    throw ShellError("a quote is not closed")
  }

  /// A word up to one of `end`, without blanks at its end. A colon ends one only before a blank or
  /// a quote, or where no such one follows: a time has colons of its own.
  mutating func takeWord(end: Set<Unicode.Scalar>) -> String {
    var index = scalars.startIndex
    while index < scalars.endIndex, !isEnd(at: index, end) { index = scalars.index(after: index) }
    let word = String(scalars[..<index])
    scalars = scalars[index...]
    return String(word.trimmed)
  }

  private func isEnd(at index: String.Index, _ end: Set<Unicode.Scalar>) -> Bool {
    guard end.contains(scalars[index]) else { return false }
    guard scalars[index] == ":" else { return true }
    let next = scalars.index(after: index)
    if next < scalars.endIndex, scalars[next] == " " || scalars[next] == "'" { return true }
    return !Substring(scalars[next...]).contains(": ")
  }

  /// One of the names, the longest that fits; else a word up to the colon.
  mutating func takeName(_ names: [String]) -> String {
    let fitting = names.map(\.unicodeScalars).filter { scalars.starts(with: $0) }
      .max { $0.count < $1.count }
    if let fitting {
      let behind = scalars.dropFirst(fitting.count)
      if behind.drop(while: { $0 == " " }).first == ":" {
        scalars = behind
        return String(fitting)
      }
    }
    return takeWord(end: [":"])
  }
}

/// Walks through the text of a collection, a tuple or a user-defined type.
struct PartScanner {
  private(set) var rest: Substring

  init(_ text: String) { rest = text[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skipBlanks() { rest = rest.drop { $0.isWhitespace } }

  /// Takes a sign, and the blanks before it, where it comes next.
  mutating func take(_ sign: Character) -> Bool {
    let next = rest.drop { $0.isWhitespace }
    guard next.first == sign else { return false }
    rest = next.dropFirst()
    return true
  }

  mutating func expect(_ sign: Character) throws(ShellError) {
    guard take(sign) else {
      let found = rest.isEmpty ? "the end" : "'\(rest.prefix(20))'"
      throw ShellError("\(found) stands where '\(sign)' should")
    }
  }

  /// Takes an opening bracket; returns the one that closes it.
  mutating func open(_ pairs: [Character: Character]) throws(ShellError) -> Character {
    skipBlanks()
    guard let first = rest.first, let close = pairs[first] else {
      let names = pairs.keys.sorted().map { "'\($0)'" }.joined(separator: " or ")
      let found = rest.isEmpty ? "the end" : "'\(rest.prefix(20))'"
      throw ShellError("\(found) stands where \(names) should")
    }
    rest = rest.dropFirst()
    return close
  }

  /// What stands in single quotes, where they come next.
  mutating func takeQuoted() throws(ShellError) -> String? {
    guard rest.utf8.first == UInt8(ascii: "'") else { return nil }
    // Unicode scalars: a quote and a combining mark behind it are one character.
    var scalars = rest.unicodeScalars.dropFirst()
    var content = String.UnicodeScalarView()
    while let scalar = scalars.popFirst() {
      if scalar != "'" {
        content.append(scalar)
      } else if scalars.first == "'" {
        content.append(scalar)
        scalars.removeFirst()
      } else {
        rest = Substring(scalars)
        return String(content)
      }
    }
    throw ShellError("a quote is not closed")
  }

  /// A word up to one of `end`, without blanks at its end. A colon ends one only before a blank or
  /// where none with a blank follows: a time has colons of its own.
  mutating func takeWord(end: Set<Character>) -> String {
    var index = rest.startIndex
    while index < rest.endIndex, !isEnd(at: index, end) { index = rest.index(after: index) }
    let word = rest[..<index]
    rest = rest[index...]
    return String(word.trimmed)
  }

  private func isEnd(at index: Substring.Index, _ end: Set<Character>) -> Bool {
    guard end.contains(rest[index]) else { return false }
    guard rest[index] == ":" else { return true }
    let next = rest.index(after: index)
    return next < rest.endIndex && (rest[next].isWhitespace || rest[next] == "'")
      || !rest[next...].contains(": ")
  }

  /// One of the names, the longest that fits; else a word up to the colon.
  mutating func takeName(_ names: [String]) -> String {
    let fitting = names.filter { rest.hasPrefix($0) }.max { $0.count < $1.count }
    guard let fitting, rest.dropFirst(fitting.count).drop(while: \.isWhitespace).first == ":" else {
      return takeWord(end: [":"])
    }
    rest = rest.dropFirst(fitting.count)
    return fitting
  }
}

/// The words of a shell command: bare, quoted, and signs that stand alone.
struct ShellWords {
  enum Word: Equatable {
    /// As written, a quoted name without its quotes.
    case name(String, isQuoted: Bool)
    /// Without its quotes.
    case string(String)
    case sign(Character)
  }

  private(set) var rest: ArraySlice<Word>

  /// Thrown: where a string does not end.
  init(_ text: String) throws(ShellError) {
    var words: [Word] = []
    var characters = text[...]
    while let first = characters.first {
      if first.isWhitespace {
        characters.removeFirst()
      } else if first == "'" || first == "\"" {
        let content = try Self.quoted(&characters, first)
        words.append(first == "'" ? .string(content) : .name(content, isQuoted: true))
      } else if "(),=.*".contains(first) {
        words.append(.sign(first))
        characters.removeFirst()
      } else {
        let word = characters.prefix { !$0.isWhitespace && !"(),=.'\"".contains($0) }
        words.append(.name(String(word), isQuoted: false))
        characters.removeFirst(word.count)
      }
    }
    rest = words[...]
  }

  var isEmpty: Bool { rest.isEmpty }

  /// Takes the next word where it is this one, in upper or lower case.
  mutating func take(_ keyword: String) -> Bool {
    guard case .name(let word, false)? = rest.first, word.uppercased() == keyword else {
      return false
    }
    rest.removeFirst()
    return true
  }

  mutating func takeSign(_ sign: Character) -> Bool {
    guard rest.first == .sign(sign) else { return false }
    rest.removeFirst()
    return true
  }

  /// Takes the next bare word.
  mutating func takeWord() -> String? {
    guard case .name(let word, false)? = rest.first else { return nil }
    rest.removeFirst()
    return word
  }

  /// Takes a name of the schema: in lower case unless quoted.
  mutating func takeName() -> String? {
    guard case .name(let word, let isQuoted)? = rest.first else { return nil }
    rest.removeFirst()
    return isQuoted ? word : word.lowercased()
  }

  mutating func takeString() -> String? {
    guard case .string(let content)? = rest.first else { return nil }
    rest.removeFirst()
    return content
  }

  /// What stands between quotes, in which a doubled one stands for itself.
  private static func quoted(
    _ characters: inout Substring, _ quote: Character
  ) throws(ShellError) -> String {
    var content = ""
    characters.removeFirst()
    while let character = characters.popFirst() {
      if character != quote {
        content.append(character)
      } else if characters.first == quote {
        content.append(quote)
        characters.removeFirst()
      } else {
        return content
      }
    }
    throw ShellError("a quote is not closed")
  }
}

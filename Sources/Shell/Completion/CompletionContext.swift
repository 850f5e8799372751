/// The words of a statement that is being typed, up to the one at the cursor.
struct CompletionContext {
  /// Words in upper case unless quoted; signs; strings as `'`.
  private(set) var words: [String] = []
  /// The words as written.
  private(set) var names: [String] = []
  /// What is typed of the word at the cursor.
  private(set) var prefix = ""
  /// Whether the cursor is inside of a string, a comment, or other text without names.
  private(set) var isOpaque = false

  init(_ text: String) {
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
        continue
      }
      if rest.hasPrefix("--") || rest.hasPrefix("//") {
        guard let end = rest.firstIndex(of: "\n") else {
          isOpaque = true
          return
        }
        rest = rest[end...]
      } else if first == "'" {
        guard let end = rest.dropFirst().firstIndex(of: "'") else {
          isOpaque = true
          return
        }
        rest = rest[rest.index(after: end)...]
        add("'", "'")
      } else if first == "\"" {
        let name = rest.dropFirst().prefix { $0 != "\"" }
        guard rest.count > name.count + 1 else {
          prefix = String(rest)
          return
        }
        rest = rest.dropFirst(name.count + 2)
        add("\"", String(name))
      } else if first.isLetter || first.isNumber || first == "_" {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(word.count)
        if rest.isEmpty {
          prefix = String(word)
          return
        }
        add(word.uppercased(), word.lowercased())
      } else {
        rest.removeFirst()
        if first == ";" {
          words = []
          names = []
        } else {
          add(String(first), String(first))
        }
      }
    }
  }

  private mutating func add(_ word: String, _ name: String) {
    words.append(word)
    names.append(name)
  }

  /// The last words, the latest first.
  func word(back: Int) -> String {
    words.indices.contains(words.count - 1 - back) ? words[words.count - 1 - back] : ""
  }

  func name(back: Int) -> String {
    names.indices.contains(names.count - 1 - back) ? names[names.count - 1 - back] : ""
  }

  /// The words that a table's name stands behind.
  static let beforeTables: Set = ["FROM", "INTO", "UPDATE", "TABLE", "TRUNCATE", "ON", "COPY"]

  /// The table that the statement names.
  var table: (keyspace: String?, name: String)? {
    for (index, word) in words.enumerated()
    where Self.beforeTables.contains(word) {
      guard index + 1 < names.count else { continue }
      if index + 3 < names.count, words[index + 2] == "." {
        return (names[index + 1], names[index + 3])
      }
      return (nil, names[index + 1])
    }
    return nil
  }
}

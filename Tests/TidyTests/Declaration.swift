/// A declaration's first line, taken apart.
struct Declaration {
  static let accessLevels: Set<Substring> = [
    "open", "public", "package", "internal", "fileprivate", "private",
  ]
  static let types: Set<Substring> = [
    "struct", "class", "enum", "actor", "protocol", "typealias", "associatedtype",
  ]
  private static let members: Set<Substring> = ["func", "init", "subscript", "var", "let"]
  private static let modifiers: Set<Substring> = [
    "static", "final", "indirect", "mutating", "nonmutating", "consuming", "borrowing",
    "override", "required", "convenience", "prefix", "postfix", "infix", "lazy", "weak",
    "unowned", "nonisolated",
  ]

  /// Nil where none is written.
  var access: Substring?
  /// `struct`, `func`, `var`, `extension` and so on.
  var keyword: Substring
  var name: Substring
  var isStatic = false
  /// Whether a block opens on the line.
  var hasBody: Bool
  /// The names after the colon of a type or an extension.
  var conformances: [Substring] = []

  init?(_ line: SourceFile.Line) {
    let code = line.trimmed
    var words = code.split(separator: " ")[...]
    while let word = words.first {
      let stem = word.prefix { $0 != "(" }
      if Declaration.accessLevels.contains(stem) {
        if stem == word { access = word }
      } else if word == "static" {
        isStatic = true
      } else if word.first != "@" && !Declaration.modifiers.contains(stem) {
        break
      }
      words.removeFirst()
    }
    guard let first = words.first else { return nil }
    let keyword = first.prefix { $0.isLetter }
    guard
      Declaration.types.contains(keyword) || Declaration.members.contains(keyword)
        || keyword == "extension"
    else { return nil }
    self.keyword = keyword
    let named = keyword == "init" || keyword == "subscript"
    name = named ? keyword : (words.dropFirst().first ?? "").prefix { !"(<:{,".contains($0) }
    // An operator's own name may be made of the characters that end other names.
    if keyword == "func", name.isEmpty { name = words.dropFirst().first ?? "" }
    hasBody = code.contains("{")
    if Declaration.types.contains(keyword) || keyword == "extension",
      let colon = code.firstIndex(of: ":")
    {
      conformances = code[code.index(after: colon)...].prefix { $0 != "{" }
        .split { !($0.isLetter || $0.isNumber) }
    }
  }
}

/// The rule that what other targets use says what it is.
///
/// `public` (the library that others may take): every declaration but an enum's cases. `package`:
/// types, functions, subscripts, computed and static properties, and a protocol's requirements.
/// A stored property and an `init` may go without: the type's comment and their names say it. So
/// may what fulfils a requirement that is explained elsewhere: one of a protocol of ours, and
/// `description`, `==`, `<` and `hash(into:)`.
enum Documentation {
  private static let known: Set<Substring> = ["description", "==", "<", "hash"]

  /// The rule, with the requirements of each protocol by the protocol's name.
  static func rule(_ requirements: [Substring: Set<Substring>]) -> Rule {
    Rule(
      reason: "Whoever uses a declaration from another target reads its /// comment, not its body:"
        + " write one line directly above it."
    ) { file in
      let fulfilled = file.lines.compactMap { Declaration($0) }.flatMap(\.conformances)
        .compactMap { requirements[$0] }.reduce(known) { $0.union($1) }
      let inProtocols = Set(protocolBodies(of: file).flatMap(\.lines))
      return file.lines.indices.compactMap { index in
        let line = file.lines[index]
        guard let declaration = Declaration(line) else { return nil }
        guard inProtocols.contains(index) || needsComment(declaration, fulfilled) else {
          return nil
        }
        guard !hasComment(above: index, in: file) else { return nil }
        return Finding(
          path: file.path, line: line.number,
          what: "\(declaration.keyword) \(declaration.name) has no comment")
      }
    }
  }

  private static func needsComment(
    _ declaration: Declaration, _ fulfilled: Set<Substring>
  ) -> Bool {
    if declaration.keyword == "extension" || fulfilled.contains(declaration.name) { return false }
    switch declaration.access {
    case "public", "open": return true
    case "package":
      if declaration.keyword == "init" { return false }
      let isProperty = declaration.keyword == "var" || declaration.keyword == "let"
      return !isProperty || declaration.isStatic || declaration.hasBody
    default: return false
    }
  }

  private static func hasComment(above index: Int, in file: SourceFile) -> Bool {
    for line in file.lines[..<index].reversed() {
      let text = line.text.drop { $0 == " " }
      if !text.hasPrefix("@") { return text.hasPrefix("///") }
    }
    return false
  }

  /// What each `package` or `public` protocol in `files` requires.
  static func requirements(in files: [SourceFile]) -> [Substring: Set<Substring>] {
    var found: [Substring: Set<Substring>] = [:]
    for file in files {
      for (name, lines) in protocolBodies(of: file) {
        found[name, default: []].formUnion(
          lines.compactMap { Declaration(file.lines[$0])?.name })
      }
    }
    return found
  }

  /// The protocols that other targets see, each with the indices of its requirements' lines.
  private static func protocolBodies(of file: SourceFile) -> [(name: Substring, lines: [Int])] {
    file.lines.indices.compactMap { index in
      let head = file.lines[index]
      guard let declaration = Declaration(head), declaration.keyword == "protocol",
        declaration.access == "package" || declaration.access == "public"
      else { return nil }
      let body = file.lines[(index + 1)...].prefix {
        $0.trimmed.isEmpty || $0.indentation > head.indentation
      }
      return (
        declaration.name, body.indices.filter { body[$0].indentation == head.indentation + 2 }
      )
    }
  }
}

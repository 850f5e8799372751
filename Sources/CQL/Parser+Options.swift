extension CQLParser {
  /// `name = value AND …`, as stands after WITH.
  mutating func options() throws(CQLSyntaxError) -> [Option] {
    var options: [Option] = []
    repeat { try option(&options) } while accept(.and)
    return options
  }

  /// Adds one `name = value`.
  mutating func option(_ options: inout [Option]) throws(CQLSyntaxError) {
    let first = token
    guard isName() else { throw unexpected() }
    guard kind(after: 1) == .symbol(.equal) else { throw unexpected(after: 1) }
    guard beginsOptionValue(after: 2) else { throw unexpected(after: 2) }
    let name = try name()
    try expect(.equal)
    let value = try optionValue()
    guard !options.contains(where: { $0.name == name }) else {
      throw repeated(name, at: first)
    }
    guard options.count < CQLLimits.options else {
      throw error(at: first, "more than \(CQLLimits.options) options")
    }
    options.append(Option(name: name, value: value))
  }

  /// A constant, a word that counts as a string, or a map of constants.
  private mutating func optionValue() throws(CQLSyntaxError) -> Term {
    if kind == .symbol(.leftBrace) {
      let first = token
      let entries = try mapLiteral()
      for entry in entries {
        try check(entry.key, "Invalid property name: \(entry.key.cql)", at: first)
        try check(
          entry.value,
          "Invalid property value: \(entry.value.cql) for property: \(entry.key.cql)", at: first)
      }
      return .map(entries)
    }
    return try constant() ?? .string(nameText(advance()))
  }

  private func beginsOptionValue(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .keyword(.nan), .keyword(.infinity), .keyword(.true), .keyword(.false): true
    case .keyword(let keyword): !keyword.isReserved
    case .name: NativeType(rawValue: nameText(tokens[index + distance])) != nil
    case .symbol(let symbol): symbol == .leftBrace
    case .end, .quotedName, .emptyQuotedName: false
    default: true
    }
  }

  private func check(
    _ term: Term, _ message: @autoclosure () -> String, at token: Token
  ) throws(CQLSyntaxError) {
    switch term {
    case .integer, .decimal, .string, .boolean, .uuid, .blob, .duration: return
    case .marker:
      throw finding(
        at: token, message() + " (bind variables are not supported in DDL queries)")
    default: throw finding(at: token, message())
    }
  }
}

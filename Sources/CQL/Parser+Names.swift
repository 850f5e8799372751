extension CQLParser {
  /// Whether the token `distance` after the current one can be a name.
  func isName(after distance: Int = 0) -> Bool {
    switch kind(after: distance) {
    case .name, .quotedName: true
    case .keyword(let keyword): !keyword.isReserved
    default: false
    }
  }

  /// A name: in lower case unless quoted.
  mutating func name() throws(CQLSyntaxError) -> String {
    guard isName() else { throw unexpected() }
    return nameText(advance())
  }

  /// A column's name, which may be empty in tables of old.
  mutating func columnName() throws(CQLSyntaxError) -> String {
    if kind == .emptyQuotedName {
      advance()
      return ""
    }
    return try name()
  }

  /// A name of what is `whose`; a marker there has an error of its own.
  mutating func name(of whose: String) throws(CQLSyntaxError) -> String {
    if kind == .symbol(.question) {
      throw finding(at: token, "Bind variables cannot be used for \(whose) names")
    }
    return try name()
  }

  /// `table` or `keyspace.table`.
  mutating func tableName(of whose: String = "table") throws(CQLSyntaxError) -> TableName {
    let first = try name(of: whose)
    return accept(.dot)
      ? TableName(keyspace: first, table: try name(of: whose)) : TableName(table: first)
  }

  /// `name` or `keyspace.name`.
  mutating func qualifiedName(of whose: String = "table") throws(CQLSyntaxError) -> QualifiedName {
    let name = try tableName(of: whose)
    return QualifiedName(keyspace: name.keyspace, name.table)
  }

  /// `(a, b)`, each a column.
  mutating func parenthesizedColumns() throws(CQLSyntaxError) -> [String] {
    try expect(.leftParenthesis)
    let names = try commaSeparated { parser throws(CQLSyntaxError) in try parser.columnName() }
    try expect(.rightParenthesis)
    return names
  }

  /// Whether `name(` or `keyspace.name(` stands at the token `distance` after the current one.
  func isFunction(after distance: Int = 0) -> Bool {
    if isFunctionName(after: distance) {
      if kind(after: distance + 1) == .symbol(.leftParenthesis) { return true }
    }
    return isName(after: distance) && kind(after: distance + 1) == .symbol(.dot)
      && isFunctionName(after: distance + 2)
      && kind(after: distance + 3) == .symbol(.leftParenthesis)
  }

  /// A function's name, without its parenthesis.
  mutating func functionName() throws(CQLSyntaxError) -> QualifiedName {
    if isName(), kind(after: 1) == .symbol(.dot) {
      let keyspace = nameText(advance())
      advance()
      guard isFunctionName(after: 0) else { throw unexpected() }
      return QualifiedName(keyspace: keyspace, nameText(advance()))
    }
    guard isFunctionName(after: 0) else { throw unexpected() }
    return QualifiedName(nameText(advance()))
  }

  func isFunctionName(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .name, .quotedName: true
    case .keyword(let keyword): !keyword.isNoFunctionName
    default: false
    }
  }

  /// The name that a word or a quoted name stands for.
  func nameText(_ token: Token) -> String {
    token.kind == .quotedName
      ? unquoted(token)
      : String(decoding: bytes[token.range].lazy.map(lowercased), as: UTF8.self)
  }

  /// What stands between quotes, doubled quotes made single.
  func unquoted(_ token: Token) -> String {
    let quote = bytes[token.start]
    let inside = bytes[token.start + 1..<token.end - 1]
    guard inside.contains(quote) else { return String(decoding: inside, as: UTF8.self) }
    var content: [UInt8] = []
    content.reserveCapacity(inside.count)
    var index = inside.startIndex
    while index < inside.endIndex {
      content.append(bytes[index])
      index += bytes[index] == quote ? 2 : 1
    }
    return String(decoding: content, as: UTF8.self)
  }
}

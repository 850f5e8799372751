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

  /// `table` or `keyspace.table`.
  mutating func tableName() throws(CQLSyntaxError) -> TableName {
    let first = try name()
    return accept(.dot)
      ? TableName(keyspace: first, table: try name()) : TableName(table: first)
  }

  /// `(a, b)`.
  mutating func parenthesizedNames() throws(CQLSyntaxError) -> [String] {
    try expect(.leftParenthesis)
    let names = try commaSeparated { parser throws(CQLSyntaxError) in try parser.name() }
    try expect(.rightParenthesis)
    return names
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
    var content: [UInt8] = []
    content.reserveCapacity(token.end - token.start)
    var index = token.start + 1
    while index < token.end - 1 {
      content.append(bytes[index])
      index += bytes[index] == quote ? 2 : 1
    }
    return String(decoding: content, as: UTF8.self)
  }

  mutating func type() throws(CQLSyntaxError) -> TypeName {
    try nested { parser throws(CQLSyntaxError) in try parser.typeAtDepth() }
  }

  private mutating func typeAtDepth() throws(CQLSyntaxError) -> TypeName {
    switch kind {
    case .keyword(.list):
      return .list(try element())
    case .keyword(.set):
      return .set(try element())
    case .keyword(.frozen):
      return .frozen(try element())
    case .keyword(.map):
      advance()
      try expect(.less)
      let key = try type()
      try expect(.comma)
      let value = try type()
      try expect(.greater)
      return .map(key, value)
    case .keyword(.tuple):
      advance()
      try expect(.less)
      let elements = try commaSeparated { parser throws(CQLSyntaxError) in try parser.type() }
      try expect(.greater)
      return .tuple(elements)
    case .keyword(.vector) where kind(after: 1) == .symbol(.less):
      throw unsupported("type vector", at: token)
    case .string:
      throw unsupported("a custom type", at: token)
    default:
      return .named(try name())
    }
  }

  /// The `<type>` after the current token.
  private mutating func element() throws(CQLSyntaxError) -> TypeName {
    advance()
    try expect(.less)
    let element = try type()
    try expect(.greater)
    return element
  }
}

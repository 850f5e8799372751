extension CQLParser {
  mutating func type() throws(CQLSyntaxError) -> TypeName {
    try nested { parser throws(CQLSyntaxError) in try parser.typeAtDepth() }
  }

  /// A type of CQL's own, as CAST takes.
  mutating func nativeType() throws(CQLSyntaxError) -> NativeType {
    guard let type = nativeType(token) else { throw unexpected() }
    advance()
    return type
  }

  /// The name of a user-defined type.
  mutating func userTypeName() throws(CQLSyntaxError) -> QualifiedName {
    guard isName(), kind(after: 1) == .symbol(.dot) else {
      return QualifiedName(try unqualifiedTypeName())
    }
    let keyspace = try name()
    try expect(.dot)
    return QualifiedName(keyspace: keyspace, try unqualifiedTypeName())
  }

  private mutating func unqualifiedTypeName() throws(CQLSyntaxError) -> String {
    if nativeType(token) != nil { throw unexpected() }
    if case .keyword(let keyword) = kind, keyword.isNoTypeName { throw unexpected() }
    let word = token
    let name = try name()
    if word.kind == .name, NativeType.reserved.contains(name) {
      throw finding(at: word, "Invalid (reserved) user type name \(name)")
    }
    return name
  }

  private func nativeType(_ token: Token) -> NativeType? {
    switch token.kind {
    case .name, .keyword(.counter), .keyword(.timestamp): NativeType(rawValue: nameText(token))
    default: nil
    }
  }

  private mutating func typeAtDepth() throws(CQLSyntaxError) -> TypeName {
    if kind == .string { return .custom(unquoted(advance())) }
    if kind(after: 1) == .symbol(.less), case .keyword(let keyword) = kind {
      switch keyword {
      case .list: return .list(try element())
      case .set: return .set(try element())
      case .frozen: return .frozen(try element())
      case .map:
        advance()
        try expect(.less)
        let key = try type()
        try expect(.comma)
        let value = try type()
        try expect(.greater)
        return .map(key, value)
      case .tuple:
        advance()
        try expect(.less)
        let elements = try commaSeparated { parser throws(CQLSyntaxError) in try parser.type() }
        try expect(.greater)
        return .tuple(elements)
      case .vector: throw unsupported("type vector", at: token)
      default: break
      }
    }
    if kind(after: 1) != .symbol(.dot), let native = nativeType(token) {
      guard endsType(after: 1) else { throw unexpected(after: 1) }
      advance()
      return .native(native)
    }
    return .user(try userTypeName())
  }

  /// Whether what may follow a type stands there.
  private func endsType(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .symbol(.comma), .symbol(.rightParenthesis), .symbol(.greater), .symbol(.semicolon),
      .keyword(.static), .keyword(.primary), .end:
      true
    default: false
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

extension CQLParser {
  /// Takes the whole of a statement that is known by the words at the current token. `first` is
  /// its first token.
  mutating func unsupportedStatement(from first: Token) throws(CQLSyntaxError) -> Statement {
    guard let kind = unsupportedKind(text(first).uppercased()) else { throw unexpected() }
    return rest(of: kind, from: first)
  }

  private func unsupportedKind(_ verb: String) -> UnsupportedStatement.Kind? {
    switch kind {
    case .keyword(.materialized) where kind(after: 1) == .keyword(.view):
      UnsupportedStatement.Kind(rawValue: "\(verb) MATERIALIZED VIEW")
    case .keyword(.function), .keyword(.aggregate), .keyword(.trigger), .keyword(.role),
      .keyword(.user):
      UnsupportedStatement.Kind(rawValue: "\(verb) \(text(token).uppercased())")
    default: nil
    }
  }

  /// GRANT, REVOKE or LIST, at the current token.
  mutating func permissionStatement() throws(CQLSyntaxError) -> Statement {
    let first = advance()
    let found: UnsupportedStatement.Kind
    switch (first.kind, kind) {
    case (_, .end), (_, .symbol): throw unexpected()
    case (.keyword(.grant), _): found = .grant
    case (.keyword(.revoke), _): found = .revoke
    case (_, .keyword(.roles)): found = .listRoles
    case (_, .keyword(.users)): found = .listUsers
    case (_, .keyword(let keyword)) where CQLParser.permissions.contains(keyword):
      found = .listPermissions
    default: throw unexpected()
    }
    return rest(of: found, from: first)
  }

  private mutating func rest(
    of kind: UnsupportedStatement.Kind, from first: Token
  ) -> Statement {
    var last = first
    while self.kind != .end, self.kind != .symbol(.semicolon) { last = advance() }
    let text = String(decoding: bytes[first.start..<last.end], as: UTF8.self)
    return .unsupported(UnsupportedStatement(kind, text: text))
  }

  private static let permissions: Set<Keyword> = [
    .all, .create, .alter, .drop, .select, .modify, .authorize, .describe, .execute,
  ]
}

extension CQLParser {
  mutating func statement() throws(CQLSyntaxError) -> Statement {
    guard case .keyword(let keyword) = kind else { throw unexpected() }
    switch keyword {
    case .select: return .select(try select())
    case .insert: return try insert()
    case .update: return .update(try update())
    case .delete: return .delete(try delete())
    case .begin: return .batch(try batch())
    case .create: return try create()
    case .alter: return try alter()
    case .drop: return try drop()
    case .truncate: return .truncate(try truncate())
    case .use:
      advance()
      return .use(keyspace: try name(of: "keyspace"))
    case .describe, .desc: return .describe(try describe())
    case .grant, .revoke, .list: return try permissionStatement()
    default: throw unexpected()
    }
  }

  private mutating func batch() throws(CQLSyntaxError) -> Batch {
    try expect(.begin)
    var kind = Batch.Kind.logged
    if accept(.unlogged) {
      kind = .unlogged
    } else if accept(.counter) {
      kind = .counter
    }
    try expect(.batch)
    let using = try using()
    var statements: [Statement] = []
    while !accept(.apply) {
      switch self.kind {
      case .keyword(.insert): statements.append(try insert())
      case .keyword(.update): statements.append(.update(try update()))
      case .keyword(.delete): statements.append(.delete(try delete()))
      default: throw mismatch(expecting: Keyword.apply.token)
      }
      _ = accept(.semicolon)
    }
    try expect(.batch)
    return Batch(kind: kind, using: using, statements: statements)
  }
}

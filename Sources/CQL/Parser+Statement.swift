extension CQLParser {
  mutating func statement() throws(CQLSyntaxError) -> Statement {
    guard case .keyword(let keyword) = kind else { throw unexpected() }
    switch keyword {
    case .select: return .select(try select())
    case .insert: return .insert(try insert())
    case .update: return .update(try update())
    case .delete: return .delete(try delete())
    case .begin: return .batch(try batch())
    case .create: return try create()
    case .drop: return .drop(try drop())
    case .truncate: return .truncate(try truncate())
    case .use:
      advance()
      return .use(keyspace: try name())
    case .describe, .desc: return .describe(try describe())
    case .alter, .grant, .revoke, .list, .add: throw unsupportedStatement()
    default: throw unexpected()
    }
  }

  /// Refuses the statement at the current token, naming it by its leading keywords.
  func unsupportedStatement(from first: Token? = nil) -> CQLSyntaxError {
    var words: [String] = []
    var distance = 0
    while distance < 3, case .keyword(let keyword) = kind(after: distance),
      keyword != .if, keyword != .on, keyword != .to
    {
      words.append(keyword.upper)
      distance += 1
    }
    guard let first else { return unsupported(words.joined(separator: " "), at: token) }
    return unsupported(([text(first).uppercased()] + words).joined(separator: " "), at: first)
  }

  func unsupported(_ what: String, at token: Token) -> CQLSyntaxError {
    error(at: token, "\(what) is not supported")
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
    let start = token
    let using = try using()
    if using.ttl != nil {
      throw error(at: start, "Global TTL on the BATCH statement is not supported.")
    }
    var statements: [Statement] = []
    while !accept(.apply) {
      switch self.kind {
      case .keyword(.insert): statements.append(.insert(try insert()))
      case .keyword(.update): statements.append(.update(try update()))
      case .keyword(.delete): statements.append(.delete(try delete()))
      default: throw mismatch(Keyword.apply.upper)
      }
      _ = accept(.semicolon)
    }
    try expect(.batch)
    return Batch(kind: kind, using: using, statements: statements)
  }

  private mutating func describe() throws(CQLSyntaxError) -> Describe {
    let first = advance()
    switch kind {
    case .keyword(.keyspaces):
      advance()
      return .keyspaces
    case .keyword(.tables):
      advance()
      return .tables
    case .keyword(.full):
      advance()
      try expect(.schema)
      return .schema
    case .keyword(.schema):
      advance()
      return .schema
    case .keyword(.keyspace):
      advance()
      let isBare = kind == .end || kind == .symbol(.semicolon)
      return .keyspace(isBare ? nil : try name())
    case .keyword(.table), .keyword(.columnfamily):
      advance()
      return .table(try tableName())
    case .keyword(.aggregate), .keyword(.aggregates), .keyword(.cluster), .keyword(.function),
      .keyword(.functions), .keyword(.index), .keyword(.materialized), .keyword(.type),
      .keyword(.types):
      throw unsupportedStatement(from: first)
    default:
      return .table(try tableName())
    }
  }
}

extension CQLParser {
  mutating func create() throws(CQLSyntaxError) -> Statement {
    let first = advance()
    switch kind {
    case .keyword(.keyspace), .keyword(.schema): return .createKeyspace(try createKeyspace())
    case .keyword(.table), .keyword(.columnfamily): return .createTable(try createTable())
    case .keyword(.index): return .createIndex(try createIndex())
    case .keyword(.aggregate), .keyword(.custom), .keyword(.function), .keyword(.materialized),
      .keyword(.or), .keyword(.role), .keyword(.trigger), .keyword(.type), .keyword(.user):
      throw unsupportedStatement(from: first)
    default: throw unexpected()
    }
  }

  mutating func drop() throws(CQLSyntaxError) -> Drop {
    let first = advance()
    let dropped: Drop.Kind
    switch kind {
    case .keyword(.keyspace), .keyword(.schema): dropped = .keyspace
    case .keyword(.table), .keyword(.columnfamily): dropped = .table
    case .keyword(.index): dropped = .index
    case .keyword(.aggregate), .keyword(.function), .keyword(.materialized), .keyword(.role),
      .keyword(.trigger), .keyword(.type), .keyword(.user):
      throw unsupportedStatement(from: first)
    default: throw unexpected()
    }
    advance()
    let ifExists = accept(.if)
    if ifExists { try expect(.exists) }
    let name = dropped == .keyspace ? TableName(table: try name()) : try tableName()
    return Drop(kind: dropped, name: name, ifExists: ifExists)
  }

  mutating func truncate() throws(CQLSyntaxError) -> TableName {
    try expect(.truncate)
    if !accept(.table) { _ = accept(.columnfamily) }
    return try tableName()
  }

  private mutating func createKeyspace() throws(CQLSyntaxError) -> CreateKeyspace {
    advance()
    let ifNotExists = try acceptIfNotExists()
    let name = try name()
    var options: [Option] = []
    if accept(.with) {
      repeat { options.append(try option()) } while accept(.and)
    }
    return CreateKeyspace(name: name, ifNotExists: ifNotExists, options: options)
  }

  private mutating func createIndex() throws(CQLSyntaxError) -> CreateIndex {
    advance()
    let ifNotExists = try acceptIfNotExists()
    let name = kind == .keyword(.on) ? nil : try name()
    try expect(.on)
    let table = try tableName()
    try expect(.leftParenthesis)
    let target = try indexTarget()
    try expect(.rightParenthesis)
    if kind == .keyword(.using) { throw unsupported("CREATE INDEX … USING", at: token) }
    if kind == .keyword(.with) { throw unsupported("CREATE INDEX … WITH", at: token) }
    return CreateIndex(name: name, ifNotExists: ifNotExists, table: table, target: target)
  }

  private mutating func indexTarget() throws(CQLSyntaxError) -> CreateIndex.Target {
    guard case .keyword(let keyword) = kind, kind(after: 1) == .symbol(.leftParenthesis),
      [.values, .keys, .entries, .full].contains(keyword)
    else { return .values(try name()) }
    advance()
    try expect(.leftParenthesis)
    let column = try name()
    try expect(.rightParenthesis)
    switch keyword {
    case .keys: return .keys(column)
    case .entries: return .entries(column)
    case .full: return .full(column)
    default: return .values(column)
    }
  }

  /// One `name = value`; the value holds no bind marker.
  mutating func option() throws(CQLSyntaxError) -> Option {
    let name = try name()
    try expect(.equal)
    let first = token
    let markersBefore = markerCount
    let value = try term()
    guard markerCount == markersBefore else {
      throw error(at: first, "bind markers are not allowed in schema statements")
    }
    return Option(name: name, value: value)
  }
}

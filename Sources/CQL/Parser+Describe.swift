extension CQLParser {
  mutating func describe() throws(CQLSyntaxError) -> Describe {
    advance()
    let element = try describedElement()
    guard accept(.with) else { return Describe(element) }
    try expect(.internals)
    return Describe(element, withInternals: true)
  }

  private mutating func describedElement() throws(CQLSyntaxError) -> Describe.Element {
    let next = kind(after: 1)
    // Most of the words below may also be a keyspace's or a table's name.
    guard next != .symbol(.dot), case .keyword(let keyword) = kind else {
      return .any(try qualifiedName())
    }
    switch keyword {
    case .keyspaces: return advanced(.keyspaces)
    case .cluster: return advanced(.cluster)
    case .tables, .columnfamilies: return advanced(.tables)
    case .types: return advanced(.types)
    case .functions: return advanced(.functions)
    case .aggregates: return advanced(.aggregates)
    case .schema: return advanced(.schema(full: false))
    case .full:
      advance()
      try expect(.schema)
      return .schema(full: true)
    case .only where next == .keyword(.keyspace) || next == .keyword(.schema):
      advance()
      return try keyspace(only: true)
    case .keyspace: return try keyspace(only: false)
    case .table, .columnfamily:
      advance()
      return .table(try tableName())
    case .index:
      advance()
      return .index(try qualifiedName())
    case .materialized:
      try expect(.materialized, .view)
      return .materializedView(try qualifiedName())
    case .type where isName(after: 1):
      advance()
      return .type(try userTypeName())
    case .function where beginsFunctionName(after: 1):
      advance()
      return .function(try functionName())
    case .aggregate where beginsFunctionName(after: 1):
      advance()
      return .aggregate(try functionName())
    default: return .any(try qualifiedName())
    }
  }

  private func beginsFunctionName(after distance: Int) -> Bool {
    isName(after: distance) || kind(after: distance) == .keyword(.token)
  }

  private mutating func advanced(_ element: Describe.Element) -> Describe.Element {
    advance()
    return element
  }

  private mutating func keyspace(only: Bool) throws(CQLSyntaxError) -> Describe.Element {
    advance()
    return .keyspace(isName() ? try name() : nil, only: only)
  }
}

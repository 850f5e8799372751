extension CQLParser {
  mutating func insert() throws(CQLSyntaxError) -> Statement {
    try expect(.insert, .into)
    let table = try tableName()
    guard accept(.json) else { return .insert(try insert(into: table)) }
    let json: Term
    switch kind {
    case .string, .dollarString: json = .string(string(advance()))
    case .symbol(.question), .symbol(.colon): json = try marker()
    default: throw unexpected()
    }
    var missing = InsertJSON.Default.null
    if accept(.default), !accept(.null) {
      guard accept(.unset) else { throw unexpected() }
      missing = .unset
    }
    let ifNotExists = try acceptIfNotExists()
    return .insertJSON(
      InsertJSON(
        table: table, json: json, default: missing, ifNotExists: ifNotExists, using: try using()))
  }

  private mutating func insert(into table: TableName) throws(CQLSyntaxError) -> Insert {
    guard kind == .symbol(.leftParenthesis) else { throw unexpected() }
    let columns = try parenthesizedColumns()
    try expect(.values)
    try expect(.leftParenthesis)
    let values = try commaSeparated { parser throws(CQLSyntaxError) in try parser.term() }
    try expect(.rightParenthesis)
    let ifNotExists = try acceptIfNotExists()
    return Insert(
      table: table, columns: columns, values: values, ifNotExists: ifNotExists,
      using: try using())
  }

  mutating func update() throws(CQLSyntaxError) -> Update {
    try expect(.update)
    let table = try tableName()
    let using = try using()
    try expect(.set)
    let assignments = try assignments()
    try expect(.where)
    let relations = try relations()
    return Update(
      table: table, using: using, assignments: assignments, relations: relations,
      condition: try condition())
  }

  mutating func delete() throws(CQLSyntaxError) -> Delete {
    try expect(.delete)
    var targets: [Delete.Target] = []
    if isName() || kind == .emptyQuotedName {
      targets = try commaSeparated { parser throws(CQLSyntaxError) in try parser.deleteTarget() }
    }
    try expect(.from)
    let table = try tableName()
    if kind == .keyword(.using), kind(after: 1) == .keyword(.ttl) {
      advance()
      throw mismatch(expecting: Keyword.timestamp.token)
    }
    var using = Using()
    if accept(.using) {
      try expect(.timestamp)
      using.timestamp = try integerTerm()
    }
    try expect(.where)
    let relations = try relations()
    return Delete(
      table: table, targets: targets, using: using, relations: relations,
      condition: try condition())
  }

  private mutating func deleteTarget() throws(CQLSyntaxError) -> Delete.Target {
    let column = try columnName()
    if accept(.dot) { return .field(column: column, field: try name()) }
    guard kind == .symbol(.leftBracket) else { return .column(column) }
    return .element(column: column, key: try bracketedTerm())
  }

  /// `USING TTL … AND TIMESTAMP …`, in either order, or nothing. Of a property given twice the last
  /// counts.
  mutating func using() throws(CQLSyntaxError) -> Using {
    var using = Using()
    guard accept(.using) else { return using }
    repeat {
      if accept(.ttl) {
        using.ttl = try integerTerm()
      } else if accept(.timestamp) {
        using.timestamp = try integerTerm()
      } else {
        throw unexpected()
      }
    } while accept(.and)
    return using
  }

  mutating func acceptIfNotExists() throws(CQLSyntaxError) -> Bool {
    guard accept(.if) else { return false }
    try expect(.not, .exists)
    return true
  }
}

extension CQLParser {
  mutating func insert() throws(CQLSyntaxError) -> Insert {
    let first = token
    try expect(.insert, .into)
    let table = try tableName()
    if kind == .keyword(.json) { throw unsupported("INSERT JSON", at: first) }
    let columns = try parenthesizedNames()
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
    let assignments = try commaSeparated { parser throws(CQLSyntaxError) in
      try parser.assignment()
    }
    try expect(.where)
    let relations = try relations()
    return Update(
      table: table, using: using, assignments: assignments, relations: relations,
      condition: try condition())
  }

  mutating func delete() throws(CQLSyntaxError) -> Delete {
    try expect(.delete)
    var targets: [Delete.Target] = []
    if !accept(.from) {
      targets = try commaSeparated { parser throws(CQLSyntaxError) in try parser.deleteTarget() }
      try expect(.from)
    }
    let table = try tableName()
    if kind == .keyword(.using), kind(after: 1) == .keyword(.ttl) {
      advance()
      throw mismatch(Keyword.timestamp.upper)
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

  /// `USING TTL … AND TIMESTAMP …`, in either order, or nothing.
  mutating func using() throws(CQLSyntaxError) -> Using {
    var using = Using()
    guard accept(.using) else { return using }
    repeat {
      let property = token
      if accept(.ttl) {
        guard using.ttl == nil else { throw repeated(property) }
        using.ttl = try integerTerm()
      } else {
        try expect(.timestamp)
        guard using.timestamp == nil else { throw repeated(property) }
        using.timestamp = try integerTerm()
      }
    } while accept(.and)
    return using
  }

  mutating func acceptIfNotExists() throws(CQLSyntaxError) -> Bool {
    guard accept(.if) else { return false }
    try expect(.not, .exists)
    return true
  }

  func repeated(_ property: Token) -> CQLSyntaxError {
    error(at: property, "Multiple definition for property '\(text(property))'")
  }

  private mutating func deleteTarget() throws(CQLSyntaxError) -> Delete.Target {
    let column = try name()
    if accept(.dot) { return .field(column: column, field: try name()) }
    guard accept(.leftBracket) else { return .column(column) }
    let key = try term()
    try expect(.rightBracket)
    return .element(column: column, key: key)
  }

  private mutating func assignment() throws(CQLSyntaxError) -> Assignment {
    let column = try name()
    switch kind {
    case .symbol(.plusEqual):
      advance()
      return .add(column: column, try term())
    case .symbol(.minusEqual):
      advance()
      return .subtract(column: column, try term())
    case .symbol(.leftBracket):
      advance()
      let key = try term()
      try expect(.rightBracket)
      try expect(.equal)
      return .element(column: column, key: key, try term())
    case .symbol(.dot):
      advance()
      let field = try name()
      try expect(.equal)
      return .field(column: column, field: field, try term())
    default:
      try expect(.equal)
      return try assignment(to: column)
    }
  }

  /// What follows `column =`.
  private mutating func assignment(to column: String) throws(CQLSyntaxError) -> Assignment {
    let afterName = kind(after: 1)
    if isName(), afterName == .symbol(.plus) || afterName == .symbol(.minus) {
      let operand = token
      guard try name() == column else {
        throw error(at: operand, "Only expressions of the form X = X + <value> are supported.")
      }
      let adds = accept(.plus)
      if !adds { try expect(.minus) }
      let value = try term()
      return adds ? .add(column: column, value) : .subtract(column: column, value)
    }
    let value = try term()
    guard accept(.plus) else { return .set(column: column, value) }
    let operand = token
    guard try name() == column else {
      throw error(at: operand, "Only expressions of the form X = <value> + X are supported.")
    }
    return .prepend(column: column, value)
  }
}

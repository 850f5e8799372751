extension CQLParser {
  mutating func select() throws(CQLSyntaxError) -> Select {
    try expect(.select)
    let json = acceptModifier(.json)
    let distinct = acceptModifier(.distinct)
    var selectors: [Selector] = []
    if !accept(.star) {
      selectors = try commaSeparated { parser throws(CQLSyntaxError) in try parser.selector() }
    }
    try expect(.from)
    var select = Select(table: try tableName())
    select.json = json
    select.distinct = distinct
    select.selectors = selectors
    if accept(.where) { select.relations = try relations() }
    if accept(.group) {
      try expect(.by)
      select.groupBy = try commaSeparated { parser throws(CQLSyntaxError) in try parser.name() }
    }
    if accept(.order) {
      try expect(.by)
      select.orderBy = try commaSeparated { parser throws(CQLSyntaxError) in
        try parser.ordering()
      }
    }
    if accept(.per) {
      try expect(.partition, .limit)
      select.perPartitionLimit = try integerTerm()
    }
    if accept(.limit) { select.limit = try integerTerm() }
    if accept(.allow) {
      try expect(.filtering)
      select.allowFiltering = true
    }
    return select
  }

  /// `column`, `column ASC` or `column DESC`.
  mutating func ordering() throws(CQLSyntaxError) -> Ordering {
    let column = try name()
    if accept(.desc) { return Ordering(column: column, descending: true) }
    _ = accept(.asc)
    return Ordering(column: column, descending: false)
  }

  /// Accepts JSON or DISTINCT unless what follows shows that a column of that name is selected.
  private mutating func acceptModifier(_ keyword: Keyword) -> Bool {
    switch kind(after: 1) {
    case .symbol(.comma), .symbol(.dot), .keyword(.from), .keyword(.as): false
    default: accept(keyword)
    }
  }

  private mutating func selector() throws(CQLSyntaxError) -> Selector {
    let expression = try expression()
    return Selector(expression: expression, alias: accept(.as) ? try name() : nil)
  }

  private mutating func expression() throws(CQLSyntaxError) -> Selector.Expression {
    try nested { parser throws(CQLSyntaxError) in try parser.expressionAtDepth() }
  }

  private mutating func expressionAtDepth() throws(CQLSyntaxError) -> Selector.Expression {
    if isFunction() {
      if kind == .keyword(.cast), kind(after: 1) == .symbol(.leftParenthesis) {
        return try cast()
      }
      return try functionExpression()
    }
    guard isName() else { return .term(try term()) }
    let column = try name()
    switch kind {
    case .symbol(.leftBracket): throw unsupported("selecting an element", at: token)
    case .symbol(.dot): throw unsupported("selecting a field", at: token)
    default: return .column(column)
    }
  }

  private mutating func functionExpression() throws(CQLSyntaxError) -> Selector.Expression {
    let (keyspace, name) = try functionName()
    if keyspace == nil, name == "count" {
      // Cassandra takes count(1) for count(*).
      let isOne = kind == .integer && text(token) == "1"
      let isClosed = kind(after: 1) == .symbol(.rightParenthesis)
      if isClosed, isOne || kind == .symbol(.star) {
        advance()
        advance()
        return .countRows
      }
    }
    let arguments = try commaSeparated(until: .rightParenthesis) {
      parser throws(CQLSyntaxError) in try parser.expression()
    }
    return .function(keyspace: keyspace, name: name, arguments: arguments)
  }

  private mutating func cast() throws(CQLSyntaxError) -> Selector.Expression {
    try expect(.cast)
    try expect(.leftParenthesis)
    let expression = try expression()
    try expect(.as)
    let type = try type()
    try expect(.rightParenthesis)
    return .cast(expression, type)
  }
}

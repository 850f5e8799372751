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
      select.groupBy = try commaSeparated { parser throws(CQLSyntaxError) in
        try parser.columnName()
      }
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
  private mutating func ordering() throws(CQLSyntaxError) -> Ordering {
    let column = try columnName()
    if accept(.desc) { return Ordering(column: column, descending: true) }
    _ = accept(.asc)
    return Ordering(column: column, descending: false)
  }

  /// Accepts JSON or DISTINCT unless what follows shows that a column of that name is selected.
  private mutating func acceptModifier(_ keyword: Keyword) -> Bool {
    switch kind(after: 1) {
    case .symbol(.comma), .symbol(.dot), .symbol(.plus), .symbol(.slash), .symbol(.percent),
      .keyword(.from):
      false
    case .symbol(.star): kind(after: 2) == .keyword(.from) && accept(keyword)
    case .keyword(.as): !isName(after: 2) && accept(keyword)
    default: accept(keyword)
    }
  }

  private mutating func selector() throws(CQLSyntaxError) -> Selector {
    let expression = try expression()
    return Selector(expression: expression, alias: accept(.as) ? try name() : nil)
  }
}

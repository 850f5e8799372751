extension CQLParser {
  mutating func select() throws(CQLSyntaxError) -> Select {
    try expect(.select)
    let json = acceptModifier(.json)
    let distinct = acceptModifier(.distinct)
    let selectors = try selectors(afterWord: json || distinct)
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

  /// The selectors; none are `*`. A word of its own before them is taken for a column's name where
  /// they cannot be read.
  private mutating func selectors(afterWord: Bool) throws(CQLSyntaxError) -> [Selector] {
    if accept(.star) { return [] }
    let first = index
    do throws(CQLSyntaxError) {
      return try commaSeparated { parser throws(CQLSyntaxError) in try parser.selector() }
    } catch {
      guard afterWord, isGrammatical(error) else { throw error }
      move(to: first - 1)
      throw unexpected(after: 1)
    }
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

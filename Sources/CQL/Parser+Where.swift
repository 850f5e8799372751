extension CQLParser {
  /// The relations after WHERE, between ANDs.
  mutating func relations() throws(CQLSyntaxError) -> [Relation] {
    var relations = [try relation()]
    while accept(.and) { relations.append(try relation()) }
    return relations
  }

  /// `IF EXISTS`, `IF column = … AND …`, or nothing.
  mutating func condition() throws(CQLSyntaxError) -> Condition {
    guard accept(.if) else { return .none }
    if kind == .keyword(.exists), !isComparison(after: 1) {
      advance()
      return .exists
    }
    var relations = [try columnRelation()]
    while accept(.and) { relations.append(try columnRelation()) }
    return .relations(relations)
  }

  private mutating func relation() throws(CQLSyntaxError) -> Relation {
    try nested { parser throws(CQLSyntaxError) in try parser.relationAtDepth() }
  }

  private mutating func relationAtDepth() throws(CQLSyntaxError) -> Relation {
    if accept(.token) {
      let columns = try parenthesizedNames()
      return .token(columns, try sign(), try term())
    }
    guard kind == .symbol(.leftParenthesis) else { return try columnRelation() }
    let afterName = kind(after: 2)
    if isName(after: 1),
      afterName == .symbol(.comma) || afterName == .symbol(.rightParenthesis)
    {
      let columns = try parenthesizedNames()
      if accept(.in) { return .columns(columns, .in, try inTerm()) }
      return .columns(columns, try sign(), try term())
    }
    try expect(.leftParenthesis)
    let relation = try relation()
    try expect(.rightParenthesis)
    return relation
  }

  /// A relation that begins with the name of a column.
  private mutating func columnRelation() throws(CQLSyntaxError) -> Relation {
    let column = try name()
    switch kind {
    case .symbol(.leftBracket):
      advance()
      let key = try term()
      try expect(.rightBracket)
      if accept(.in) { return .element(column: column, key: key, .in, try inTerm()) }
      return .element(column: column, key: key, try sign(), try term())
    case .keyword(.in):
      advance()
      return .column(column, .in, try inTerm())
    case .keyword(.contains):
      advance()
      return .column(column, accept(.key) ? .containsKey : .contains, try term())
    case .keyword(.like): throw unsupported("LIKE", at: token)
    case .keyword(.is): throw unsupported("IS NOT NULL", at: token)
    case .symbol(.dot): throw unsupported("a relation on a field", at: token)
    default: return .column(column, try sign(), try term())
    }
  }

  /// `(…, …)` as a list, or a marker for it.
  private mutating func inTerm() throws(CQLSyntaxError) -> Term {
    if kind == .symbol(.question) || kind == .symbol(.colon) { return try term() }
    try expect(.leftParenthesis)
    return .list(
      try commaSeparated(until: .rightParenthesis) { parser throws(CQLSyntaxError) in
        try parser.term()
      })
  }

  private mutating func sign() throws(CQLSyntaxError) -> Comparison {
    guard case .symbol(let symbol) = kind,
      let comparison = Comparison(rawValue: symbol.rawValue)
    else { throw unexpected() }
    advance()
    return comparison
  }

  private func isComparison(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .symbol(let symbol): symbol == .leftBracket || Comparison(rawValue: symbol.rawValue) != nil
    case .keyword(let keyword): keyword == .in || keyword == .contains
    default: false
    }
  }
}

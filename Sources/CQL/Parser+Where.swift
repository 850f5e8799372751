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
    var relations = [try columnCondition()]
    while accept(.and) { relations.append(try columnCondition()) }
    return .relations(relations)
  }

  private mutating func relation() throws(CQLSyntaxError) -> Relation {
    if isIndexExpression { return try indexExpression() }
    return try nested { parser throws(CQLSyntaxError) in try parser.relationAtDepth() }
  }

  private mutating func relationAtDepth() throws(CQLSyntaxError) -> Relation {
    if accept(.token) {
      let columns = try parenthesizedColumns()
      return .token(columns, try sign(), try term())
    }
    guard kind == .symbol(.leftParenthesis) else { return try columnRelation() }
    let isColumn = isName(after: 1) || kind(after: 1) == .emptyQuotedName
    guard isColumn || [.symbol(.leftParenthesis), .keyword(.token)].contains(kind(after: 1)) else {
      throw unexpected(after: 1)
    }
    let afterName = kind(after: 2)
    if isColumn, afterName == .symbol(.comma) || afterName == .symbol(.rightParenthesis) {
      let columns = try parenthesizedColumns()
      if accept(.in) { return .columns(columns, .in, try tuples()) }
      if isComparison(after: 0), !isList(after: 1) { throw unexpected(after: 1) }
      let sign = try sign()
      return .columns(columns, sign, isMarker ? try marker() : try tuple())
    }
    if isColumn, !isRelation(after: 2) { throw unexpected(after: 2) }
    try expect(.leftParenthesis)
    let relation = try nested { parser throws(CQLSyntaxError) in try parser.relationAtDepth() }
    try expect(.rightParenthesis)
    return relation
  }

  /// A relation that begins with the name of a column.
  private mutating func columnRelation() throws(CQLSyntaxError) -> Relation {
    guard isName() || kind == .emptyQuotedName else { throw unexpected() }
    guard isRelation(after: 1) else { throw unexpected(after: 1) }
    if kind(after: 1) == .keyword(.in), !isList(after: 2) { throw unexpected(after: 2) }
    let column = try columnName()
    switch kind {
    case .symbol(.leftBracket):
      let key = try bracketedTerm()
      return .element(column: column, key: key, try sign(), try term())
    case .keyword(.in):
      advance()
      return .column(column, .in, try inTerm())
    case .keyword(.contains):
      advance()
      // A keyspace may be called key: CONTAINS key.f().
      let isKey = kind(after: 1) != .symbol(.dot) && accept(.key)
      return .column(column, isKey ? .containsKey : .contains, try term())
    case .keyword(.like):
      advance()
      return .column(column, .like, try term())
    case .keyword(.is):
      advance()
      try expect(.not, .null)
      return .isNotNull(column: column)
    default: return .column(column, try sign(), try term())
    }
  }

  /// One condition of a lightweight transaction.
  private mutating func columnCondition() throws(CQLSyntaxError) -> Relation {
    let column = try columnName()
    switch kind {
    case .symbol(.leftBracket):
      let key = try bracketedTerm()
      if accept(.in) { return .element(column: column, key: key, .in, try inTerm()) }
      return .element(column: column, key: key, try sign(), try term())
    case .symbol(.dot):
      advance()
      let field = try name()
      if accept(.in) { return .field(column: column, field: field, .in, try inTerm()) }
      return .field(column: column, field: field, try sign(), try term())
    case .keyword(.in):
      advance()
      return .column(column, .in, try inTerm())
    default: return .column(column, try sign(), try term())
    }
  }

  /// `[term]`.
  mutating func bracketedTerm() throws(CQLSyntaxError) -> Term {
    try expect(.leftBracket)
    let term = try term()
    try expect(.rightBracket)
    return term
  }

  /// `(…, …)` as a list, or a marker for it.
  private mutating func inTerm() throws(CQLSyntaxError) -> Term {
    if isMarker { return try marker() }
    guard accept(.leftParenthesis) else { throw unexpected() }
    return .list(
      try commaSeparated(until: .rightParenthesis, if: beginsElement()) {
        parser throws(CQLSyntaxError) in
        try parser.term()
      })
  }

  /// What `(a, b) IN` takes: tuples or markers, one or the other, or a marker for all.
  private mutating func tuples() throws(CQLSyntaxError) -> Term {
    if isMarker { return try marker() }
    guard kind == .symbol(.leftParenthesis) else { throw unexpected() }
    guard isList(after: 1) || kind(after: 1) == .symbol(.rightParenthesis) else {
      throw unexpected(after: 1)
    }
    advance()
    if accept(.rightParenthesis) { return .list([]) }
    let hasMarkers = isMarker
    let values = try commaSeparated { parser throws(CQLSyntaxError) in
      hasMarkers ? try parser.marker() : try parser.tuple()
    }
    try expect(.rightParenthesis)
    return .list(values)
  }

  private mutating func tuple() throws(CQLSyntaxError) -> Term {
    try expect(.leftParenthesis)
    let elements = try commaSeparated { parser throws(CQLSyntaxError) in try parser.term() }
    try expect(.rightParenthesis)
    return .tuple(elements)
  }

  /// `expr(`, which is one token in Cassandra: in lower case and without a blank.
  private var isIndexExpression: Bool {
    kind == .name && kind(after: 1) == .symbol(.leftParenthesis)
      && bytes[token.range].elementsEqual("expr".utf8)
      && tokens[index + 1].start == token.end
  }

  private mutating func indexExpression() throws(CQLSyntaxError) -> Relation {
    advance()
    advance()
    let index = try name(of: "index")
    try expect(.comma)
    let term = try term()
    try expect(.rightParenthesis)
    return .indexExpression(index: index, term)
  }

  private mutating func sign() throws(CQLSyntaxError) -> Comparison {
    guard case .symbol(let symbol) = kind,
      let comparison = Comparison(rawValue: symbol.rawValue)
    else { throw unexpected() }
    advance()
    return comparison
  }

  /// Whether what follows a column's name makes a relation of it.
  private func isRelation(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .keyword(.like), .keyword(.is): true
    case .symbol(.dot): false
    default: isComparison(after: distance)
    }
  }

  private func isList(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .symbol(.leftParenthesis), .symbol(.question), .symbol(.colon): true
    default: false
    }
  }

  private func isComparison(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .symbol(let symbol):
      symbol == .leftBracket || symbol == .dot || Comparison(rawValue: symbol.rawValue) != nil
    case .keyword(let keyword): keyword == .in || keyword == .contains
    default: false
    }
  }
}

extension CQLParser {
  /// What one selector selects, without its alias.
  mutating func expression() throws(CQLSyntaxError) -> Selector.Expression {
    try nested { parser throws(CQLSyntaxError) in
      try parser.arithmetic(Selector.Expression.arithmetic) { parser throws(CQLSyntaxError) in
        try parser.operand()
      }
    }
  }

  private mutating func operand() throws(CQLSyntaxError) -> Selector.Expression {
    if accept(.minus) {
      return .negation(
        try nested { parser throws(CQLSyntaxError) in try parser.operand() })
    }
    let whole = try simpleExpression()
    var parts: [Selector.Part] = []
    while true {
      if accept(.dot) {
        parts.append(.field(try name()))
      } else if accept(.leftBracket) {
        parts.append(try elements())
        try expect(.rightBracket)
      } else {
        return parts.isEmpty ? whole : .part(of: whole, parts)
      }
    }
  }

  /// `key`, `from..to`, `from..` or `..to`.
  private mutating func elements() throws(CQLSyntaxError) -> Selector.Part {
    if accept(.range) { return .slice(from: nil, to: try term()) }
    let first = try term()
    guard accept(.range) else { return .element(first) }
    return .slice(from: first, to: kind == .symbol(.rightBracket) ? nil : try term())
  }

  /// Whether what may follow a selector stands there, or what makes more of a name.
  private func endsOperand(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .symbol(let symbol):
      switch symbol {
      case .leftBrace, .question, .semicolon, .range: false
      default: Comparison(rawValue: symbol.rawValue) == nil
      }
    case .keyword(let keyword): keyword == .as || keyword == .from
    case .end: true
    default: false
    }
  }

  private mutating func simpleExpression() throws(CQLSyntaxError) -> Selector.Expression {
    if isName(), !endsOperand(after: 1) { throw unexpected(after: 1) }
    if kind == .symbol(.leftBrace), kind(after: 1) != .symbol(.rightBrace),
      !beginsElement(after: 1)
    {
      throw unexpected(after: 1)
    }
    if let constant = try constant() { return .term(constant) }
    switch kind {
    case .symbol(.question), .symbol(.colon): return .term(try marker())
    case .keyword(.null):
      advance()
      return .term(.null)
    case .symbol(.leftParenthesis):
      guard parenthesis.holdsType(followedBy: isHintedExpression) else {
        advance()
        let elements = try commaSeparated { parser throws(CQLSyntaxError) in
          try parser.expression()
        }
        try expect(.rightParenthesis)
        return .tuple(elements)
      }
      return try nested { parser throws(CQLSyntaxError) in try parser.typeHint() }
    case .symbol(.leftBracket):
      advance()
      return .list(try expressions(until: .rightBracket))
    case .symbol(.leftBrace): return try setOrMapExpression()
    default: return try columnOrFunction()
    }
  }

  private mutating func columnOrFunction() throws(CQLSyntaxError) -> Selector.Expression {
    if kind(after: 1) == .symbol(.leftParenthesis), case .keyword(let keyword) = kind {
      switch keyword {
      case .cast: return try castExpression()
      case .writetime: return .writetime(column: try parenthesizedColumn())
      case .ttl: return .ttl(column: try parenthesizedColumn())
      case .count where kind(after: 2) == .symbol(.star):
        advance()
        advance()
        advance()
        try expect(.rightParenthesis)
        return .countRows
      default: break
      }
    }
    guard isFunction() else { return .column(try name()) }
    let name = try functionName()
    try expect(.leftParenthesis)
    let arguments = try expressions(until: .rightParenthesis)
    // Counting a constant counts rows, as Cassandra has it.
    if name == QualifiedName("count"), arguments.count == 1, case .term(let term) = arguments[0] {
      switch term {
      case .null, .marker: break
      default: return .countRows
      }
    }
    return .function(keyspace: name.keyspace, name: name.name, arguments: arguments)
  }

  private mutating func parenthesizedColumn() throws(CQLSyntaxError) -> String {
    advance()
    try expect(.leftParenthesis)
    let column = try columnName()
    try expect(.rightParenthesis)
    return column
  }

  private mutating func castExpression() throws(CQLSyntaxError) -> Selector.Expression {
    advance()
    try expect(.leftParenthesis)
    let expression = try expression()
    try expect(.as)
    let type = try nativeType()
    try expect(.rightParenthesis)
    return .cast(expression, type)
  }

  private mutating func typeHint() throws(CQLSyntaxError) -> Selector.Expression {
    advance()
    let type = try type()
    try expect(.rightParenthesis)
    return .typeHint(type, try simpleExpression())
  }

  /// Whether what a type hint may stand before begins at the token `distance` after the current
  /// one. An alias does not: `(a) AS b`.
  private func isHintedExpression(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .keyword(.as): !isName(after: distance + 1)
    case .symbol(.colon): isName(after: distance + 1)
    default: isName(after: distance) || isSimpleTerm(after: distance)
    }
  }

  private mutating func expressions(
    until close: Token.Symbol
  ) throws(CQLSyntaxError) -> [Selector.Expression] {
    try commaSeparated(until: close, if: beginsElement()) { parser throws(CQLSyntaxError) in
      try parser.expression()
    }
  }

  private mutating func setOrMapExpression() throws(CQLSyntaxError) -> Selector.Expression {
    try expect(.leftBrace)
    if accept(.rightBrace) { return .map([]) }
    let first = try expression()
    guard accept(.colon) else {
      var elements = [first]
      while accept(.comma) { elements.append(try expression()) }
      try expect(.rightBrace)
      return .set(elements)
    }
    var entries = [Selector.Entry(key: first, value: try expression())]
    while accept(.comma) {
      let key = try expression()
      try expect(.colon)
      entries.append(Selector.Entry(key: key, value: try expression()))
    }
    try expect(.rightBrace)
    return .map(entries)
  }
}

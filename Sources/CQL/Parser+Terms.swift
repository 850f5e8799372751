extension CQLParser {
  mutating func term() throws(CQLSyntaxError) -> Term {
    try nested { parser throws(CQLSyntaxError) in try parser.termAtDepth() }
  }

  /// A number or a marker, as LIMIT and USING take them.
  mutating func integerTerm() throws(CQLSyntaxError) -> Term {
    switch kind {
    case .integer, .symbol(.question), .symbol(.colon): return try term()
    case .symbol(.minus) where kind(after: 1) == .integer: return try term()
    default: throw unexpected()
    }
  }

  private mutating func termAtDepth() throws(CQLSyntaxError) -> Term {
    switch kind {
    case .integer: return .integer(text(advance()))
    case .decimal: return .decimal(text(advance()))
    case .duration: return .duration(text(advance()))
    case .string: return .string(unquoted(advance()))
    case .dollarString:
      let token = advance()
      return .string(String(decoding: bytes[token.start + 2..<token.end - 2], as: UTF8.self))
    case .uuid: return .uuid(text(advance()))
    case .blob: return .blob(blobBytes(advance()))
    case .symbol(.minus): return try negative()
    case .symbol(.question):
      let index = try nextMarker()
      advance()
      return .marker(index: index, name: nil)
    case .symbol(.colon):
      let index = try nextMarker()
      advance()
      return .marker(index: index, name: try name())
    case .symbol(.leftBracket):
      advance()
      return .list(try terms(until: .rightBracket))
    case .symbol(.leftBrace): return try setOrMap()
    case .symbol(.leftParenthesis): return try tupleOrCast()
    case .keyword(let keyword): return try keywordTerm(keyword)
    default: return try function()
    }
  }

  private mutating func terms(until close: Token.Symbol) throws(CQLSyntaxError) -> [Term] {
    try commaSeparated(until: close) { parser throws(CQLSyntaxError) in try parser.term() }
  }

  private mutating func keywordTerm(_ keyword: Keyword) throws(CQLSyntaxError) -> Term {
    switch keyword {
    case .null:
      advance()
      return .null
    case .true, .false:
      advance()
      return .boolean(keyword == .true)
    case .nan, .infinity:
      advance()
      return .decimal(keyword == .nan ? "NaN" : "Infinity")
    default:
      return try function()
    }
  }

  private mutating func negative() throws(CQLSyntaxError) -> Term {
    advance()
    switch kind {
    case .integer: return .integer("-" + text(advance()))
    case .decimal: return .decimal("-" + text(advance()))
    case .duration: return .duration("-" + text(advance()))
    case .keyword(.nan):
      advance()
      return .decimal("-NaN")
    case .keyword(.infinity):
      advance()
      return .decimal("-Infinity")
    default: throw unexpected()
    }
  }

  private func blobBytes(_ token: Token) -> [UInt8] {
    stride(from: token.start + 2, to: token.end, by: 2).map { index in
      (hexValue(bytes[index]) ?? 0) << 4 | (hexValue(bytes[index + 1]) ?? 0)
    }
  }

  private mutating func setOrMap() throws(CQLSyntaxError) -> Term {
    try expect(.leftBrace)
    if accept(.rightBrace) { return .map([]) }
    let first = try term()
    guard kind == .symbol(.colon) else {
      guard accept(.comma) else {
        try expect(.rightBrace)
        return .set([first])
      }
      let rest = try commaSeparated { parser throws(CQLSyntaxError) in try parser.term() }
      try expect(.rightBrace)
      return .set([first] + rest)
    }
    try expect(.colon)
    var entries = [MapEntry(key: first, value: try term())]
    while accept(.comma) {
      let key = try term()
      try expect(.colon)
      entries.append(MapEntry(key: key, value: try term()))
    }
    try expect(.rightBrace)
    return .map(entries)
  }

  /// A parenthesis holds a type where a name and `)` or `<` follow it, since a name alone is no
  /// term.
  private mutating func tupleOrCast() throws(CQLSyntaxError) -> Term {
    let afterName = kind(after: 2)
    let isCast =
      (isName(after: 1) || kind(after: 1) == .keyword(.set))
      && (afterName == .symbol(.rightParenthesis) || afterName == .symbol(.less))
    try expect(.leftParenthesis)
    guard isCast else {
      let elements = try commaSeparated { parser throws(CQLSyntaxError) in try parser.term() }
      try expect(.rightParenthesis)
      return .tuple(elements)
    }
    let type = try type()
    try expect(.rightParenthesis)
    return .cast(type, try term())
  }

  private mutating func function() throws(CQLSyntaxError) -> Term {
    guard isFunction() else { throw unexpected() }
    let (keyspace, name) = try functionName()
    return .function(
      keyspace: keyspace, name: name, arguments: try terms(until: .rightParenthesis))
  }

  /// Whether `name(` or `keyspace.name(` stands at the current token.
  func isFunction() -> Bool {
    let local = isFunctionName(after: 0) && kind(after: 1) == .symbol(.leftParenthesis)
    let qualified =
      isName() && kind(after: 1) == .symbol(.dot) && isFunctionName(after: 2)
      && kind(after: 3) == .symbol(.leftParenthesis)
    return local || qualified
  }

  /// A function's name and its opening parenthesis, where `isFunction()`.
  mutating func functionName() throws(CQLSyntaxError) -> (keyspace: String?, name: String) {
    let first = nameText(advance())
    guard accept(.dot) else {
      try expect(.leftParenthesis)
      return (nil, first)
    }
    let second = nameText(advance())
    try expect(.leftParenthesis)
    return (first, second)
  }

  private func isFunctionName(after distance: Int) -> Bool {
    isName(after: distance) || kind(after: distance) == .keyword(.token)
  }
}

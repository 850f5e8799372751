extension CQLParser {
  mutating func term() throws(CQLSyntaxError) -> Term {
    try nested { parser throws(CQLSyntaxError) in
      try parser.arithmetic(Term.arithmetic, endsBeforeColumn: true) {
        parser throws(CQLSyntaxError) in
        if parser.accept(.minus) { return .negation(try parser.simpleTerm()) }
        return try parser.simpleTerm()
      }
    }
  }

  /// A number or a marker, as LIMIT and USING take them.
  mutating func integerTerm() throws(CQLSyntaxError) -> Term {
    switch kind {
    case .integer: return .integer(text(advance()))
    case .symbol(.question), .symbol(.colon): return try marker()
    default: throw unexpected()
    }
  }

  mutating func marker() throws(CQLSyntaxError) -> Term {
    let index = try nextMarker()
    if accept(.question) { return .marker(index: index, name: nil) }
    guard accept(.colon) else { throw unexpected() }
    return .marker(index: index, name: try name())
  }

  /// Whether a marker stands at the current token.
  var isMarker: Bool { kind == .symbol(.question) || kind == .symbol(.colon) }

  /// A constant; nil, and nothing read, where none stands.
  mutating func constant() throws(CQLSyntaxError) -> Term? {
    switch kind {
    case .integer: return .integer(text(advance()))
    case .decimal: return .decimal(decimal(advance()))
    case .duration: return .duration(text(advance()))
    case .string, .dollarString: return .string(string(advance()))
    case .uuid: return .uuid(text(advance()))
    case .blob: return .blob(try blobBytes(advance()))
    case .keyword(.true), .keyword(.false): return .boolean(advance().kind == .keyword(.true))
    case .keyword(.nan), .keyword(.infinity): return .decimal(decimal(advance()))
    default: return nil
    }
  }

  /// `{key: value, …}`, all that a WITH clause takes besides constants.
  mutating func mapLiteral() throws(CQLSyntaxError) -> [MapEntry] {
    try expect(.leftBrace)
    return try commaSeparated(until: .rightBrace, if: beginsElement()) {
      parser throws(CQLSyntaxError) in
      try parser.mapEntry()
    }
  }

  /// What a string stands for, however it is quoted.
  func string(_ token: Token) -> String {
    token.kind == .string
      ? unquoted(token)
      : String(decoding: bytes[token.start + 2..<token.end - 2], as: UTF8.self)
  }

  private mutating func simpleTerm() throws(CQLSyntaxError) -> Term {
    if let constant = try constant() { return constant }
    switch kind {
    case .symbol(.question), .symbol(.colon): return try marker()
    case .symbol(.leftBracket):
      advance()
      return .list(try terms(until: .rightBracket))
    case .symbol(.leftBrace): return try braces()
    case .symbol(.leftParenthesis):
      guard parenthesis.holdsType(followedBy: isSimpleTerm) else {
        guard beginsElement(after: 1) else { throw unexpected(after: 1) }
        advance()
        let elements = try commaSeparated { parser throws(CQLSyntaxError) in try parser.term() }
        try expect(.rightParenthesis)
        return .tuple(elements)
      }
      return try nested { parser throws(CQLSyntaxError) in try parser.cast() }
    case .keyword(.null):
      advance()
      return .null
    default: return try function()
    }
  }

  private mutating func cast() throws(CQLSyntaxError) -> Term {
    advance()
    let type = try type()
    try expect(.rightParenthesis)
    return .cast(type, try simpleTerm())
  }

  /// Whether a term without a sign begins at the token `distance` after the current one.
  func isSimpleTerm(after distance: Int) -> Bool {
    switch kind(after: distance) {
    case .integer, .decimal, .duration, .string, .dollarString, .uuid, .blob,
      .keyword(.true), .keyword(.false), .keyword(.nan), .keyword(.infinity), .keyword(.null),
      .symbol(.question), .symbol(.leftBracket), .symbol(.leftBrace), .symbol(.leftParenthesis):
      true
    // A marker, unless it is a map's colon and a function.
    case .symbol(.colon): isName(after: distance + 1) && !isFunction(after: distance + 1)
    default: isFunction(after: distance)
    }
  }

  /// Whether a term or a selector may begin at the token `distance` after the current one.
  func beginsElement(after distance: Int = 0) -> Bool {
    switch kind(after: distance) {
    case .symbol(.question), .symbol(.colon), .symbol(.leftBracket), .symbol(.leftBrace),
      .symbol(.leftParenthesis), .symbol(.minus):
      true
    case .symbol, .end: false
    case .keyword(let keyword):
      !keyword.isReserved || [.token, .null, .nan, .infinity, .true, .false].contains(keyword)
    default: true
    }
  }

  /// The error of a name that calls no function, in a term.
  private func noFunction() -> CQLSyntaxError {
    guard isName() || kind == .keyword(.token) else { return unexpected() }
    guard kind(after: 1) == .symbol(.dot) else { return unexpected(after: 1) }
    return unexpected(after: isFunctionName(after: 2) ? 3 : 2)
  }

  private mutating func terms(until close: Token.Symbol) throws(CQLSyntaxError) -> [Term] {
    try commaSeparated(until: close, if: beginsElement()) { parser throws(CQLSyntaxError) in
      try parser.term()
    }
  }

  private mutating func function() throws(CQLSyntaxError) -> Term {
    guard isFunction() else { throw noFunction() }
    let name = try functionName()
    try expect(.leftParenthesis)
    return .function(
      keyspace: name.keyspace, name: name.name, arguments: try terms(until: .rightParenthesis))
  }

  /// A set, a map, or a value of a user-defined type, whose keys are names.
  private mutating func braces() throws(CQLSyntaxError) -> Term {
    guard kind(after: 1) == .symbol(.rightBrace) || beginsElement(after: 1) else {
      throw unexpected(after: 1)
    }
    if isName(after: 1) {
      switch kind(after: 2) {
      case .symbol(.colon), .symbol(.leftParenthesis), .symbol(.dot): break
      default: throw unexpected(after: 2)
      }
    }
    try expect(.leftBrace)
    if accept(.rightBrace) { return .map([]) }
    if isName(), kind(after: 1) == .symbol(.colon) {
      let fields = try commaSeparated { parser throws(CQLSyntaxError) in
        let field = try parser.name()
        try parser.expect(.colon)
        return FieldValue(field: field, value: try parser.term())
      }
      try expect(.rightBrace)
      return .user(fields)
    }
    let first = try term()
    if accept(.colon) {
      var entries = [MapEntry(key: first, value: try term())]
      while accept(.comma) { entries.append(try mapEntry()) }
      try expect(.rightBrace)
      return .map(entries)
    }
    var elements = [first]
    while accept(.comma) { elements.append(try term()) }
    try expect(.rightBrace)
    return .set(elements)
  }

  private mutating func mapEntry() throws(CQLSyntaxError) -> MapEntry {
    let key = try term()
    try expect(.colon)
    return MapEntry(key: key, value: try term())
  }

  private func decimal(_ token: Token) -> String {
    switch lowercased(bytes[token.end - 1]) {
    case UInt8(ascii: "n"): "NaN"
    case UInt8(ascii: "y"): bytes[token.start] == UInt8(ascii: "-") ? "-Infinity" : "Infinity"
    default: text(token)
    }
  }

  private func blobBytes(_ token: Token) throws(CQLSyntaxError) -> [UInt8] {
    guard (token.end - token.start).isMultiple(of: 2) else {
      // The grammar takes it; no type does.
      var error = finding(at: token, "cannot parse '\(text(token).dropFirst(2))' as hex bytes")
      error.isOfValue = true
      throw error
    }
    return stride(from: token.start + 2, to: token.end, by: 2).map { index in
      (hexValue(bytes[index]) ?? 0) << 4 | (hexValue(bytes[index + 1]) ?? 0)
    }
  }
}

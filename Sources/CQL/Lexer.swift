/// Cuts the UTF-8 bytes of a text into tokens.
struct Lexer {
  let bytes: [UInt8]
  private(set) var offset = 0
  /// Whether the text ended inside a string, a quoted name or a comment.
  private(set) var isUnterminated = false

  init(_ text: String) {
    bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  /// The next token; past the last one, `.end` again and again.
  ///
  /// Throws at a character that begins no token and at a string, quoted name or comment that does
  /// not end; call it no more then.
  mutating func next() throws(CQLSyntaxError) -> Token {
    try skipBlanks()
    let start = offset
    guard start < bytes.count else { return Token(.end, start..<start) }
    let kind = try scan()
    return Token(kind, start..<offset)
  }

  /// The byte at `index`, 0 past the end.
  func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  func error(at index: Int, _ message: String) -> CQLSyntaxError {
    var position = Position()
    position.advance(over: bytes[..<min(index, bytes.count)])
    return CQLSyntaxError(line: position.line, column: position.column, message: message)
  }

  private mutating func skipBlanks() throws(CQLSyntaxError) {
    while offset < bytes.count {
      switch (bytes[offset], byte(offset + 1)) {
      case (UInt8(ascii: " "), _), (0x09...0x0D, _):
        offset += 1
      case (UInt8(ascii: "-"), UInt8(ascii: "-")), (UInt8(ascii: "/"), UInt8(ascii: "/")):
        offset = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        try skip(to: UInt8(ascii: "*"), UInt8(ascii: "/"))
      default:
        return
      }
    }
  }

  /// Moves past what two bytes open, to after the next `first` `second`.
  private mutating func skip(to first: UInt8, _ second: UInt8) throws(CQLSyntaxError) {
    var index = offset + 2
    while index + 1 < bytes.count {
      if bytes[index] == first, bytes[index + 1] == second {
        offset = index + 2
        return
      }
      index += 1
    }
    throw unterminated(String(decoding: [first, second], as: UTF8.self))
  }

  private mutating func unterminated(_ close: String) -> CQLSyntaxError {
    isUnterminated = true
    return error(at: offset, "mismatched character '<EOF>' expecting '\(close)'")
  }

  private mutating func scan() throws(CQLSyntaxError) -> Token.Kind {
    switch bytes[offset] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      return word()
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try number()
    case UInt8(ascii: "'"):
      try skipQuoted()
      return .string
    case UInt8(ascii: "\""):
      let start = offset
      try skipQuoted()
      guard offset - start > 2 else { throw error(at: start, "a quoted name may not be empty") }
      return .quotedName
    case UInt8(ascii: "$") where byte(offset + 1) == UInt8(ascii: "$"):
      try skip(to: UInt8(ascii: "$"), UInt8(ascii: "$"))
      return .dollarString
    default:
      return try symbol()
    }
  }

  /// Moves past a string in which the quote at `offset` stands doubled for itself.
  private mutating func skipQuoted() throws(CQLSyntaxError) {
    let quote = bytes[offset]
    var index = offset + 1
    while index < bytes.count {
      if bytes[index] != quote {
        index += 1
      } else if byte(index + 1) == quote {
        index += 2
      } else {
        offset = index + 1
        return
      }
    }
    throw unterminated(String(decoding: [quote], as: UTF8.self))
  }

  private mutating func word() -> Token.Kind {
    if let end = uuidEnd(offset) {
      offset = end
      return .uuid
    }
    if let end = isoDurationEnd(offset) {
      offset = end
      return .duration
    }
    let start = offset
    while isNamePart(byte(offset)) { offset += 1 }
    guard offset - start <= Keyword.longest else { return .name }
    let lowered = String(decoding: bytes[start..<offset].lazy.map(lowercased), as: UTF8.self)
    return Keyword.named(lowered).map(Token.Kind.keyword) ?? .name
  }

  private mutating func number() throws(CQLSyntaxError) -> Token.Kind {
    if let end = uuidEnd(offset) {
      offset = end
      return .uuid
    }
    if let end = durationEnd(offset) {
      offset = end
      return .duration
    }
    let start = offset
    if byte(start) == UInt8(ascii: "0"), lowercased(byte(start + 1)) == UInt8(ascii: "x") {
      offset = start + 2
      while hexValue(byte(offset)) != nil { offset += 1 }
      guard (offset - start).isMultiple(of: 2) else {
        throw error(at: start, "a blob constant must have an even number of hexadecimal digits")
      }
      return .blob
    }
    let end = numberEnd(start)
    offset = end.index
    return end.isDecimal ? .decimal : .integer
  }

  private mutating func symbol() throws(CQLSyntaxError) -> Token.Kind {
    if byte(offset + 1) == UInt8(ascii: "="),
      let pair = Token.Symbol(rawValue: String(decoding: bytes[offset..<offset + 2], as: UTF8.self))
    {
      offset += 2
      return .symbol(pair)
    }
    let single = String(decoding: bytes[offset..<offset + 1], as: UTF8.self)
    if let symbol = Token.Symbol(rawValue: single) {
      offset += 1
      return .symbol(symbol)
    }
    var end = offset + 1
    while byte(end) & 0xC0 == 0x80 { end += 1 }
    let character = String(decoding: bytes[offset..<end], as: UTF8.self)
    throw error(at: offset, "no viable alternative at character '\(character)'")
  }
}

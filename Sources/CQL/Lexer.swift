/// Cuts the UTF-8 bytes of a text into tokens.
struct Lexer {
  let bytes: [UInt8]
  private(set) var offset = 0

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
      case (UInt8(ascii: " "), _), (0x09...0x0A, _), (0x0D, _):
        offset += 1
      case (UInt8(ascii: "-"), UInt8(ascii: "-")), (UInt8(ascii: "/"), UInt8(ascii: "/")):
        // The text's end ends a comment too, though Cassandra wants the line's end there.
        offset = bytes[offset...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
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
    throw unterminated(first)
  }

  private func unterminated(_ close: UInt8) -> CQLSyntaxError {
    let close = String(decoding: [close], as: UTF8.self)
    return error(at: bytes.count, "mismatched character '<EOF>' expecting '\(close)'")
  }

  private mutating func scan() throws(CQLSyntaxError) -> Token.Kind {
    switch bytes[offset] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      return word()
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try number()
    case UInt8(ascii: "-"):
      return negative()
    case UInt8(ascii: "'"):
      try skipQuoted()
      return .string
    case UInt8(ascii: "\""):
      let start = offset
      try skipQuoted()
      return offset - start > 2 ? .quotedName : .emptyQuotedName
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
    throw unterminated(quote)
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
      return .blob
    }
    let end = numberEnd(start)
    offset = end.index
    return end.isDecimal ? .decimal : .integer
  }

  /// A minus that stands against a number belongs to it, wherever: `a -1` is a name and a number,
  /// as Cassandra has it.
  private mutating func negative() -> Token.Kind {
    let next = offset + 1
    if let end = durationEnd(next) ?? isoDurationEnd(next) {
      offset = end
      return .duration
    }
    if isDigit(byte(next)) {
      let end = numberEnd(next)
      offset = end.index
      return end.isDecimal ? .decimal : .integer
    }
    for word in [Keyword.nan, .infinity] {
      let end = next + word.rawValue.utf8.count
      if !isNamePart(byte(end)), end <= bytes.count,
        bytes[next..<end].lazy.map(lowercased).elementsEqual(word.rawValue.utf8)
      {
        offset = end
        return .decimal
      }
    }
    let isPair = byte(next) == UInt8(ascii: "=")
    offset += isPair ? 2 : 1
    return .symbol(isPair ? .minusEqual : .minus)
  }

  private mutating func symbol() throws(CQLSyntaxError) -> Token.Kind {
    let next = byte(offset + 1)
    if next == UInt8(ascii: "=") || next == UInt8(ascii: "."),
      let pair = Token.Symbol(rawValue: String(decoding: bytes[offset..<offset + 2], as: UTF8.self))
    {
      offset += 2
      return .symbol(pair)
    }
    if let symbol = Token.Symbol.single[Int(bytes[offset])] {
      offset += 1
      return .symbol(symbol)
    }
    var end = offset + 1
    while byte(end) & 0xC0 == 0x80 { end += 1 }
    let character = String(decoding: bytes[offset..<end], as: UTF8.self)
    throw error(at: offset, "no viable alternative at character '\(character)'")
  }
}

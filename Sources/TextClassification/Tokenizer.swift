/// Reads a text once, byte by byte, and leaves its tokens and folded characters in a scratch.
///
/// The rules stand in MODEL-FORMAT.md, because a model's weights mean nothing without them.
struct Tokenizer {
  let bytes: UnsafeRawBufferPointer
  let brands: BrandNames
  /// Whether words are told apart by their stems alone.
  let readsStems: Bool
  let tokens: UnsafeMutablePointer<Token>
  let units: UnsafeMutablePointer<UInt32>
  var position = 0
  var tokenCount = 0
  var unitCount = 0
  /// Where a currency sign ended, so that the number that starts there is a price.
  var currencyEnd = -1

  /// The blank around each word's characters.
  static let blank: UInt32 = 0x20

  /// Fills `scratch` with the tokens of `text`, of which no more than `Limits.textBytes` are read.
  static func scan(
    _ text: UnsafeRawBufferPointer, brands: BrandNames, stems: Bool = false,
    into scratch: inout Scratch
  ) {
    let bytes = UnsafeRawBufferPointer(rebasing: text.prefix(Limits.textBytes))
    // A token takes a byte or more and at most one character a byte and a blank on either side.
    scratch.tokens.require(bytes.count)
    // Eight more are written and read without need.
    scratch.units.require(3 * bytes.count + 10)
    var tokenizer = Tokenizer(
      bytes: bytes, brands: brands, readsStems: stems, tokens: scratch.tokens.base,
      units: scratch.units.base)
    while tokenizer.position < bytes.count { tokenizer.step() }
    scratch.tokenCount = tokenizer.tokenCount
    scratch.unitCount = tokenizer.unitCount
  }

  @inline(__always) private mutating func step() {
    let byte = bytes[position]
    if byte == 0x20 {
      position += 1
    } else if ASCII.isLetter(byte) {
      if !scanPlainWord(), !scanURL() { scanWord() }
    } else if ASCII.isDigit(byte) {
      scanWord()
    } else if byte < 0x80 {
      scanSign(byte)
    } else {
      scanAboveASCII()
    }
  }

  private mutating func scanSign(_ byte: UInt8) {
    let start = position
    position += 1
    switch byte {
    case UInt8(ascii: "@"):
      let followsWord = start > 0 && ASCII.isWord(bytes[start - 1])
      if !followsWord, position < bytes.count, ASCII.isWord(bytes[position]) {
        scanMention(from: start)
      }
    case UInt8(ascii: "&"):
      position += HTMLEntity.length(in: bytes, at: start).map { $0 - 1 } ?? 0
    case UInt8(ascii: "$"): takeCurrency(from: start)
    case UInt8(ascii: "!"), UInt8(ascii: "?"):
      while position < bytes.count, bytes[position] == byte { position += 1 }
      append(.punctuation, sign: UInt32(byte), from: start)
    case UInt8(ascii: "."):
      while position < bytes.count, bytes[position] == byte { position += 1 }
      if position - start > 1 { append(.punctuation, sign: 0x2026, from: start) }
    default: break
    }
  }

  private mutating func scanAboveASCII() {
    let start = position
    guard let scalar = Scalars.decode(bytes, at: position) else {
      position += 1
      return
    }
    switch Scalars.classify(scalar.value) {
    case .letter: scanWord()
    case .emoji:
      position += scalar.length
      if tokenCount > 0, tokens[tokenCount - 1].kind == .emoji,
        tokens[tokenCount - 1].hash == FeatureHash.sign(.emoji, scalar.value)
      {
        tokens[tokenCount - 1].end = Int32(position)
      } else {
        append(.emoji, sign: scalar.value, from: start)
      }
    case .ellipsis:
      position += scalar.length
      append(.punctuation, sign: 0x2026, from: start)
    case .currency:
      position += scalar.length
      takeCurrency(from: start)
    case .apostrophe, .invisible, .separator: position += scalar.length
    }
  }

  private mutating func takeCurrency(from start: Int) {
    if tokenCount > 0, tokens[tokenCount - 1].end == Int32(start),
      tokens[tokenCount - 1].kind == .number
    {
      tokens[tokenCount - 1].kind = .price
      tokens[tokenCount - 1].hash = FeatureHash.sign(.price)
      tokens[tokenCount - 1].end = Int32(position)
    } else {
      currencyEnd = position
    }
  }

  private mutating func scanMention(from start: Int) {
    var state = FeatureHash.token
    while position < bytes.count, ASCII.isWord(bytes[position]) {
      let byte = bytes[position]
      if byte != UInt8(ascii: "_") {
        state = FeatureHash.adding(UInt64(ASCII.lowered(byte)), to: state)
      }
      position += 1
    }
    let kind: TokenKind =
      isBrandHandle(FeatureHash.finish(state)) ? .brand : .mention
    skipPossessive()
    append(kind, sign: 0, from: start)
  }

  /// Passes over "'s" after a handle.
  private mutating func skipPossessive() {
    let apostrophe = apostropheLength()
    let suffix = position + apostrophe
    guard apostrophe > 0, suffix < bytes.count, ASCII.lowered(bytes[suffix]) == UInt8(ascii: "s"),
      suffix + 1 == bytes.count || !ASCII.isWord(bytes[suffix + 1])
    else { return }
    position = suffix + 1
  }

  private mutating func scanURL() -> Bool {
    guard let end = URLScanner.end(in: bytes, from: position) else { return false }
    let start = position
    position = end
    append(.url, sign: 0, from: start)
    return true
  }

  /// Bytes of the apostrophe at `position`, 0 if there is none.
  func apostropheLength() -> Int {
    guard position < bytes.count else { return 0 }
    let byte = bytes[position]
    if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") { return 1 }
    if byte == UInt8(ascii: "&") { return HTMLEntity.apostropheLength(in: bytes, at: position) }
    guard byte >= 0x80, let scalar = Scalars.decode(bytes, at: position),
      Scalars.classify(scalar.value) == .apostrophe
    else { return 0 }
    return scalar.length
  }

  /// Adds a token that has no characters of its own.
  mutating func append(_ kind: TokenKind, sign: UInt32, from start: Int) {
    tokens[tokenCount] = Token(
      kind: kind, start: Int32(start), end: Int32(position), unitStart: Int32(unitCount),
      unitEnd: Int32(unitCount), hash: FeatureHash.sign(kind, sign), spelling: 0)
    tokenCount += 1
  }
}

/// Words and numbers: the part of the tokenizer that most bytes go through.
extension Tokenizer {
  /// Reads the word at `position` if it is ASCII letters alone and no part of an address, as most
  /// are; else does nothing and returns false.
  @inline(__always) mutating func scanPlainWord() -> Bool {
    let start = position
    let unitStart = unitCount + 1
    var (end, unitEnd) = (start, unitStart)
    var state = FeatureHash.token
    let eight = EightBytes(bytes, at: start)
    let length = eight.letters
    if length < 8, !eight.hasThreeAlike {
      // Which letters there are decides what is kept, not where the processor goes on: words' ends
      // cannot be foreseen. What is written behind them is overwritten.
      for index in 0..<7 {
        let unit = eight.lowered(index)
        units[unitStart &+ index] = unit
        let next = FeatureHash.adding(UInt64(unit), to: state)
        state = index < length ? next : state
      }
      end &+= length
      unitEnd &+= length
    } else {
      var (last, beforeLast) = (Tokenizer.blank, Tokenizer.blank)
      while end < bytes.count, ASCII.isLetter(bytes[end]) {
        let unit = UInt32(bytes[end] | 0x20)
        end &+= 1
        // As `take`.
        if unit == last, unit == beforeLast { continue }
        (last, beforeLast) = (unit, last)
        units[unitEnd] = unit
        unitEnd &+= 1
        state = FeatureHash.adding(UInt64(unit), to: state)
      }
    }
    guard end == bytes.count || bytes[end] == 0x20 || endsWord(at: end) else { return false }
    units[unitCount] = Tokenizer.blank
    (position, unitCount) = (end, unitEnd)
    let spelling = FeatureHash.finish(state)
    let word = UnsafeBufferPointer(start: units + unitStart, count: unitEnd - unitStart)
    if !Contractions.mayJoin(word), !brands.mayEnd(with: spelling) {
      let hash = readsStems ? stem(unitStart..<unitEnd, spelling) : spelling
      addWord(.word, unitStart, from: start, hash: hash, spelling: spelling)
    } else {
      var shape = WordShape()
      shape.hasLetter = true
      finish(shape, unitStart, from: start, spelling: spelling)
    }
    return true
  }

  /// Whether the byte behind letters surely ends the word, and no address goes on there.
  private func endsWord(at end: Int) -> Bool {
    switch bytes[end] {
    case UInt8(ascii: "."): end + 1 == bytes.count || bytes[end + 1] == 0x20
    case UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "&"), UInt8(ascii: ":"): false
    case let byte: byte < 0x80 && !ASCII.isDigit(byte)
    }
  }

  /// Reads the word or number at `position`, which starts with a letter or a digit.
  mutating func scanWord() {
    let start = position
    // A blank goes before the first character and after the last.
    units[unitCount] = Tokenizer.blank
    let unitStart = unitCount + 1
    unitCount = unitStart
    var shape = WordShape()
    while position < bytes.count {
      let byte = bytes[position]
      if ASCII.isLetter(byte) {
        shape.hasLetter = true
        shape.possessiveAt = shape.apostropheAt == position ? unitCount : -1
        take(UInt32(byte | 0x20), unitStart)
        position += 1
      } else if ASCII.isDigit(byte) {
        shape.digits += 1
        units[unitCount] = UInt32(byte)
        unitCount += 1
        position += 1
      } else if byte < 0x80, byte != UInt8(ascii: "'"), byte != UInt8(ascii: "`"),
        byte != UInt8(ascii: "&")
      {
        guard !shape.hasLetter, isInsideNumber(byte) else { break }
        position += 1
      } else if !takeJoiner(&shape, unitStart) {
        break
      }
    }
    guard unitCount > unitStart else {
      unitCount = unitStart - 1
      position = max(position, start + 1)
      return
    }
    finish(shape, unitStart, from: start, spelling: hash(unitStart..<unitCount))
  }

  /// An apostrophe between letters, a letter above ASCII or a sign without trace; false ends the
  /// word.
  private mutating func takeJoiner(_ shape: inout WordShape, _ unitStart: Int) -> Bool {
    let apostrophe = apostropheLength()
    if apostrophe > 0 {
      let next = position + apostrophe
      guard unitCount > unitStart, next < bytes.count,
        ASCII.isLetter(bytes[next]) || bytes[next] >= 0xC3
      else { return false }
      position = next
      shape.apostropheAt = next
      return true
    }
    guard let scalar = Scalars.decode(bytes, at: position) else { return false }
    switch Scalars.classify(scalar.value) {
    case .letter:
      let (first, second) = LatinFolding.fold(scalar.value)
      shape.hasLetter = true
      shape.possessiveAt = -1
      take(first, unitStart)
      if second != 0 { take(second, unitStart) }
    case .invisible: break
    default: return false
    }
    position += scalar.length
    return true
  }

  /// Adds a letter unless it would be the third of its like in a row.
  @inline(__always) private mutating func take(_ unit: UInt32, _ unitStart: Int) {
    if unitCount - unitStart >= 2, units[unitCount - 1] == unit, units[unitCount - 2] == unit {
      return
    }
    units[unitCount] = unit
    unitCount += 1
  }

  /// A point, comma, colon, slash or hyphen between two digits.
  private func isInsideNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "/"),
      UInt8(ascii: "-"):
      position + 1 < bytes.count && ASCII.isDigit(bytes[position + 1])
    default: false
    }
  }

  private mutating func finish(
    _ shape: WordShape, _ unitStart: Int, from start: Int, spelling: UInt64
  ) {
    if joinToPrevious(shape, unitStart, from: start) { return }
    var spelling = spelling
    var kind = TokenKind.word
    if isBrand(spelling, from: start) {
      kind = .brand
    } else if shape.possessiveAt == unitCount - 1,
      units[unitCount - 1] == UInt32(UInt8(ascii: "s")),
      isBrand(hash(unitStart..<unitCount - 1), from: start)
    {
      kind = .brand
      spelling = hash(unitStart..<unitCount - 1)
    } else if !shape.hasLetter {
      kind =
        currencyEnd == start ? .price : shape.digits >= 6 ? .reference : .number
    }
    var wordHash = spelling
    if kind == .word {
      if shape.digits > 0 {
        maskDigits(unitStart)
        wordHash = hash(unitStart..<unitCount)
      }
      if readsStems { wordHash = stem(unitStart..<unitCount, wordHash) }
    } else {
      wordHash = FeatureHash.sign(kind)
    }
    addWord(kind, unitStart, from: start, hash: wordHash, spelling: spelling)
    if kind == .brand { takeEarlierBrandWords(spelling) }
  }

  @inline(__always) private mutating func addWord(
    _ kind: TokenKind, _ unitStart: Int, from start: Int, hash: UInt64, spelling: UInt64
  ) {
    units[unitCount] = Tokenizer.blank
    tokens[tokenCount] = Token(
      kind: kind, start: Int32(truncatingIfNeeded: start),
      end: Int32(truncatingIfNeeded: position), unitStart: Int32(truncatingIfNeeded: unitStart),
      unitEnd: Int32(truncatingIfNeeded: unitCount), hash: hash, spelling: spelling)
    unitCount &+= 1
    tokenCount &+= 1
  }

  /// Joins "t", "s", "re" and the like to the word one blank before: "don t" is "dont".
  private mutating func joinToPrevious(
    _ shape: WordShape, _ unitStart: Int, from start: Int
  ) -> Bool {
    let count = unitCount - unitStart
    guard count <= Contractions.longestEnding, shape.digits == 0, tokenCount > 0, start > 0,
      bytes[start - 1] == 0x20
    else { return false }
    let previous = tokens[tokenCount - 1]
    guard previous.end == Int32(start - 1), previous.kind == .word || previous.kind == .brand else {
      return false
    }
    let word = UnsafeBufferPointer(
      start: units + Int(previous.unitStart), count: Int(previous.unitEnd - previous.unitStart))
    let suffix = UnsafeBufferPointer(start: units + unitStart, count: count)
    guard Contractions.joins(word, suffix) else { return false }
    tokens[tokenCount - 1].end = Int32(position)
    guard previous.kind == .word else {
      unitCount = unitStart - 1
      return true
    }
    // The suffix goes over the blank behind the word.
    var end = Int(previous.unitEnd)
    for index in 0..<count {
      units[end] = units[unitStart + index]
      end += 1
    }
    units[end] = Tokenizer.blank
    unitCount = end + 1
    let range = Int(previous.unitStart)..<end
    let joined = hash(range)
    tokens[tokenCount - 1].unitEnd = Int32(end)
    tokens[tokenCount - 1].hash = readsStems ? stem(range, joined) : joined
    tokens[tokenCount - 1].spelling = joined
    return true
  }

  @inline(__always) private func hash(_ range: Range<Int>) -> UInt64 {
    FeatureHash.word(UnsafeBufferPointer(start: units + range.lowerBound, count: range.count))
  }

  /// The hash of the stem of the word at `range`, whose own hash is `spelling`.
  @inline(__always) private func stem(_ range: Range<Int>, _ spelling: UInt64) -> UInt64 {
    let word = UnsafeBufferPointer(start: units + range.lowerBound, count: range.count)
    if let stem = ShortSpellings.stem(of: word, spelling) { return stem }
    return WordStem(of: word).hash(in: word, spelling)
  }

  /// Whether the word with this spelling, starting at `start`, ends one of the brand's names.
  @inline(__always) private func isBrand(_ spelling: UInt64, from start: Int) -> Bool {
    guard brands.mayEnd(with: spelling) else { return false }
    // By index: unless it is optimised, what goes through a collection asks for memory.
    for place in brands.names.indices where brands.names[place].last == spelling {
      if precedes(brands.names[place].earlier, before: tokenCount) { return true }
    }
    return false
  }

  /// Whether a handle or hashtag with this spelling is one of the brand's.
  func isBrandHandle(_ spelling: UInt64) -> Bool {
    for place in brands.joined.indices where brands.joined[place] == spelling { return true }
    return false
  }

  private func precedes(_ earlier: [UInt64], before end: Int) -> Bool {
    guard earlier.count <= end else { return false }
    for index in earlier.indices
    where tokens[end - earlier.count + index].spelling != earlier[index] { return false }
    return true
  }

  /// Merges a name of several words into its last token.
  private mutating func takeEarlierBrandWords(_ spelling: UInt64) {
    let last = tokenCount - 1
    var longest = 0
    for place in brands.names.indices where brands.names[place].last == spelling {
      let earlier = brands.names[place].earlier
      if earlier.count > longest && precedes(earlier, before: last) { longest = earlier.count }
    }
    guard longest > 0 else { return }
    var brand = tokens[last]
    brand.start = tokens[last - longest].start
    tokens[last - longest] = brand
    tokenCount -= longest
  }

  /// Writes one "0" for each run of digits in a word of letters and digits.
  private mutating func maskDigits(_ unitStart: Int) {
    var end = unitStart
    for index in unitStart..<unitCount {
      let isDigit = units[index] < 0x80 && ASCII.isDigit(UInt8(units[index]))
      if isDigit {
        if end > unitStart, units[end - 1] == 0x30 { continue }
        units[end] = 0x30
      } else {
        units[end] = units[index]
      }
      end += 1
    }
    unitCount = end
  }
}

/// What a word being read is made of.
private struct WordShape {
  var hasLetter = false
  var digits = 0
  /// Byte after the last apostrophe.
  var apostropheAt = -1
  /// Index of the last character if it came straight after an apostrophe, else -1.
  var possessiveAt = -1
}

/// A scalar of a record where it stands, not yet unescaped.
struct RawField {
  enum Kind: UInt8 {
    case absent, null, text, escapedText, number, yes, no, container
  }

  var start: Int32 = 0
  var count: Int32 = 0
  var kind = Kind.absent

  var isPresent: Bool { kind != .absent && kind != .null }
  var isText: Bool { kind == .text || kind == .escapedText }
}

/// Walks over one JSON text (RFC 8259) in a single pass, strictly and without allocating.
///
/// What the caller does not read it skips, checking it all the same: grammar, escapes, numbers and
/// UTF-8. After `enterObject` call `nextKey` until nil and take each value exactly once; after
/// `enterArray` do so with `nextElement`. The bytes must be no longer than `Int32.max`.
struct JSONScanner {
  let base: UnsafePointer<UInt8>
  let count: Int
  private(set) var position = 0
  private var depth = 0
  /// Whether the innermost container was entered and nothing in it read yet.
  private var isFresh = false

  /// A scanner at the start of `record`; nil for an empty one.
  init?(_ record: UnsafeRawBufferPointer) {
    guard let base = record.baseAddress, !record.isEmpty else { return nil }
    self.base = base.assumingMemoryBound(to: UInt8.self)
    count = record.count
  }

  /// Whether only white space is left.
  mutating func isAtEnd() -> Bool {
    skipSpace()
    return position == count
  }

  /// Goes into the object that comes next; false, and nothing read, where another value comes.
  mutating func enterObject() throws(PostError) -> Bool { try enter(UInt8(ascii: "{")) }

  /// Goes into the array that comes next; false, and nothing read, where another value comes.
  mutating func enterArray() throws(PostError) -> Bool { try enter(UInt8(ascii: "[")) }

  private mutating func enter(_ bracket: UInt8) throws(PostError) -> Bool {
    guard try peek() == bracket else { return false }
    guard depth < Limits.nestingDepth else { throw PostError(.tooDeep, at: position) }
    depth += 1
    position &+= 1
    isFresh = true
    return true
  }

  /// The next key of the object entered last, standing before its value; nil at the object's end.
  @inline(__always)
  mutating func nextKey() throws(PostError) -> RawField? {
    guard try step(to: UInt8(ascii: "}")) else { return nil }
    return try readKey()
  }

  /// Whether the array entered last has one more element, standing before it.
  mutating func nextElement() throws(PostError) -> Bool { try step(to: UInt8(ascii: "]")) }

  /// Steps over the comma, or out of the container at its `close` bracket.
  @inline(__always)
  private mutating func step(to close: UInt8) throws(PostError) -> Bool {
    let byte = try peek()
    if byte == close {
      isFresh = false
      depth -= 1
      position &+= 1
      return false
    }
    if isFresh {
      isFresh = false
      return true
    }
    guard byte == UInt8(ascii: ",") else { throw PostError(.notJSON, at: position) }
    position &+= 1
    return true
  }

  @inline(__always)
  private mutating func readKey() throws(PostError) -> RawField {
    guard try peek() == UInt8(ascii: "\"") else { throw PostError(.notJSON, at: position) }
    let key = try readString()
    guard try peek() == UInt8(ascii: ":") else { throw PostError(.notJSON, at: position) }
    position &+= 1
    return key
  }

  /// Reads a scalar, or skips a whole array or object and says only that it was one.
  mutating func readValue() throws(PostError) -> RawField {
    let byte = try peek()
    if byte == UInt8(ascii: "\"") { return try readString() }
    if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
      try skipValue()
      return RawField(kind: .container)
    }
    return try readBare(byte)
  }

  /// Skips one value of any kind, without recursion: one bit a level says what is open.
  mutating func skipValue() throws(PostError) {
    var objects: UInt128 = 0
    var open = 0
    while true {
      let byte = try peek()
      switch byte {
      case UInt8(ascii: "\""):
        _ = try readString()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard depth + open < Limits.nestingDepth else { throw PostError(.tooDeep, at: position) }
        let isObject = byte == UInt8(ascii: "{")
        position &+= 1
        open += 1
        objects = objects &<< 1 | (isObject ? 1 : 0)
        if try peek() != byte &+ 2 {
          if isObject { _ = try readKey() }
          continue
        }
      default:
        _ = try readBare(byte)
      }
      if try closeFinished(&objects, &open) { return }
    }
  }

  /// After a value: closes what ends here; true when nothing is open, false before a next value.
  @inline(__always)
  private mutating func closeFinished(
    _ objects: inout UInt128, _ open: inout Int
  ) throws(PostError) -> Bool {
    while open > 0 {
      let byte = try peek()
      let isObject = objects & 1 == 1
      position &+= 1
      if byte == UInt8(ascii: ",") {
        if isObject { _ = try readKey() }
        return false
      }
      guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw PostError(.notJSON, at: position - 1)
      }
      objects = objects &>> 1
      open -= 1
    }
    return true
  }

  @inline(__always)
  private mutating func skipSpace() {
    while position < count {
      switch base[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position &+= 1
      default: return
      }
    }
  }

  /// The next byte that is not white space.
  @inline(__always)
  private mutating func peek() throws(PostError) -> UInt8 {
    if position < count, base[position] > 0x20 { return base[position] }
    skipSpace()
    guard position < count else { throw PostError(.truncated, at: count) }
    return base[position]
  }
}

/// Strings, numbers and words.
extension JSONScanner {
  /// Reads the string whose opening quote comes next.
  @inline(__always)
  private mutating func readString() throws(PostError) -> RawField {
    let start = position &+ 1
    var offset = start
    var kind = RawField.Kind.text
    while true {
      while offset &+ 8 <= count {
        let stops = Words.stringStops(Words.load(base, offset))
        if stops != 0 {
          offset &+= stops.trailingZeroBitCount &>> 3
          break
        }
        offset &+= 8
      }
      guard offset < count else { throw PostError(.truncated, at: count) }
      let byte = base[offset]
      if byte == UInt8(ascii: "\"") {
        position = offset &+ 1
        return RawField(
          start: Int32(truncatingIfNeeded: start),
          count: Int32(truncatingIfNeeded: offset &- start), kind: kind)
      }
      if byte == UInt8(ascii: "\\") {
        kind = .escapedText
        offset = try endOfEscape(at: offset)
      } else if byte >= 0x80 {
        offset = try endOfNonASCII(at: offset)
      } else if byte < 0x20 {
        throw PostError(.controlCharacter, at: offset)
      } else {
        offset &+= 1
      }
    }
  }

  private func endOfNonASCII(at start: Int) throws(PostError) -> Int {
    var offset = start
    repeat {
      let length = UTF8Check.length(base, offset, count)
      guard length > 0 else { throw PostError(.invalidUTF8, at: offset) }
      offset &+= length
    } while offset < count && base[offset] >= 0x80
    return offset
  }

  private func endOfEscape(at start: Int) throws(PostError) -> Int {
    guard start + 1 < count else { throw PostError(.truncated, at: count) }
    switch base[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      guard start + 6 <= count else { throw PostError(.truncated, at: count) }
      for offset in (start + 2)..<(start + 6) {
        guard JSONText.hexDigit(base[offset]) != nil else { throw PostError(.badEscape, at: start) }
      }
      return start + 6
    default:
      throw PostError(.badEscape, at: start)
    }
  }

  /// Reads a number, `true`, `false` or `null` that starts with `byte`.
  private mutating func readBare(_ byte: UInt8) throws(PostError) -> RawField {
    switch byte {
    case UInt8(ascii: "t"): return try readWord("true", .yes)
    case UInt8(ascii: "f"): return try readWord("false", .no)
    case UInt8(ascii: "n"): return try readWord("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
    default: throw PostError(.notJSON, at: position)
    }
  }

  private mutating func readWord(
    _ word: StaticString, _ kind: RawField.Kind
  ) throws(PostError) -> RawField {
    let start = position
    let expected = word.utf8Start
    for index in 0..<word.utf8CodeUnitCount {
      guard start + index < count else { throw PostError(.truncated, at: count) }
      guard base[start + index] == expected[index] else { throw PostError(.notJSON, at: start) }
    }
    position = start + word.utf8CodeUnitCount
    return RawField(start: Int32(start), count: Int32(word.utf8CodeUnitCount), kind: kind)
  }

  private mutating func readNumber() throws(PostError) -> RawField {
    let start = position
    if base[position] == UInt8(ascii: "-") { position &+= 1 }
    let integer = position
    let digits = skipDigits()
    guard digits > 0, digits == 1 || base[integer] != UInt8(ascii: "0") else {
      throw PostError(.badNumber, at: start)
    }
    if position < count, base[position] == UInt8(ascii: ".") {
      position &+= 1
      guard skipDigits() > 0 else { throw PostError(.badNumber, at: start) }
    }
    if position < count, base[position] | 0x20 == UInt8(ascii: "e") {
      position &+= 1
      if position < count,
        base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-")
      {
        position &+= 1
      }
      guard skipDigits() > 0 else { throw PostError(.badNumber, at: start) }
    }
    return RawField(start: Int32(start), count: Int32(position - start), kind: .number)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while position < count, base[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
    return position - start
  }
}

/// Writes the characters that a JSON string stands for.
enum JSONText {
  /// Unescapes a string that the scanner has accepted into `target`, which must have room for
  /// `count` bytes (no escape grows); returns how many it wrote. A surrogate without its partner
  /// becomes U+FFFD.
  static func unescape(
    _ source: UnsafePointer<UInt8>, _ count: Int, into target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var read = 0
    var written = 0
    while true {
      let backslash = Words.first(UInt8(ascii: "\\"), in: source, from: read, to: count)
      (target + written).update(from: source + read, count: backslash - read)
      written += backslash - read
      guard backslash + 1 < count else { return written }
      read = backslash + 2
      switch source[backslash + 1] {
      case UInt8(ascii: "b"): target[written] = 0x08
      case UInt8(ascii: "f"): target[written] = 0x0C
      case UInt8(ascii: "n"): target[written] = 0x0A
      case UInt8(ascii: "r"): target[written] = 0x0D
      case UInt8(ascii: "t"): target[written] = 0x09
      case UInt8(ascii: "u"):
        let scalar = scalar(source, count, after: &read)
        written += encode(scalar, into: target + written)
        continue
      default: target[written] = source[backslash + 1]
      }
      written += 1
    }
  }

  /// The value of a hex digit, or nil.
  @inline(__always)
  static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- 0x30)
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
      UInt32((byte | 0x20) &- 0x57)
    default: nil
    }
  }

  /// The scalar of the four digits at `offset` (just behind `\u`) and of a following low surrogate.
  private static func scalar(
    _ source: UnsafePointer<UInt8>, _ count: Int, after offset: inout Int
  ) -> UInt32 {
    guard let unit = codeUnit(source, count, at: offset) else { return 0xFFFD }
    offset += 4
    guard unit & 0xF800 == 0xD800 else { return unit }
    guard unit < 0xDC00, offset + 1 < count, source[offset] == UInt8(ascii: "\\"),
      source[offset + 1] == UInt8(ascii: "u"),
      let low = codeUnit(source, count, at: offset + 2), low & 0xFC00 == 0xDC00
    else { return 0xFFFD }
    offset += 6
    return 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
  }

  private static func codeUnit(
    _ source: UnsafePointer<UInt8>, _ count: Int, at offset: Int
  ) -> UInt32? {
    guard offset + 4 <= count else { return nil }
    var unit: UInt32 = 0
    for index in offset..<(offset + 4) {
      guard let digit = hexDigit(source[index]) else { return nil }
      unit = unit << 4 | digit
    }
    return unit
  }

  private static func encode(_ scalar: UInt32, into target: UnsafeMutablePointer<UInt8>) -> Int {
    guard let encoded = Unicode.Scalar(scalar).flatMap(UTF8.encode) else { return 0 }
    var length = 0
    for unit in encoded {
      target[length] = unit
      length += 1
    }
    return length
  }
}

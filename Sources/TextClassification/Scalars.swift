/// One decoded Unicode scalar and the bytes it took.
struct DecodedScalar {
  var value: UInt32
  var length: Int
}

/// What the tokenizer needs to know of a scalar above ASCII.
enum ScalarClass {
  case letter
  case apostrophe
  case currency
  case emoji
  case ellipsis
  /// Leaves no trace: combining accents, joiners, variation selectors, skin tones.
  case invisible
  case separator
}

enum Scalars {
  /// Decodes the scalar at `position`, or nil where the bytes are not UTF-8.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, at position: Int
  ) -> DecodedScalar? {
    let first = bytes[position]
    let length: Int
    var value: UInt32
    switch first {
    case 0x00...0x7F: return DecodedScalar(value: UInt32(first), length: 1)
    case 0xC2...0xDF: (length, value) = (2, UInt32(first & 0x1F))
    case 0xE0...0xEF: (length, value) = (3, UInt32(first & 0x0F))
    case 0xF0...0xF4: (length, value) = (4, UInt32(first & 0x07))
    default: return nil
    }
    guard position + length <= bytes.count else { return nil }
    for offset in 1..<length {
      let byte = bytes[position + offset]
      guard byte & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    let shortest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= shortest, value <= 0x10FFFF, !(0xD800...0xDFFF).contains(value) else {
      return nil
    }
    return DecodedScalar(value: value, length: length)
  }

  /// The class of a scalar above ASCII. Blocks of signs are named; all the rest are letters, so
  /// that every script's words survive.
  static func classify(_ scalar: UInt32) -> ScalarClass {
    switch scalar {
    case 0x2018, 0x2019, 0x201B, 0x02BC, 0x00B4, 0xFF07: .apostrophe
    case 0xA2...0xA5, 0x20A0...0x20CF: .currency
    case 0x2026: .ellipsis
    case 0xAD, 0x0300...0x036F, 0x200B...0x200F, 0x2060...0x2064, 0x20D0...0x20FF,
      0xFE00...0xFE0F, 0xFEFF, 0x1F3FB...0x1F3FF, 0xE0000...0xE0FFF:
      .invisible
    case 0xAA, 0xB5, 0xBA: .letter
    case 0x80...0xBF, 0xD7, 0xF7, 0x2000...0x20CF, 0x2100...0x218F, 0x2200...0x22FF,
      0x2400...0x25FF, 0x27C0...0x2AFF, 0x3000...0x3004, 0x3008...0x302F, 0x3030...0x303F,
      0xE000...0xF8FF, 0xFE10...0xFE6F, 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40,
      0xFF5B...0xFF65, 0xFFE0...0xFFFF, 0xF0000...0x10FFFF:
      .separator
    case 0x2190...0x21FF, 0x2300...0x23FF, 0x2600...0x27BF, 0x2B00...0x2BFF,
      0x1F000...0x1FAFF:
      .emoji
    default: .letter
    }
  }
}

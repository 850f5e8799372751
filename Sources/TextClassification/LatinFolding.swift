/// Latin letters without their accents and in lower case, so that "Café" and "cafe" are one word.
enum LatinFolding {
  /// Folded letters of U+00C0 to U+017F, two bytes each; the second is 0 where there is only one.
  private static let table: [UInt8] = {
    let letters: [StaticString] = [
      "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
      "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "ss",
      "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
      "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y",
      "a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c", "d", "d",
      "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g",
      "g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i",
      "i", "i", "ij", "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l",
      "l", "l", "l", "n", "n", "n", "n", "n", "n", "n", "n", "n", "o", "o", "o", "o",
      "o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s", "s", "s", "s", "s", "s",
      "s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u",
      "u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s",
    ]
    return letters.flatMap { letter in
      letter.withUTF8Buffer { [$0.first ?? 0, $0.count > 1 ? $0[1] : 0] }
    }
  }()

  /// One or two characters (the second 0 if there is none) for a letter above ASCII: Latin letters
  /// folded, Greek and Cyrillic capitals lowered, any other as it is.
  static func fold(_ scalar: UInt32) -> (UInt32, UInt32) {
    switch scalar {
    case 0xC0...0x17F:
      let index = Int(scalar - 0xC0) * 2
      return (UInt32(table[index]), UInt32(table[index + 1]))
    case 0x391...0x3A9, 0x410...0x42F: return (scalar + 0x20, 0)
    case 0x400...0x40F: return (scalar + 0x50, 0)
    default: return (scalar, 0)
    }
  }
}

/// Which words a contraction's ending belongs to, for texts whose apostrophes have become blanks.
enum Contractions {
  /// Characters of the longest ending.
  static let longestEnding = 2

  /// Whether `joins` may be true of letters and some word before them; false is certain.
  @inline(__always) static func mayJoin(_ suffix: UnsafeBufferPointer<UInt32>) -> Bool {
    switch suffix.count {
    case 1:
      suffix[0] == UInt32(UInt8(ascii: "s")) || suffix[0] == UInt32(UInt8(ascii: "t"))
        || suffix[0] == UInt32(UInt8(ascii: "m")) || suffix[0] == UInt32(UInt8(ascii: "d"))
    case 2: suffix[1] == UInt32(UInt8(ascii: "e")) || suffix[1] == UInt32(UInt8(ascii: "l"))
    default: false
    }
  }

  /// Whether `suffix`, standing alone after a blank, is the end of `word`: "don t", "you re", "it
  /// s". Both are folded characters. "re" and "d" are words of their own, so they ask for a
  /// pronoun.
  static func joins(
    _ word: UnsafeBufferPointer<UInt32>, _ suffix: UnsafeBufferPointer<UInt32>
  ) -> Bool {
    switch spelled(suffix) {
    case "s": true
    case "t": !word.isEmpty && word[word.count - 1] == UInt32(UInt8(ascii: "n"))
    case "m": spelled(word) == "i"
    case "ll", "ve": true
    case "re": isSubject(spelled(word))
    case "d": isSubject(spelled(word)) || spelled(word) == "i"
    default: false
    }
  }

  private static func isSubject(_ word: PackedWord) -> Bool {
    switch word {
    case "you", "we", "they", "who", "what", "there", "he", "she", "it", "that", "where", "how":
      true
    default: false
    }
  }

  /// Up to eight ASCII characters in one number; 0 for a longer word or another script.
  private static func spelled(_ word: UnsafeBufferPointer<UInt32>) -> PackedWord {
    guard word.count <= 8 else { return PackedWord(packed: 0) }
    var packed: UInt64 = 0
    for unit in word {
      guard unit < 0x80 else { return PackedWord(packed: 0) }
      packed = packed << 8 | UInt64(unit)
    }
    return PackedWord(packed: packed)
  }

  private struct PackedWord: Equatable, ExpressibleByStringLiteral {
    var packed: UInt64

    init(packed: UInt64) { self.packed = packed }

    init(stringLiteral word: StaticString) {
      packed = word.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    static func ~= (pattern: PackedWord, value: PackedWord) -> Bool { pattern == value }
  }
}

/// Short spellings of people in a hurry: "pls" is read as "please".
struct ShortSpellings: Sendable {
  /// Short, and long.
  static let list: [(StaticString, StaticString)] = [
    ("u", "you"), ("ur", "your"), ("yr", "your"), ("r", "are"), ("y", "why"), ("n", "and"),
    ("pls", "please"), ("plz", "please"), ("thx", "thanks"), ("tnx", "thanks"),
    ("cuz", "because"), ("coz", "because"), ("bc", "because"), ("msg", "message"),
    ("ppl", "people"), ("tho", "though"), ("tmrw", "tomorrow"), ("aint", "isnt"),
  ]

  /// Characters of the longest of them.
  private static let longest = 4

  private static let all = ShortSpellings(list)

  /// Open addressing by the highest bits of the short word's hash; 0 is empty.
  private var slots = [(short: UInt64, stem: UInt64)](
    repeating: (0, 0), count: 1 << slotBits)
  private static let slotBits = 6

  private init(_ list: [(StaticString, StaticString)]) {
    for (short, long) in list {
      let word = Self.units(short).withUnsafeBufferPointer { FeatureHash.word($0) }
      var slot = Self.slot(word)
      while slots[slot].short != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot].short = word
      slots[slot].stem = Self.units(long).withUnsafeBufferPointer {
        WordStem(of: $0).hash(in: $0, FeatureHash.word($0))
      }
    }
  }

  /// The hash of the stem of what `word`, whose hash is `spelling`, is short for; nil for what is
  /// no short spelling.
  @inline(__always) static func stem(
    of word: UnsafeBufferPointer<UInt32>, _ spelling: UInt64
  ) -> UInt64? {
    word.count > longest ? nil : all.stem(spelling)
  }

  private func stem(_ spelling: UInt64) -> UInt64? {
    var slot = Self.slot(spelling)
    while slots[slot].short != 0 {
      if slots[slot].short == spelling { return slots[slot].stem }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private static func slot(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash >> UInt64(64 - slotBits))
  }

  private static func units(_ word: StaticString) -> [UInt32] {
    word.withUTF8Buffer { $0.map { UInt32($0) } }
  }
}

/// Hashes of tokens and n-grams. A hash takes in one item after another, so that an n-gram's hash
/// continues that of the n-gram one shorter; `finish` is MurmurHash3's 64-bit finaliser
/// (Appleby, `fmix64`), after which every bit depends on every item.
enum FeatureHash {
  /// Starting states; they keep the same characters apart in different roles.
  static let token: UInt64 = 0x243F_6A88_85A3_08D3
  static let wordNgram: UInt64 = 0x1319_8A2E_0370_7344
  static let skipPair: UInt64 = 0x082E_FA98_EC4E_6C89
  static let characterNgram: UInt64 = 0xA409_3822_299F_31D0

  /// Stands before a text's first token.
  static let textStart: UInt64 = 0x4528_21E6_38D0_1377

  @inline(__always) static func adding(_ item: UInt64, to state: UInt64) -> UInt64 {
    let mixed = (state ^ item) &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ (mixed >> 29)
  }

  @inline(__always) static func finish(_ state: UInt64) -> UInt64 {
    var value = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    value = (value ^ (value >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return value ^ (value >> 33)
  }

  /// The hash of a word's folded characters.
  @inline(__always) static func word(_ units: UnsafeBufferPointer<UInt32>) -> UInt64 {
    var state = token
    for unit in units { state = adding(UInt64(unit), to: state) }
    return finish(state)
  }

  /// The hash of a token that is known by its kind and, where that matters, its sign.
  static func sign(_ kind: TokenKind, _ scalar: UInt32 = 0) -> UInt64 {
    finish(adding(UInt64(kind.rawValue) << 32 | UInt64(scalar), to: token))
  }
}

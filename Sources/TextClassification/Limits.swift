/// The bounds within which texts, settings and models must lie.
enum Limits {
  /// Bytes of a text that are read; what follows is left out of account.
  static let textBytes = 65_536
  /// Bits of a bucket number: at least 2^10 and at most 2^24 buckets.
  static let bucketBits = 10...24
  /// Tokens in a word n-gram.
  static let wordNgram = 1...4
  /// Characters in a character n-gram.
  static let characterNgram = 1...8
  /// Length of the character n-grams' vector.
  static let characterWeight = 0.0...10.0
  /// Texts in one training set; row and feature numbers stay well inside 32 and 63 bits.
  static let examples = 10_000_000
  /// UTF-8 bytes of a label's name.
  static let labelBytes = 256
  /// Folds of a cross-validation.
  static let folds = 2...100
  /// Power of the IDF.
  static let rarityPower = 0.0...4.0
  /// Points that one search tries.
  static let searchPoints = 1...10_000
  /// Classes that one model tells apart.
  static let classes = 1_000
  /// Topics of one model.
  static let topics = 2...64
}

/// Which features are read from a text. They are part of a model: its weights hold for them alone.
public struct FeatureSettings: Sendable, Equatable {
  /// Lengths of the word n-grams, within 1...4. Those of two and more also see the text's start.
  public var wordNgrams: ClosedRange<Int> = 1...3
  /// Whether pairs of words with one word between them are features.
  public var skipPairs: Bool = true
  /// Whether word n-grams are of words' stems, so that "order", "orders" and "ordered" are one, and
  /// "pls" is "please".
  public var stems: Bool = true
  /// Lengths of the character n-grams inside a word and the blanks around it, within 1...8; nil for
  /// none.
  public var characterNgrams: ClosedRange<Int>? = 2...3
  /// Length of the character n-grams' vector beside the word n-grams' unit vector, within 0...10.
  public var characterWeight: Double = 0.25
  /// Features are hashed into 2^bucketBits buckets, within 10...24.
  public var bucketBits: Int = 20
  /// Whether runs of "!", "?" and "…" are tokens.
  public var punctuation: Bool = true

  /// The settings that measured best on short posts.
  public init() {}

  /// Why the settings cannot be used, or nil if they can.
  var problem: String? {
    if !Limits.wordNgram.contains(wordNgrams) {
      return "word n-grams \(wordNgrams) are not within \(Limits.wordNgram)"
    }
    if let characterNgrams, !Limits.characterNgram.contains(characterNgrams) {
      return "character n-grams \(characterNgrams) are not within \(Limits.characterNgram)"
    }
    if !Limits.characterWeight.contains(characterWeight) {
      return "a character weight of \(characterWeight) is not within \(Limits.characterWeight)"
    }
    if !Limits.bucketBits.contains(bucketBits) {
      return "2^\(bucketBits) buckets are not within 2^\(Limits.bucketBits)"
    }
    return nil
  }
}

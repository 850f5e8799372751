/// A word as it stands in a text and what it contributed to the decision.
public struct DecidingWord: Sendable, Equatable {
  /// The word's UTF-8 bytes in the text; a contraction whose apostrophe became a blank ("don t"),
  /// a brand name of several words and an emoji of several scalars are one word.
  public let range: Range<Int>
  /// What the word adds to the log-odds of the positive class: above 0 it speaks for it. Pairs of
  /// words share theirs equally, character n-grams count for their word. All words' contributions
  /// and the model's intercept sum to the log-odds.
  public let contribution: Double

  /// The word as it stands in `text`, which must be the text explained.
  public func word(in text: UnsafeRawBufferPointer) -> String {
    String(
      decoding: UnsafeRawBufferPointer(rebasing: text[range.clamped(to: 0..<text.count)]),
      as: UTF8.self)
  }

  /// The word as it stands in `text`, which must be the text explained.
  public func word(in text: String) -> String { text.withUTF8Bytes { word(in: $0) } }

  static func isStronger(_ left: DecidingWord, _ right: DecidingWord) -> Bool {
    if left.contribution.magnitude != right.contribution.magnitude {
      return left.contribution.magnitude > right.contribution.magnitude
    }
    return left.range.lowerBound < right.range.lowerBound
  }
}

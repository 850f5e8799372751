/// The places of a text's characters as they are seen, for texts with emoji of several scalars: the
/// two letters of a flag, a family with its joiners, a thumb with its skin tone. The tokenizer
/// reads each scalar on its own; what is said of them points at the whole emoji.
struct EmojiClusters {
  /// Where characters begin, and where the text ends.
  private var bounds: [Int] = []

  /// Nil where the text in `scratch` has no such emoji, or is not UTF-8.
  init?(_ text: UnsafeRawBufferPointer, _ scratch: borrowing Scratch) {
    let mayHave = (0..<scratch.tokenCount).contains { index in
      let token = scratch.tokens.base[index]
      let end = Int(token.end)
      return Self.isEmoji(token) && end < text.count && text[end] >= 0x80
    }
    guard mayHave, let string = String(validating: text, as: UTF8.self) else { return nil }
    var end = 0
    for character in string {
      bounds.append(end)
      end += character.utf8.count
    }
    bounds.append(end)
  }

  /// Digits may have a frame of their own (1️⃣).
  private static func isEmoji(_ token: Token) -> Bool {
    token.kind == .emoji || token.kind == .number
  }

  /// The bytes of a token, of an emoji with all that belongs to it.
  func range(of token: Token) -> Range<Int> {
    let range = Int(token.start)..<Int(token.end)
    return Self.isEmoji(token) ? whole(range) : range
  }

  /// The characters that a range touches.
  private func whole(_ range: Range<Int>) -> Range<Int> {
    let (first, last) = (place(of: range.lowerBound), place(of: range.upperBound - 1))
    return bounds[first]..<bounds[last + 1]
  }

  /// The character that a byte belongs to.
  private func place(of byte: Int) -> Int {
    var (low, high) = (0, bounds.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if bounds[middle] <= byte { low = middle } else { high = middle }
    }
    return low
  }

  /// The words of the text in `scratch`, those of one emoji together.
  func words(_ scratch: borrowing Scratch) -> [DecidingWord] {
    var found: [DecidingWord] = []
    for index in 0..<scratch.tokenCount {
      let range = range(of: scratch.tokens.base[index])
      let contribution = scratch.contributions.base[index]
      if let last = found.last, range.lowerBound < last.range.upperBound {
        found[found.count - 1] = DecidingWord(
          range: last.range.lowerBound..<max(last.range.upperBound, range.upperBound),
          contribution: last.contribution + contribution)
      } else {
        found.append(DecidingWord(range: range, contribution: contribution))
      }
    }
    return found
  }
}

internal import _StringProcessing

/// Splits texts at a regular expression's matches, or takes the matches; SparkML's stage of this
/// name, whose classes `\s`, `\d` and `\w` know ASCII only, as Java's do.
public struct RegexTokenizer: StatelessStage {
  /// The regular expression.
  public let pattern: String
  /// Whether the pattern matches what is between tokens, not the tokens.
  public let gaps: Bool
  /// UTF-16 units below which a token is left out.
  public let minTokenLength: Int
  /// Whether texts are lowered before.
  public let toLowercase: Bool

  /// SparkML's defaults: lowered, split at white space, tokens of any length but 0.
  public init() {
    pattern = "\\s+"
    gaps = true
    minTokenLength = 1
    toLowercase = true
  }

  /// Throws `TrainingError.invalidOption` where `pattern` is no regular expression.
  public init(
    pattern: String, gaps: Bool = true, minTokenLength: Int = 1, toLowercase: Bool = true
  ) throws(TrainingError) {
    guard minTokenLength >= 0 else {
      throw .invalidOption("a shortest token of \(minTokenLength) is below 0")
    }
    do { _ = try Self.compile(pattern) } catch {
      throw .invalidOption("\"\(pattern)\" is no regular expression: \(error)")
    }
    self.pattern = pattern
    self.gaps = gaps
    self.minTokenLength = minTokenLength
    self.toLowercase = toLowercase
  }

  private static func compile(_ pattern: String) throws -> Regex<AnyRegexOutput> {
    try Regex(pattern).asciiOnlyWhitespace().asciiOnlyDigits().asciiOnlyWordCharacters()
      .matchingSemantics(.unicodeScalar)
  }

  /// The tokens of a text.
  public func transform(_ text: String) -> [String] {
    let isPlain = gaps && pattern == "\\s+"
    let tokens = text.withUTF8Bytes { bytes in
      // Letters above ASCII are lowered by what is around them.
      if isPlain, !toLowercase || bytes.allSatisfy({ $0 < 0x80 }) {
        return Self.words(of: bytes, isLowered: toLowercase)
      }
      let text = toLowercase ? text.lowercased() : text
      return isPlain
        ? text.withUTF8Bytes { Self.words(of: $0, isLowered: false) } : split(text)
    }
    return minTokenLength <= 1
      ? tokens : tokens.filter { $0.utf16.count >= minTokenLength }
  }

  private static func words(of bytes: UnsafeRawBufferPointer, isLowered: Bool) -> [String] {
    var words: [String] = []
    words.reserveCapacity(bytes.count / 4)
    forEachWord(of: bytes) { word in
      words.append(
        String(unsafeUninitializedCapacity: word.count) { copy in
          for index in 0..<word.count {
            copy[index] = isLowered ? ASCII.lowered(word[index]) : word[index]
          }
          return word.count
        })
    }
    return words
  }

  /// What stands between Java's `\s`: blank, tab, line feed, vertical tab, form feed, carriage
  /// return.
  @inline(__always) static func forEachWord(
    of bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    var end = 0
    while true {
      var start = end
      while start < bytes.count, ASCII.isBlank(bytes[start]) { start += 1 }
      if start == bytes.count { return }
      end = start
      while end < bytes.count, !ASCII.isBlank(bytes[end]) { end += 1 }
      body(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  private func split(_ text: String) -> [String] {
    // A Regex cannot be kept, since it is not Sendable; compiling it was tried at the start.
    guard let regex = try? Self.compile(pattern) else { return [] }
    let matches = text.ranges(of: regex)
    guard gaps else { return matches.map { String(text[$0]) }.filter { !$0.isEmpty } }
    var tokens: [String] = []
    var start = text.startIndex
    for match in matches {
      tokens.append(String(text[start..<match.lowerBound]))
      start = match.upperBound
    }
    tokens.append(String(text[start...]))
    return tokens.filter { !$0.isEmpty }
  }
}

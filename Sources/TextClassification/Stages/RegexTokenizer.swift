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
    let text = toLowercase ? text.lowercased() : text
    let tokens = gaps && pattern == "\\s+" ? Self.words(of: text) : split(text)
    return minTokenLength <= 1
      ? tokens.filter { !$0.isEmpty } : tokens.filter { $0.utf16.count >= minTokenLength }
  }

  /// Java's `\s`: blank, tab, line feed, vertical tab, form feed, carriage return.
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private static func words(of text: String) -> [String] {
    text.utf8.split(whereSeparator: isSpace).map { String(Substring($0)) }
  }

  private func split(_ text: String) -> [String] {
    // A Regex cannot be kept, since it is not Sendable; compiling it was tried at the start.
    guard let regex = try? Self.compile(pattern) else { return [] }
    let matches = text.ranges(of: regex)
    guard gaps else { return matches.map { String(text[$0]) } }
    var tokens: [String] = []
    var start = text.startIndex
    for match in matches {
      tokens.append(String(text[start..<match.lowerBound]))
      start = match.upperBound
    }
    tokens.append(String(text[start...]))
    return tokens
  }
}

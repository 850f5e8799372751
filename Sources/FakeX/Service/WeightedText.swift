/// A post's length as X counts it: most letters of Latin, Greek, Cyrillic and their like are one,
/// the rest and emoji two, and a link is 23 whatever it is.
struct WeightedText {
  private(set) var length = 0
  private(set) var hasLink = false
  private(set) var cashtags = 0

  init(_ text: String) {
    cashtags = Words.signs(text).count { $0.first == "$" }
    for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
      if index > 0 { length += 1 }
      for (line, part) in word.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      {
        if line > 0 { length += 1 }
        if Self.isLink(part) {
          hasLink = true
          length += 23
        } else {
          length += part.reduce(0) { $0 + Self.weight($1) }
        }
      }
    }
  }

  private static func weight(_ character: Character) -> Int {
    if Words.isEmoji(character) { return 2 }
    return character.unicodeScalars.reduce(0) { sum, scalar in
      switch scalar.value {
      case 0...4_351, 8_192...8_205, 8_208...8_223, 8_242...8_247: sum + 1
      default: sum + 2
      }
    }
  }

  /// Domains that are links without `http` before them.
  private static let endings: Set<Substring> = [
    "com", "org", "net", "co", "uk", "io", "app", "dev", "shop", "me", "de", "fr", "info", "eu",
    "ly", "tv", "us", "ie",
  ]

  private static func isLink(_ word: Substring) -> Bool {
    let lower = Substring(word.lowercased())
    if lower.hasPrefix("http://") || lower.hasPrefix("https://") { return lower.count > 8 }
    let host = lower.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, let last = labels.last, endings.contains(last) else { return false }
    return labels.allSatisfy { label in
      !label.isEmpty && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
  }
}

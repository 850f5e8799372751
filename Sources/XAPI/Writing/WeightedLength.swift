/// How X counts a post's characters: most of the world's writing twice, a link as 23, an emoji as
/// two however many scalars it is made of.
package enum WeightedLength {
  static let link = 23
  /// What counts once; all else counts twice.
  private static let light: [ClosedRange<UInt32>] = [
    0...4_351, 8_192...8_205, 8_208...8_223, 8_242...8_247,
  ]

  /// The length of a text.
  package static func of(_ text: String) -> Int {
    var length = 0
    var rest = text[...]
    for range in Links.ranges(in: text) {
      length += characters(of: rest[..<range.lowerBound]) + link
      rest = text[range.upperBound...]
    }
    return length + characters(of: rest)
  }

  private static func characters(of text: Substring) -> Int {
    text.reduce(0) { $0 + weight($1) }
  }

  private static func weight(_ character: Character) -> Int {
    if isEmoji(character) { return 2 }
    return character.unicodeScalars.reduce(0) { sum, scalar in
      sum + (light.contains { $0.contains(scalar.value) } ? 1 : 2)
    }
  }

  private static func isEmoji(_ character: Character) -> Bool {
    guard let first = character.unicodeScalars.first else { return false }
    if first.properties.isEmojiPresentation { return true }
    // A digit, or a sign such as ©, is one only where what follows says so.
    return first.properties.isEmoji
      && character.unicodeScalars.contains { $0.value == 0xFE0F || $0.value == 0x20E3 }
  }
}

/// The links in a text, as X finds them: with a scheme, or a name under a domain that is usual.
package enum Links {
  private static let domains: Set<Substring> = [
    "com", "net", "org", "edu", "gov", "info", "biz", "io", "co", "me", "tv", "app", "dev", "ai",
    "shop", "store", "online", "site", "xyz", "uk", "us", "de", "fr", "it", "es", "nl", "be", "ch",
    "at", "pl", "se", "no", "dk", "fi", "ie", "pt", "eu", "ca", "au", "nz", "jp", "in", "br", "ly",
    "gl", "gd", "cc",
  ]

  /// Where they stand.
  package static func ranges(in text: String) -> [Range<String.Index>] {
    var ranges: [Range<String.Index>] = []
    var start = text.startIndex
    while start < text.endIndex {
      guard !text[start].isWhitespace else {
        start = text.index(after: start)
        continue
      }
      let end = text[start...].firstIndex(where: \.isWhitespace) ?? text.endIndex
      if let range = link(in: text, start..<end) { ranges.append(range) }
      start = end
    }
    return ranges
  }

  private static func link(
    in text: String, _ word: Range<String.Index>
  ) -> Range<String.Index>? {
    let trailing: Set<Character> = [".", ",", "!", "?", ":", ";", ")", "]", "}", "'", "\"", "…"]
    var end = word.upperBound
    while end > word.lowerBound, trailing.contains(text[text.index(before: end)]) {
      end = text.index(before: end)
    }
    let part = text[word.lowerBound..<end]
    for scheme in ["https://", "http://"] {
      if let found = part.lowercased().ranges(of: scheme).first {
        let offset = part.lowercased().distance(
          from: part.lowercased().startIndex, to: found.lowerBound)
        let start = part.index(part.startIndex, offsetBy: offset)
        return part.distance(from: start, to: end) > scheme.count ? start..<end : nil
      }
    }
    let opened = part.drop { "([{'\"".contains($0) }
    guard !opened.contains("@") else { return nil }
    let host = opened.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != ":" }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, labels.allSatisfy({ isLabel($0) }), let last = labels.last,
      domains.contains(last.lowercased()[...])
    else { return nil }
    return opened.startIndex..<end
  }

  private static func isLabel(_ label: Substring) -> Bool {
    !label.isEmpty && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }
}

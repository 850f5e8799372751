/// What is wrong with a rule, or seems to be, before X is asked.
package enum RuleLint {
  /// Operators that can stand alone.
  private static let standalone: Set = [
    "from", "to", "retweets_of", "url", "context", "entity", "conversation_id", "bio", "bio_name",
    "bio_location", "place", "place_country", "point_radius", "bounding_box",
    "from_affiliate_of", "to_affiliate_of", "url_title", "url_description", "url_contains",
    "min_followers", "followers_count", "tweets_count", "following_count", "listed_count",
    "in_reply_to_tweet_id", "retweets_of_tweet_id", "source", "embedding",
  ]
  /// Operators that only narrow what others find.
  private static let narrowing: Set = ["is", "has", "lang", "sample"]
  private static let kinds: [String: Set<String>] = [
    "is": ["retweet", "reply", "quote", "verified", "nullcast"],
    "has": [
      "hashtags", "cashtags", "links", "mentions", "media", "images", "video_link", "videos", "geo",
    ],
  ]

  /// The faults of a rule; none: X may take it.
  package static func faults(of rule: String, limit: Int = Limits.ruleCharacters) -> [String] {
    var faults: [String] = []
    if rule.allSatisfy({ $0 == " " }) { return ["it is empty"] }
    if rule.unicodeScalars.count > limit {
      faults.append("it has \(rule.unicodeScalars.count) characters, \(limit) are allowed")
    }
    var words: [Word] = []
    do { words = try Self.words(of: rule) } catch { faults.append(error.reason) }
    guard faults.isEmpty else { return faults }
    for word in words { faults += Self.faults(of: word) }
    if faults.isEmpty, !words.contains(where: { !$0.isNegated && stands($0) }) {
      let isNegative = words.allSatisfy { $0.isNegated || $0.text == "OR" }
      faults.append(
        isNegative
          ? "it only excludes; add what is looked for"
          : "its operators only narrow others; add a word, a mention or from:")
    }
    return faults
  }

  private struct Fault: Error { let reason: String }

  private struct Word {
    var text: String
    var isNegated: Bool
    var isQuoted: Bool

    /// What stands before the colon, and behind it.
    var `operator`: (name: String, value: String)? {
      guard !isQuoted, let colon = text.firstIndex(of: ":") else { return nil }
      return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
  }

  private static func stands(_ word: Word) -> Bool {
    if word.isQuoted { return true }
    guard word.text != "OR" else { return false }
    guard let name = word.operator?.name else { return true }
    return !narrowing.contains(name)
  }

  private static func faults(of word: Word) -> [String] {
    guard let (name, value) = word.operator, !name.isEmpty else { return [] }
    // A colon within a word that begins like a link is X's to judge.
    guard standalone.contains(name) || narrowing.contains(name) else {
      return ["there is no operator \(name):; put the word in quotes if it is meant as it stands"]
    }
    if value.isEmpty { return ["\(name): lacks what it is to compare with"] }
    if let known = kinds[name], !known.contains(value) {
      return ["there is no \(name):\(value); there are \(known.sorted().joined(separator: ", "))"]
    }
    if name == "is", value == "nullcast", !word.isNegated {
      return ["is:nullcast can only be excluded: -is:nullcast"]
    }
    return []
  }

  /// The words outside brackets; thrown where brackets or quotes do not match.
  private static func words(of rule: String) throws(Fault) -> [Word] {
    var words: [Word] = []
    var depth = 0
    var rest = Substring(rule)
    while let first = rest.first {
      switch first {
      case " ": rest.removeFirst()
      case "(":
        depth += 1
        rest.removeFirst()
      case ")":
        depth -= 1
        guard depth >= 0 else { throw Fault(reason: "a bracket is closed that was not opened") }
        rest.removeFirst()
      case "-" where rest.dropFirst().first == "(":
        throw Fault(reason: "a group cannot be excluded as a whole: exclude each of its words")
      default: words.append(try word(&rest))
      }
    }
    guard depth == 0 else { throw Fault(reason: "a bracket is not closed") }
    return words
  }

  private static func word(_ rest: inout Substring) throws(Fault) -> Word {
    let isNegated = rest.first == "-"
    if isNegated { rest.removeFirst() }
    let isQuoted = rest.first == "\""
    var text = ""
    var isInQuotes = false
    var isInList = false
    while let next = rest.first {
      if !isInQuotes && !isInList && (next == " " || next == "(" || next == ")") { break }
      if next == "\"" { isInQuotes.toggle() }
      if next == "[" && !isInQuotes { isInList = true }
      if next == "]" && !isInQuotes { isInList = false }
      text.append(next)
      rest.removeFirst()
    }
    guard !isInQuotes else { throw Fault(reason: "a quotation is not closed") }
    guard !text.isEmpty else { throw Fault(reason: "a minus stands alone") }
    return Word(text: text, isNegated: isNegated, isQuoted: isQuoted)
  }
}

/// Reads rules and queries: a space is AND and binds before OR, `-` is NOT.
struct RuleParser {
  private let text: [Character]
  private var next = 0

  /// Thrown: why it is no rule.
  static func parse(_ text: String) throws(RuleError) -> Expression {
    var parser = RuleParser(text: Array(text))
    parser.skipSpace()
    if parser.character == nil { throw RuleError(detail: "Rules must not be empty") }
    let expression = try parser.any(0)
    if parser.character != nil { throw parser.fault("extraneous input ')'") }
    if expression.isNegative {
      throw RuleError(detail: "Rules must contain a non-negation term (at position 1)")
    }
    if !expression.hasStandalone {
      throw RuleError(
        detail: "Rules must contain at least one positive, standalone operator: those in it can"
          + " only be used in conjunction with one (at position 1)")
    }
    return expression
  }

  private init(text: [Character]) { self.text = text }

  private var character: Character? { next < text.count ? text[next] : nil }

  private func fault(_ words: String) -> RuleError {
    RuleError(detail: "\(words) (at position \(next + 1))")
  }

  private mutating func skipSpace() {
    while character?.isWhitespace == true { next += 1 }
  }

  private mutating func any(_ depth: Int) throws(RuleError) -> Expression {
    var parts = [try all(depth)]
    while takeOr() { parts.append(try all(depth)) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func takeOr() -> Bool {
    skipSpace()
    guard text[next...].starts(with: "OR"), next + 2 == text.count || isBoundary(text[next + 2])
    else { return false }
    next += 2
    return true
  }

  private func isBoundary(_ character: Character) -> Bool {
    character.isWhitespace || "()\"".contains(character)
  }

  private mutating func all(_ depth: Int) throws(RuleError) -> Expression {
    var parts: [Expression] = []
    while true {
      skipSpace()
      let start = next
      if character == nil || character == ")" || takeOr() {
        next = start
        break
      }
      parts.append(try term(depth))
    }
    guard !parts.isEmpty else {
      let found = character.map { "'\($0)'" } ?? "'<EOF>'"
      throw fault("no viable alternative at input \(found)")
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func term(_ depth: Int) throws(RuleError) -> Expression {
    guard depth < Limits.ruleDepth else { throw fault("it is nested too deep") }
    if character == "-" {
      next += 1
      if character == nil || character?.isWhitespace == true {
        throw fault("no viable alternative at input '-'")
      }
      return .not(try term(depth + 1))
    }
    if character == "(" {
      next += 1
      let inner = try any(depth + 1)
      guard character == ")" else { throw fault("missing ')' at '<EOF>'") }
      next += 1
      return inner
    }
    if character == "\"" {
      let words = Words.split(try quoted().lowercased())
      var distance: Int?
      if character == "~" {
        next += 1
        guard let number = Int(bare()), (0...6).contains(number) else {
          throw fault("the distance behind '~' must be a number up to 6")
        }
        distance = number
      }
      return .phrase(words, distance: distance)
    }
    return try word()
  }

  private mutating func quoted() throws(RuleError) -> String {
    next += 1
    var value = ""
    while let character, character != "\"" {
      value.append(character)
      next += 1
    }
    guard character != nil else { throw fault("missing closing quote '\"' at '<EOF>'") }
    next += 1
    return value
  }

  private mutating func bare() -> String {
    var value = ""
    while let character, !isBoundary(character) {
      value.append(character)
      next += 1
    }
    return value
  }

  private mutating func word() throws(RuleError) -> Expression {
    let start = next
    var name = ""
    while let character, character != ":", !isBoundary(character) {
      name.append(character)
      next += 1
    }
    if character == ":", name.first.map({ !"@#$".contains($0) }) ?? true {
      next += 1
      return try operation(name.lowercased(), start)
    }
    let value = name + bare()
    return switch value.first {
    case "@" where value.count > 1: .mention(value.dropFirst().lowercased())
    case "#" where value.count > 1: .hashtag(value.dropFirst().lowercased())
    case "$" where value.count > 1: .cashtag(value.dropFirst().lowercased())
    default: Self.keyword(value.lowercased())
    }
  }

  /// A word with a sign in it is a phrase; signs alone are looked for as they are.
  private static func keyword(_ value: String) -> Expression {
    let words = Words.split(value)
    return switch words.count {
    case 0: .text(value)
    case 1 where words[0] == value: .keyword(value)
    default: .phrase(words, distance: nil)
    }
  }

  private mutating func operation(_ name: String, _ start: Int) throws(RuleError) -> Expression {
    let value = character == "\"" ? try quoted() : bracketedOrBare()
    guard let known = Expression.Operator(rawValue: name) else {
      throw RuleError(
        detail: "Reference to invalid operator '\(name)'. Operator is not available in current"
          + " product or product packaging. (at position \(start + 1))")
    }
    guard !value.isEmpty else { throw fault("the operator '\(name)' needs a value") }
    let lower = value.lowercased()
    let allowed: Set<String>? =
      switch known {
      case .is: ["retweet", "reply", "quote", "verified", "nullcast"]
      case .has:
        [
          "hashtags", "cashtags", "links", "mentions", "media", "media_link", "images", "videos",
          "video_link", "geo",
        ]
      default: nil
      }
    if let allowed, !allowed.contains(lower) {
      throw RuleError(
        detail: "Reference to invalid value '\(value)' for operator '\(name)'."
          + " (at position \(start + 1))")
    }
    if known == .sample, Int(lower).map({ !(1...100).contains($0) }) ?? true {
      throw RuleError(detail: "sample: takes a percentage (at position \(start + 1))")
    }
    return .operation(known, known == .from || known == .to ? Self.name(lower) : lower)
  }

  private static func name(_ value: String) -> String {
    value.first == "@" ? String(value.dropFirst()) : value
  }

  /// Places are in brackets, with spaces.
  private mutating func bracketedOrBare() -> String {
    guard character == "[" else { return bare() }
    var value = ""
    while let character {
      value.append(character)
      next += 1
      if character == "]" { break }
    }
    return value
  }
}

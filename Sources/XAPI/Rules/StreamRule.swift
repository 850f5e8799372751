internal import Bytes

/// A rule of the filtered stream: which posts it delivers.
package struct StreamRule: Hashable, Sendable {
  package var value: String
  /// What posts that match are marked with; empty: nothing.
  package var tag: String
  /// The server's name for it; nil: not there yet.
  package var id: String?

  package init(_ value: String, tag: String = "", id: String? = nil) {
    self.value = value
    self.tag = tag
    self.id = id
  }

  init?(_ json: JSON) {
    guard let value = json["value"]?.text else { return nil }
    self.init(value, tag: json["tag"]?.text ?? "", id: json["id"]?.text)
  }

  /// What two rules must have in common to be the same one. Space between words does not count.
  var key: [String] { [value.split(separator: " ").joined(separator: " "), tag] }

  /// Reads a rule as a configuration has it: `VALUE`, or `VALUE => TAG`.
  package init(configured text: String) {
    guard let arrow = text.ranges(of: "=>").last else {
      self.init(Self.trimmed(text[...]))
      return
    }
    self.init(
      Self.trimmed(text[..<arrow.lowerBound]), tag: Self.trimmed(text[arrow.upperBound...]))
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// The rules that follow from a brand's names and accounts where none are configured: whoever
  /// names or mentions it, but for its own posts and for copies.
  package static func defaults(
    names: [String], handles: [String], languages: [String]
  ) -> [StreamRule] {
    let accounts = handles.map { $0.drop { $0 == "@" } }.filter { !$0.isEmpty }
    let words = names.map {
      $0.contains(where: { !$0.isLetter && !$0.isNumber }) ? "\"\($0)\"" : $0
    }
    let terms = accounts.map { "@\($0)" } + words.filter { !$0.isEmpty }
    guard !terms.isEmpty else { return [] }
    var parts = [terms.count == 1 ? terms[0] : "(\(terms.joined(separator: " OR ")))"]
    if languages.count == 1 { parts.append("lang:\(languages[0])") }
    if languages.count > 1 {
      parts.append("(\(languages.map { "lang:\($0)" }.joined(separator: " OR ")))")
    }
    parts.append("-is:retweet")
    parts += accounts.map { "-from:\($0)" }
    return [
      StreamRule(parts.joined(separator: " "), tag: names.first.map { "brand:\($0)" } ?? "")
    ]
  }
}

/// What brings the server's rules into step with those wished for.
package struct RulePlan: Hashable, Sendable {
  package var add: [StreamRule] = []
  package var keep: [StreamRule] = []
  package var delete: [StreamRule] = []

  /// A rule whose tag alone differs is deleted and added: tags do not change.
  package init(wished: [StreamRule], present: [StreamRule]) {
    let wishes = Set(wished.map(\.key))
    var known: Set<[String]> = []
    for rule in present {
      if wishes.contains(rule.key), known.insert(rule.key).inserted {
        keep.append(rule)
      } else {
        delete.append(rule)
      }
    }
    for rule in wished where known.insert(rule.key).inserted { add.append(rule) }
  }

  /// Whether nothing is to be done.
  package var isEmpty: Bool { add.isEmpty && delete.isEmpty }
}

/// A search that finds what rules of one tag would have delivered.
struct GapSearch: Hashable, Sendable {
  var query: String
  var tag: String
  /// The rule's id where it is of one only.
  var ruleID: String?
  /// The same search for each rule alone, where it is of several.
  var parts: [GapSearch] = []

  /// The fewest searches for the rules, and the rules that are too long for one.
  static func searches(
    for rules: [StreamRule], limit: Int = Limits.queryCharacters
  ) -> (possible: [GapSearch], tooLong: [String]) {
    var possible: [GapSearch] = []
    var tooLong: [String] = []
    for rule in rules {
      let value = rule.value
      guard value.unicodeScalars.count <= limit else {
        tooLong.append(value)
        continue
      }
      let alone = GapSearch(query: value, tag: rule.tag, ruleID: rule.id)
      if let last = possible.lastIndex(where: { $0.tag == rule.tag }) {
        let before = possible[last]
        let joined = before.parts.isEmpty ? "(\(before.query))" : before.query
        let both = "\(joined) OR (\(value))"
        if both.unicodeScalars.count <= limit {
          possible[last].query = both
          possible[last].ruleID = nil
          possible[last].parts = (before.parts.isEmpty ? [before] : before.parts) + [alone]
          continue
        }
      }
      possible.append(alone)
    }
    return (possible, tooLong)
  }
}

/// How far two judges agree on the same things (J. Cohen, "A coefficient of agreement for nominal
/// scales", 1960).
package struct Agreement: Equatable, Sendable {
  /// Things that both have judged.
  package let count: Int
  /// Those of which both said the same.
  package let same: Int
  /// Cohen's kappa: 1 where they always agree, 0 where as often as chance would have it. Nil: both
  /// gave everything one and the same value, of which chance alone tells nothing.
  package let kappa: Double?

  /// Of how often the first one said this and the second one that.
  package init(_ pairs: [(first: String, second: String, count: Int)]) {
    var firsts: [String: Int] = [:]
    var seconds: [String: Int] = [:]
    var count = 0
    var same = 0
    for pair in pairs {
      count += pair.count
      firsts[pair.first, default: 0] += pair.count
      seconds[pair.second, default: 0] += pair.count
      if pair.first == pair.second { same += pair.count }
    }
    self.count = count
    self.same = same
    // In whole numbers until the end, so that no rounding makes certain what is not.
    let expected = firsts.reduce(0.0) { $0 + Double($1.value) * Double(seconds[$1.key] ?? 0) }
    let all = Double(count) * Double(count)
    kappa =
      count > 0 && expected < all
      ? (Double(same) * Double(count) - expected) / (all - expected) : nil
  }

  /// The part of which both said the same.
  package var observed: Double { count == 0 ? 0 : Double(same) / Double(count) }
}

/// The n-grams of words that speak most for each class in some texts.
public struct ClassFeatures: Sendable, Equatable {
  /// An n-gram, in small letters.
  public struct Feature: Sendable, Equatable {
    /// Its words as they stand in a text; those of a text's beginning follow `^`, and of a pair the
    /// word between them is there, too.
    public let text: String
    /// Texts that it stands in.
    public let count: Int
    /// What it adds to the log-odds of the positive class, on average of these texts.
    public let contribution: Double
  }

  /// Those that speak most for the positive class, the strongest first.
  public let positive: [Feature]
  /// Those that speak most for the negative class.
  public let negative: [Feature]

  /// Texts that are looked at, at most.
  static let textLimit = 20_000

  /// The `limit` n-grams on either side that move most log-odds in all of `texts` together, in the
  /// order of what they contribute to one.
  public init(of texts: [String], by scorer: TextScorer, limit: Int = 10) {
    var found: [String: (count: Int, sum: Double)] = [:]
    for text in texts.prefix(Self.textLimit) {
      var own: [String: Double] = [:]
      for (feature, contribution) in Self.features(of: text, scorer) {
        own[feature, default: 0] += contribution
      }
      for (feature, contribution) in own {
        let before = found[feature] ?? (0, 0)
        found[feature] = (before.count + 1, before.sum + contribution)
      }
    }
    func strongest(_ sign: Double) -> [Feature] {
      found.filter { $0.value.sum * sign > 0 }
        .sorted { left, right in
          let (first, second) = (left.value.sum * sign, right.value.sum * sign)
          return first != second ? first > second : left.key < right.key
        }
        .prefix(limit)
        .map { text, value in
          Feature(
            text: text, count: value.count, contribution: value.sum / Double(value.count))
        }
        .sorted { left, right in
          let (first, second) = (left.contribution * sign, right.contribution * sign)
          return first != second ? first > second : left.text < right.text
        }
    }
    positive = strongest(1)
    negative = strongest(-1)
  }

  private static func features(of text: String, _ scorer: TextScorer) -> [(String, Double)] {
    func words(_ range: Range<Int>) -> String {
      text.withUTF8Bytes { String(decoding: $0[range], as: UTF8.self) }.lowercased()
    }
    if scorer.classifier.terms != nil {
      return scorer.explain(text).map { (words($0.range), $0.contribution) }
    }
    // Runs of characters are parts of words that are there themselves.
    return scorer.features(text).filter { $0.kind != .characters }.map { feature in
      ((feature.kind == .start ? "^ " : "") + words(feature.range), feature.contribution)
    }
  }
}

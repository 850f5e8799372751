/// An n-gram of a text and what it contributed to the decision.
public struct DecidingFeature: Sendable, Equatable {
  /// What kind of n-gram it is.
  public enum Kind: String, Sendable {
    /// One word or several in a row.
    case words
    /// Two words with one between them.
    case pair
    /// The first words of the text.
    case start
    /// All runs of characters in one word.
    case characters
  }

  /// What kind of n-gram it is.
  public let kind: Kind
  /// The UTF-8 bytes of the text from its first word to its last.
  public let range: Range<Int>
  /// What it adds to the log-odds of the positive class, each time that it stands in the text. All
  /// of them and the intercept sum to the log-odds.
  public internal(set) var contribution: Double

  /// What tells n-grams of a text apart.
  fileprivate struct Place: Hashable {
    var kind: Kind
    var range: Range<Int>
  }
}

extension TextScorer {
  /// What each n-gram of `text` contributes, the strongest first; the runs of characters of one
  /// word together. Empty for models of SparkML's pipeline, whose n-grams are words.
  public func features(_ text: String) -> [DecidingFeature] {
    guard classifier.terms == nil else { return [] }
    var scratch = Scratch()
    _ = text.withUTF8Bytes { probability(of: $0, scratch: &scratch) }
    let clusters = text.withUTF8Bytes { EmojiClusters($0, scratch) }
    var found: [DecidingFeature] = []
    var characters: [Int: Double] = [:]
    // N-grams within one emoji are one.
    var places: [DecidingFeature.Place: Int] = [:]
    shareOut(&scratch)
    forEachContribution(scratch) { key, first, last, isStart, isPair, contribution in
      if key.block == 1 {
        characters[first, default: 0] += contribution
        return
      }
      let kind: DecidingFeature.Kind = isStart ? .start : isPair ? .pair : .words
      let range = scratch.bytes(from: first, to: last, clusters)
      if clusters != nil {
        let place = places[.init(kind: kind, range: range), default: found.count]
        if place < found.count {
          found[place].contribution += contribution
          return
        }
        places[.init(kind: kind, range: range)] = place
      }
      found.append(DecidingFeature(kind: kind, range: range, contribution: contribution))
    }
    for (token, contribution) in characters {
      found.append(
        DecidingFeature(
          kind: .characters, range: scratch.bytes(from: token, to: token, nil),
          contribution: contribution))
    }
    return found.sorted { left, right in
      let strengths = (left.contribution.magnitude, right.contribution.magnitude)
      if strengths.0 != strengths.1 { return strengths.0 > strengths.1 }
      return (left.range.lowerBound, left.range.upperBound)
        < (right.range.lowerBound, right.range.upperBound)
    }
  }
}

extension Scratch {
  fileprivate func bytes(
    from first: Int, to last: Int, _ clusters: EmojiClusters?
  ) -> Range<Int> {
    let (first, last) = (tokens.base[first], tokens.base[last])
    guard let clusters else { return Int(first.start)..<Int(last.end) }
    return clusters.range(of: first).lowerBound..<clusters.range(of: last).upperBound
  }
}

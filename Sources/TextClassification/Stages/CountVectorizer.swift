/// Learns a vocabulary and counts its terms; SparkML's stage of this name.
public struct CountVectorizer: Estimator {
  /// A number of texts, or a part of them.
  public enum Texts: Sendable, Equatable {
    case count(Int)
    /// Within 0...1.
    case part(Double)

    func number(of count: Int) -> Double {
      switch self {
      case .count(let number): Double(number)
      case .part(let part): part * Double(count)
      }
    }
  }

  /// Terms that are kept at most: the most frequent.
  public var vocabularySize = 1 << 18
  /// Texts that a term must stand in.
  public var minDocFreq = Texts.count(1)
  /// Texts that a term may stand in.
  public var maxDocFreq = Texts.count(.max)
  /// Times that a term must stand in a text to be counted there.
  public var minTermFreq = Texts.count(1)
  /// Whether a term counts once however often it stands in a text.
  public var binary = false

  /// SparkML's defaults.
  public init() {}

  /// The terms by how often they stand in all texts, the most frequent first; of equal ones the
  /// lesser by its UTF-8 bytes (SparkML leaves their order open). Throws
  /// `TrainingError.noExamples` where no term is left.
  public func fit(_ examples: Examples<[String]>) throws(TrainingError) -> CountVectorizerModel {
    var counts: [String: (terms: Int, texts: Int)] = [:]
    for tokens in examples.values {
      var own: [String: Int] = [:]
      for token in tokens { own[token, default: 0] += 1 }
      for (token, count) in own {
        counts[token, default: (0, 0)].terms += count
        counts[token, default: (0, 0)].texts += 1
      }
    }
    let least = minDocFreq.number(of: examples.count)
    let most = maxDocFreq.number(of: examples.count)
    let kept = counts.filter { Double($0.value.texts) >= least && Double($0.value.texts) <= most }
    let terms = kept.map { (term: $0.key, count: $0.value.terms) }.sorted { left, right in
      left.count != right.count
        ? left.count > right.count : left.term.utf8.lexicographicallyPrecedes(right.term.utf8)
    }
    guard !terms.isEmpty else { throw .noExamples }
    return CountVectorizerModel(
      vocabulary: terms.prefix(vocabularySize).map(\.term), minTermFreq: minTermFreq,
      binary: binary)
  }
}

/// Counts the terms of a vocabulary.
public struct CountVectorizerModel: Transformer {
  /// The terms; a term's place here is its place in the vectors.
  public let vocabulary: [String]
  /// Times that a term must stand in a text to be counted there.
  public let minTermFreq: CountVectorizer.Texts
  /// Whether a term counts once however often it stands in a text.
  public let binary: Bool
  private let places: [String: UInt32]

  /// Terms that come twice keep their first place.
  public init(
    vocabulary: [String], minTermFreq: CountVectorizer.Texts = .count(1), binary: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.minTermFreq = minTermFreq
    self.binary = binary
    places = Dictionary(
      zip(vocabulary, vocabulary.indices.lazy.map { UInt32($0) }),
      uniquingKeysWith: { first, _ in first })
  }

  /// A term's place; nil for one that the vocabulary does not have.
  public func place(of term: String) -> Int? { places[term].map { Int($0) } }

  /// How often each term stands among the tokens.
  public func transform(_ tokens: [String]) -> SparseVector {
    var counts: [UInt32: Double] = [:]
    for token in tokens {
      if let place = places[token] { counts[place, default: 0] += 1 }
    }
    let least = minTermFreq.number(of: tokens.count)
    let kept = counts.filter { $0.value >= least }.sorted { $0.key < $1.key }
    return SparseVector(
      size: vocabulary.count, indices: kept.map(\.key), values: kept.map { binary ? 1 : $0.value })
  }
}

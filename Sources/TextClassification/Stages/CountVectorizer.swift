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
    let counts = TermCounts(examples.values)
    let least = minDocFreq.number(of: examples.count)
    let most = maxDocFreq.number(of: examples.count)
    let kept = (0..<counts.table.count).filter {
      Double(counts.texts[$0]) >= least && Double(counts.texts[$0]) <= most
    }
    let terms = Self.ordered(kept.map { (counts.table.term($0), counts.terms[$0], $0) })
    guard !terms.isEmpty else { throw .noExamples }
    return CountVectorizerModel(
      vocabulary: terms.prefix(vocabularySize).map(\.term), minTermFreq: minTermFreq,
      binary: binary)
  }

  /// Terms with their count and a number, the most frequent first; of equal ones the lesser by its
  /// UTF-8 bytes.
  static func ordered(
    _ terms: [(term: String, count: Int, number: Int)]
  ) -> [(term: String, count: Int, number: Int)] {
    terms.sorted { left, right in
      left.count != right.count
        ? left.count > right.count : left.term.utf8.lexicographicallyPrecedes(right.term.utf8)
    }
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
  private let table: TermTable

  /// Terms that come twice keep their first place.
  public init(
    vocabulary: [String], minTermFreq: CountVectorizer.Texts = .count(1), binary: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.minTermFreq = minTermFreq
    self.binary = binary
    table = TermTable(vocabulary)
  }

  /// A term's place; nil for one that the vocabulary does not have.
  public func place(of term: String) -> Int? { table.number(of: term) }

  /// How often each term stands among the tokens.
  public func transform(_ tokens: [String]) -> SparseVector {
    var places: [UInt32] = []
    places.reserveCapacity(tokens.count)
    for token in tokens {
      if let place = table.number(of: token) { places.append(UInt32(truncatingIfNeeded: place)) }
    }
    places.sort()
    let least = minTermFreq.number(of: tokens.count)
    var indices: [UInt32] = []
    var values: [Double] = []
    indices.reserveCapacity(places.count)
    values.reserveCapacity(places.count)
    var start = 0
    while start < places.count {
      var end = start + 1
      while end < places.count, places[end] == places[start] { end += 1 }
      if Double(end - start) >= least {
        indices.append(places[start])
        values.append(binary ? 1 : Double(end - start))
      }
      start = end
    }
    return SparseVector(size: vocabulary.count, indices: indices, values: values)
  }
}

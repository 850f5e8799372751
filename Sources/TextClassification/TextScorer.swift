internal import CPlatform

/// A classifier at work for one brand. Immutable; any number of threads may use it, each with a
/// scratch of its own.
public struct TextScorer: Sendable {
  /// The model.
  public let classifier: TextClassifier
  let extractor: FeatureExtractor

  init(classifier: TextClassifier, brands: BrandNames) {
    self.classifier = classifier
    extractor = FeatureExtractor(settings: classifier.features, brands: brands)
  }

  /// The probability, within 0...1, that the UTF-8 bytes `text` belong to the positive class. Bytes
  /// that are not UTF-8 are passed over, and so is what follows the first 64 KiB. Does not allocate
  /// once `scratch` has grown to the texts' length, but for models of SparkML's pipeline. Of a
  /// support vector machine it is the logistic of the margin, which is only as good as its order.
  public func probability(
    of text: UnsafeRawBufferPointer, scratch: inout Scratch
  ) -> Double { Logistic.probability(logOdds(of: text, scratch: &scratch)) }

  /// The log-odds that the probability is the logistic of: they tell texts apart whose
  /// probabilities are too near 0 or 1 to differ.
  public func logOdds(of text: UnsafeRawBufferPointer, scratch: inout Scratch) -> Double {
    if let terms = classifier.terms {
      let words = TermModel.words(of: String(decoding: text, as: UTF8.self))
      return terms.score(of: words, classifier.algorithm)
    }
    let (sums, squares) = classifier.weights.withUnsafeBufferPointer { weights in
      // A text's weights lie far apart: each is fetched while the text is still being read.
      extractor.extract(text, into: &scratch) { key in
        grouse_prefetch(weights.baseAddress.map { $0 + key.bucket })
      }
      scratch.frequencies.require(scratch.largestCount)
      return Self.sums(scratch, weights)
    }
    scratch.blockScales = BlockScales.scales(
      squares: squares,
      lengths: BlockScales.lengths(classifier.features.characterWeight),
      leastNorms: classifier.leastNorms)
    return (sums * scratch.blockScales).sum() + classifier.intercept
  }

  /// Of each block, the sum of what the features in `scratch` weigh and that of their squared
  /// values.
  @inline(__always) private static func sums(
    _ scratch: borrowing Scratch, _ weights: UnsafeBufferPointer<BucketWeights>
  ) -> (weights: SIMD2<Double>, squares: SIMD2<Double>) {
    let features = UnsafeBufferPointer(start: scratch.features.base, count: scratch.featureCount)
    let frequencies = scratch.frequencies.base
    var wordSum: Float = 0
    var characterSum: Float = 0
    var wordSquares: Float = 0
    var characterSquares: Float = 0
    for feature in features {
      let entry = weights[feature.key.bucket]
      let frequency = frequencies[Int(feature.count)]
      let value = frequency * entry.idf
      let isWord = feature.key.block == 0
      wordSum += isWord ? frequency * entry.weight : 0
      wordSquares += isWord ? value * value : 0
      characterSum += isWord ? 0 : frequency * entry.weight
      characterSquares += isWord ? 0 : value * value
    }
    return (
      SIMD2(Double(wordSum), Double(characterSum)),
      SIMD2(Double(wordSquares), Double(characterSquares))
    )
  }

  /// The probability that log-odds stand for.
  public static func probability(ofLogOdds logOdds: Double) -> Double {
    Logistic.probability(logOdds)
  }

  /// The probability that `text` belongs to the positive class.
  public func probability(of text: String) -> Double {
    var scratch = Scratch()
    return text.withUTF8Bytes { probability(of: $0, scratch: &scratch) }
  }

  /// Whether a text with this probability is taken for the positive class.
  public func isPositive(_ probability: Double) -> Bool { probability >= classifier.threshold }

  /// The label that `text` is given.
  public func predict(_ text: String) -> String {
    isPositive(probability(of: text)) ? classifier.labels.positive : classifier.labels.negative
  }

  /// What each word of `text` contributes, the strongest first.
  public func explain(_ text: UnsafeRawBufferPointer, scratch: inout Scratch) -> [DecidingWord] {
    decidingWords(of: text, scratch: &scratch, limit: .max)
  }

  /// What each word of `text` contributes, the strongest first.
  public func explain(_ text: String) -> [DecidingWord] {
    var scratch = Scratch()
    return text.withUTF8Bytes { explain($0, scratch: &scratch) }
  }

  /// The at most `limit` words of `text` that contribute most, either way.
  public func decidingWords(
    of text: UnsafeRawBufferPointer, scratch: inout Scratch, limit: Int
  ) -> [DecidingWord] {
    _ = probability(of: text, scratch: &scratch)
    return decidingWords(ofLast: text, scratch: &scratch, limit: limit)
  }

  /// The at most `limit` words that contribute most in `text`, which must be the one whose
  /// probability this scorer gave last with `scratch`; cheaper than `decidingWords(of:)`, which
  /// reads the text again, as models of SparkML's pipeline do here, too.
  public func decidingWords(
    ofLast text: UnsafeRawBufferPointer, scratch: inout Scratch, limit: Int
  ) -> [DecidingWord] {
    if let terms = classifier.terms {
      return Array(terms.decidingWords(of: text, classifier.algorithm).prefix(limit))
    }
    let tokenCount = scratch.tokenCount
    scratch.contributions.require(tokenCount)
    let contributions = scratch.contributions.base
    contributions.initialize(repeating: 0, count: tokenCount)
    guard limit > 0 else { return [] }
    shareOut(&scratch)
    let shares = scratch.shares.base
    extractor.forEachFeature(scratch) { feature, first, last, _, _ in
      // Runs of characters, of which there are most, belong to one word. What weighs nothing adds
      // nothing: to look whether it does would take longer.
      guard first != last else {
        contributions[first] += shares[feature]
        return
      }
      let share = shares[feature] / Double(last - first + 1)
      for token in first...last { contributions[token] += share }
    }
    return strongest(text, scratch, limit)
  }

  /// Calls `body` with each n-gram of the text in `scratch` that has a weight: its key, its first
  /// and last word, whether it is one of the text's start, whether it is a pair with a word
  /// between, and what it contributes.
  @inline(__always)
  func forEachContribution(
    _ scratch: borrowing Scratch,
    _ body: (FeatureKey, Int, Int, _ isStart: Bool, _ isPair: Bool, Double) -> Void
  ) {
    let shares = scratch.shares.base
    let features = scratch.features.base
    extractor.forEachFeature(scratch) { feature, first, last, isStart, isPair in
      let share = shares[feature]
      if share != 0 { body(features[feature].key, first, last, isStart, isPair, share) }
    }
  }

  /// Leaves in `scratch` what each feature contributes each time that it stands in the text.
  func shareOut(_ scratch: inout Scratch) {
    scratch.shares.require(scratch.featureCount)
    let shares = scratch.shares.base
    let features = scratch.features.base
    let frequencies = scratch.frequencies.base
    classifier.weights.withUnsafeBufferPointer { weights in
      for place in 0..<scratch.featureCount {
        let feature = features[place]
        let frequency = frequencies[Int(feature.count)] / Float(feature.count)
        shares[place] =
          Double(frequency * weights[feature.key.bucket].weight)
          * scratch.blockScales[feature.key.block]
      }
    }
  }

  /// The at most `limit` words of `text` whose contributions in `scratch` are the largest.
  func strongest(
    _ text: UnsafeRawBufferPointer, _ scratch: borrowing Scratch, _ limit: Int
  ) -> [DecidingWord] {
    if let clusters = EmojiClusters(text, scratch) {
      return Array(clusters.words(scratch).sorted(by: DecidingWord.isStronger).prefix(limit))
    }
    let tokens = scratch.tokens.base
    let contributions = scratch.contributions.base
    func word(_ index: Int) -> DecidingWord {
      DecidingWord(
        range: Int(tokens[index].start)..<Int(tokens[index].end),
        contribution: contributions[index])
    }
    let whole = limit >= scratch.tokenCount
    if whole {
      return (0..<scratch.tokenCount).map(word).sorted(by: DecidingWord.isStronger)
    }
    var words: [DecidingWord] = []
    words.reserveCapacity(limit + 1)
    for index in 0..<scratch.tokenCount {
      let candidate = word(index)
      let place = words.firstIndex { DecidingWord.isStronger(candidate, $0) } ?? words.count
      guard place < limit else { continue }
      words.insert(candidate, at: place)
      if words.count > limit { words.removeLast() }
    }
    return words
  }
}

/// A trained model that tells two kinds of text apart. It never changes and may be used by any
/// number of threads; a `TextScorer` made from it does the work.
public struct TextClassifier: Sendable, Equatable {
  /// The kind of model.
  public let algorithm: TrainingOptions.Algorithm
  /// The names of the classes.
  public let labels: ClassLabels
  /// The probability from which on a text is taken for the positive class, within 0...1.
  public let threshold: Double
  /// What is read from a text.
  public let features: FeatureSettings
  /// How many examples the model was trained on.
  public let exampleCount: Int
  let intercept: Double
  /// The norm of each block of a text's values from which on it is made a vector of its length;
  /// below, it is left as much shorter.
  let leastNorms: SIMD2<Double>
  /// One entry for each of the 2^`features.bucketBits` buckets.
  let weights: WeightTable
  /// What a model of SparkML's pipeline has in place of buckets.
  let terms: TermModel?
  /// What tells its texts' topics, where that was learnt; it has a file of its own.
  public internal(set) var topics: TopicModel?

  init(
    algorithm: TrainingOptions.Algorithm = .logisticRegression, labels: ClassLabels,
    threshold: Double, features: FeatureSettings, exampleCount: Int, intercept: Double,
    leastNorms: SIMD2<Double> = SIMD2(), weights: WeightTable, terms: TermModel? = nil
  ) {
    self.algorithm = algorithm
    self.labels = labels
    self.threshold = threshold
    self.features = features
    self.exampleCount = exampleCount
    self.intercept = intercept
    self.leastNorms = leastNorms
    self.weights = weights
    self.terms = terms
  }

  /// What scores texts about a brand. `brandNames` (names and handles such as "asos" and
  /// "@ASOS_HeresToHelp", matched without regard to case, "@" and "_") are all read as one token,
  /// so that a model holds for any brand.
  public func scorer(brandNames: [String] = []) -> TextScorer {
    TextScorer(classifier: self, brands: BrandNames(brandNames))
  }
}

extension TextClassifier: CustomStringConvertible {
  /// The model in a line, without its weights.
  public var description: String {
    "\(labels.positive)/\(labels.negative) classifier trained on \(exampleCount) examples"
  }
}

/// Trains text classifiers from labelled examples.
public struct TextClassifierTrainer: Sendable {
  /// How to train.
  public let options: TrainingOptions
  /// The brand's names and handles, which are all read as one token.
  public let brandNames: [String]
  /// Examples of another origin, such as the shipped ones beside a few of one's own: a model of
  /// them is where training starts. They are never tested on.
  public let prior: [LabelledText]

  /// A trainer. `brandNames` are matched without regard to case, "@" and "_".
  public init(
    options: TrainingOptions = TrainingOptions(), brandNames: [String] = [],
    prior: [LabelledText] = []
  ) {
    self.options = options
    self.brandNames = brandNames
    self.prior = prior
  }

  /// Trains a classifier on all examples. Where the threshold is to maximise F1, a cross-validation
  /// goes before.
  public func train(
    _ examples: [LabelledText], progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> TextClassifier {
    switch options.threshold {
    case .fixed(let threshold):
      try check(examples)
      progress(.readingTexts(examples.count))
      return fit(table(examples), examples, threshold: threshold, progress)
    case .maximiseF1:
      return try trainAndValidate(examples, progress: progress).classifier
    }
  }

  /// Cross-validates, then trains a classifier on all examples with the threshold found.
  public func trainAndValidate(
    _ examples: [LabelledText], progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> (classifier: TextClassifier, validation: CrossValidation) {
    try check(examples)
    progress(.readingTexts(examples.count))
    let table = table(examples)
    let validation = try CrossValidation(
      table, isPositive: examples.map(\.isPositive), prior: prior.map(\.isPositive),
      options: options, folds: nil, progress: progress)
    return (fit(table, examples, threshold: validation.threshold, progress), validation)
  }

  /// Trains and tests on folds without making a classifier. `folds` gives each example's fold, from
  /// 0; without it the folds are stratified by the options' seed.
  public func crossValidate(
    _ examples: [LabelledText], folds: [Int]? = nil,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> CrossValidation {
    try check(examples)
    progress(.readingTexts(examples.count))
    return try CrossValidation(
      table(examples), isPositive: examples.map(\.isPositive), prior: prior.map(\.isPositive),
      options: options, folds: folds, progress: progress)
  }

  /// The examples' features, then the prior's.
  private func table(_ examples: [LabelledText]) -> FeatureTable {
    FeatureTable(
      examples + prior,
      extractor: FeatureExtractor(settings: options.features, brands: BrandNames(brandNames)))
  }

  private func check(_ examples: [LabelledText]) throws(TrainingError) {
    try options.validate()
    guard !examples.isEmpty else { throw .noExamples }
    guard examples.count + prior.count <= Limits.examples else {
      throw .tooManyExamples(count: examples.count + prior.count, limit: Limits.examples)
    }
    for examples in [examples, prior] {
      guard let first = examples.first else { continue }
      guard examples.contains(where: { $0.isPositive != first.isPositive }) else {
        throw .oneClassOnly(
          label: first.isPositive ? options.labels.positive : options.labels.negative)
      }
    }
  }

  private func fit(
    _ table: FeatureTable, _ examples: [LabelledText], threshold: Double,
    _ progress: (TrainingProgress) -> Void
  ) -> TextClassifier {
    progress(.fittingAll)
    let model = LogisticFit(
      table, rows: Array(examples.indices),
      prior: prior.indices.map { examples.count + $0 },
      isPositive: (examples + prior).map(\.isPositive), options: options)
    var weights = [BucketWeights](repeating: .unknown, count: 1 << options.features.bucketBits)
    for (column, bucket) in model.weighting.buckets.enumerated() {
      let idf = model.weighting.idf[Int(bucket)]
      weights[Int(bucket)] = BucketWeights(
        idf: idf, weight: Float(Double(idf) * model.weights[column]))
    }
    return TextClassifier(
      labels: options.labels, threshold: threshold, features: options.features,
      exampleCount: examples.count + prior.count, intercept: model.intercept, weights: weights)
  }
}

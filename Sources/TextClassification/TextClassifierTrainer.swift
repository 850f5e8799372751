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

  /// Trains a classifier on all examples without a cross-validation: its probabilities are not
  /// calibrated. Where the threshold has a goal there is one nevertheless.
  public func train(
    _ examples: [LabelledText], progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> TextClassifier {
    switch options.threshold {
    case .fixed, .evenOdds:
      try check(examples)
      progress(.readingTexts(examples.count))
      let learning = learning(examples)
      progress(.fittingAll)
      var threshold = 0.5
      if case .fixed(let given) = options.threshold { threshold = given }
      return try learning.fit(threshold: threshold, .identity)
    case .maximiseF1, .precision, .recall:
      return try trainAndValidate(examples, progress: progress).classifier
    }
  }

  /// Cross-validates, then trains a classifier on all examples with the threshold found, its
  /// probabilities made to come true as often as the cross-validation's did.
  public func trainAndValidate(
    _ examples: [LabelledText], folds: FoldChoice = .stratified,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> (classifier: TextClassifier, validation: CrossValidation) {
    try check(examples)
    progress(.readingTexts(examples.count))
    let learning = learning(examples)
    let validation = try validate(examples, learning, folds, progress)
    progress(.fittingAll)
    return (
      try learning.fit(threshold: validation.threshold, validation.scaling), validation
    )
  }

  /// Trains and tests on folds without making a classifier. `folds` gives each example's fold, from
  /// 0; without it the folds are stratified by the options' seed.
  public func crossValidate(
    _ examples: [LabelledText], folds: [Int]? = nil,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> CrossValidation {
    try check(examples)
    progress(.readingTexts(examples.count))
    return try validate(
      examples, learning(examples), folds.map { .given($0) } ?? .stratified, progress)
  }

  private func validate(
    _ examples: [LabelledText], _ learning: any Learning, _ folds: FoldChoice,
    _ progress: (TrainingProgress) -> Void
  ) throws(TrainingError) -> CrossValidation {
    let isPositive = examples.map(\.isPositive)
    let folds = try divide(examples, folds)
    if options.threshold.isSought, folds.count > 2, let learning = learning as? HashedLearning {
      return validateNested(learning, isPositive: isPositive, folds: folds, progress: progress)
    }
    return try CrossValidation(
      learning, isPositive: isPositive, options: options, folds: folds,
      isCalibrated: options.calibrates && options.algorithm == .logisticRegression,
      progress: progress)
  }

  /// Each example's fold and how many there are.
  func divide(
    _ examples: [LabelledText], _ choice: FoldChoice
  ) throws(TrainingError) -> (folds: [Int], count: Int) {
    try choice.folds(isPositive: examples.map(\.isPositive), options: options) {
      NearDuplicates.groups(examples.map(\.text), brands: BrandNames(brandNames))
    }
  }

  private func learning(_ examples: [LabelledText]) -> any Learning {
    options.algorithm == .logisticRegression
      ? HashedLearning(examples, prior, options, brandNames)
      : TermLearning(examples + prior, count: examples.count, options)
  }

  func check(_ examples: [LabelledText]) throws(TrainingError) {
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
}

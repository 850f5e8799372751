/// What k-fold cross-validation found: each example judged by a model that has not seen it.
public struct CrossValidation: Sendable {
  /// Each example's fold, from 0.
  public let folds: [Int]
  /// Each example's out-of-fold probability of the positive class.
  public let probabilities: [Double]
  /// Each fold's metrics, at `foldThresholds`.
  public let foldMetrics: [ClassificationMetrics]
  /// The threshold each fold was judged by; where it maximises F1, it was chosen on the other
  /// folds' predictions.
  public let foldThresholds: [Double]
  /// The threshold for a model trained on all examples.
  public let threshold: Double
  /// Metrics of all out-of-fold probabilities at `threshold`. Where the threshold was chosen on
  /// these very predictions, the folds' mean is the fairer figure.
  public let metrics: ClassificationMetrics

  /// The mean over the folds of one of their metrics.
  public func mean(_ metric: (ClassificationMetrics) -> Double) -> Double {
    foldMetrics.reduce(0) { $0 + metric($1) } / Double(foldMetrics.count)
  }

  init(
    _ table: FeatureTable, isPositive: [Bool], prior: [Bool] = [], options: TrainingOptions,
    folds given: [Int]?, progress: (TrainingProgress) -> Void
  ) throws(TrainingError) {
    let folds: [Int]
    if let given {
      guard given.count == isPositive.count else {
        throw .invalidOption("\(given.count) folds were given for \(isPositive.count) examples")
      }
      folds = given
    } else {
      folds = StratifiedFolds.assign(
        isPositive: isPositive,
        identities: options.keepsNearDuplicatesTogether
          ? Array(table.identities.prefix(isPositive.count)) : nil,
        folds: options.folds, seed: options.seed)
    }
    let count = (folds.max() ?? 0) + 1
    try CrossValidation.check(folds, count, isPositive, options)
    var probabilities = [Double](repeating: 0, count: isPositive.count)
    for fold in 0..<count {
      progress(.fold(index: fold, count: count))
      let test = folds.indices.filter { folds[$0] == fold }
      let train = folds.indices.filter { folds[$0] != fold }
      let model = LogisticFit(
        table, rows: train, prior: prior.indices.map { isPositive.count + $0 },
        isPositive: isPositive + prior, options: options)
      for (row, probability) in zip(test, model.probabilities(table, rows: test)) {
        probabilities[row] = probability
      }
    }
    self.folds = folds
    self.probabilities = probabilities
    threshold = CrossValidation.threshold(
      options.threshold, folds.indices.map { $0 }, isPositive, probabilities)
    metrics = ClassificationMetrics(
      isPositive: isPositive, probabilities: probabilities, threshold: threshold)
    foldThresholds = (0..<count).map { fold in
      CrossValidation.threshold(
        options.threshold, folds.indices.filter { folds[$0] != fold }, isPositive, probabilities)
    }
    foldMetrics = zip(0..<count, foldThresholds).map { fold, threshold in
      let rows = folds.indices.filter { folds[$0] == fold }
      return ClassificationMetrics(
        isPositive: rows.map { isPositive[$0] }, probabilities: rows.map { probabilities[$0] },
        threshold: threshold)
    }
  }

  /// Every fold must have rows to test, and both classes among the other folds' rows.
  private static func check(
    _ folds: [Int], _ count: Int, _ isPositive: [Bool], _ options: TrainingOptions
  ) throws(TrainingError) {
    guard Limits.folds.contains(count), !folds.contains(where: { $0 < 0 }) else {
      throw .invalidOption("fold numbers must run from 0 to at most \(Limits.folds.upperBound - 1)")
    }
    for label in [true, false] {
      var sizes = [Int](repeating: 0, count: count)
      for (fold, isPositive) in zip(folds, isPositive) where isPositive == label {
        sizes[fold] += 1
      }
      if sizes.contains(0) {
        throw .tooFewForFolds(
          label: label ? options.labels.positive : options.labels.negative,
          count: sizes.reduce(0, +), folds: count)
      }
    }
  }

  private static func threshold(
    _ goal: TrainingOptions.ThresholdGoal, _ rows: [Int], _ isPositive: [Bool],
    _ probabilities: [Double]
  ) -> Double {
    switch goal {
    case .fixed(let threshold): threshold
    case .maximiseF1:
      ClassificationMetrics.thresholdMaximisingF1(
        isPositive: rows.map { isPositive[$0] }, probabilities: rows.map { probabilities[$0] })
    }
  }
}

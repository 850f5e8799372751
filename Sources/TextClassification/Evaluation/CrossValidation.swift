/// What k-fold cross-validation found: each example judged by a model that has not seen it.
public struct CrossValidation: Sendable {
  /// Each example's fold, from 0.
  public let folds: [Int]
  /// Each example's out-of-fold probability of the positive class. Where probabilities are
  /// calibrated, each fold's are by what the other folds show.
  public let probabilities: [Double]
  /// Each fold's metrics, at `foldThresholds`.
  public let foldMetrics: [ClassificationMetrics]
  /// The threshold each fold was judged by; where it has a goal, it was chosen on the other folds'
  /// predictions.
  public let foldThresholds: [Double]
  /// The threshold for a model trained on all examples.
  public let threshold: Double
  /// Metrics of all out-of-fold probabilities, each at its fold's threshold.
  public let metrics: ClassificationMetrics
  /// How far the out-of-fold probabilities come true.
  public let calibration: Calibration
  /// The out-of-fold probabilities' distribution, and how much of the texts each fold's model had
  /// not met.
  public let distribution: ScoreDistribution
  /// What makes a model's scores into probabilities, by all folds.
  let scaling: PlattScaling

  /// The mean over the folds of one of their metrics.
  public func mean(_ metric: (ClassificationMetrics) -> Double) -> Double {
    foldMetrics.reduce(0) { $0 + metric($1) } / Double(foldMetrics.count)
  }

  /// Log-odds of the positive class for the rows `test`, by a model of the rows `train`, and the
  /// part of each row's features that the model has not met.
  typealias Judge = (
    _ train: [Int], _ test: [Int]
  ) throws(TrainingError) -> (scores: [Double], unseen: [Double])

  /// `identities` are equal for examples that stay in one fold; `given` are folds chosen elsewhere.
  init(
    isPositive: [Bool], identities: [UInt64]?, options: TrainingOptions, folds given: [Int]?,
    isCalibrated: Bool, progress: (TrainingProgress) -> Void, _ judge: Judge
  ) throws(TrainingError) {
    let folds: [Int]
    if let given {
      guard given.count == isPositive.count else {
        throw .invalidOption("\(given.count) folds were given for \(isPositive.count) examples")
      }
      folds = given
    } else {
      folds = StratifiedFolds.assign(
        isPositive: isPositive, identities: identities, folds: options.folds, seed: options.seed)
    }
    let count = (folds.max() ?? 0) + 1
    try CrossValidation.check(folds, count, isPositive, options)
    var scores = [Double](repeating: 0, count: isPositive.count)
    var unseen: [Double] = []
    for fold in 0..<count {
      progress(.fold(index: fold, count: count))
      let test = folds.indices.filter { folds[$0] == fold }
      let train = folds.indices.filter { folds[$0] != fold }
      let judged = try judge(train, test)
      for (row, score) in zip(test, judged.scores) { scores[row] = score }
      unseen += judged.unseen
    }
    func scaling(_ rows: [Int]) -> PlattScaling {
      isCalibrated
        ? PlattScaling(scores: rows.map { scores[$0] }, isPositive: rows.map { isPositive[$0] })
        : .identity
    }
    func threshold(_ rows: [Int], _ scaling: PlattScaling) -> Double {
      if case .evenOdds = options.threshold { return scaling.probability(0) }
      return ClassificationMetrics.threshold(
        options.threshold, isPositive: rows.map { isPositive[$0] },
        probabilities: rows.map { scaling.probability(scores[$0]) })
    }
    let all = Array(folds.indices)
    self.folds = folds
    self.scaling = scaling(all)
    self.threshold = threshold(all, self.scaling)
    var probabilities = [Double](repeating: 0, count: isPositive.count)
    var isPredicted = [Bool](repeating: false, count: isPositive.count)
    var thresholds: [Double] = []
    var metrics: [ClassificationMetrics] = []
    for fold in 0..<count {
      let others = all.filter { folds[$0] != fold }
      let rows = all.filter { folds[$0] == fold }
      let found = scaling(others)
      thresholds.append(threshold(others, found))
      for row in rows {
        probabilities[row] = found.probability(scores[row])
        isPredicted[row] = probabilities[row] >= thresholds[fold]
      }
      metrics.append(
        ClassificationMetrics(
          isPositive: rows.map { isPositive[$0] }, probabilities: rows.map { probabilities[$0] },
          threshold: thresholds[fold]))
    }
    self.probabilities = probabilities
    foldThresholds = thresholds
    foldMetrics = metrics
    self.metrics = ClassificationMetrics(
      isPositive: isPositive, probabilities: probabilities, isPredicted: isPredicted)
    calibration = Calibration(isPositive: isPositive, probabilities: probabilities)
    distribution = ScoreDistribution(probabilities: probabilities, unseen: unseen)
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
}

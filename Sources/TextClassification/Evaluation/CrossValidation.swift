internal import Machine

/// What k-fold cross-validation found: each example judged by a model that has not seen it.
public struct CrossValidation: Sendable {
  /// Each example's fold, from 0.
  public let folds: [Int]
  /// Each example's out-of-fold probability of the positive class. Where probabilities are
  /// calibrated, each fold's are by what the other folds show.
  public let probabilities: [Double]
  /// The log-odds that the probabilities are the logistic of: they rank the examples where
  /// probabilities are too near 0 or 1 to differ.
  public let logOdds: [Double]
  /// Each fold's metrics, at `foldThresholds`.
  public let foldMetrics: [ClassificationMetrics]
  /// The threshold each fold was judged by; where it has a goal, it was chosen on the other folds'
  /// predictions.
  public let foldThresholds: [Double]
  /// Whether what a fold was judged by was chosen by models that had not seen that fold either: so
  /// it is after a search and where the threshold has a goal, from three folds on. Else those
  /// models had learnt from the fold, which the two numbers of a calibration hardly tell.
  public let isNested: Bool
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

  /// Trains and tests on each fold, on all processors. `progress` hears of folds that are done.
  init(
    _ learning: any Learning, isPositive: [Bool], options: TrainingOptions,
    folds: (folds: [Int], count: Int), isCalibrated: Bool, progress: (TrainingProgress) -> Void
  ) throws(TrainingError) {
    let (folds, count) = folds
    progress(.fold(index: 0, count: count))
    let judged = Parallel.map(count) { done in
      progress(.fold(index: done, count: count))
    } _: { fold in
      Result { () throws(TrainingError) in
        let test = folds.indices.filter { folds[$0] == fold }
        let train = folds.indices.filter { folds[$0] != fold }
        let found = try learning.judge(train: train, test: test)
        return (ScoredRows(rows: test, scores: found.scores), found.unseen)
      }
    }
    var tested: [ScoredRows] = []
    var unseen: [Double] = []
    for result in judged {
      let (scored, parts) = try result.get()
      tested.append(scored)
      unseen += parts
    }
    let judge = FoldJudge(
      isPositive: isPositive, goal: options.threshold, isCalibrated: isCalibrated)
    self.init(
      folds, judge, tested: tested,
      rules: tested.indices.map { judge.rule(of: .joined(tested.without($0))) },
      final: judge.rule(of: .joined(tested)), unseen: unseen, isNested: false)
  }

  /// Judges each fold's scores by its rule; `final` is a model's of all examples.
  init(
    _ folds: [Int], _ judge: FoldJudge, tested: [ScoredRows], rules: [FoldJudge.Rule],
    final: FoldJudge.Rule, unseen: [Double], isNested: Bool
  ) {
    var logOdds = [Double](repeating: 0, count: folds.count)
    var probabilities = logOdds
    var isPredicted = [Bool](repeating: false, count: folds.count)
    for (part, rule) in zip(tested, rules) {
      for (row, score) in zip(part.rows, part.scores) {
        logOdds[row] = rule.scaling.logOdds(score)
        probabilities[row] = Logistic.probability(logOdds[row])
        isPredicted[row] = probabilities[row] >= rule.threshold
      }
    }
    self.folds = folds
    self.isNested = isNested
    self.logOdds = logOdds
    self.probabilities = probabilities
    (scaling, threshold) = (final.scaling, final.threshold)
    foldThresholds = rules.map(\.threshold)
    foldMetrics = zip(tested, rules).map { judge.metrics($0, by: $1) }
    metrics = ClassificationMetrics(
      isPositive: judge.isPositive, scores: logOdds, isPredicted: isPredicted)
    calibration = Calibration(isPositive: judge.isPositive, probabilities: probabilities)
    distribution = ScoreDistribution(probabilities: probabilities, unseen: unseen)
  }
}

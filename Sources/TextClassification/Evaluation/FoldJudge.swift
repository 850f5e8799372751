/// Scores of examples by models that have not seen them.
struct ScoredRows: Sendable {
  var rows: [Int] = []
  /// Log-odds of the positive class, one a row.
  var scores: [Double] = []

  static func joined(_ parts: [ScoredRows]) -> ScoredRows {
    ScoredRows(rows: parts.flatMap(\.rows), scores: parts.flatMap(\.scores))
  }
}

/// Makes scores into probabilities and verdicts by what other examples' scores have shown.
struct FoldJudge: Sendable {
  let isPositive: [Bool]
  let goal: TrainingOptions.ThresholdGoal
  let isCalibrated: Bool

  /// What is learnt from scores: how they become probabilities, and from which of those on an
  /// example is taken for positive.
  struct Rule: Sendable {
    var scaling: PlattScaling
    var threshold: Double
  }

  func rule(of known: ScoredRows) -> Rule {
    let isPositive = known.rows.map { self.isPositive[$0] }
    let scaling =
      isCalibrated ? PlattScaling(scores: known.scores, isPositive: isPositive) : .identity
    if case .evenOdds = goal {
      return Rule(scaling: scaling, threshold: scaling.probability(0))
    }
    let probabilities = known.scores.map(scaling.probability)
    if case .maximiseF1 = goal, isCalibrated {
      return Rule(
        scaling: scaling,
        threshold: ClassificationMetrics.thresholdMaximisingExpectedF1(probabilities))
    }
    return Rule(
      scaling: scaling,
      threshold: ClassificationMetrics.threshold(
        goal, isPositive: isPositive, probabilities: probabilities))
  }

  func metrics(_ tested: ScoredRows, by rule: Rule) -> ClassificationMetrics {
    ClassificationMetrics(
      isPositive: tested.rows.map { isPositive[$0] },
      probabilities: tested.scores.map(rule.scaling.probability), threshold: rule.threshold,
      scores: tested.scores)
  }

  /// Each fold's metrics, by what the others show.
  func metrics(_ folds: [ScoredRows]) -> [ClassificationMetrics] {
    folds.indices.map { fold in
      metrics(folds[fold], by: rule(of: .joined(folds.without(fold))))
    }
  }
}

extension Array {
  func without(_ index: Int) -> [Element] {
    var rest = self
    rest.remove(at: index)
    return rest
  }
}

/// Logistic regression of two or more classes, by L-BFGS, or by OWL-QN where there is an L1
/// penalty; SparkML's stage of this name, whose objective it minimises: the mean log-loss plus
/// `regParam` × (`elasticNetParam` × |w|₁ + (1 − `elasticNetParam`) / 2 × |w|₂²).
public struct LogisticRegression: Estimator {
  /// How many classes' weights are fitted.
  public enum Family: Sendable, CaseIterable {
    /// One vector of weights for two classes, else one a class.
    case auto
    /// One vector of weights; two classes only.
    case binomial
    /// One vector of weights a class.
    case multinomial
  }

  /// Iterations at most, at least 1.
  public var maxIter = 100
  /// Strength of the penalty, not below 0.
  public var regParam = 0.0
  /// The L1 penalty's part, within 0...1.
  public var elasticNetParam = 0.0
  /// Ends when no component of the gradient is larger than this.
  public var tolerance = 1e-6
  /// Whether there is an intercept; it is not penalised.
  public var fitIntercept = true
  /// Whether the penalty holds for the weights of features divided by their standard deviation. The
  /// weights given are the features' own either way.
  public var standardization = true
  /// How many classes' weights are fitted.
  public var family = Family.auto
  /// How much an example of each class counts.
  public var classWeights = ClassWeights.uniform

  /// SparkML's defaults.
  public init() {}

  /// Throws `TrainingError` where there is one class only or a setting is out of its range.
  public func fit(
    _ examples: Examples<SparseVector>
  ) throws(TrainingError) -> LogisticRegressionModel {
    try check()
    let isBinomial = family == .binomial || family == .auto && examples.classCount <= 2
    try examples.check(classes: isBinomial ? 2 : nil)
    let scales = standardization ? SparseRows.deviations(of: examples.values) : nil
    let rows = SparseRows(examples.values, scales: scales)
    let rowWeights = classWeights.rowWeights(examples.labels, classCount: examples.classCount)
    let smoothPenalty = regParam * (1 - elasticNetParam)
    if isBinomial {
      let objective = LinearObjective<LogisticLoss, Double>(
        rows: rows, isPositive: examples.labels.map { $0 == 1 }, rowWeights: rowWeights,
        penalty: smoothPenalty, centers: fitIntercept ? rows.means : [], hasIntercept: fitIntercept)
      let found = minimise(
        parameters: rows.columnCount + 1, weights: rows.columnCount, objective.callAsFunction)
      let weights = Self.unscaled(Array(found.point.dropLast()), scales)
      return LogisticRegressionModel(
        weights: [weights], intercepts: [objective.intercept(found.point)],
        iterations: found.iterations, objective: found.value)
    }
    let classCount = examples.classCount
    let objective = SoftmaxObjective(
      rows: rows, labels: examples.labels, classCount: classCount, rowWeights: rowWeights,
      penalty: smoothPenalty, hasIntercept: fitIntercept)
    let found = minimise(
      parameters: objective.parameterCount, weights: rows.columnCount * classCount,
      objective.callAsFunction)
    let weights = (0..<classCount).map { label in
      Self.unscaled(
        Array(found.point[(label * rows.columnCount)..<((label + 1) * rows.columnCount)]), scales)
    }
    // The intercepts are found but for their mean, which says nothing; SparkML makes it 0, too.
    let intercepts = Array(found.point.suffix(classCount))
    let mean = intercepts.reduce(0, +) / Double(classCount)
    return LogisticRegressionModel(
      weights: weights, intercepts: intercepts.map { $0 - mean }, iterations: found.iterations,
      objective: found.value)
  }

  private func minimise(
    parameters: Int, weights: Int,
    _ objective: (_ point: [Double], _ gradient: inout [Double]) -> Double
  ) -> LBFGS.Result {
    let start = [Double](repeating: 0, count: parameters)
    let penalty = regParam * elasticNetParam
    guard penalty > 0 else {
      return LBFGS(tolerance: tolerance, maximumIterations: maxIter)
        .minimise(from: start, objective)
    }
    let penalties = (0..<parameters).map { $0 < weights ? penalty : 0 }
    return OWLQN(tolerance: tolerance, maximumIterations: maxIter)
      .minimise(from: start, penalties: penalties, objective)
  }

  private static func unscaled(_ weights: [Double], _ scales: [Double]?) -> [Double] {
    guard let scales else { return weights }
    return zip(weights, scales).map { $1 > 0 ? $0 / $1 : 0 }
  }

  private func check() throws(TrainingError) {
    guard maxIter >= 1 else { throw .invalidOption("\(maxIter) iterations are fewer than 1") }
    guard regParam >= 0, regParam.isFinite else {
      throw .invalidOption("a regularisation of \(regParam) is below 0")
    }
    guard (0...1).contains(elasticNetParam) else {
      throw .invalidOption("an elastic net of \(elasticNetParam) is not within 0...1")
    }
  }
}

/// Fitted logistic regression.
public struct LogisticRegressionModel: Transformer {
  /// One vector of weights for two classes, or one a class.
  public let weights: [[Double]]
  /// As many as vectors of weights.
  public let intercepts: [Double]
  /// Iterations that the fitting took.
  public let iterations: Int
  /// The smallest objective that was found; NaN for weights from elsewhere.
  public let objective: Double

  init(weights: [[Double]], intercepts: [Double], iterations: Int, objective: Double) {
    self.weights = weights
    self.intercepts = intercepts
    self.iterations = iterations
    self.objective = objective
  }

  /// Weights of two classes from elsewhere.
  public init(weights: [Double], intercept: Double) {
    self.init(weights: [weights], intercepts: [intercept], iterations: 0, objective: .nan)
  }

  /// Scores and probabilities of a vector that has as many places as there were in training.
  public func transform(_ vector: SparseVector) -> Prediction {
    if weights.count == 1 {
      let margin = vector.dot(weights[0]) + intercepts[0]
      let probability = Logistic.probability(margin)
      return Prediction(
        rawScores: [-margin, margin], probabilities: [1 - probability, probability])
    }
    let scores = zip(weights, intercepts).map { vector.dot($0) + $1 }
    return Prediction(rawScores: scores, probabilities: Softmax.probabilities(scores))
  }
}

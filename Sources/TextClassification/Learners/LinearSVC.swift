/// A linear support vector machine of two classes; SparkML's stage of this name: the mean hinge
/// loss plus `regParam` / 2 × |w|₂², by L-BFGS. The objective has kinks, so that few iterations end
/// before the minimum; `DualCoordinateSVC` gets there sooner.
public struct LinearSVC: Estimator {
  /// Iterations at most, at least 1.
  public var maxIter = 100
  /// Strength of the penalty, not below 0.
  public var regParam = 0.0
  /// Ends when no component of the gradient is larger than this.
  public var tolerance = 1e-6
  /// Whether there is an intercept; it is not penalised.
  public var fitIntercept = true
  /// Whether the penalty holds for the weights of features divided by their standard deviation.
  public var standardization = true
  /// How much an example of each class counts.
  public var classWeights = ClassWeights.uniform

  /// SparkML's defaults.
  public init() {}

  /// Throws `TrainingError` where there are not two classes or a setting is out of its range.
  public func fit(_ examples: Examples<SparseVector>) throws(TrainingError) -> LinearSVCModel {
    guard maxIter >= 1 else { throw .invalidOption("\(maxIter) iterations are fewer than 1") }
    guard regParam >= 0, regParam.isFinite else {
      throw .invalidOption("a regularisation of \(regParam) is below 0")
    }
    try examples.check(classes: 2)
    let scales = standardization ? SparseRows.deviations(of: examples.values) : nil
    let objective = LinearObjective<HingeLoss, Double>(
      rows: SparseRows(examples.values, scales: scales),
      isPositive: examples.labels.map { $0 == 1 },
      rowWeights: classWeights.rowWeights(examples.labels, classCount: 2), penalty: regParam,
      hasIntercept: fitIntercept)
    let found = LBFGS(tolerance: tolerance, maximumIterations: maxIter).minimise(
      from: [Double](repeating: 0, count: objective.rows.columnCount + 1),
      objective.callAsFunction)
    let weights = found.point.dropLast().enumerated().map { column, weight in
      guard let scales else { return weight }
      return scales[column] > 0 ? weight / scales[column] : 0
    }
    return LinearSVCModel(
      weights: weights, intercept: found.point.last ?? 0, iterations: found.iterations,
      objective: found.value)
  }
}

/// A fitted support vector machine.
public struct LinearSVCModel: Transformer {
  /// One weight a feature.
  public let weights: [Double]
  /// Added to each score.
  public let intercept: Double
  /// Iterations that the fitting took.
  public let iterations: Int
  /// The smallest objective that was found; NaN for weights from elsewhere.
  public let objective: Double

  init(weights: [Double], intercept: Double, iterations: Int, objective: Double) {
    self.weights = weights
    self.intercept = intercept
    self.iterations = iterations
    self.objective = objective
  }

  /// Weights from elsewhere.
  public init(weights: [Double], intercept: Double) {
    self.init(weights: weights, intercept: intercept, iterations: 0, objective: .nan)
  }

  /// The margin of a vector, minus it for class 0; there are no probabilities.
  public func transform(_ vector: SparseVector) -> Prediction {
    let margin = vector.dot(weights) + intercept
    return Prediction(rawScores: [-margin, margin])
  }
}

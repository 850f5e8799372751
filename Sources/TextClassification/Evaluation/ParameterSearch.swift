/// Which points of a parameter grid are tried and by what they are compared: SparkML's
/// CrossValidator, scikit-learn's GridSearchCV and RandomizedSearchCV.
public struct ParameterSearch: Sendable {
  /// Which points are tried.
  public enum Method: Sendable, Equatable {
    /// All of them.
    case grid
    /// So many, drawn by the options' seed.
    case random(Int)
  }

  /// What the best point has most of.
  public enum Metric: String, Sendable, CaseIterable {
    /// F1 of the positive class.
    case f1
    /// Mean of both classes' F1.
    case macroF1 = "macro-f1"
    /// Area under the precision-recall curve.
    case aucPR = "auc-pr"
    /// Area under the receiver's curve.
    case aucROC = "auc-roc"
    /// Part of the verdicts that are right.
    case accuracy

    /// The metric's value.
    public func value(of metrics: ClassificationMetrics) -> Double {
      switch self {
      case .f1: metrics.f1
      case .macroF1: metrics.macroF1
      case .aucPR: metrics.aucPR
      case .aucROC: metrics.aucROC
      case .accuracy: metrics.accuracy
      }
    }
  }

  /// The options and values to try.
  public var grid: ParameterGrid
  /// Which points are tried.
  public var method: Method
  /// What they are compared by.
  public var metric: Metric

  /// A search.
  public init(_ grid: ParameterGrid, method: Method = .grid, metric: Metric = .aucPR) {
    self.grid = grid
    self.method = method
    self.metric = metric
  }

  /// The points that are tried, in the order in which the first of equals is taken.
  public func points(seed: UInt64) throws(TrainingError) -> [[ParameterChoice]] {
    switch method {
    case .grid: try grid.points()
    case .random(let count): try grid.points(drawing: count, seed: seed)
    }
  }
}

/// What a search has tried and chosen.
public struct SearchReport: Sendable {
  /// A point and how well it did.
  public struct Point: Sendable {
    /// The values.
    public let choices: [ParameterChoice]
    /// The metric on each fold, by a model of the other folds.
    public let values: [Double]

    /// Mean of `values`.
    public var mean: Double { values.reduce(0, +) / Double(max(values.count, 1)) }
    /// Standard deviation of `values`, by n - 1.
    public var deviation: Double {
      let mean = mean
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(max(values.count - 1, 1))).squareRoot()
    }
  }

  /// What the points were compared by.
  public let metric: ParameterSearch.Metric
  /// All points.
  public let points: [Point]
  /// The point that the model was trained with: the best over all folds.
  public let best: Int
  /// For each fold, the point that was best without it.
  public let foldBest: [Int]

  /// The values that the model was trained with.
  public var chosen: [ParameterChoice] { points[best].choices }
}

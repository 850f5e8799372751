/// The weights that logistic regression finds for the features of some rows of a table.
struct LogisticRegression {
  let weighting: FeatureWeighting
  /// One weight a column of the weighting.
  let weights: [Double]
  let intercept: Double

  /// Trains on `rows` of `table`; `rows` holds both classes.
  init(_ table: FeatureTable, rows: [Int], isPositive: [Bool], options: TrainingOptions) {
    weighting = FeatureWeighting(table, rows: rows, settings: options.features)
    let labels = rows.map { isPositive[$0] }
    let objective = LogisticObjective(
      rows: weighting.matrix(table, rows: rows), isPositive: labels,
      rowWeights: LogisticRegression.rowWeights(labels, options.classWeights),
      penalty: options.regularisation / Double(rows.count))
    let solver = LBFGS(tolerance: LogisticRegression.tolerance / Double(rows.count))
    let result = solver.minimise(
      from: [Double](repeating: 0, count: weighting.buckets.count + 1), objective.callAsFunction)
    weights = Array(result.point.dropLast())
    intercept = result.point.last ?? 0
  }

  /// Largest gradient component of the summed loss at which training ends.
  private static let tolerance = 1e-3

  static func rowWeights(_ labels: [Bool], _ kind: TrainingOptions.ClassWeights) -> [Double] {
    let total = Double(labels.count)
    let positives = Double(labels.count { $0 })
    switch kind {
    case .uniform: return labels.map { _ in 1 / total }
    case .balanced:
      return labels.map { $0 ? 0.5 / positives : 0.5 / (total - positives) }
    }
  }

  /// The probabilities of the positive class for `rows` of `table`.
  func probabilities(_ table: FeatureTable, rows: [Int]) -> [Double] {
    let matrix = weighting.matrix(table, rows: rows)
    return (0..<matrix.count).map { row in
      var logit = intercept
      for index in matrix.starts[row]..<matrix.starts[row + 1] {
        logit += Double(matrix.values[index]) * weights[Int(matrix.columns[index])]
      }
      return Logistic.probability(logit)
    }
  }
}

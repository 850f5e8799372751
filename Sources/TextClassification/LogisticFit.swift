/// The weights that logistic regression finds for the features of some rows of a table.
struct LogisticFit {
  let weighting: FeatureWeighting
  /// One weight a column of the weighting.
  let weights: [Double]
  let intercept: Double

  /// Trains on `rows` of `table`; `rows` holds both classes.
  init(_ table: FeatureTable, rows: [Int], isPositive: [Bool], options: TrainingOptions) {
    weighting = FeatureWeighting(table, rows: rows, settings: options.features)
    let labels = rows.map { isPositive[$0] }
    let objective = LinearObjective<LogisticLoss, Float>(
      rows: weighting.matrix(table, rows: rows), isPositive: labels,
      rowWeights: options.classWeights.rowWeights(labels.map { $0 ? 1 : 0 }, classCount: 2),
      penalty: options.regularisation / Double(rows.count))
    let solver = LBFGS(tolerance: LogisticFit.tolerance / Double(rows.count))
    let result = solver.minimise(
      from: [Double](repeating: 0, count: weighting.buckets.count + 1), objective.callAsFunction)
    weights = Array(result.point.dropLast())
    intercept = result.point.last ?? 0
  }

  /// Largest gradient component of the summed loss at which training ends.
  private static let tolerance = 1e-3

  /// The probabilities of the positive class for `rows` of `table`.
  func probabilities(_ table: FeatureTable, rows: [Int]) -> [Double] {
    let matrix = weighting.matrix(table, rows: rows)
    return (0..<matrix.count).map { row in
      Logistic.probability(intercept + matrix.dot(row, weights))
    }
  }
}

/// The weights that logistic regression finds for the features of some rows of a table.
struct LogisticFit {
  let weighting: FeatureWeighting
  /// One weight a column of the weighting.
  let weights: [Double]
  let intercept: Double

  /// Trains on `rows` of `table`; `rows` holds both classes. Where there are rows of a prior, a
  /// model of them comes first, and what is learnt from `rows` is how they differ: the loss is that
  /// of both models' sum, the penalty that of the difference.
  init(
    _ table: FeatureTable, rows: [Int], prior: [Int] = [], isPositive: [Bool],
    options: TrainingOptions
  ) {
    weighting = FeatureWeighting(table, rows: rows + prior, settings: options.features)
    let own = weighting.matrix(table, rows: rows)
    guard !prior.isEmpty else {
      (weights, intercept) = Self.fit(own, rows.map { isPositive[$0] }, options)
      return
    }
    let (before, bias) = Self.fit(
      weighting.matrix(table, rows: prior), prior.map { isPositive[$0] }, options)
    let share = options.priorWeight
    let (change, rest) = Self.fit(
      own, rows.map { isPositive[$0] }, options,
      offsets: (0..<own.count).map { share * (own.dot($0, before) + bias) })
    weights = zip(before, change).map { share * $0 + $1 }
    intercept = share * bias + rest
  }

  private static func fit(
    _ matrix: SparseRows<Float>, _ isPositive: [Bool], _ options: TrainingOptions,
    offsets: [Double] = []
  ) -> (weights: [Double], intercept: Double) {
    let objective = LinearObjective<LogisticLoss, Float>(
      rows: matrix, isPositive: isPositive,
      rowWeights: options.classWeights.rowWeights(isPositive.map { $0 ? 1 : 0 }, classCount: 2),
      penalty: options.regularisation / Double(matrix.count), offsets: offsets)
    let found = LBFGS(tolerance: tolerance / Double(matrix.count)).minimise(
      from: [Double](repeating: 0, count: matrix.columnCount + 1), objective.callAsFunction)
    return (Array(found.point.dropLast()), found.point.last ?? 0)
  }

  /// Largest gradient component of the summed loss at which training ends.
  private static let tolerance = 1e-3

  /// The log-odds of the positive class for `rows` of `table`.
  func scores(_ table: FeatureTable, rows: [Int]) -> [Double] {
    let matrix = weighting.matrix(table, rows: rows)
    return (0..<matrix.count).map { row in intercept + matrix.dot(row, weights) }
  }
}

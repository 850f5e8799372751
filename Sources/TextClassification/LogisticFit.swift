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
    var examples = WeightedExamples(
      table, rows: rows, prior: prior, isPositive: isPositive, options: options)
    self = examples.fit(options)
  }

  fileprivate init(_ weighting: FeatureWeighting, _ line: LogisticLine) {
    self.weighting = weighting
    (weights, intercept) = (line.weights, line.intercept)
  }

  /// The log-odds of the positive class for `rows` of `table`.
  func scores(_ table: FeatureTable, rows: [Int]) -> [Double] {
    scores(weighting.matrix(table, rows: rows))
  }

  /// The log-odds of the positive class for the rows of a matrix of the same weighting.
  func scores(_ matrix: SparseRows<Float>) -> [Double] {
    (0..<matrix.count).map { row in intercept + matrix.dot(row, weights) }
  }
}

/// Weights of columns and an intercept.
private struct LogisticLine {
  var weights: [Double]
  var intercept: Double
}

/// Examples whose features are weighted already, to be learnt from with several options.
struct WeightedExamples {
  let weighting: FeatureWeighting
  /// One of all features; or, learnt apart, one of word n-grams and one of character n-grams.
  private var parts: [ExamplePart]

  init(
    _ table: FeatureTable, rows: [Int], prior: [Int], isPositive: [Bool], options: TrainingOptions
  ) {
    let weighting = FeatureWeighting(
      table, rows: rows + prior, settings: options.features, rarityPower: options.rarityPower)
    self.weighting = weighting
    let lengths: [SIMD2<Double>] =
      options.learnsBlocksApart && options.features.characterNgrams != nil
      ? [SIMD2(1, 0), SIMD2(0, 1)]
      : [BlockScales.lengths(options.features.characterWeight)]
    parts = lengths.map { lengths in
      ExamplePart(
        own: weighting.matrix(table, rows: rows, lengths: lengths),
        isOwnPositive: rows.map { isPositive[$0] },
        prior: weighting.matrix(table, rows: prior, lengths: lengths),
        isPriorPositive: prior.map { isPositive[$0] })
    }
  }

  /// Whether other options weight the same table's features in the same way.
  static func areWeightedAlike(_ left: TrainingOptions, _ right: TrainingOptions) -> Bool {
    left.rarityPower == right.rarityPower && left.features == right.features
      && left.learnsBlocksApart == right.learnsBlocksApart
  }

  /// A model by options that weight the features as those given first.
  mutating func fit(_ options: TrainingOptions) -> LogisticFit {
    let lines = parts.indices.map { parts[$0].fit(options) }
    guard lines.count == 2 else { return LogisticFit(weighting, lines[0]) }
    // The mean of two models' scores. The characters' weight is in their vector's length as well.
    let characterWeight = options.features.characterWeight
    let sum = 1 + characterWeight
    return LogisticFit(
      weighting,
      LogisticLine(
        weights: zip(lines[0].weights, lines[1].weights).map { ($0 + $1) / sum },
        intercept: (lines[0].intercept + characterWeight * lines[1].intercept) / sum))
  }
}

/// Examples as one model sees them, and what it has learnt from the prior.
private struct ExamplePart {
  let own: SparseRows<Float>
  let isOwnPositive: [Bool]
  let prior: SparseRows<Float>
  let isPriorPositive: [Bool]
  /// What has been learnt from the prior, and with which options.
  var learnt: [(options: TrainingOptions, line: LogisticLine)] = []

  mutating func fit(_ options: TrainingOptions) -> LogisticLine {
    guard prior.count > 0 else { return Self.fit(own, isOwnPositive, options) }
    let before = priorLine(options)
    let share = options.priorWeight
    let change = Self.fit(
      own, isOwnPositive, options,
      offsets: (0..<own.count).map { share * (own.dot($0, before.weights) + before.intercept) })
    return LogisticLine(
      weights: zip(before.weights, change.weights).map { share * $0 + $1 },
      intercept: share * before.intercept + change.intercept)
  }

  private mutating func priorLine(_ options: TrainingOptions) -> LogisticLine {
    let known = learnt.first {
      $0.options.regularisation == options.regularisation
        && $0.options.classWeights == options.classWeights
    }
    if let known { return known.line }
    let line = Self.fit(prior, isPriorPositive, options)
    learnt.append((options, line))
    return line
  }

  private static func fit(
    _ matrix: SparseRows<Float>, _ isPositive: [Bool], _ options: TrainingOptions,
    offsets: [Double] = []
  ) -> LogisticLine {
    let objective = LinearObjective<LogisticLoss, Float>(
      rows: matrix, isPositive: isPositive,
      rowWeights: options.classWeights.rowWeights(isPositive.map { $0 ? 1 : 0 }, classCount: 2),
      penalty: options.regularisation / Double(matrix.count), offsets: offsets)
    var search = LBFGS(tolerance: tolerance / Double(matrix.count))
    (search.curvatures, search.leastGain) = (objective.curvatures, leastGain)
    let found = search.minimise(
      from: [Double](repeating: 0, count: matrix.columnCount + 1), objective.callAsFunction)
    return LogisticLine(
      weights: Array(found.point.dropLast()), intercept: found.point.last ?? 0)
  }

  /// Largest gradient component of the summed loss at which training ends.
  private static let tolerance = 1e-3
  /// Or it ends when what is gained says nothing about texts that have not been seen.
  private static let leastGain = 5e-4
}

/// A way to learn from texts that have been read once, for every fold and for the model itself.
protocol Learning: Sendable {
  /// Log-odds of the positive class for the examples `test`, by a model of the examples `train`,
  /// and the part of each one's features that the model has not met, where that is told.
  func judge(
    train: [Int], test: [Int]
  ) throws(TrainingError) -> (scores: [Double], unseen: [Double])

  /// A classifier that has learnt from all examples.
  func fit(threshold: Double, _ scaling: PlattScaling) throws(TrainingError) -> TextClassifier
}

/// Logistic regression of hashed n-grams.
struct HashedLearning: Learning {
  /// The examples' features, then the prior's.
  private let table: FeatureTable
  private let isPositive: [Bool]
  private let count: Int
  private let options: TrainingOptions

  init(
    _ examples: [LabelledText], _ prior: [LabelledText], _ options: TrainingOptions,
    _ brandNames: [String]
  ) {
    table = FeatureTable(
      examples + prior,
      extractor: FeatureExtractor(settings: options.features, brands: BrandNames(brandNames)))
    isPositive = (examples + prior).map(\.isPositive)
    count = examples.count
    self.options = options
  }

  private func model(_ rows: [Int]) -> LogisticFit {
    LogisticFit(
      table, rows: rows, prior: Array(count..<isPositive.count), isPositive: isPositive,
      options: options)
  }

  func judge(train: [Int], test: [Int]) -> (scores: [Double], unseen: [Double]) {
    let model = model(train)
    return (model.scores(table, rows: test), model.weighting.unseen(table, rows: test))
  }

  /// The same for several options, which read the same features from a text, and several tests.
  /// The answer is by option, then by test.
  func judge(
    train: [Int], tests: [[Int]], options: [TrainingOptions]
  ) -> [[(scores: [Double], unseen: [Double])]] {
    var answers = [[(scores: [Double], unseen: [Double])]](repeating: [], count: options.count)
    // Options that weight features alike share what is made of them.
    var left = Array(options.indices)
    while let first = left.first {
      var examples = WeightedExamples(
        table, rows: train, prior: Array(count..<isPositive.count), isPositive: isPositive,
        options: options[first])
      let matrices = tests.map { examples.weighting.matrix(table, rows: $0) }
      let unseen = tests.map { examples.weighting.unseen(table, rows: $0) }
      for place in left where WeightedExamples.areWeightedAlike(options[first], options[place]) {
        let model = examples.fit(options[place])
        answers[place] = zip(matrices, unseen).map { (model.scores($0), $1) }
      }
      left.removeAll { !answers[$0].isEmpty }
    }
    return answers
  }

  func fit(threshold: Double, _ scaling: PlattScaling) -> TextClassifier {
    let model = model(Array(0..<count))
    var weights = [BucketWeights](repeating: .unknown, count: 1 << options.features.bucketBits)
    for (column, bucket) in model.weighting.buckets.enumerated() {
      let idf = model.weighting.idf[Int(bucket)]
      weights[Int(bucket)] = BucketWeights(
        idf: idf, weight: Float(Double(idf) * model.weights[column] * scaling.slope))
    }
    return TextClassifier(
      labels: options.labels, threshold: threshold, features: options.features,
      exampleCount: isPositive.count,
      intercept: model.intercept * scaling.slope + scaling.offset,
      leastNorms: model.weighting.leastNorms, weights: WeightTable(weights))
  }
}

/// One of SparkML's pipelines, as it is: nothing is calibrated, and a prior's examples are examples
/// like others.
struct TermLearning: Learning {
  private let texts: TermTexts
  private let isPositive: [Bool]
  private let count: Int
  private let options: TrainingOptions

  /// Only the first `count` examples are tested on.
  init(
    _ examples: [LabelledText], count: Int, _ options: TrainingOptions
  ) {
    texts = TermTexts(examples.map(\.text))
    isPositive = examples.map(\.isPositive)
    self.count = count
    self.options = options
  }

  func judge(
    train: [Int], test: [Int]
  ) throws(TrainingError) -> (scores: [Double], unseen: [Double]) {
    let model = try TermModel(
      texts, rows: train + (count..<texts.count), isPositive: isPositive, options.algorithm)
    return (test.map { model.score(of: texts.strings(of: $0), options.algorithm) }, [])
  }

  func fit(threshold: Double, _ scaling: PlattScaling) throws(TrainingError) -> TextClassifier {
    TextClassifier(
      algorithm: options.algorithm, labels: options.labels, threshold: threshold,
      features: options.features, exampleCount: texts.count, intercept: 0, weights: WeightTable([]),
      terms: try TermModel(
        texts, rows: Array(0..<texts.count), isPositive: isPositive, options.algorithm))
  }
}

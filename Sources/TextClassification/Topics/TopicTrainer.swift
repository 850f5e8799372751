internal import Machine

/// Teaches a fitted classifier what its texts are about.
///
/// What is minimised is the balanced mean cross-entropy with an L2 penalty, as by
/// `LogisticRegression`; the search ends early, which cost no accuracy where it was measured. The
/// probabilities are made to come true as often as they say by one factor for all scores, where
/// there are folds to find it by.
public struct TopicTrainer: Sendable {
  /// Strength of the L2 penalty, above 0.
  public var regularisation = 0.3
  /// How much an example of each topic counts.
  public var classWeights = ClassWeights.balanced
  /// What power of a feature's rarity it counts by, as the classifier's were.
  public var rarityPower = TrainingOptions().rarityPower
  /// Steps of the search at most.
  public var maximumIterations = 25
  /// The brand's names and handles, which are all read as one token.
  public let brandNames: [String]

  /// A trainer. `brandNames` are those that the classifier was trained with.
  public init(brandNames: [String] = []) { self.brandNames = brandNames }

  /// The classifier with the topics of those examples that have one; the rest count for nothing.
  /// `prior` teaches as the examples do, but is never tested on. Where `folds` gives each example's
  /// fold, from 0, the examples are also judged by models that have not seen them.
  public func train(
    _ classifier: TextClassifier, _ examples: [LabelledText], prior: [LabelledText] = [],
    folds: [Int]? = nil, progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> (classifier: TextClassifier, validation: TopicValidation?) {
    let lesson = try TopicLesson(self, classifier, examples, prior)
    var validation: TopicValidation?
    if let folds {
      guard folds.count == examples.count else {
        throw .invalidOption("\(folds.count) folds were given for \(examples.count) examples")
      }
      let used = examples.indices.filter { examples[$0].topic != nil }.map { folds[$0] }
      validation = lesson.validate(used, progress)
    }
    progress(.fittingAll)
    var classifier = classifier
    classifier.topics = lesson.model(sharpness: validation?.sharpness ?? 1)
    return (classifier, validation)
  }
}

/// What was found by telling each text's topic with a model that has not seen it.
public struct TopicValidation: Sendable {
  /// How often the topics were right.
  public let metrics: TopicMetrics
  /// How far the told topics' probabilities come true; each fold's are by what the others show.
  public let calibration: Calibration
  /// What the scores are multiplied by, so that probabilities come true.
  let sharpness: Double
}

/// The texts with a topic, read once.
private struct TopicLesson: Sendable {
  let trainer: TopicTrainer
  let classifier: TextClassifier
  let names: [String]
  /// The examples' features, then the prior's.
  let table: FeatureTable
  let labels: [Int]
  /// How many are no prior's.
  let count: Int

  init(
    _ trainer: TopicTrainer, _ classifier: TextClassifier, _ examples: [LabelledText],
    _ prior: [LabelledText]
  ) throws(TrainingError) {
    let own = examples.filter { $0.topic != nil }
    let used = own + prior.filter { $0.topic != nil }
    let topics = used.map { $0.topic ?? "" }
    names = Set(topics).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard classifier.algorithm == .logisticRegression else {
      throw .invalidOption(
        "topics are learnt beside \(TrainingOptions.Algorithm.logisticRegression) alone")
    }
    guard Limits.topics.contains(names.count) else {
      throw .invalidOption(
        "there are \(names.count) topics: a model tells apart \(Limits.topics.lowerBound) to "
          + "\(Limits.topics.upperBound)")
    }
    guard names.allSatisfy({ $0.utf8.count <= Limits.labelBytes }) else {
      throw .invalidOption("a topic's name is longer than \(Limits.labelBytes) bytes")
    }
    guard trainer.regularisation > 0, trainer.regularisation.isFinite else {
      throw .invalidOption("a regularisation of \(trainer.regularisation) is not above 0")
    }
    self.trainer = trainer
    self.classifier = classifier
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    labels = topics.map { places[$0] ?? 0 }
    count = own.count
    table = FeatureTable(
      used,
      extractor: FeatureExtractor(
        settings: classifier.features, brands: BrandNames(trainer.brandNames)))
  }

  /// A topic's weights of each column, and its intercept, side by side.
  private func fit(_ features: TopicFeatures, _ rows: [Int]) -> [Double] {
    let labels = rows.map { self.labels[$0] }
    let objective = TopicObjective(
      rows: features.matrix(table, rows: rows), labels: labels, classCount: names.count,
      rowWeights: trainer.classWeights.rowWeights(labels, classCount: names.count),
      penalty: trainer.regularisation / Double(max(rows.count, 1)))
    let search = LBFGS(
      memory: 5, tolerance: 1e-2 / Double(max(rows.count, 1)),
      maximumIterations: max(trainer.maximumIterations, 1))
    let start = [Double](repeating: 0, count: objective.parameterCount)
    return search.minimise(from: start, objective.callAsFunction).point
  }

  /// The topics' scores of each of `rows`.
  private func scores(
    _ features: TopicFeatures, _ parameters: [Double], _ rows: [Int]
  ) -> [[Double]] {
    let matrix = features.matrix(table, rows: rows)
    return (0..<matrix.count).map { row in
      var scores = Array(parameters.suffix(names.count))
      for index in matrix.starts[row]..<matrix.starts[row + 1] {
        let value = Double(matrix.values[index])
        let column = Int(matrix.columns[index]) * names.count
        for topic in names.indices { scores[topic] += value * parameters[column + topic] }
      }
      return scores
    }
  }

  /// `folds` are those of the texts with a topic that are no prior's; nil where there are none to
  /// learn from or to test.
  func validate(_ folds: [Int], _ progress: (TrainingProgress) -> Void) -> TopicValidation? {
    let all = Array(folds.indices)
    let prior = Array(count..<labels.count)
    var found = [[Double]](repeating: [], count: folds.count)
    let numbers = Set(folds).sorted()
    guard numbers.count > 1 || !prior.isEmpty && !numbers.isEmpty else { return nil }
    progress(.fold(index: 0, count: numbers.count))
    let judged = Parallel.map(numbers.count) { done in
      progress(.fold(index: done, count: numbers.count))
    } _: { number in
      let train = all.filter { folds[$0] != numbers[number] } + prior
      let test = all.filter { folds[$0] == numbers[number] }
      // What is rare is told by the training texts alone.
      let weighting = FeatureWeighting(
        table, rows: train, settings: classifier.features, rarityPower: trainer.rarityPower)
      let features = TopicFeatures(
        table, rows: train, idf: weighting.idf, leastNorms: weighting.leastNorms,
        settings: classifier.features)
      return (test: test, scores: scores(features, fit(features, train), test))
    }
    for (test, scores) in judged {
      for (row, scores) in zip(test, scores) { found[row] = scores }
    }
    func sharpness(_ rows: [Int]) -> Double {
      Sharpness.fit(scores: rows.map { found[$0] }, labels: rows.map { labels[$0] })
    }
    var told = [Int](repeating: 0, count: folds.count)
    var probabilities = [Double](repeating: 0, count: folds.count)
    for fold in numbers {
      let sharpness = sharpness(all.filter { folds[$0] != fold })
      for row in all where folds[row] == fold {
        let prediction = Prediction(
          rawScores: found[row],
          probabilities: Softmax.probabilities(found[row].map { $0 * sharpness }))
        told[row] = prediction.label
        probabilities[row] = prediction.probabilities[prediction.label]
      }
    }
    return TopicValidation(
      metrics: TopicMetrics(names: names, truth: Array(labels.prefix(count)), told: told),
      calibration: Calibration(
        isPositive: all.map { told[$0] == labels[$0] }, probabilities: probabilities),
      sharpness: sharpness(all))
  }

  /// The model of all texts, for the classifier's own weighting of features.
  func model(sharpness: Double) -> TopicModel {
    let rows = Array(labels.indices)
    let features = TopicFeatures(
      table, rows: rows, idf: classifier.weights.map(\.idf), leastNorms: classifier.leastNorms,
      settings: classifier.features)
    var parameters = fit(features, rows)
    for index in parameters.indices { parameters[index] *= sharpness }
    for (column, bucket) in features.buckets.enumerated() {
      let idf = Double(classifier.weights[Int(bucket)].idf)
      for topic in names.indices { parameters[column * names.count + topic] *= idf }
    }
    let numbers = TopicObjective.grouped(parameters, names.count)
    let groups = TopicModel.groups(names.count)
    var grouped = [TopicGroup](
      repeating: .zero, count: numbers.count / TopicGroup.scalarCount)
    grouped.withUnsafeMutableBytes { grouped in
      numbers.withUnsafeBytes { grouped.copyMemory(from: $0) }
    }
    return TopicModel(
      names: names, exampleCount: rows.count, bucketBits: classifier.features.bucketBits,
      intercepts: Array(grouped.suffix(groups)), buckets: features.buckets,
      weights: Array(grouped.dropLast(groups)))
  }
}

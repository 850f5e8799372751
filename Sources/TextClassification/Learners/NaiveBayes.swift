#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Naive Bayes of two or more classes; SparkML's stage of this name.
public struct NaiveBayes: Estimator {
  /// How features are taken to come about.
  public enum ModelType: Sendable, CaseIterable {
    /// Counts, each class with its own shares.
    case multinomial
    /// Counts, each class by the shares in all the other classes (Rennie et al., Tackling the Poor
    /// Assumptions of Naive Bayes Text Classifiers, 2003), which unequal classes trouble less.
    case complement
    /// Present or not.
    case bernoulli
  }

  /// How features are taken to come about.
  public let modelType: ModelType
  /// Added to each count (Laplace), not below 0.
  public let smoothing: Double

  /// SparkML's defaults.
  public init(_ modelType: ModelType = .multinomial, smoothing: Double = 1) {
    self.modelType = modelType
    self.smoothing = smoothing
  }

  /// Throws `TrainingError` where there is one class only, a value is below 0, or, of Bernoulli's
  /// kind, neither 0 nor 1.
  public func fit(_ examples: Examples<SparseVector>) throws(TrainingError) -> NaiveBayesModel {
    guard smoothing >= 0, smoothing.isFinite else {
      throw .invalidOption("a smoothing of \(smoothing) is below 0")
    }
    try examples.check()
    for (row, vector) in examples.values.enumerated() {
      if let value = vector.values.first(where: { !isTaken($0) }) {
        throw .invalidOption(
          "example \(row + 1) has the value \(value); naive Bayes takes "
            + (modelType == .bernoulli ? "0 and 1" : "values from 0 on"))
      }
    }
    let size = examples.values[0].size
    let classCount = examples.classCount
    var sums = [[Double]](repeating: [Double](repeating: 0, count: size), count: classCount)
    var counts = [Double](repeating: 0, count: classCount)
    for (vector, label) in zip(examples.values, examples.labels) {
      counts[label] += 1
      for (index, value) in zip(vector.indices, vector.values) { sums[label][Int(index)] += value }
    }
    let total = Double(examples.count)
    let priors = counts.map {
      log($0 + smoothing) - log(total + Double(classCount) * smoothing)
    }
    switch modelType {
    case .multinomial:
      let weights = sums.map { sums in
        let whole = log(sums.reduce(0, +) + smoothing * Double(size))
        return sums.map { log($0 + smoothing) - whole }
      }
      return NaiveBayesModel(intercepts: priors, weights: weights)
    case .complement:
      let all = (0..<size).map { index in sums.reduce(0) { $0 + $1[index] } }
      let weights = sums.map { sums in
        let others = zip(all, sums).map { $0 - $1 + smoothing }
        let whole = log(others.reduce(0, +))
        return others.map { whole - log($0) }
      }
      return NaiveBayesModel(
        intercepts: [Double](repeating: 0, count: classCount), weights: weights)
    case .bernoulli:
      // The terms that are missing count as well: their sum goes into the intercept.
      var intercepts = priors
      var weights: [[Double]] = []
      for label in 0..<classCount {
        let present = sums[label].map {
          log($0 + smoothing) - log(counts[label] + 2 * smoothing)
        }
        let absent = sums[label].map {
          log(counts[label] - $0 + smoothing) - log(counts[label] + 2 * smoothing)
        }
        intercepts[label] += absent.reduce(0, +)
        weights.append(zip(present, absent).map { $0 - $1 })
      }
      return NaiveBayesModel(intercepts: intercepts, weights: weights)
    }
  }

  private func isTaken(_ value: Double) -> Bool {
    modelType == .bernoulli ? value == 0 || value == 1 : value >= 0 && value.isFinite
  }
}

/// Fitted naive Bayes: linear in the features, whichever its kind.
public struct NaiveBayesModel: Transformer {
  /// Each class's score of a text without features: SparkML's `pi` but for Bernoulli's kind.
  public let intercepts: [Double]
  /// Each class's weights: SparkML's `theta` but for Bernoulli's kind.
  public let weights: [[Double]]

  /// As many intercepts as vectors of weights.
  public init(intercepts: [Double], weights: [[Double]]) {
    self.intercepts = intercepts
    self.weights = weights
  }

  /// Scores, the logarithms of joint probabilities, and each class's probability.
  public func transform(_ vector: SparseVector) -> Prediction {
    let scores = zip(weights, intercepts).map { vector.dot($0) + $1 }
    return Prediction(rawScores: scores, probabilities: Softmax.probabilities(scores))
  }
}

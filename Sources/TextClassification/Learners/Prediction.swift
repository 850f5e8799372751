/// What a classification model says of a vector.
public struct Prediction: Sendable, Equatable {
  /// Each class's score; what it means is the model's. SparkML's `rawPrediction`.
  public let rawScores: [Double]
  /// Each class's probability; empty for a model that has none.
  public let probabilities: [Double]
  /// The class: of the highest score, the lowest of equal ones.
  public let label: Int

  init(rawScores: [Double], probabilities: [Double] = []) {
    self.rawScores = rawScores
    self.probabilities = probabilities
    var best = 0
    for index in rawScores.indices where rawScores[index] > rawScores[best] { best = index }
    label = best
  }
}

/// How much an example of each class counts.
public enum ClassWeights: Sendable, Equatable {
  /// All classes weigh the same in sum, however many examples each has.
  case balanced
  /// Every example weighs the same.
  case uniform
  /// An example of each class weighs so much.
  case custom([Double])

  /// One weight for each label; they sum to 1.
  func rowWeights(_ labels: [Int], classCount: Int) -> [Double] {
    var counts = [Double](repeating: 0, count: classCount)
    for label in labels { counts[label] += 1 }
    let present = Double(counts.count { $0 > 0 })
    let weights: [Double] = counts.indices.map { label in
      switch self {
      case .balanced: counts[label] > 0 ? 1 / (present * counts[label]) : 0
      case .uniform: 1
      case .custom(let weights): label < weights.count ? weights[label] : 1
      }
    }
    let sum = self == .balanced ? 1 : labels.reduce(0) { $0 + weights[$1] }
    return labels.map { weights[$0] / sum }
  }
}

extension Examples where Value == SparseVector {
  /// Refuses what no classifier can learn from.
  func check(classes: Int? = nil) throws(TrainingError) {
    guard let size = values.first?.size, labels.count == count else { throw .noExamples }
    guard values.allSatisfy({ $0.size == size }) else {
      throw .invalidOption("the vectors are not all of \(size) places")
    }
    guard labels.contains(where: { $0 != labels[0] }) else {
      throw .oneClassOnly(label: "\(labels.first ?? 0)")
    }
    guard labels.allSatisfy({ $0 >= 0 && $0 < classes ?? Limits.classes }) else {
      throw .invalidOption("labels are not within 0..<\(classes ?? Limits.classes)")
    }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How far texts of today are from those that a model was trained on, as far as the model can tell.
public struct ScoreDistribution: Sendable, Equatable {
  /// Texts by their probability, in ten bins of equal width from 0 to 1.
  public let bins: [Int]
  /// The mean part of a text's features that the model has not met in training, within 0...1; nil
  /// where that is not measured, as of models of SparkML's pipeline.
  public let unseen: Double?

  /// As many bins as are to be compared.
  public init(bins: [Int], unseen: Double?) {
    self.bins = bins
    self.unseen = unseen
  }

  /// The distribution of `probabilities`, and the mean of `unseen`, each text's part, where that
  /// was measured.
  public init(probabilities: [Double], unseen: [Double]) {
    var bins = [Int](repeating: 0, count: 10)
    for probability in probabilities { bins[Calibration.bin(of: probability, among: 10)] += 1 }
    self.init(
      bins: bins, unseen: unseen.isEmpty ? nil : unseen.reduce(0, +) / Double(unseen.count))
  }

  /// The population stability index of this distribution against the one in training: below 0.1
  /// they are alike, from 0.25 on they are not (Siddiqi, Credit Risk Scorecards, 2006). 0 where one
  /// of them is empty.
  public func stabilityIndex(against training: ScoreDistribution) -> Double {
    let now = bins.reduce(0) { $0 + Double($1) }
    let then = training.bins.reduce(0) { $0 + Double($1) }
    guard now > 0, then > 0, bins.count == training.bins.count else { return 0 }
    return zip(bins, training.bins).reduce(0) { sum, counts in
      // An empty bin counts as half a text, so that the logarithm is finite.
      let part = max(Double(counts.0), 0.5) / now
      let before = max(Double(counts.1), 0.5) / then
      return sum + (part - before) * log(part / before)
    }
  }
}

extension TextScorer {
  /// The part of a text's features that the model has not met in training, of the text whose
  /// probability this scorer gave last with `scratch`; 0 for a text without features, and nil for
  /// models of SparkML's pipeline, which keep nothing of a text.
  public func unseenPartOfLastText(scratch: borrowing Scratch) -> Double? {
    if classifier.terms != nil { return nil }
    guard scratch.featureCount > 0 else { return 0 }
    var unseen = 0
    let features = scratch.features.base
    classifier.weights.withUnsafeBufferPointer { weights in
      for index in 0..<scratch.featureCount {
        unseen += weights[features[index].key.bucket] == .unknown ? 1 : 0
      }
    }
    return Double(unseen) / Double(scratch.featureCount)
  }
}

/// How far probabilities of the positive class come true: examples in bins of equal width by their
/// probability, and how many of each bin are positive.
public struct Calibration: Sendable, Equatable {
  /// The examples of one bin.
  public struct Bin: Sendable, Equatable {
    /// Probabilities from `range.lowerBound` up to, and of the last bin with, `range.upperBound`.
    public let range: ClosedRange<Double>
    /// Examples.
    public let count: Int
    /// The mean of their probabilities; 0 without examples.
    public let meanProbability: Double
    /// The part of them that is positive; 0 without examples.
    public let positives: Double
  }

  /// By rising probability.
  public let bins: [Bin]

  /// `isPositive` and `probabilities` are of one length; `binCount` is at least 1.
  public init(isPositive: [Bool], probabilities: [Double], binCount: Int = 10) {
    let binCount = max(binCount, 1)
    var sums = [(count: Int, probability: Double, positives: Int)](
      repeating: (0, 0, 0), count: binCount)
    for (isPositive, probability) in zip(isPositive, probabilities) {
      let bin = Self.bin(of: probability, among: binCount)
      sums[bin].count += 1
      sums[bin].probability += probability
      if isPositive { sums[bin].positives += 1 }
    }
    bins = sums.enumerated().map { place, sum in
      let count = Double(max(sum.count, 1))
      return Bin(
        range: Double(place) / Double(binCount)...Double(place + 1) / Double(binCount),
        count: sum.count, meanProbability: sum.probability / count,
        positives: Double(sum.positives) / count)
    }
  }

  /// The place of a probability among bins of equal width.
  static func bin(of probability: Double, among count: Int) -> Int {
    min(max(Int(probability * Double(count)), 0), count - 1)
  }

  /// The expected calibration error: the bins' distances between the mean probability and the part
  /// that is positive, weighed by their examples (Naeini et al., Obtaining Well Calibrated
  /// Probabilities Using Bayesian Binning, 2015). 0 is best.
  public var expectedError: Double {
    let count = Double(max(bins.reduce(0) { $0 + $1.count }, 1))
    return bins.reduce(0) {
      $0 + Double($1.count) / count * abs($1.meanProbability - $1.positives)
    }
  }
}

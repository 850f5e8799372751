#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Two models on the same examples: where they differ, and whether by more than chance.
public struct ModelComparison: Sendable {
  /// Examples that only the first model judged right.
  public let onlyFirst: [Int]
  /// Examples that only the second model judged right.
  public let onlySecond: [Int]
  /// How the second model's metrics differ from the first's.
  public let difference: Difference

  /// A difference, and the interval that holds it 95 times of 100.
  public struct Difference: Sendable {
    /// Of the positive class's F1.
    public var f1: Double
    /// Where that lies.
    public var f1Interval: ClosedRange<Double>
    /// Of the area under the precision-recall curve.
    public var aucPR: Double
    /// Where that lies.
    public var aucPRInterval: ClosedRange<Double>
  }

  /// What one model said of the examples.
  public struct Judgement: Sendable {
    /// Each example's probability of the positive class.
    public var probabilities: [Double]
    /// From where on it is taken for positive.
    public var threshold: Double
    /// What ranks the examples: probabilities or, finer near 0 and 1, their log-odds.
    public var scores: [Double]

    /// A model's word on each example; without `scores`, probabilities rank the examples.
    public init(probabilities: [Double], threshold: Double, scores: [Double]? = nil) {
      self.probabilities = probabilities
      self.scores = scores ?? probabilities
      self.threshold = threshold
    }

    func metrics(_ isPositive: [Bool], _ rows: [Int]) -> ClassificationMetrics {
      ClassificationMetrics(
        isPositive: rows.map { isPositive[$0] }, probabilities: rows.map { probabilities[$0] },
        threshold: threshold, scores: rows.map { scores[$0] })
    }
  }

  /// As many probabilities of each model as `isPositive` has examples.
  public init(
    isPositive: [Bool], _ first: Judgement, _ second: Judgement, samples: Int = 1_000,
    seed: UInt64 = 1
  ) {
    var only: (first: [Int], second: [Int]) = ([], [])
    for (row, isPositive) in isPositive.enumerated() {
      let isRight = (
        (first.probabilities[row] >= first.threshold) == isPositive,
        (second.probabilities[row] >= second.threshold) == isPositive
      )
      if isRight.0, !isRight.1 { only.first.append(row) }
      if isRight.1, !isRight.0 { only.second.append(row) }
    }
    (onlyFirst, onlySecond) = only
    func change(_ rows: [Int]) -> [Double] {
      let (before, after) = (first.metrics(isPositive, rows), second.metrics(isPositive, rows))
      return [after.f1 - before.f1, after.aucPR - before.aucPR]
    }
    let whole = change(Array(isPositive.indices))
    let intervals = Bootstrap(size: isPositive.count, count: samples, seed: seed).intervals(change)
    difference = Difference(
      f1: whole[0], f1Interval: intervals.first ?? 0...0, aucPR: whole[1],
      aucPRInterval: intervals.last ?? 0...0)
  }

  /// McNemar's exact test (1947): how probable it is, were both models equally good, that the
  /// examples which only one judged right part at least so unevenly. 1 where there are none.
  public var mcNemar: Double {
    let count = onlyFirst.count + onlySecond.count
    guard count > 0 else { return 1 }
    let fewer = min(onlyFirst.count, onlySecond.count)
    var sum = 0.0
    for number in 0...fewer {
      sum += exp(
        lgamma(Double(count + 1)) - lgamma(Double(number + 1)) - lgamma(Double(count - number + 1))
          - Double(count) * log(2))
    }
    return min(2 * sum, 1)
  }
}

/// Intervals of metrics by the bootstrap: the examples are drawn anew, with replacement, and
/// measured each time (Efron and Tibshirani, An Introduction to the Bootstrap, 1993).
public struct Bootstrap: Sendable {
  /// Each sample's rows.
  private let samples: [[Int]]
  /// The part of the samples that lies within an interval.
  public static let coverage = 0.95

  /// `count` samples of `size` examples each; the same seed draws the same ones.
  public init(size: Int, count: Int = 1_000, seed: UInt64 = 1) {
    var random = SeededRandom(seed: seed)
    samples = (0..<count).map { _ in
      (0..<size).map { _ in Int.random(in: 0..<max(size, 1), using: &random) }
    }
  }

  /// The interval that holds 95 of 100 samples' values of each measure: the percentiles.
  public func intervals(_ measure: ([Int]) -> [Double]) -> [ClosedRange<Double>] {
    let values = samples.map(measure)
    guard let width = values.first?.count else { return [] }
    return (0..<width).map { place in
      let sorted = values.map { $0[place] }.sorted()
      let tail = (1 - Self.coverage) / 2
      let low = Int(tail * Double(sorted.count - 1))
      let high = Int(((1 - tail) * Double(sorted.count - 1)).rounded(.up))
      return sorted[low]...sorted[high]
    }
  }
}

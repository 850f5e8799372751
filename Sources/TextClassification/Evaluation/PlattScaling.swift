#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Turns a model's scores into probabilities that come true as often as they say: the logistic of
/// slope × score + offset, fitted to scores of examples that the model has not seen (Platt,
/// Probabilistic Outputs for Support Vector Machines, 1999; by Newton's method as in Lin, Lin and
/// Weng, A Note on Platt's Probabilistic Outputs, 2007).
struct PlattScaling: Sendable, Equatable {
  /// Above 0, so that the order of scores stays.
  var slope = 1.0
  var offset = 0.0

  /// Changes nothing.
  static let identity = PlattScaling()

  init() {}

  /// `scores` are log-odds; where they do not tell the classes apart, nothing is changed.
  init(scores: [Double], isPositive: [Bool]) {
    let positives = Double(isPositive.count(where: \.self))
    let negatives = Double(isPositive.count) - positives
    guard positives > 0, negatives > 0 else { return }
    // As if one more example of each class had been seen: no probability is quite 0 or 1.
    let targets = isPositive.map { $0 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2) }
    var (slope, offset) = (1.0, 0.0)
    var loss = Self.loss(scores, targets, slope, offset)
    for _ in 0..<100 {
      var gradient = SIMD2<Double>()
      // A little on the diagonal, so that equal scores give no singular matrix.
      var (slopeSlope, slopeOffset, offsetOffset) = (1e-12, 0.0, 1e-12)
      for (score, target) in zip(scores, targets) {
        let probability = Logistic.probability(slope * score + offset)
        let difference = probability - target
        gradient += SIMD2(score * difference, difference)
        let curvature = probability * (1 - probability)
        slopeSlope += score * score * curvature
        slopeOffset += score * curvature
        offsetOffset += curvature
      }
      if abs(gradient[0]) < 1e-6, abs(gradient[1]) < 1e-6 { break }
      let determinant = slopeSlope * offsetOffset - slopeOffset * slopeOffset
      let step = SIMD2(
        offsetOffset * gradient[0] - slopeOffset * gradient[1],
        slopeSlope * gradient[1] - slopeOffset * gradient[0])
      let length = gradient[0] * step[0] + gradient[1] * step[1]
      var share = 1 / determinant
      var hasImproved = false
      while !hasImproved, share * determinant > 1e-10 {
        let next = (slope - share * step[0], offset - share * step[1])
        let value = Self.loss(scores, targets, next.0, next.1)
        if value < loss - 1e-4 * share * length {
          (slope, offset, loss, hasImproved) = (next.0, next.1, value, true)
        }
        share /= 2
      }
      if !hasImproved { break }
    }
    guard slope > 0, slope.isFinite, offset.isFinite else { return }
    (self.slope, self.offset) = (slope, offset)
  }

  func probability(_ score: Double) -> Double { Logistic.probability(logOdds(score)) }

  /// What the probability is the logistic of.
  func logOdds(_ score: Double) -> Double { slope * score + offset }

  private static func loss(
    _ scores: [Double], _ targets: [Double], _ slope: Double, _ offset: Double
  ) -> Double {
    zip(scores, targets).reduce(0) { sum, pair in
      let score = slope * pair.0 + offset
      // log(1 + exp(score)) - target × score, without overflow.
      return sum + max(score, 0) + log1p(exp(-abs(score))) - pair.1 * score
    }
  }
}

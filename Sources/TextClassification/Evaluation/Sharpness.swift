/// The one factor for all scores that makes the classes' probabilities come true best (Guo et al.,
/// On Calibration of Modern Neural Networks, 2017: temperature scaling).
enum Sharpness {
  /// Minimises the log-loss, which is convex in the factor, by Newton's method; 1 without scores.
  static func fit(scores: [[Double]], labels: [Int]) -> Double {
    guard !scores.isEmpty else { return 1 }
    var factor = 1.0
    for _ in 0..<50 {
      var (slope, curvature) = (0.0, 1e-9)
      for (scores, label) in zip(scores, labels) {
        let probabilities = Softmax.probabilities(scores.map { $0 * factor })
        let mean = zip(probabilities, scores).reduce(0) { $0 + $1.0 * $1.1 }
        slope += mean - scores[label]
        curvature += zip(probabilities, scores).reduce(0) {
          $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean)
        }
      }
      // Perfect scores would ask for ever more.
      let next = min(max(factor - slope / curvature, factor / 2), factor * 2)
      if abs(next - factor) < 1e-9 { break }
      factor = min(next, 100)
    }
    return factor
  }
}

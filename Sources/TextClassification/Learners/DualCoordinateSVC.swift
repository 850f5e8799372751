/// A linear support vector machine of two classes by dual coordinate descent (Hsieh et al., A Dual
/// Coordinate Descent Method for Large-scale Linear SVM, 2008): the sum of the hinge losses, plain
/// or squared, times `c`, plus |w|₂² / 2. The intercept is a feature that is always 1, and
/// penalised like the others.
public struct DualCoordinateSVC: Estimator {
  /// What an example costs by its margin.
  public enum Loss: Sendable, CaseIterable {
    /// max(0, 1 - margin).
    case hinge
    /// Its square.
    case squaredHinge
  }

  /// What an example costs by its margin.
  public var loss = Loss.squaredHinge
  /// Weight of the losses against the penalty, above 0.
  public var c = 1.0
  /// Passes over the examples at most, at least 1.
  public var maxIter = 1_000
  /// Ends when no example's violation of the conditions for the minimum differs by more.
  public var tolerance = 1e-3
  /// Decides the order in which examples are taken.
  public var seed: UInt64 = 1
  /// How much an example of each class counts.
  public var classWeights = ClassWeights.uniform

  /// liblinear's defaults.
  public init() {}

  /// Throws `TrainingError` where there are not two classes or a setting is out of its range.
  public func fit(_ examples: Examples<SparseVector>) throws(TrainingError) -> LinearSVCModel {
    guard c > 0, c.isFinite else {
      throw .invalidOption("a weight of the losses of \(c) is not above 0")
    }
    guard maxIter >= 1 else { throw .invalidOption("\(maxIter) passes are fewer than 1") }
    try examples.check(classes: 2)
    let rows = SparseRows(examples.values)
    let rowWeights = classWeights.rowWeights(examples.labels, classCount: 2)
      .map { $0 * Double(examples.count) * c }
    var weights = [Double](repeating: 0, count: rows.columnCount + 1)
    var duals = [Double](repeating: 0, count: rows.count)
    let bias = rows.columnCount
    let sides = examples.labels.map { $0 == 1 ? 1.0 : -1.0 }
    let norms = (0..<rows.count).map { row in
      (rows.starts[row]..<rows.starts[row + 1])
        .reduce(1.0) { $0 + rows.values[$1] * rows.values[$1] }
    }
    var random = SeededRandom(seed: seed)
    var passes = 0
    while passes < maxIter {
      passes += 1
      var (highest, lowest) = (-Double.infinity, Double.infinity)
      for row in random.permutation(rows.count) {
        let (diagonal, upper) =
          loss == .hinge ? (0, rowWeights[row]) : (0.5 / rowWeights[row], Double.infinity)
        let score = rows.dot(row, weights) + weights[bias]
        let slope = sides[row] * score - 1 + duals[row] * diagonal
        // The part of the slope along which the dual may move within its bounds.
        var projected = slope
        if duals[row] <= 0 { projected = min(slope, 0) }
        if duals[row] >= upper { projected = max(slope, 0) }
        highest = max(highest, projected)
        lowest = min(lowest, projected)
        guard projected.magnitude > 1e-12 else { continue }
        let moved = min(max(duals[row] - slope / (norms[row] + diagonal), 0), upper)
        let change = (moved - duals[row]) * sides[row]
        duals[row] = moved
        for index in rows.starts[row]..<rows.starts[row + 1] {
          weights[Int(rows.columns[index])] += change * rows.values[index]
        }
        weights[bias] += change
      }
      if highest - lowest <= tolerance { break }
    }
    return LinearSVCModel(
      weights: Array(weights.dropLast()), intercept: weights[bias], iterations: passes,
      objective: value(rows, weights, sides, rowWeights))
  }

  private func value(
    _ rows: SparseRows<Double>, _ weights: [Double], _ sides: [Double], _ rowWeights: [Double]
  ) -> Double {
    var value = Vector.dot(weights, weights) / 2
    for row in 0..<rows.count {
      let margin = sides[row] * (rows.dot(row, weights) + weights[rows.columnCount])
      let short = max(0, 1 - margin)
      value += rowWeights[row] * (loss == .hinge ? short : short * short)
    }
    return value
  }
}

/// Logistic regression of two classes that learns from one example after the other, as from an
/// agent's corrections. A value of its own: copies learn apart.
public struct OnlineLogisticRegression: Sendable {
  /// How far an example moves the weights.
  public enum Optimizer: Sendable, Equatable {
    /// Each weight by its own past slopes (Duchi et al., Adaptive Subgradient Methods, 2011).
    case adaGrad(rate: Double)
    /// The same with an L1 penalty that leaves weights at 0 (McMahan et al., Ad Click Prediction,
    /// 2013: FTRL-Proximal). `beta` damps the first steps.
    case ftrl(alpha: Double, beta: Double, l1: Double, l2: Double)
  }

  private let optimizer: Optimizer
  private var weights: [Double]
  /// Of FTRL, what a weight follows from; else unused.
  private var leads: [Double]
  private var squares: [Double]

  /// For vectors of `size` places. Starts at `model`'s weights where it is given: what was learnt
  /// goes on from there (with AdaGrad; FTRL starts at 0, since its weights follow from its sums).
  public init(
    size: Int, _ optimizer: Optimizer = .adaGrad(rate: 0.1),
    from model: LogisticRegressionModel? = nil
  ) {
    self.optimizer = optimizer
    weights = [Double](repeating: 0, count: size + 1)
    squares = weights
    leads = weights
    if case .adaGrad = optimizer, let model, model.weights.count == 1,
      model.weights[0].count == size
    {
      weights = model.weights[0] + model.intercepts
    }
  }

  /// The probability of class 1.
  public func probability(of vector: SparseVector) -> Double {
    Logistic.probability(score(vector))
  }

  /// Learns from one example, which counts `weight` times.
  public mutating func learn(_ vector: SparseVector, isPositive: Bool, weight: Double = 1) {
    let residual = weight * (Logistic.probability(score(vector)) - (isPositive ? 1 : 0))
    for (index, value) in zip(vector.indices, vector.values) {
      move(Int(index), residual * value)
    }
    move(weights.count - 1, residual)
  }

  /// The weights as they are.
  public var model: LogisticRegressionModel {
    LogisticRegressionModel(
      weights: Array(weights.dropLast()), intercept: weights[weights.count - 1])
  }

  private func score(_ vector: SparseVector) -> Double {
    vector.dot(weights) + weights[weights.count - 1]
  }

  private mutating func move(_ index: Int, _ slope: Double) {
    guard slope != 0 else { return }
    let before = squares[index].squareRoot()
    squares[index] += slope * slope
    let now = squares[index].squareRoot()
    switch optimizer {
    case .adaGrad(let rate):
      weights[index] -= rate * slope / (now + 1e-8)
    case .ftrl(let alpha, let beta, let l1, let l2):
      leads[index] += slope - (now - before) / alpha * weights[index]
      let lead = leads[index]
      let isFree = index == weights.count - 1
      if !isFree, lead.magnitude <= l1 {
        weights[index] = 0
      } else {
        let shrunk = isFree ? lead : lead - (lead > 0 ? l1 : -l1)
        weights[index] = -shrunk / ((beta + now) / alpha + (isFree ? 0 : l2))
      }
    }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What an example costs by its margin: the score, with its sign turned for a negative example.
protocol MarginLoss: Sendable {
  /// The loss as a number plus the logarithm of a factor within 1...2, and its derivative, which is
  /// not above 0.
  static func value(_ margin: Double) -> (loss: Double, factor: Double, slope: Double)
}

/// A sum of weighted losses. One logarithm is taken for many losses of one weight.
struct LossSum {
  private var sum = 0.0
  private var product = 1.0
  private var weight = 0.0

  @inline(__always) mutating func add(_ loss: Double, factor: Double, weight: Double) {
    sum += weight * loss
    if weight != self.weight || product > 1e300 { take(weight) }
    product *= factor
  }

  var value: Double { sum + weight * log(product) }

  private mutating func take(_ weight: Double) {
    sum = value
    (product, self.weight) = (1, weight)
  }
}

/// ln(1 + e^-margin), the loss of logistic regression.
enum LogisticLoss: MarginLoss {
  @inline(__always)
  static func value(_ margin: Double) -> (loss: Double, factor: Double, slope: Double) {
    let power = exp(-margin.magnitude)
    let factor = 1 + power
    return margin >= 0 ? (0, factor, -power / factor) : (-margin, factor, -1 / factor)
  }
}

/// max(0, 1 - margin), the loss of the support vector machine.
enum HingeLoss: MarginLoss {
  @inline(__always)
  static func value(_ margin: Double) -> (loss: Double, factor: Double, slope: Double) {
    margin < 1 ? (1 - margin, 1, -1) : (0, 1, 0)
  }
}

/// The logistic function and its loss, without overflow for any argument.
enum Logistic {
  /// 1 / (1 + e^-logit).
  @inline(__always) static func probability(_ logit: Double) -> Double {
    if logit >= 0 { return 1 / (1 + exp(-logit)) }
    let power = exp(logit)
    return power / (1 + power)
  }

  /// ln(1 + e^-margin).
  @inline(__always) static func loss(_ margin: Double) -> Double {
    margin >= 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin
  }
}

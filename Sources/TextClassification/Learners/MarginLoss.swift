#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What an example costs by its margin: the score, with its sign turned for a negative example.
protocol MarginLoss: Sendable {
  /// The loss and its derivative, which is not above 0.
  static func value(_ margin: Double) -> (loss: Double, slope: Double)
}

/// ln(1 + e^-margin), the loss of logistic regression.
enum LogisticLoss: MarginLoss {
  @inline(__always) static func value(_ margin: Double) -> (loss: Double, slope: Double) {
    let power = exp(-margin.magnitude)
    return margin >= 0
      ? (log1p(power), -power / (1 + power)) : (log1p(power) - margin, -1 / (1 + power))
  }
}

/// max(0, 1 - margin), the loss of the support vector machine.
enum HingeLoss: MarginLoss {
  @inline(__always) static func value(_ margin: Double) -> (loss: Double, slope: Double) {
    margin < 1 ? (1 - margin, -1) : (0, 0)
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

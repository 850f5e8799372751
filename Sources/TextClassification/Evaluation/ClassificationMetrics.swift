/// How well probabilities of the positive class agree with the true classes. A ratio whose
/// denominator is 0 is 0, and an area without examples of both classes is 0.
public struct ClassificationMetrics: Sendable, Equatable {
  /// Negative examples predicted negative.
  public let trueNegatives: Int
  /// Negative examples predicted positive.
  public let falsePositives: Int
  /// Positive examples predicted negative.
  public let falseNegatives: Int
  /// Positive examples predicted positive.
  public let truePositives: Int
  /// Average precision: the area under the precision-recall curve by steps.
  public let aucPR: Double
  /// Area under the receiver's curve: how often a positive example ranks higher in a pair, a tie
  /// counting half.
  public let aucROC: Double

  /// Judges `probabilities` of examples whose classes are `isPositive`, one each; the positive
  /// class is predicted from `threshold` on. The areas rank examples by `scores`, one each, where
  /// they are given: near 0 and 1 probabilities are equal that log-odds still tell apart.
  public init(
    isPositive: [Bool], probabilities: [Double], threshold: Double, scores: [Double]? = nil
  ) {
    self.init(
      isPositive: isPositive, scores: scores ?? probabilities,
      isPredicted: probabilities.map { $0 >= threshold })
  }

  /// Judges predictions made by other means than one threshold; `scores` rank the examples.
  public init(isPositive: [Bool], scores: [Double], isPredicted: [Bool]) {
    var counts = [0, 0, 0, 0]
    for (isPositive, isPredicted) in zip(isPositive, isPredicted) {
      counts[(isPositive ? 2 : 0) + (isPredicted ? 1 : 0)] += 1
    }
    (trueNegatives, falsePositives) = (counts[0], counts[1])
    (falseNegatives, truePositives) = (counts[2], counts[3])
    let curve = RankedCounts(isPositive: isPositive, scores: scores)
    aucPR = curve.averagePrecision
    aucROC = curve.areaUnderROC
  }

  /// Examples.
  public var count: Int { trueNegatives + falsePositives + falseNegatives + truePositives }
  /// Part of the examples whose class was predicted right.
  public var accuracy: Double { ratio(trueNegatives + truePositives, count) }
  /// Part of the predicted positives that are positive.
  public var precision: Double { ratio(truePositives, truePositives + falsePositives) }
  /// Part of the positives that were predicted.
  public var recall: Double { ratio(truePositives, truePositives + falseNegatives) }
  /// Harmonic mean of precision and recall of the positive class.
  public var f1: Double {
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }
  /// Mean of both classes' F1.
  public var macroF1: Double {
    (f1 + ratio(2 * trueNegatives, 2 * trueNegatives + falsePositives + falseNegatives)) / 2
  }
  /// Counts by true class, then by predicted class: `[[tn, fp], [fn, tp]]`.
  public var confusion: [[Int]] {
    [[trueNegatives, falsePositives], [falseNegatives, truePositives]]
  }

  /// The threshold with the best F1, halfway to the next lower probability; the highest such
  /// threshold if several do, and 0.5 without a positive example.
  public static func thresholdMaximisingF1(
    isPositive: [Bool], probabilities: [Double]
  ) -> Double {
    let curve = RankedCounts(isPositive: isPositive, scores: probabilities)
    guard curve.positives > 0 else { return 0.5 }
    var best = (f1: -1.0, threshold: 0.5)
    for (index, point) in curve.points.enumerated() {
      let f1 =
        2 * Double(point.positives) / Double(point.positives + point.negatives + curve.positives)
      guard f1 > best.f1 else { continue }
      best = (f1, curve.threshold(index))
    }
    return best.threshold
  }

  /// The threshold with the best F1 that calibrated probabilities of unlabelled examples promise,
  /// halfway to the next lower probability: each counts for as much of a positive as it says. That
  /// varies less from sample to sample than the best F1 of labelled ones does.
  static func thresholdMaximisingExpectedF1(_ probabilities: [Double]) -> Double {
    let sorted = probabilities.sorted(by: >)
    let positives = sorted.reduce(0, +)
    var (found, best, threshold) = (0.0, -1.0, 0.5)
    for (index, probability) in sorted.enumerated() {
      found += probability
      let next = index + 1 < sorted.count ? sorted[index + 1] : 0
      let f1 = 2 * found / (Double(index + 1) + positives)
      guard next < probability, f1 > best else { continue }
      (best, threshold) = (f1, (probability + next) / 2)
    }
    return threshold
  }

  /// The threshold that a goal asks for, halfway to the next probability; where none reaches the
  /// precision that is asked for, the one that comes nearest.
  static func threshold(
    _ goal: TrainingOptions.ThresholdGoal, isPositive: [Bool], probabilities: [Double]
  ) -> Double {
    switch goal {
    case .evenOdds: return 0.5
    case .fixed(let threshold): return threshold
    case .maximiseF1:
      return thresholdMaximisingF1(isPositive: isPositive, probabilities: probabilities)
    case .precision(let least):
      let curve = RankedCounts(isPositive: isPositive, scores: probabilities)
      let place =
        curve.points.lastIndex { $0.precision >= least }
        ?? curve.points.indices.max { curve.points[$0].precision < curve.points[$1].precision }
      return place.map(curve.threshold) ?? 0.5
    case .recall(let least):
      let curve = RankedCounts(isPositive: isPositive, scores: probabilities)
      let place = curve.points.firstIndex {
        Double($0.positives) >= least * Double(curve.positives)
      }
      return place.map(curve.threshold) ?? 0.5
    }
  }

  /// The precision-recall curve, from the highest threshold down: a point for each distinct score.
  /// `scores` are probabilities, or log-odds, which are never equal where they should not be.
  public static func precisionRecallCurve(
    isPositive: [Bool], scores: [Double]
  ) -> [(threshold: Double, precision: Double, recall: Double)] {
    let curve = RankedCounts(isPositive: isPositive, scores: scores)
    return curve.points.map {
      ($0.score, $0.precision, Double($0.positives) / Double(max(curve.positives, 1)))
    }
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}

/// For each distinct score, from the highest down, how many positives and negatives are at or above
/// it.
struct RankedCounts {
  struct Point {
    var score: Double
    var positives: Int
    var negatives: Int
    var precision: Double { Double(positives) / Double(positives + negatives) }
  }

  private(set) var points: [Point] = []

  init(isPositive: [Bool], scores: [Double]) {
    let order = zip(scores, isPositive).sorted { $0.0 > $1.0 }
    var positives = 0
    var negatives = 0
    for (score, isPositive) in order {
      if isPositive { positives += 1 } else { negatives += 1 }
      let point = Point(score: score, positives: positives, negatives: negatives)
      if points.last?.score == score {
        points[points.count - 1] = point
      } else {
        points.append(point)
      }
    }
  }

  var positives: Int { points.last?.positives ?? 0 }
  var negatives: Int { points.last?.negatives ?? 0 }

  /// The threshold that parts the examples behind a point from the next ones: halfway. It takes
  /// scores that are probabilities.
  func threshold(_ place: Int) -> Double {
    let next = place + 1 < points.count ? points[place + 1].score : 0
    return (points[place].score + next) / 2
  }

  var averagePrecision: Double {
    guard positives > 0, negatives > 0 else { return 0 }
    var sum = 0.0
    var before = 0
    for point in points {
      sum += point.precision * Double(point.positives - before)
      before = point.positives
    }
    return sum / Double(positives)
  }

  var areaUnderROC: Double {
    guard positives > 0, negatives > 0 else { return 0 }
    var pairs = 0.0
    var before = Point(score: 0, positives: 0, negatives: 0)
    for point in points {
      let newNegatives = Double(point.negatives - before.negatives)
      pairs += newNegatives * Double(point.positives + before.positives) / 2
      before = point
    }
    return pairs / (Double(positives) * Double(negatives))
  }
}

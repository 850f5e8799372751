import Foundation
import Testing

@testable import TextClassification

@Suite struct EvaluationTests {
  private func judged(_ random: inout TestRandom) -> (isPositive: [Bool], probabilities: [Double]) {
    let count = random.int(2..<60)
    return (
      (0..<count).map { _ in random.int(0..<2) == 0 },
      (0..<count).map { _ in Double(random.int(0..<12)) / 12 }
    )
  }

  @Test func `a goal is reached with the most that can be had`() {
    var random = TestRandom()
    for _ in 0..<2_000 {
      let (isPositive, probabilities) = judged(&random)
      guard isPositive.contains(true) else { continue }
      let goal = random.double(0...1)
      func metrics(_ threshold: Double) -> ClassificationMetrics {
        ClassificationMetrics(
          isPositive: isPositive, probabilities: probabilities, threshold: threshold)
      }
      func threshold(_ goal: TrainingOptions.ThresholdGoal) -> Double {
        ClassificationMetrics.threshold(goal, isPositive: isPositive, probabilities: probabilities)
      }
      let candidates = Set(probabilities).map { metrics($0) }
      let precise = metrics(threshold(.precision(goal)))
      let best = candidates.filter { $0.precision >= goal }.map(\.recall).max()
      if let best {
        #expect(precise.precision >= goal && precise.recall == best, "\(random.seed)")
      } else {
        #expect(precise.precision == candidates.map(\.precision).max(), "\(random.seed)")
      }
      let complete = metrics(threshold(.recall(goal)))
      #expect(complete.recall >= goal, "\(random.seed)")
      let fewest = candidates.filter { $0.recall >= goal }.map { $0.count(ofPredicted: true) }.min()
      #expect(complete.count(ofPredicted: true) == fewest, "\(random.seed)")
    }
  }

  @Test func `where the threshold has a goal no fold decides what it is judged by`() throws {
    let examples =
      Fixtures.examples
      + Fixtures.examples.map {
        LabelledText(text: $0.text + " again", isPositive: $0.isPositive)
      }
    let folds = examples.indices.map { $0 % 4 }
    var options = Fixtures.smallOptions
    for goal in [TrainingOptions.ThresholdGoal.maximiseF1, .precision(0.9), .recall(0.8)] {
      options.threshold = goal
      func validate(_ folds: [Int]) throws -> CrossValidation {
        try TextClassifierTrainer(options: options).crossValidate(examples, folds: folds)
      }
      let nested = try validate(folds)
      #expect(nested.isNested)
      for fold in 0..<4 {
        // The threshold is the one that a cross-validation of the other folds alone gives.
        let rest = examples.indices.filter { folds[$0] != fold }
        let others = try TextClassifierTrainer(options: options).crossValidate(
          rest.map { examples[$0] },
          folds: rest.map { folds[$0] > fold ? folds[$0] - 1 : folds[$0] })
        #expect(nested.foldThresholds[fold] == others.threshold, "\(goal)")
      }
      let twoFolds = try validate(folds.map { $0 % 2 })
      #expect(!twoFolds.isNested)
    }
    options.threshold = .evenOdds
    let even = try TextClassifierTrainer(options: options).crossValidate(examples, folds: folds)
    #expect(!even.isNested)
  }

  @Test func `goals are read as they are written`() {
    typealias Goal = TrainingOptions.ThresholdGoal
    for (text, goal) in [
      ("f1", Goal.maximiseF1), ("precision=0.9", .precision(0.9)), ("recall=1", .recall(1)),
      ("even-odds", .evenOdds), ("0.4", .fixed(0.4)),
    ] { #expect(Goal(text) == goal) }
    for text in ["", "f2", "precision", "precision=", "recall=1.1", "2", "-0.1", "f1=1", "nan"] {
      #expect(Goal(text) == nil, "\(text)")
    }
  }

  /// By `scipy.stats.binomtest(fewer, fewer + more, 0.5).pvalue`.
  @Test func `McNemar's test is the binomial test`() {
    for (first, second, value) in [
      (2, 8, 0.109375), (0, 5, 0.0625), (30, 60, 0.002060265680963076), (5, 5, 1),
      (0, 0, 1), (1, 0, 1),
    ] {
      // `first` examples that only the first model judges right, then `second` the other way
      // round.
      let isPositive = [Bool](repeating: true, count: first + second + 3)
      let left = isPositive.indices.map { $0 < first || $0 >= first + second ? 1.0 : 0 }
      let right = isPositive.indices.map { $0 >= first ? 1.0 : 0 }
      let comparison = ModelComparison(
        isPositive: isPositive, .init(probabilities: left, threshold: 0.5),
        .init(probabilities: right, threshold: 0.5), samples: 10)
      #expect(comparison.onlyFirst.count == first && comparison.onlySecond.count == second)
      #expect(abs(comparison.mcNemar - value) < 1e-9)
    }
  }

  @Test func `a bootstrap's interval holds the mean as often as it says`() {
    var random = TestRandom()
    var held = 0
    for round in 0..<200 {
      let values = (0..<80).map { _ in random.double(0...1) }
      let interval = Bootstrap(size: 80, count: 400, seed: UInt64(round)).intervals { rows in
        [rows.reduce(0) { $0 + values[$1] } / 80]
      }[0]
      if interval.contains(0.5) { held += 1 }
    }
    // 95 of 100, give or take four deviations.
    #expect(held > 174 && held < 200, "\(held), \(random.seed)")
  }

  @Test func `a model against itself differs by nothing`() {
    let side = ModelComparison.Judgement(probabilities: [0.9, 0.2, 0.6, 0.1], threshold: 0.5)
    let comparison = ModelComparison(isPositive: [true, false, false, true], side, side)
    #expect(comparison.difference.f1 == 0 && comparison.difference.f1Interval == 0...0)
    #expect(comparison.mcNemar == 1)
  }
}

extension ClassificationMetrics {
  fileprivate func count(ofPredicted isPositive: Bool) -> Int {
    isPositive ? truePositives + falsePositives : trueNegatives + falseNegatives
  }
}

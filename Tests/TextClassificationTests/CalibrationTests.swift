import Foundation
import Testing

@testable import TextClassification

@Suite struct CalibrationTests {
  /// Scores whose probabilities are known: the logistic of 2 × score - 1.
  private func sample(_ count: Int, _ random: inout TestRandom) -> (scores: [Double], is: [Bool]) {
    var scores: [Double] = []
    var isPositive: [Bool] = []
    for _ in 0..<count {
      let score = random.double(-3...3)
      scores.append(score)
      isPositive.append(random.double(0...1) < Logistic.probability(2 * score - 1))
    }
    return (scores, isPositive)
  }

  @Test func `scaling finds slope and offset`() {
    var random = TestRandom()
    let (scores, isPositive) = sample(20_000, &random)
    let scaling = PlattScaling(scores: scores, isPositive: isPositive)
    #expect(abs(scaling.slope - 2) < 0.2 && abs(scaling.offset + 1) < 0.15, "\(random.seed)")
    let before = Calibration(
      isPositive: isPositive, probabilities: scores.map { Logistic.probability($0) })
    let after = Calibration(
      isPositive: isPositive, probabilities: scores.map { scaling.probability($0) })
    #expect(after.expectedError < 0.02 && before.expectedError > 0.05, "\(random.seed)")
  }

  /// At the minimum no small step makes the loss smaller.
  @Test func `scaling ends at the minimum of its loss`() {
    var random = TestRandom()
    for _ in 0..<20 {
      let (scores, isPositive) = sample(random.int(4..<200), &random)
      let found = PlattScaling(scores: scores, isPositive: isPositive)
      if found == .identity { continue }
      let positives = Double(isPositive.count(where: \.self))
      let negatives = Double(isPositive.count) - positives
      func loss(_ slope: Double, _ offset: Double) -> Double {
        zip(scores, isPositive).reduce(0) { sum, pair in
          let target = pair.1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2)
          let probability = Logistic.probability(slope * pair.0 + offset)
          return sum - target * log(probability) - (1 - target) * log(1 - probability)
        }
      }
      let least = loss(found.slope, found.offset)
      for (slope, offset) in [(0.01, 0.0), (-0.01, 0), (0, 0.01), (0, -0.01)] {
        #expect(loss(found.slope + slope, found.offset + offset) >= least - 1e-9, "\(random.seed)")
      }
    }
  }

  @Test func `one class, or scores that say nothing, change nothing`() {
    #expect(PlattScaling(scores: [1, 2], isPositive: [true, true]) == .identity)
    #expect(PlattScaling(scores: [], isPositive: []) == .identity)
    #expect(PlattScaling(scores: [-1, 1], isPositive: [true, false]) == .identity)
  }

  @Test func `the error is the bins' mean distance`() {
    let calibration = Calibration(
      isPositive: [true, false, true, true], probabilities: [0.05, 0.05, 0.95, 1])
    #expect(calibration.bins.map(\.count) == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2])
    #expect(abs(calibration.expectedError - (0.45 + 0.025) / 2) < 1e-12)
    #expect(Calibration(isPositive: [], probabilities: []).expectedError == 0)
  }
}

import Testing

@testable import TextClassification

/// Metrics against scikit-learn's and SciPy's numbers.
@Suite struct GoldenMetricsTests {
  private struct Content: Decodable {
    var cases: [Case]
    var mcNemar: [Disagreement]
  }

  private struct Case: Decodable {
    var seed: Int
    var labels: String
    var scores: [Double]
    var threshold: Double
    var confusion: [[Int]]
    var accuracy: Double
    var precision: Double
    var recall: Double
    var f1: Double
    var macroF1: Double
    var averagePrecision: Double
    var aucROC: Double
    var calibrationError: Double
    /// Threshold, precision and recall, from the highest threshold down; of some cases only.
    var curve: [[Double]]?

    var isPositive: [Bool] { Golden.labels(labels).map { $0 == 1 } }
  }

  private struct Disagreement: Decodable {
    var onlyFirst: Int
    var onlySecond: Int
    var p: Double
  }

  private let content: Content

  init() throws { content = try Golden.read("metrics") }

  @Test func `metrics are scikit-learn's`() {
    #expect(content.cases.count == 30)
    for sample in content.cases {
      let metrics = ClassificationMetrics(
        isPositive: sample.isPositive, probabilities: sample.scores, threshold: sample.threshold)
      #expect(metrics.confusion == sample.confusion)
      let found = [
        metrics.accuracy, metrics.precision, metrics.recall, metrics.f1, metrics.macroF1,
        metrics.aucPR, metrics.aucROC,
      ]
      let wanted = [
        sample.accuracy, sample.precision, sample.recall, sample.f1, sample.macroF1,
        sample.averagePrecision, sample.aucROC,
      ]
      #expect(
        Golden.distance(found, wanted) < 1e-9,
        "\(found) instead of \(wanted), seed \(sample.seed) of \(sample.scores.count) scores")
    }
  }

  @Test func `the calibration error is the one of scikit-learn's curve`() {
    for sample in content.cases {
      let found = Calibration(isPositive: sample.isPositive, probabilities: sample.scores)
      #expect(
        abs(found.expectedError - sample.calibrationError) < 1e-9,
        "seed \(sample.seed) of \(sample.scores.count) scores")
    }
  }

  @Test func `the precision-recall curve is scikit-learn's`() {
    let samples = content.cases.filter { $0.curve != nil }
    #expect(samples.count == 10)
    for sample in samples {
      let curve = ClassificationMetrics.precisionRecallCurve(
        isPositive: sample.isPositive, scores: sample.scores)
      let found = curve.map { [$0.threshold, $0.precision, $0.recall] }
      #expect(Golden.distance(found, sample.curve ?? []) < 1e-9, "\(sample.scores.count) scores")
    }
  }

  /// Every example is positive; each model is right where its probability is 1.
  @Test func `McNemar's test is SciPy's binomial test`() {
    for pair in content.mcNemar {
      let first = [Double](repeating: 1, count: pair.onlyFirst)
      let second = [Double](repeating: 1, count: pair.onlySecond)
      let none = (first.map { _ in 0.0 }, second.map { _ in 0.0 })
      let comparison = ModelComparison(
        isPositive: (first + second).map { _ in true },
        .init(probabilities: first + none.1, threshold: 0.5),
        .init(probabilities: none.0 + second, threshold: 0.5), samples: 1)
      #expect(comparison.onlyFirst.count == pair.onlyFirst)
      #expect(comparison.onlySecond.count == pair.onlySecond)
      #expect(
        abs(comparison.mcNemar - pair.p) < 1e-9, "\(pair.onlyFirst) against \(pair.onlySecond)")
    }
  }
}

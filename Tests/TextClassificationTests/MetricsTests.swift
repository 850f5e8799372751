import Testing

@testable import TextClassification

@Suite struct MetricsTests {
  private func sample(_ random: inout TestRandom) -> (labels: [Bool], scores: [Double]) {
    let count = random.int(2..<60)
    // Few distinct values make many ties.
    let labels = (0..<count).map { $0 < 2 ? $0 == 0 : random.int(0..<3) == 0 }
    return (labels, labels.map { _ in Double(random.int(0..<12)) / 11 })
  }

  @Test func `counts and ratios agree with their definitions`() {
    var random = TestRandom()
    for _ in 0..<200 {
      let (labels, scores) = sample(&random)
      let threshold = random.double(0...1)
      let metrics = ClassificationMetrics(
        isPositive: labels, probabilities: scores, threshold: threshold)
      let predicted = scores.map { $0 >= threshold }
      func count(_ label: Bool, _ prediction: Bool) -> Int {
        zip(labels, predicted).count { $0 == label && $1 == prediction }
      }
      let negatives = [count(false, false), count(false, true)]
      let positives = [count(true, false), count(true, true)]
      #expect(metrics.confusion == [negatives, positives], "seed \(random.seed)")
      func f1(_ label: Bool) -> Double {
        let hits = Double(count(label, label))
        let precision = hits / max(1, Double(predicted.count { $0 == label }))
        let recall = hits / max(1, Double(labels.count { $0 == label }))
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
      }
      #expect(abs(metrics.f1 - f1(true)) < 1e-12)
      let macroF1 = (f1(true) + f1(false)) / 2
      #expect(abs(metrics.macroF1 - macroF1) < 1e-12)
      let right = zip(labels, predicted).count { $0 == $1 }
      let accuracy = Double(right) / Double(labels.count)
      #expect(metrics.accuracy == accuracy)
      #expect(metrics.count == labels.count)
    }
  }

  @Test func `areas agree with their definitions when scores tie`() {
    var random = TestRandom()
    for _ in 0..<200 {
      let (labels, scores) = sample(&random)
      let metrics = ClassificationMetrics(isPositive: labels, probabilities: scores, threshold: 0.5)
      let positives = zip(labels, scores).filter(\.0).map(\.1)
      let negatives = zip(labels, scores).filter { !$0.0 }.map(\.1)
      var pairs = 0.0
      for positive in positives {
        for negative in negatives {
          pairs += positive > negative ? 1 : positive == negative ? 0.5 : 0
        }
      }
      let roc = pairs / Double(positives.count * negatives.count)
      #expect(abs(metrics.aucROC - roc) < 1e-12, "seed \(random.seed)")
      var average = 0.0
      for positive in positives {
        let hits = positives.count { $0 >= positive }
        let all = scores.count { $0 >= positive }
        average += Double(hits) / Double(all) / Double(positives.count)
      }
      #expect(abs(metrics.aucPR - average) < 1e-12, "seed \(random.seed)")
    }
  }

  @Test func `scores rank the examples that have one probability, and decide nothing else`() {
    let labels = [false, true, true, false, true]
    let probabilities = [1.0, 1, 1, 1, 0.2]
    let scores = [40.0, 50, 60, 45, -1.4]
    let tied = ClassificationMetrics(
      isPositive: labels, probabilities: probabilities, threshold: 0.5)
    let ranked = ClassificationMetrics(
      isPositive: labels, probabilities: probabilities, threshold: 0.5, scores: scores)
    #expect(ranked.confusion == tied.confusion && ranked.confusion == [[0, 2], [1, 2]])
    // By hand: two positives lead, the third is last of five.
    #expect(abs(ranked.aucPR - (1 + 1 + 3.0 / 5) / 3) < 1e-12)
    #expect(abs(ranked.aucROC - 4.0 / 6) < 1e-12)
    #expect(tied.aucPR < ranked.aucPR && tied.aucROC == 2.0 / 6)
  }

  @Test func `a cross-validation ranks by log-odds where naive Bayes is quite sure`() throws {
    func text(_ word: String, _ count: Int) -> String {
      [String](repeating: word, count: count).joined(separator: " ")
    }
    let examples =
      (0..<20).map { LabelledText(text: text("late", 90 + $0), isPositive: true) }
      + (0..<40).map { LabelledText(text: text("coat", 200 + $0), isPositive: false) }
      + (0..<5).map { LabelledText(text: text("late", 50 + $0), isPositive: false) }
    var options = TrainingOptions()
    options.algorithm = .sparkNaiveBayes
    let found = try TextClassifierTrainer(options: options).crossValidate(examples)
    let sure = examples.indices.filter { found.probabilities[$0] == 1 }
    #expect(sure.count == 25)
    #expect(Set(found.logOdds).count > 30)
    #expect(found.metrics.aucPR == 1 && found.foldMetrics.allSatisfy { $0.aucROC == 1 })
    let scorer = try TextClassifierTrainer(options: options).train(examples).scorer()
    var scratch = Scratch()
    let scores = [60, 100].map { count in
      text("late", count).withUTF8Bytes { scorer.logOdds(of: $0, scratch: &scratch) }
    }
    #expect(scores[0] > 40 && scores[0] < scores[1])
    #expect(
      TextScorer.probability(ofLogOdds: scores[0]) == scorer.probability(of: text("late", 60)))
  }

  @Test func `no threshold beats the chosen one`() {
    var random = TestRandom()
    for _ in 0..<200 {
      let (labels, scores) = sample(&random)
      func f1(_ threshold: Double) -> Double {
        ClassificationMetrics(isPositive: labels, probabilities: scores, threshold: threshold).f1
      }
      let chosen = ClassificationMetrics.thresholdMaximisingF1(
        isPositive: labels, probabilities: scores)
      let best = (scores + [0, 1]).map(f1).max() ?? 0
      #expect(f1(chosen) == best, "seed \(random.seed)")
    }
  }

  @Test func `nothing divides by zero`() {
    let none = ClassificationMetrics(isPositive: [], probabilities: [], threshold: 0.5)
    #expect(none.f1 == 0 && none.accuracy == 0 && none.aucPR == 0 && none.aucROC == 0)
    let one = ClassificationMetrics(isPositive: [false], probabilities: [0], threshold: 0.5)
    #expect(one.accuracy == 1 && one.precision == 0 && one.recall == 0 && one.macroF1 == 0.5)
    #expect(ClassificationMetrics.thresholdMaximisingF1(isPositive: [], probabilities: []) == 0.5)
  }
}

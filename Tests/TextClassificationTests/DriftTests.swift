import Foundation
import Testing

@testable import TextClassification

@Suite struct DriftTests {
  @Test func `the index is 0 for the same distribution and grows with the distance`() {
    let training = ScoreDistribution(bins: [50, 10, 10, 10, 20, 0, 0, 0, 0, 0], unseen: 0.1)
    #expect(training.stabilityIndex(against: training) == 0)
    // (0.4 - 0.2) ln 2 + (0.6 - 0.8) ln 0.75, by hand.
    let (now, then) = (
      ScoreDistribution(bins: [4, 6], unseen: 0), ScoreDistribution(bins: [2, 8], unseen: 0)
    )
    #expect(
      abs(now.stabilityIndex(against: then) - (0.2 * log(2.0) - 0.2 * log(0.75))) < 1e-12)
    #expect(ScoreDistribution(bins: [], unseen: 0).stabilityIndex(against: training) == 0)
    let far = ScoreDistribution(bins: [0, 0, 0, 0, 0, 0, 0, 0, 0, 90], unseen: 0)
    #expect(far.stabilityIndex(against: training) > 1)
  }

  @Test func `probabilities fall into ten bins`() throws {
    let found = ScoreDistribution(
      probabilities: [0, 0.05, 0.1, 0.95, 1], unseen: [0.5, 0.1, 0.3, 0.1, 0])
    #expect(found.bins == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2])
    #expect(abs(try #require(found.unseen) - 0.2) < 1e-12)
    #expect(ScoreDistribution(probabilities: [0.5], unseen: []).unseen == nil)
  }

  @Test func `what a model has not met is counted`() throws {
    let scorer = try Fixtures.classifier().scorer(brandNames: Fixtures.brands)
    var scratch = Scratch()
    func unseen(_ text: String) throws -> Double {
      _ = text.withUTF8Bytes { scorer.probability(of: $0, scratch: &scratch) }
      let part = scorer.unseenPartOfLastText(scratch: scratch)
      return try #require(part)
    }
    for example in Fixtures.examples { #expect(try unseen(example.text) == 0) }
    #expect(try unseen("quixotic zebras juggling kumquats") > 0.2)
    #expect(try unseen("") == 0)
  }

  @Test func `of SparkML's models it is not measured, and not said to be nothing`() throws {
    var options = Fixtures.smallOptions
    options.algorithm = .sparkNaiveBayes
    let (model, validation) = try TextClassifierTrainer(options: options)
      .trainAndValidate(Fixtures.examples)
    #expect(validation.distribution.unseen == nil)
    let scorer = model.scorer()
    var scratch = Scratch()
    var tally = ScoreTally()
    for example in Fixtures.examples {
      let probability = example.text.withUTF8Bytes {
        scorer.probability(of: $0, scratch: &scratch)
      }
      tally.add(probability, scorer, scratch: scratch)
    }
    #expect(tally.count == Fixtures.examples.count && tally.looked == 0)
    #expect(tally.distribution.unseen == nil)
  }

  @Test func `n-grams and the intercept sum to the log-odds, each where it stands`() throws {
    let model = try Fixtures.classifier()
    let scorer = model.scorer(brandNames: Fixtures.brands)
    for text in Fixtures.examples.map(\.text) + ["", "refund refund, no refund 😡"] {
      let features = scorer.features(text)
      let logit = features.reduce(model.intercept) { $0 + $1.contribution }
      #expect(abs(Logistic.probability(logit) - scorer.probability(of: text)) < 1e-6)
      let count = text.utf8.count
      #expect(features.allSatisfy { $0.range.upperBound <= count && !$0.range.isEmpty })
    }
    let found = scorer.features("my refund is late")
    #expect(found.contains { $0.kind == .words && $0.range == 0..<9 })
    #expect(found.contains { $0.kind == .characters && $0.range == 3..<9 })
  }
}

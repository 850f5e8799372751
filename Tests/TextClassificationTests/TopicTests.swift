import Bytes
import Foundation
import Machine
import TestSupport
import Testing

@testable import TextClassification

/// Texts of a few topics, and classifiers that have learnt them.
enum TopicFixtures {
  static let words = ["delivery": "parcel", "refund": "refund", "app": "login"]

  static let examples: [LabelledText] = (0..<60).map { number in
    let topic = ["delivery", "refund", "app"][number % 3]
    let fillers = ["my", "the", "@shoply", "again", "two days", "size 10", "!!", "why"]
    let text = "\(fillers[number % 8]) \(words[topic] ?? "") \(fillers[number / 8]) \(number % 7)"
    return LabelledText(
      text: text, isPositive: number % 2 == 0, topic: number % 10 == 9 ? nil : topic)
  }

  static func classifier(
    _ examples: [LabelledText] = examples, options: TrainingOptions = Fixtures.smallOptions
  ) throws -> TextClassifier {
    let classifier = try TextClassifierTrainer(options: options, brandNames: Fixtures.brands)
      .train(examples)
    return try TopicTrainer(brandNames: Fixtures.brands).train(classifier, examples).classifier
  }

  /// More topics than one group of weights holds.
  static func manyTopics() throws -> TextClassifier {
    let examples = (0..<120).map { number in
      LabelledText(
        text: "word\(["a", "b", "c", "d"][number % 4]) thing\(number % 20) refund refund",
        isPositive: number % 2 == 0, topic: "t\(number % 20)")
    }
    return try classifier(examples)
  }
}

@Suite struct TopicTests {
  /// Each topic's probability by the definition in MODEL-FORMAT.md, from counted features.
  private func slowProbabilities(_ classifier: TextClassifier, _ text: String) -> [Double] {
    guard let topics = classifier.topics else { return [] }
    let extractor = FeatureExtractor(
      settings: classifier.features, brands: BrandNames(Fixtures.brands))
    var scratch = Scratch()
    text.withUTF8Bytes { extractor.extract($0, into: &scratch) }
    var counts: [[Int: Double]] = [[:], [:]]
    extractor.forEachFeature(scratch) { feature, _, _, _, _ in
      let key = scratch.features.base[feature].key
      counts[key.block][key.bucket, default: 0] += 1
    }
    var scores = topics.names.indices.map { Double(topics.intercepts[$0 / 16][$0 % 16]) }
    for (block, counts) in counts.enumerated() {
      let squares = counts.reduce(0) {
        let value = (1 + log($1.value)) * Double(classifier.weights[$1.key].idf)
        return $0 + value * value
      }
      guard squares > 0 else { continue }
      let scale =
        (block == 0 ? 1 : classifier.features.characterWeight)
        / max(squares.squareRoot(), classifier.leastNorms[block])
      for (bucket, count) in counts {
        guard let row = topics.buckets.firstIndex(of: UInt32(bucket)) else { continue }
        for topic in scores.indices {
          let weight = topics.weights[row * topics.groupCount + topic / 16][topic % 16]
          scores[topic] += scale * (1 + log(count)) * Double(weight)
        }
      }
    }
    let sum = scores.reduce(0) { $0 + exp($1) }
    return scores.map { exp($0) / sum }
  }

  @Test(arguments: [false, true])
  func `topics are what the definition gives`(many: Bool) throws {
    let classifier = try many ? TopicFixtures.manyTopics() : TopicFixtures.classifier()
    let names = try #require(classifier.topics?.names)
    #expect(names.count == (many ? 20 : 3))
    let scorer = classifier.scorer(brandNames: Fixtures.brands)
    var scratch = Scratch()
    let texts = TopicFixtures.examples.map(\.text) + ["", "refund refund refund", "wordc thing17"]
    for text in texts {
      let expected = slowProbabilities(classifier, text)
      _ = text.withUTF8Bytes { scorer.probability(of: $0, scratch: &scratch) }
      let found = scorer.topicOfLastText(scratch: &scratch)
      let verdict = try #require(found)
      #expect(abs(verdict.probability - (expected.max() ?? 0)) < 1e-4)
      #expect(abs(expected[verdict.place] - verdict.probability) < 1e-4)
      for (name, probability) in scorer.topics(of: text) {
        let place = try #require(names.firstIndex(of: name))
        #expect(abs(probability - expected[place]) < 1e-4)
      }
    }
  }

  @Test func `topics are learnt from the texts that have one, and change no probability`() throws {
    let without = try TextClassifierTrainer(
      options: Fixtures.smallOptions, brandNames: Fixtures.brands
    ).train(TopicFixtures.examples)
    let classifier = try TopicFixtures.classifier()
    #expect(classifier.topics?.exampleCount == 54)
    #expect(try classifier.with(topics: nil) == without)
    let scorer = classifier.scorer(brandNames: Fixtures.brands)
    for example in TopicFixtures.examples where example.topic != nil {
      #expect(scorer.topics(of: example.text).first?.name == example.topic)
    }
    var scratch = Scratch()
    #expect(without.scorer().topicOfLastText(scratch: &scratch) == nil)
    #expect(without.scorer().topics(of: "refund").isEmpty)
  }

  @Test func `words and intercept sum to a topic's score`() throws {
    let classifier = try TopicFixtures.classifier()
    let topics = try #require(classifier.topics)
    let scorer = classifier.scorer(brandNames: Fixtures.brands)
    let text = "why is my refund late, my refund"
    let sums = topics.names.enumerated().map { topic, name in
      scorer.words(of: text, forTopic: name).reduce(Double(topics.intercepts[0][topic])) {
        $0 + $1.contribution
      }
    }
    for (name, probability) in scorer.topics(of: text) {
      let place = try #require(topics.names.firstIndex(of: name))
      #expect(abs(Softmax.probabilities(sums)[place] - probability) < 1e-4)
    }
    #expect(scorer.words(of: text, forTopic: "refund").first?.word(in: text) == "refund")
    #expect(scorer.words(of: text, forTopic: "nothing").isEmpty)
  }

  @Test func `the objective is the plain one, with a column's weights side by side`() {
    var random = TestRandom()
    for _ in 0..<30 {
      let classes = random.int(2..<20)
      var rows = SparseRows<Float>()
      rows.columnCount = random.int(1..<8)
      let labels = (0..<random.int(3..<20)).map { _ in random.int(0..<classes) }
      for _ in labels {
        for column in 0..<rows.columnCount where random.int(0..<2) == 0 {
          rows.columns.append(UInt32(column))
          rows.values.append(Float(random.double(-2...2)))
        }
        rows.endRow()
      }
      let weights = ClassWeights.balanced.rowWeights(labels, classCount: classes)
      let fast = TopicObjective(
        rows: rows, labels: labels, classCount: classes, rowWeights: weights, penalty: 0.3)
      let plain = SoftmaxObjective(
        rows: rows, labels: labels, classCount: classes, rowWeights: weights, penalty: 0.3)
      let point = (0..<fast.parameterCount).map { _ in random.double(-2...2) }
      /// The place in one layout of each parameter of the other.
      func plainPlace(_ place: Int) -> Int {
        let (column, label) = place.quotientAndRemainder(dividingBy: classes)
        return column == rows.columnCount
          ? column * classes + label : label * rows.columnCount + column
      }
      var moved = point
      for place in point.indices { moved[plainPlace(place)] = point[place] }
      var gradient = [Double](repeating: .nan, count: point.count)
      var expected = gradient
      #expect(abs(fast(point, &gradient) - plain(moved, &expected)) < 1e-4, "seed \(random.seed)")
      for place in point.indices {
        let distance = abs(gradient[place] - expected[plainPlace(place)])
        #expect(distance < 1e-4, "seed \(random.seed)")
      }
    }
  }

  @Test func `each text is judged by a model that has not seen it`() throws {
    // The topic hangs on a word that no other fold has: nobody can know it.
    let examples = (0..<40).map { number in
      LabelledText(
        text: "unique\(["q", "w", "e", "r"][number % 4])\(["t", "z"][number / 4 % 2]) same",
        isPositive: number % 2 == 0, topic: number % 4 < 2 ? "left" : "right")
    }
    let classifier = try TextClassifierTrainer(options: Fixtures.smallOptions).train(examples)
    let folds = examples.indices.map { $0 % 4 }
    let trainer = TopicTrainer()
    let validation = try #require(try trainer.train(classifier, examples, folds: folds).validation)
    #expect(validation.metrics.count == 40)
    #expect(validation.metrics.accuracy == 0)
    let known = try trainer.train(classifier, examples, folds: examples.indices.map { $0 / 20 })
    #expect(known.validation?.metrics.accuracy == 1)
  }

  @Test func `what the folds show makes the model's scores that much larger`() throws {
    let plain = try TopicFixtures.classifier()
    let examples = TopicFixtures.examples
    let learnt = try TopicTrainer(brandNames: Fixtures.brands).train(
      plain, examples, folds: examples.indices.map { $0 % 5 })
    let factor = try #require(learnt.validation).sharpness
    #expect(abs(factor - 1) > 0.01)
    let before = try #require(plain.topics)
    let after = try #require(learnt.classifier.topics)
    for (small, large) in zip(before.weights, after.weights) {
      for topic in 0..<3 {
        #expect(abs(Double(large[topic]) - factor * Double(small[topic])) < 1e-3 * factor)
      }
    }
  }

  @Test func `a prior teaches topics and is not tested on`() throws {
    let own = Fixtures.examples
    let classifier = try TextClassifierTrainer(
      options: Fixtures.smallOptions, prior: TopicFixtures.examples
    ).train(own)
    let learnt = try TopicTrainer().train(
      classifier, own, prior: TopicFixtures.examples, folds: own.indices.map { $0 % 2 })
    #expect(learnt.validation == nil)
    #expect(learnt.classifier.topics?.names == ["app", "delivery", "refund"])
  }

  @Test func `what cannot be learnt is refused`() throws {
    let examples = Fixtures.examples.map {
      LabelledText(text: $0.text, isPositive: $0.isPositive, topic: "one")
    }
    #expect(throws: TrainingError.self) { try TopicFixtures.classifier(examples) }
    #expect(throws: TrainingError.self) { try TopicFixtures.classifier(Fixtures.examples) }
    var options = Fixtures.smallOptions
    options.algorithm = .sparkNaiveBayes
    #expect(throws: TrainingError.self) { try TopicFixtures.classifier(options: options) }
  }

  @Test func `metrics agree with their definitions`() {
    var random = TestRandom()
    for _ in 0..<100 {
      let truth = (0..<random.int(1..<40)).map { _ in random.int(0..<4) }
      let told = truth.map { _ in random.int(0..<4) }
      let metrics = TopicMetrics(names: ["a", "b", "c", "d"], truth: truth, told: told)
      let pairs = zip(truth, told)
      var f1s: [Double] = []
      for topic in 0..<4 {
        let hits = Double(pairs.count { $0 == topic && $1 == topic })
        let precision = hits / max(1, Double(told.count { $0 == topic }))
        let recall = hits / max(1, Double(truth.count { $0 == topic }))
        #expect(metrics.precision(of: topic) == precision)
        #expect(metrics.recall(of: topic) == recall)
        let f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
        #expect(abs(metrics.f1(of: topic) - f1) < 1e-12)
        if truth.contains(topic) || told.contains(topic) { f1s.append(f1) }
      }
      let mean = f1s.reduce(0, +) / Double(f1s.count)
      #expect(abs(metrics.macroF1 - mean) < 1e-12, "seed \(random.seed)")
      #expect(metrics.accuracy == Double(pairs.count { $0 == $1 }) / Double(truth.count))
    }
  }

  @Test func `the factor for all scores has the least loss`() {
    var random = TestRandom()
    let scores = (0..<200).map { _ in (0..<3).map { _ in random.double(-2...2) } }
    let labels = scores.map { scores in
      random.int(0..<3) == 0 ? random.int(0..<3) : scores.firstIndex(of: scores.max() ?? 0) ?? 0
    }
    func loss(_ factor: Double) -> Double {
      zip(scores, labels).reduce(0) {
        $0 - log(Softmax.probabilities($1.0.map { $0 * factor })[$1.1])
      }
    }
    let found = Sharpness.fit(scores: scores, labels: labels)
    for factor in stride(from: 0.05, to: 8, by: 0.05) {
      #expect(loss(found) <= loss(factor) + 1e-9, "seed \(random.seed)")
    }
  }
}

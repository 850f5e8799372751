import Foundation
import Testing

@testable import TextClassification

@Suite struct ClassifierTests {
  @Test func `it learns its examples`() throws {
    let scorer = try Fixtures.classifier().scorer(brandNames: Fixtures.brands)
    for example in Fixtures.examples {
      #expect(scorer.predict(example.text) == (example.isPositive ? "complaint" : "other"))
    }
  }

  @Test func `the same input gives the same bytes`() throws {
    var options = Fixtures.smallOptions
    options.threshold = .maximiseF1
    options.folds = 3
    let first = try Fixtures.classifier(options).encode()
    #expect(try Fixtures.classifier(options).encode() == first)
  }

  @Test func `another brand's name in the brand's place gives the same probability`() throws {
    let model = try Fixtures.classifier()
    let ours = model.scorer(brandNames: Fixtures.brands)
    let theirs = model.scorer(brandNames: ["Zonda", "@ZondaHelp"])
    let unnamed = model.scorer()
    for example in Fixtures.examples where example.text.contains("shoply") {
      let text = example.text.replacingOccurrences(of: "shoply", with: "zonda")
      #expect(ours.probability(of: example.text) == theirs.probability(of: text))
      #expect(unnamed.probability(of: text) != theirs.probability(of: text))
    }
  }

  @Test func `contributions and intercept sum to the log-odds`() throws {
    let model = try Fixtures.classifier()
    let scorer = model.scorer(brandNames: Fixtures.brands)
    for example in Fixtures.examples + [LabelledText(text: "no no no refund", isPositive: true)] {
      let words = scorer.explain(example.text)
      let logit = words.reduce(model.intercept) { $0 + $1.contribution }
      let distance = Logistic.probability(logit) - scorer.probability(of: example.text)
      #expect(abs(distance) < 1e-6)
      let strengths = words.map(\.contribution.magnitude)
      #expect(strengths == strengths.sorted(by: >))
    }
  }

  @Test func `a text with less in it than the least norm is as much less telling`() throws {
    let model = try Fixtures.classifier()
    let scorer = model.scorer(brandNames: Fixtures.brands)
    // The median text of those that were learnt from has more.
    #expect(model.leastNorms[0] > 0 && model.leastNorms[1] > 0)
    var (shorter, longer) = (0, 0)
    for text in Fixtures.examples.map(\.text) + ["refund", "late", "?", "shoply", "my parcel", ""] {
      var scratch = Scratch()
      text.withUTF8Bytes { scorer.extractor.extract($0, into: &scratch) }
      var (sums, squares) = ([0.0, 0.0], [0.0, 0.0])
      for index in 0..<scratch.featureCount {
        let feature = scratch.features.base[index]
        let entry = model.weights[feature.key.bucket]
        let frequency = 1 + log(Double(feature.count))
        sums[feature.key.block] += frequency * Double(entry.weight)
        squares[feature.key.block] += pow(frequency * Double(entry.idf), 2)
      }
      var logit = model.intercept
      for block in 0..<2 where squares[block] > 0 {
        let norm = squares[block].squareRoot()
        if norm < model.leastNorms[block] { shorter += 1 } else { longer += 1 }
        logit +=
          sums[block] / max(norm, model.leastNorms[block])
          * (block == 0 ? 1 : model.features.characterWeight)
      }
      #expect(abs(Logistic.probability(logit) - scorer.probability(of: text)) < 1e-5, "\(text)")
    }
    #expect(shorter > 4 && longer > 20)
  }

  @Test func `the least norm is half the median of those that training texts have`() {
    #expect(BlockScales.leastNorms(of: []) == SIMD2())
    let squares = [[16, 0], [0, 0], [4, 9], [100, 0], [1, 0], [9, 0]].map {
      SIMD2(Double($0[0]), Double($0[1]))
    }
    #expect(BlockScales.leastNorms(of: squares) == SIMD2(1.5, 1.5))
  }

  @Test func `models learnt apart are averaged by the characters' weight`() throws {
    let text = "where is my refund shoply, the zip is broken"
    /// Uncalibrated, of buckets that no two features share.
    func logOdds(_ weight: Double?) throws -> Double {
      var options = TrainingOptions()
      options.learnsBlocksApart = true
      options.features.bucketBits = 24
      if let weight {
        options.features.characterWeight = weight
      } else {
        options.features.characterNgrams = nil
      }
      let probability = try Fixtures.classifier(options).scorer(brandNames: Fixtures.brands)
        .probability(of: text)
      return log(probability / (1 - probability))
    }
    let words = try logOdds(nil)
    let characters = try 2 * logOdds(1) - words
    #expect(abs(characters - words) > 0.01)
    for weight in [0, 0.25, 4] {
      let mean = (words + weight * characters) / (1 + weight)
      #expect(abs(try logOdds(weight) - mean) < 1e-3, "\(weight)")
    }
  }

  @Test func `words are explained as they stand in the text`() throws {
    let scorer = try Fixtures.classifier().scorer(brandNames: Fixtures.brands)
    let text = "Where’s my REFUND @Shoply_Care, you don t reply"
    let words = scorer.explain(text).map { $0.word(in: text) }
    #expect(
      Set(words) == ["Where’s", "my", "REFUND", "@Shoply_Care", "you", "don t", "reply"])
    let refund = try #require(scorer.explain(text).first { $0.word(in: text) == "REFUND" })
    #expect(refund.contribution > 0)
  }

  @Test func `the few deciding words are the first of all`() throws {
    let scorer = try Fixtures.classifier().scorer(brandNames: Fixtures.brands)
    var scratch = Scratch()
    for example in Fixtures.examples {
      let all = scorer.explain(example.text)
      for limit in 0...all.count + 1 {
        let few = example.text.withUTF8Bytes {
          scorer.decidingWords(of: $0, scratch: &scratch, limit: limit)
        }
        #expect(few == Array(all.prefix(limit)))
      }
    }
  }

  @Test func `a used scratch gives what a new one gives, and any bytes give a probability`() throws
  {
    var random = TestRandom()
    let scorer = try Fixtures.classifier().scorer(brandNames: Fixtures.brands)
    var used = Scratch()
    for _ in 0..<500 {
      let bytes = random.bytes(random.int(0..<2_000))
      bytes.withUnsafeBytes { bytes in
        var new = Scratch()
        let probability = scorer.probability(of: bytes, scratch: &used)
        #expect(probability == scorer.probability(of: bytes, scratch: &new), "seed \(random.seed)")
        #expect((0...1).contains(probability))
        #expect(scorer.explain(bytes, scratch: &used).count == used.tokenCount)
      }
    }
  }

  @Test func `what follows the first 64 KiB does not count`() throws {
    let scorer = try Fixtures.classifier().scorer()
    let long = String(repeating: "a.b.c.d ", count: Limits.textBytes / 8)
    #expect(scorer.probability(of: long) == scorer.probability(of: long + "refund refund"))
  }
}

@Suite struct TrainingTests {
  @Test func `what cannot be trained is refused`() {
    let trainer = TextClassifierTrainer()
    #expect(throws: TrainingError.noExamples) { try trainer.train([]) }
    let positives = Fixtures.examples.filter(\.isPositive)
    #expect(throws: TrainingError.oneClassOnly(label: "complaint")) { try trainer.train(positives) }
    let uneven = positives + [LabelledText(text: "fine", isPositive: false)]
    #expect(throws: TrainingError.tooFewForFolds(label: "other", count: 1, folds: 5)) {
      try trainer.crossValidate(uneven)
    }
    for change: (inout TrainingOptions) -> Void in [
      { $0.regularisation = 0 }, { $0.regularisation = .nan }, { $0.folds = 1 },
      { $0.threshold = .fixed(1.1) }, { $0.features.bucketBits = 40 },
      { $0.features.wordNgrams = 0...1 }, { $0.features.characterNgrams = 3...9 },
      { $0.features.characterWeight = -.infinity },
      { $0.labels.positive = String(repeating: "x", count: 257) },
    ] {
      var options = TrainingOptions()
      change(&options)
      #expect(throws: TrainingError.self) {
        try TextClassifierTrainer(options: options).train(Fixtures.examples)
      }
    }
  }

  @Test func `texts without a single feature can be trained and scored`() throws {
    let empty = [true, false].map { LabelledText(text: "", isPositive: $0) }
    #expect(try TextClassifierTrainer().train(empty).scorer().probability(of: "") == 0.5)
  }

  @Test func `folds hold each class in equal parts and change with the seed`() {
    let labels = (0..<103).map { $0 % 4 == 0 }
    let folds = StratifiedFolds.assign(isPositive: labels, groups: nil, folds: 5, seed: 1)
    for label in [true, false] {
      let sizes = (0..<5).map { fold in
        zip(folds, labels).count { $0 == fold && $1 == label }
      }
      let spread = (sizes.max() ?? 0) - (sizes.min() ?? 0)
      #expect(spread <= 1)
    }
    #expect(folds == StratifiedFolds.assign(isPositive: labels, groups: nil, folds: 5, seed: 1))
    #expect(folds != StratifiedFolds.assign(isPositive: labels, groups: nil, folds: 5, seed: 2))
  }

  @Test func `near-identical texts stay in one fold when asked`() throws {
    var options = Fixtures.smallOptions
    options.keepsNearDuplicatesTogether = true
    options.folds = 3
    let copies = [
      "Order 123456 is late!", "order 99 is late", "ORDER £5 is LATE…", "order 7777777 is late 😭",
      "my order 1 is late",
    ].map { LabelledText(text: $0, isPositive: true) }
    let result = try TextClassifierTrainer(options: options)
      .crossValidate(Fixtures.examples + copies)
    #expect(Set(result.folds.suffix(5)).count == 1)
  }

  @Test func `each example is judged by a model that has not seen it`() throws {
    let folds = Fixtures.examples.indices.map { $0 % 4 }
    var options = Fixtures.smallOptions
    options.calibrates = false
    let trainer = TextClassifierTrainer(options: options, brandNames: Fixtures.brands)
    var steps: [TrainingProgress] = []
    let result = try trainer.crossValidate(Fixtures.examples, folds: folds) { steps.append($0) }
    #expect(steps.first == .readingTexts(Fixtures.examples.count))
    #expect(steps.last == .fold(index: 4, count: 4))
    for fold in 0..<4 {
      let rest = Fixtures.examples.indices.filter { $0 % 4 != fold }.map { Fixtures.examples[$0] }
      let scorer = try trainer.train(rest).scorer(brandNames: Fixtures.brands)
      for row in Fixtures.examples.indices where row % 4 == fold {
        let probability = scorer.probability(of: Fixtures.examples[row].text)
        let distance = abs(probability - result.probabilities[row])
        #expect(distance < 1e-5)
      }
    }
  }
}

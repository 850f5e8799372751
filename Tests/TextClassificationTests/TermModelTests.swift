import Testing

@testable import TextClassification

/// SparkML's pipelines as models that are kept and asked as others are.
@Suite struct TermModelTests {
  private static let algorithms: [TrainingOptions.Algorithm] = [
    .sparkLinearSVC, .sparkLogisticRegression, .sparkNaiveBayes,
  ]

  private func classifier(_ algorithm: TrainingOptions.Algorithm) throws -> TextClassifier {
    var options = TrainingOptions()
    options.algorithm = algorithm
    let examples = Fixtures.examples + Fixtures.examples + Fixtures.examples
    return try TextClassifierTrainer(options: options).train(examples)
  }

  @Test(arguments: algorithms)
  func `it learns its examples, and its file is itself`(
    algorithm: TrainingOptions.Algorithm
  ) throws {
    let model = try classifier(algorithm)
    #expect(model.algorithm == algorithm && model.threshold == 0.5)
    let scorer = model.scorer()
    for example in Fixtures.examples {
      #expect(scorer.predict(example.text) == (example.isPositive ? "complaint" : "other"))
    }
    let read = try TextClassifier(decoding: model.encode())
    #expect(read == model)
    for end in stride(from: 0, to: model.encode().count, by: 7) {
      #expect(throws: ModelFormatError.self) {
        try TextClassifier(decoding: Array(model.encode().prefix(end)))
      }
    }
  }

  @Test(arguments: algorithms)
  func `contributions and the score of no words sum to the score`(
    algorithm: TrainingOptions.Algorithm
  ) throws {
    let model = try classifier(algorithm)
    let terms = try #require(model.terms)
    let scorer = model.scorer()
    for text in Fixtures.examples.map(\.text) + ["", "nothing known http://x.y here", "a,b c"] {
      let words = scorer.explain(text)
      let sum = words.reduce(terms.score(of: [], algorithm)) { $0 + $1.contribution }
      let score = terms.score(of: TermModel.words(of: text), algorithm)
      #expect(abs(sum - score) < 1e-9, "\(text)")
    }
  }

  @Test func `a presets' name is read as it is written`() {
    for algorithm in TrainingOptions.Algorithm.allCases {
      #expect(TrainingOptions.Algorithm(name: algorithm.name) == algorithm)
    }
    #expect(TrainingOptions.Algorithm(name: "spark") == nil)
  }
}

import Foundation
import Testing

@testable import TextClassification

/// The usual Spark pipeline for tweets, against what SparkML itself made of it: tokens, vocabulary,
/// weights, scores and predictions of a fixed split.
@Suite(.enabled(if: SeedData.isPresent, SeedData.absence))
struct SparkParityTests {
  private struct Reference: Decodable {
    struct Linear: Decodable {
      var intercept: Double
      var coefficients: [Double]
      var objectiveHistory: [Double]
    }
    struct Bayes: Decodable {
      var pi: [Double]
      var theta0: [Double]
      var theta1: [Double]
    }
    var vocabulary: [String]
    var idf: [Double]
    var docFreq: [Int]
    var svc: Linear
    var svc500: Linear
    var lr1000: Linear
    var nb: Bayes
  }

  private struct Split {
    var reference: Reference
    var texts: [String]
    var labels: [Int]
    var isTraining: [Bool]
    /// By column name, a value a row.
    var columns: [String: [Double]]

    init() throws {
      reference = try JSONDecoder().decode(
        Reference.self, from: SeedData.data("spark_reference_model.json"))
      let seed = try SeedData.rows("asos_seed.csv")
      texts = seed.map { String($0[1]) }
      labels = seed.map { $0[0] == "1" ? 1 : 0 }
      let text = String(decoding: try SeedData.data("spark_reference.csv"), as: UTF8.self)
      let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
      isTraining = lines.dropFirst().map { $0[1] == "train" }
      columns = [:]
      for (place, name) in lines[0].enumerated() where place > 1 {
        columns[String(name)] = lines.dropFirst().compactMap { Double($0[place]) }
      }
    }

    func training<Value>(_ values: [Value]) -> Examples<Value> {
      let rows = values.indices.filter { isTraining[$0] }
      return Examples(rows.map { values[$0] }, labels: rows.map { labels[$0] })
    }
  }

  private let split: Split
  private let tokens: [[String]]
  private let vectors: [SparseVector]

  init() throws {
    split = try Split()
    let tokenizer = PostCleaner().then(RegexTokenizer()).then(StopWordsRemover())
    let reading = try tokenizer.fit(Examples([]))
    tokens = split.texts.map { reading.transform($0) }
    // SparkML leaves the order of equally frequent terms open; its own makes columns comparable.
    let terms = CountVectorizerModel(vocabulary: split.reference.vocabulary)
    let counts = tokens.map { terms.transform($0) }
    let idf = try IDF(minDocFreq: 3).fit(split.training(counts))
    #expect(zip(idf.idf, split.reference.idf).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(idf.docFreq == split.reference.docFreq)
    vectors = counts.map { idf.transform($0) }
  }

  /// The largest distance between scores and a column of SparkML's, and the rows predicted
  /// otherwise.
  private func difference<Model: Transformer<SparseVector, Prediction>>(
    _ model: Model, _ name: String
  ) -> (score: Double, predictions: Int) {
    var score = 0.0
    var predictions = 0
    for (row, vector) in vectors.enumerated() {
      let prediction = model.transform(vector)
      score = max(
        score, abs(prediction.rawScores[0] - (split.columns["\(name)_raw0"]?[row] ?? .nan)))
      if Double(prediction.label) != split.columns["\(name)_pred"]?[row] { predictions += 1 }
    }
    return (score, predictions)
  }

  @Test func `tokens and vocabulary are SparkML's`() throws {
    let features = try JSONSerialization.jsonObject(
      with: SeedData.data("spark_reference_features.json"))
    let rows = try #require(features as? [String: [Any]])
    for (row, tokens) in tokens.enumerated() {
      #expect(rows["\(row)"]?[0] as? [String] == tokens)
    }
    let model = try CountVectorizer().fit(split.training(tokens))
    #expect(Set(model.vocabulary) == Set(split.reference.vocabulary))
    #expect(model.vocabulary.count == split.reference.vocabulary.count)
    let counts = split.training(tokens).values.reduce(into: [String: Int]()) { counts, tokens in
      for token in tokens { counts[token, default: 0] += 1 }
    }
    #expect(
      model.vocabulary.map { counts[$0] } == split.reference.vocabulary.map { counts[$0] })
  }

  @Test func `SparkML's own weights give its scores`() {
    let reference = split.reference
    let svc = difference(
      LinearSVCModel(weights: reference.svc.coefficients, intercept: reference.svc.intercept),
      "svc")
    #expect(svc.score < 1e-9 && svc.predictions == 0)
    let logistic = difference(
      LogisticRegressionModel(
        weights: reference.lr1000.coefficients, intercept: reference.lr1000.intercept), "lr1000")
    #expect(logistic.score < 1e-9 && logistic.predictions == 0)
    let bayes = difference(
      NaiveBayesModel(
        intercepts: reference.nb.pi, weights: [reference.nb.theta0, reference.nb.theta1]), "nb")
    #expect(bayes.score < 1e-9 && bayes.predictions == 0)
  }

  @Test func `logistic regression ends at SparkML's optimum`() throws {
    var learner = LogisticRegression()
    learner.regParam = 0.01
    learner.maxIter = 1_000
    learner.tolerance = 1e-9
    let model = try learner.fit(split.training(vectors))
    #expect(abs(model.objective - 0.098_339_210_11) < 1e-8)
    let found = difference(model, "lr1000")
    #expect(found.score < 1e-4 && found.predictions == 0)
    #expect(difference(model, "lr").predictions == 0)
  }

  @Test func `naive Bayes is SparkML's`() throws {
    let found = difference(try NaiveBayes().fit(split.training(vectors)), "nb")
    #expect(found.score < 1e-9 && found.predictions == 0)
  }

  @Test func `the support vector machine is at least as good in as many iterations`() throws {
    var learner = LinearSVC()
    learner.regParam = 0.1
    for (iterations, reference) in [(10, split.reference.svc), (500, split.reference.svc500)] {
      learner.maxIter = iterations
      let model = try learner.fit(split.training(vectors))
      let bound = try #require(reference.objectiveHistory.last)
      #expect(model.objective <= bound, "\(iterations) iterations")
    }
  }

  /// What `train --algorithm spark-…` keeps is the same pipeline, fitted by itself.
  @Test(arguments: [
    (TrainingOptions.Algorithm.sparkLogisticRegression, "lr"), (.sparkNaiveBayes, "nb"),
  ])
  func `the presets predict as SparkML's pipelines do`(
    algorithm: TrainingOptions.Algorithm, name: String
  ) throws {
    var options = TrainingOptions()
    options.algorithm = algorithm
    let examples = zip(split.texts, split.labels).map {
      LabelledText(text: $0, isPositive: $1 == 1)
    }
    let training = examples.indices.filter { split.isTraining[$0] }.map { examples[$0] }
    let scorer = try TextClassifierTrainer(options: options).train(training).scorer()
    let terms = try #require(scorer.classifier.terms)
    for (row, text) in split.texts.enumerated() {
      let scores = terms.rawScores(of: TermModel.words(of: text))
      let wanted = try #require(split.columns["\(name)_raw0"]?[row])
      if algorithm == .sparkNaiveBayes { #expect(abs(scores[0] - wanted) < 1e-9) }
      let label: Double = scorer.isPositive(scorer.probability(of: text)) ? 1 : 0
      #expect(label == split.columns["\(name)_pred"]?[row])
    }
  }
}

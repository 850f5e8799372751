import Testing

@testable import TextClassification

/// Learners against what scikit-learn learns from the same rows. Linear models are held to the
/// minimum of the objective, which both state alike.
@Suite struct GoldenLearnersTests {
  private struct Content: Decodable {
    var problems: [Golden.Problem]
    var logistic: [Logistic]
    var vectors: [Vectors]
    var bayes: [Bayes]
  }

  private struct Logistic: Decodable {
    var problem: Int
    var regParam: Double
    var elasticNetParam: Double
    var standardization: Bool
    var fitIntercept: Bool
    var isBalanced: Bool
    var weights: [[Double]]
    var intercepts: [Double]
    var objective: Double
    /// Of the first rows.
    var probabilities: [[Double]]
  }

  private struct Vectors: Decodable {
    var problem: Int
    var loss: String
    var c: Double
    var weights: [Double]
    var intercept: Double
    var objective: Double
  }

  private struct Bayes: Decodable {
    var problem: Int
    var kind: String
    var smoothing: Double
    /// Of the first rows, as the probabilities.
    var scores: [[Double]]
    var probabilities: [[Double]]
    /// Of all rows.
    var predictions: [Int]
  }

  private let content: Content

  init() throws { content = try Golden.read("learners") }

  @Test func `logistic regression ends at scikit-learn's optimum`() throws {
    #expect(content.logistic.count == 11)
    for (place, wanted) in content.logistic.enumerated() {
      let examples = content.problems[wanted.problem].examples
      var learner = LogisticRegression()
      (learner.regParam, learner.elasticNetParam) = (wanted.regParam, wanted.elasticNetParam)
      learner.standardization = wanted.standardization
      learner.fitIntercept = wanted.fitIntercept
      learner.classWeights = wanted.isBalanced ? .balanced : .uniform
      (learner.tolerance, learner.maxIter) = (1e-10, 5_000)
      let model = try learner.fit(examples)
      #expect(abs(model.objective - wanted.objective) < 1e-9, "case \(place)")
      #expect(Golden.distance(model.weights, wanted.weights) < 1e-5, "case \(place)")
      #expect(Golden.distance(model.intercepts, wanted.intercepts) < 1e-5, "case \(place)")
      let probabilities = examples.values.prefix(wanted.probabilities.count).map {
        model.transform($0).probabilities
      }
      #expect(Golden.distance(probabilities, wanted.probabilities) < 1e-6, "case \(place)")
      // An L1 penalty's zeros are zeros, not small numbers.
      let zeros = { (weights: [[Double]]) in weights.joined().map { $0 == 0 } }
      #expect(zeros(model.weights) == zeros(wanted.weights), "case \(place)")
    }
  }

  @Test func `support vector machines end at liblinear's optimum`() throws {
    for wanted in content.vectors {
      var learner = DualCoordinateSVC()
      learner.loss = wanted.loss == "hinge" ? .hinge : .squaredHinge
      learner.c = wanted.c
      (learner.tolerance, learner.maxIter) = (1e-10, 1_000_000)
      let model = try learner.fit(content.problems[wanted.problem].examples)
      #expect(abs(model.objective - wanted.objective) < 1e-8, "\(wanted.loss), C \(wanted.c)")
      #expect(Golden.distance(model.weights, wanted.weights) < 1e-6, "\(wanted.loss)")
      #expect(abs(model.intercept - wanted.intercept) < 1e-6, "\(wanted.loss)")
    }
  }

  @Test func `naive Bayes is scikit-learn's`() throws {
    #expect(content.bayes.count == 12)
    for wanted in content.bayes {
      let examples = content.problems[wanted.problem].examples
      let kind: NaiveBayes.ModelType =
        switch wanted.kind {
        case "multinomial": .multinomial
        case "complement": .complement
        default: .bernoulli
        }
      let model = try NaiveBayes(kind, smoothing: wanted.smoothing).fit(examples)
      let found = examples.values.map { model.transform($0) }
      let first = found.prefix(wanted.scores.count)
      let name: Comment = "\(wanted.kind), problem \(wanted.problem)"
      #expect(Golden.distance(first.map(\.rawScores), wanted.scores) < 1e-9, name)
      #expect(Golden.distance(first.map(\.probabilities), wanted.probabilities) < 1e-9, name)
      #expect(found.map(\.label) == wanted.predictions, name)
    }
  }
}

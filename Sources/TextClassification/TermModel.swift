/// The usual Spark pipeline for tweets, fitted: addresses and punctuation taken out, words, without
/// stop words, counted, weighted by rarity, and a learner that is linear in them.
struct TermModel: Sendable, Equatable {
  /// By a term's place: how rare it is.
  let idf: [Double]
  /// Each class's score of a text without terms.
  let intercepts: [Double]
  /// Each class's weight of each term.
  let weights: [[Double]]
  private let vectorizer: CountVectorizerModel

  var terms: [String] { vectorizer.vocabulary }

  /// As many factors as terms, and of each class as many weights; two classes.
  init(terms: [String], idf: [Double], intercepts: [Double], weights: [[Double]]) {
    self.idf = idf
    self.intercepts = intercepts
    self.weights = weights
    vectorizer = CountVectorizerModel(vocabulary: terms)
  }

  static func == (left: Self, right: Self) -> Bool {
    left.terms == right.terms && left.idf == right.idf && left.intercepts == right.intercepts
      && left.weights == right.weights
  }

  /// The words that a text is taken for.
  static func words(of text: String) -> [String] {
    StopWordsRemover().transform(RegexTokenizer().transform(PostCleaner().transform(text)))
  }

  /// SparkML's `rawPrediction` of words.
  func rawScores(of words: [String]) -> [Double] {
    let vector = IDFModel(idf: idf).transform(vectorizer.transform(words))
    return zip(weights, intercepts).map { vector.dot($0) + $1 }
  }

  /// The log-odds of the positive class, as the learner takes them: a support vector machine's are
  /// its margin, which means no probability.
  func score(of words: [String], _ algorithm: TrainingOptions.Algorithm) -> Double {
    let scores = rawScores(of: words)
    return algorithm == .sparkNaiveBayes ? scores[1] - scores[0] : scores[1]
  }

  /// What a term adds to the score, each time that it stands in a text.
  func contribution(of word: String, _ algorithm: TrainingOptions.Algorithm) -> Double {
    guard let place = vectorizer.place(of: word) else { return 0 }
    let weight =
      algorithm == .sparkNaiveBayes ? weights[1][place] - weights[0][place] : weights[1][place]
    return idf[place] * weight
  }
}

extension TermModel {
  /// Fits the pipeline to `rows` of texts.
  init(
    _ texts: TermTexts, rows: [Int], isPositive: [Bool], _ algorithm: TrainingOptions.Algorithm
  ) throws(TrainingError) {
    let (terms, rarity, vectors) = try texts.weighted(
      rows, labels: rows.map { isPositive[$0] ? 1 : 0 })
    let intercepts: [Double]
    let weights: [[Double]]
    switch algorithm {
    case .sparkNaiveBayes:
      let model = try NaiveBayes().fit(vectors)
      (intercepts, weights) = (model.intercepts, model.weights)
    case .sparkLinearSVC:
      var learner = LinearSVC()
      (learner.maxIter, learner.regParam) = (10, 0.1)
      let model = try learner.fit(vectors)
      (intercepts, weights) = Self.bothWays(model.intercept, model.weights)
    case .sparkLogisticRegression, .logisticRegression:
      var learner = LogisticRegression()
      (learner.maxIter, learner.regParam) = (100, 0.01)
      let model = try learner.fit(vectors)
      (intercepts, weights) = Self.bothWays(model.intercepts[0], model.weights[0])
    }
    self.init(
      terms: terms, idf: rarity.idf, intercepts: intercepts, weights: weights)
  }

  /// A binary learner's margin, and minus it for class 0.
  private static func bothWays(
    _ intercept: Double, _ weights: [Double]
  ) -> (intercepts: [Double], weights: [[Double]]) {
    ([-intercept, intercept], [weights.map { -$0 }, weights])
  }
}

/// How a classifier is trained.
public struct TrainingOptions: Sendable, Equatable {
  /// The kinds of model there are.
  public enum Algorithm: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    /// L2-penalised logistic regression of hashed n-grams, trained to convergence by L-BFGS.
    case logisticRegression = 1
    /// The usual Spark pipeline for tweets with its LinearSVC(maxIter = 10, regParam = 0.1).
    case sparkLinearSVC = 2
    /// The same with LogisticRegression(maxIter = 100, regParam = 0.01).
    case sparkLogisticRegression = 3
    /// The same with NaiveBayes(smoothing = 1).
    case sparkNaiveBayes = 4

    /// As commands and manifests name it.
    public var name: String {
      switch self {
      case .logisticRegression: "logistic-regression"
      case .sparkLinearSVC: "spark-linear-svc"
      case .sparkLogisticRegression: "spark-logistic-regression"
      case .sparkNaiveBayes: "spark-naive-bayes"
      }
    }

    /// The name.
    public var description: String { name }

    /// The kind of a name; nil where there is none.
    public init?(name: String) {
      guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
      self = found
    }
  }

  /// From which probability on a text is taken for the positive class. The goals are aimed at on
  /// predictions for examples that a model has not seen.
  public enum ThresholdGoal: Sendable, Equatable, CustomStringConvertible {
    /// Where the learner itself draws the line, were both classes equally frequent.
    case evenOdds
    /// This probability, within 0...1.
    case fixed(Double)
    /// The probability that gives the best F1.
    case maximiseF1
    /// The lowest probability that still gives this precision, within 0...1: as many of the
    /// positive class as can be found with so few false alarms.
    case precision(Double)
    /// The highest probability that still gives this recall, within 0...1.
    case recall(Double)

    /// Whether a cross-validation has to find it.
    public var isSought: Bool {
      switch self {
      case .evenOdds, .fixed: false
      case .maximiseF1, .precision, .recall: true
      }
    }

    /// As `init(_:)` reads it.
    public var description: String {
      switch self {
      case .evenOdds: "even-odds"
      case .fixed(let threshold): "\(threshold)"
      case .maximiseF1: "f1"
      case .precision(let least): "precision=\(least)"
      case .recall(let least): "recall=\(least)"
      }
    }

    /// `f1`, `precision=0.9`, `recall=0.95`, `even-odds` or a probability; nil for what is none.
    public init?(_ text: String) {
      let parts = text.split(separator: "=", maxSplits: 1)
      let value = parts.last.flatMap { Double($0) }.flatMap { (0...1).contains($0) ? $0 : nil }
      switch (parts.first, parts.count, value) {
      case ("f1", 1, _): self = .maximiseF1
      case ("even-odds", 1, _): self = .evenOdds
      case ("precision", 2, let value?): self = .precision(value)
      case ("recall", 2, let value?): self = .recall(value)
      case (_, 1, let value?): self = .fixed(value)
      default: return nil
      }
    }
  }

  /// The kind of model.
  public var algorithm = Algorithm.logisticRegression
  /// Strength of the L2 penalty, above 0: scikit-learn's 1 / C.
  public var regularisation = 0.1
  /// How much of a prior's scores goes into the model, within 0...1, where there is a prior.
  public var priorWeight = 0.4
  /// How much each class counts.
  public var classWeights = ClassWeights.balanced
  /// How much more a rare feature counts than a frequent one: its IDF to this power, within 0...4.
  public var rarityPower = 1.5
  /// Whether word n-grams and character n-grams are learnt by a model each, whose log-odds are
  /// averaged, the characters' counting `features.characterWeight` times the words': each has to do
  /// without the other, so that neither leans on it.
  public var learnsBlocksApart = true
  /// What is read from the texts.
  public var features = FeatureSettings()
  /// How the threshold is chosen.
  public var threshold = ThresholdGoal.evenOdds
  /// Whether probabilities are made to come true as often as they say, where the algorithm is ours:
  /// by what a cross-validation finds.
  public var calibrates = true
  /// Folds of a cross-validation, within 2...100.
  public var folds = 5
  /// Whether texts that share 70 of 100 words stay in one fold, so that a model is never tested on
  /// what it has as good as seen.
  public var keepsNearDuplicatesTogether = false
  /// Decides the folds. The same examples, options and seed give the same model, byte for byte.
  public var seed: UInt64 = 1
  /// The names of the classes.
  public var labels = ClassLabels(negative: "other", positive: "complaint")

  /// The options that measured best on short posts.
  public init() {}
}

/// How far a training has come.
public enum TrainingProgress: Sendable, Equatable {
  /// The texts are being read.
  case readingTexts(Int)
  /// `index` folds of `count` have been trained and tested.
  case fold(index: Int, count: Int)
  /// So many parts of a search are done.
  case searching(done: Int, count: Int)
  /// The model is being trained on all texts.
  case fittingAll
}

/// Why a training could not be done.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// There are no examples.
  case noExamples
  /// More examples than the limit.
  case tooManyExamples(count: Int, limit: Int)
  /// All examples belong to one class.
  case oneClassOnly(label: String)
  /// A class has fewer examples than there are folds.
  case tooFewForFolds(label: String, count: Int, folds: Int)
  /// A fold, from 0, has no example of a class.
  case foldWithout(label: String, fold: Int)
  /// An option is out of its range.
  case invalidOption(String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noExamples: "there are no examples to learn from"
    case .tooManyExamples(let count, let limit):
      "\(count) examples are more than the \(limit) a training may have; train on a sample"
    case .oneClassOnly(let label):
      "all examples are labelled \"\(label)\"; give examples of both classes"
    case .tooFewForFolds(let label, let count, let folds):
      "only \(count) examples are labelled \"\(label)\", fewer than the \(folds) folds; "
        + "ask for fewer folds or give more examples"
    case .foldWithout(let label, let fold):
      "fold \(fold + 1) has no example labelled \"\(label)\"; each fold needs both labels: "
        + "ask for fewer folds, or for others"
    case .invalidOption(let problem): problem
    }
  }
}

extension TrainingOptions {
  /// Refuses options out of their ranges.
  public func validate() throws(TrainingError) {
    if let problem = features.problem { throw .invalidOption(problem) }
    guard regularisation > 0, regularisation.isFinite else {
      throw .invalidOption("a regularisation of \(regularisation) is not above 0")
    }
    guard (0...1).contains(priorWeight) else {
      throw .invalidOption("a prior's weight of \(priorWeight) is not within 0...1")
    }
    guard Limits.rarityPower.contains(rarityPower) else {
      throw .invalidOption(
        "an IDF to the power of \(rarityPower) is not within \(Limits.rarityPower)")
    }
    if case .custom(let weights) = classWeights {
      guard weights.count == 2, weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw .invalidOption("class weights must be two numbers above 0")
      }
    }
    guard Limits.folds.contains(folds) else {
      throw .invalidOption("\(folds) folds are not within \(Limits.folds)")
    }
    switch threshold {
    case .fixed(let goal), .precision(let goal), .recall(let goal):
      guard (0...1).contains(goal) else {
        throw .invalidOption("a threshold's goal of \(goal) is not within 0...1")
      }
    case .evenOdds, .maximiseF1: break
    }
    for label in [labels.negative, labels.positive] where label.utf8.count > Limits.labelBytes {
      throw .invalidOption("a label is longer than \(Limits.labelBytes) bytes")
    }
  }
}

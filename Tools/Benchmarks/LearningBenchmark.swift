import ArgumentParser
import SupportDesk
import TextClassification

/// How long learning from labelled posts takes, from their raw text to a model.
struct LearningBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "learning")

  @Option(help: "How many posts are learnt from.") var posts = 200_000
  @Option(help: "How often each is run; the best counts.") var rounds = 3
  @Flag(help: "Print JSON lines.") var json = false
  @OptionGroup var places: Places

  func run() throws {
    let made = try LabelledWorkload.posts(posts, samples: places.samples)
    try learnAsSpark(made)
    try learn(made)
  }

  /// The usual Spark pipeline for tweets with its logistic regression, as
  /// `train --algorithm spark-logistic-regression` fits it.
  private func learnAsSpark(_ posts: [LabelledText]) throws {
    let (texts, labels) = (posts.map(\.text), posts.map { $0.isPositive ? 1 : 0 })
    var learner = LogisticRegression()
    (learner.maxIter, learner.regParam) = (100, 0.01)
    var best = (whole: Double.infinity, fit: Double.infinity)
    var found: LogisticRegressionModel?
    for _ in 0..<rounds {
      var vectors = Examples<SparseVector>([])
      let reading = try Measure.time {
        vectors = try TermTexts(texts).weighted(Array(texts.indices), labels: labels).vectors
      }.seconds
      let fit = try Measure.time { found = try learner.fit(vectors) }.seconds
      best = (min(best.whole, reading + fit), min(best.fit, fit))
    }
    guard let found else { return }
    let result = "\(found.weights[0].count) terms, \(found.iterations) iterations"
    show("spark pipeline", best.whole, loss: found.objective, result)
    show("spark pipeline, logistic regression alone", best.fit, loss: found.objective, result)
  }

  /// The shipped kind of model, once: it takes minutes.
  private func learn(_ posts: [LabelledText]) throws {
    let trainer = TextClassifierTrainer(brandNames: Brand().allNames)
    let seconds = try Measure.time { _ = try trainer.train(posts) }.seconds
    show("as shipped", seconds, loss: nil, "words 1-3, pairs, characters 2-3")
  }

  private func show(_ what: String, _ seconds: Double, loss: Double?, _ result: String) {
    if json {
      let loss = loss.map { "\($0)" } ?? "null"
      print(
        "{\"what\": \"\(what)\", \"seconds\": \(seconds), \"loss\": \(loss), "
          + "\"result\": \"\(result)\"}")
    } else {
      let loss = loss.map { ", loss \($0)" } ?? ""
      print("\(what): \(shown(seconds, 2)) s (\(result)\(loss))")
    }
  }
}

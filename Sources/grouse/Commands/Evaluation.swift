internal import SupportDesk
internal import Terminal
internal import TextClassification

/// A model measured on labelled posts.
struct Evaluation {
  let examples: [LabelledText]
  let probabilities: [Double]
  /// What ranks the posts, by a rising probability.
  let logOdds: [Double]
  /// The probability from which on each post was taken for positive.
  let thresholds: [Double]
  let metrics: ClassificationMetrics
  let calibration: Calibration
  /// Of `measured`, in their order; empty where they were not asked for.
  let intervals: [ClosedRange<Double>]

  /// The figures that are shown, by the names that scripts rely on.
  static let measured:
    [(name: String, title: String, of: @Sendable (ClassificationMetrics) -> Double)] = [
      ("accuracy", "accuracy", { $0.accuracy }), ("precision", "precision", { $0.precision }),
      ("recall", "recall", { $0.recall }), ("f1", "F1", { $0.f1 }),
      ("macro_f1", "macro-F1", { $0.macroF1 }), ("auc_pr", "AUC-PR", { $0.aucPR }),
      ("auc_roc", "AUC-ROC", { $0.aucROC }),
    ]

  init(
    _ examples: [LabelledText], _ scorer: TextScorer, samples: Int, seed: UInt64,
    progress: (Int) -> Void = { _ in }
  ) {
    self.init(
      examples, logOdds: Self.logOdds(examples, scorer, progress),
      thresholds: examples.map { _ in scorer.classifier.threshold }, samples: samples, seed: seed)
  }

  /// Of log-odds that are there already, each with a threshold of its own.
  init(
    _ examples: [LabelledText], logOdds: [Double], thresholds: [Double], samples: Int,
    seed: UInt64
  ) {
    self.logOdds = logOdds
    self.examples = examples
    let probabilities = logOdds.map { TextScorer.probability(ofLogOdds: $0) }
    self.probabilities = probabilities
    self.thresholds = thresholds
    let isPositive = examples.map(\.isPositive)
    let isPredicted = zip(probabilities, thresholds).map { $0 >= $1 }
    func metrics(_ rows: [Int]) -> ClassificationMetrics {
      ClassificationMetrics(
        isPositive: rows.map { isPositive[$0] }, scores: rows.map { logOdds[$0] },
        isPredicted: rows.map { isPredicted[$0] })
    }
    self.metrics = metrics(Array(examples.indices))
    calibration = Calibration(isPositive: isPositive, probabilities: probabilities)
    intervals =
      samples == 0
      ? []
      : Bootstrap(size: examples.count, count: samples, seed: seed).intervals { rows in
        let metrics = metrics(rows)
        return Self.measured.map { $0.of(metrics) }
      }
  }

  private static func logOdds(
    _ examples: [LabelledText], _ scorer: TextScorer, _ progress: (Int) -> Void = { _ in }
  ) -> [Double] {
    var scratch = Scratch()
    var found: [Double] = []
    for example in examples {
      var text = example.text
      found.append(
        text.withUTF8 { scorer.logOdds(of: UnsafeRawBufferPointer($0), scratch: &scratch) })
      progress(found.count)
    }
    return found
  }

  var json: JSONLine {
    var line = MetricsReport.line(metrics)
    line.add("calibration_error", calibration.expectedError)
    if !intervals.isEmpty {
      line.add(
        "intervals",
        raw: "{"
          + zip(Self.measured, intervals).map {
            "\"\($0.name)\": [\($1.lowerBound), \($1.upperBound)]"
          }.joined(separator: ", ") + "}")
    }
    line.add(
      "calibration",
      calibration.bins.map { bin in
        var item = JSONLine()
        item.add("from", bin.range.lowerBound)
        item.add("to", bin.range.upperBound)
        item.add("count", bin.count)
        item.add("mean_probability", bin.meanProbability)
        item.add("positives", bin.positives)
        return item
      })
    line.add(
      "precision_recall",
      raw: "["
        + curve.map { "[\($0.threshold), \($0.precision), \($0.recall)]" }
        .joined(separator: ", ") + "]")
    return line
  }

  /// At most 101 points of the precision-recall curve.
  private var curve: [(threshold: Double, precision: Double, recall: Double)] {
    let points = ClassificationMetrics.precisionRecallCurve(
      isPositive: examples.map(\.isPositive), scores: logOdds
    ).map { (TextScorer.probability(ofLogOdds: $0.threshold), $0.precision, $0.recall) }
    guard points.count > 101 else { return points }
    return (0...100).map { points[$0 * (points.count - 1) / 100] }
  }

  func print(_ manifest: ModelManifest, errors: Int) throws {
    var table = TextTable(
      ["metric", "value", "95 %"], numeric: [false, true, false])
    for (place, measured) in Self.measured.enumerated() {
      let interval = place < intervals.count ? intervals[place] : nil
      table.rows.append([
        measured.title, Shown.decimal(measured.of(metrics)),
        interval.map { "\(Shown.decimal($0.lowerBound)) to \(Shown.decimal($0.upperBound))" } ?? "",
      ])
    }
    try table.print()
    try StandardOutput.line("")
    let (negative, positive) = (manifest.labels.negative, manifest.labels.positive)
    var confusion = TextTable(
      ["", "said \(negative)", "said \(positive)"], numeric: [false, true, true])
    for (name, row) in zip([negative, positive], metrics.confusion) {
      confusion.rows.append(["is \(name)"] + row.map { Shown.number($0) })
    }
    try confusion.print()
    try StandardOutput.line("")
    try printCalibration(positive)
    try printCurve()
    try printErrors(errors, manifest.labels)
  }

  private func printCalibration(_ positive: String) throws {
    try StandardOutput.line(
      "probabilities come true to within \(Shown.decimal(calibration.expectedError)) on average")
    var table = TextTable(
      ["said", "posts", "mean", "are \(positive)", ""],
      numeric: [false, true, true, true, false])
    for bin in calibration.bins where bin.count > 0 {
      table.rows.append([
        "\(Shown.decimal(bin.range.lowerBound, 1)) to \(Shown.decimal(bin.range.upperBound, 1))",
        Shown.number(bin.count), Shown.decimal(bin.meanProbability, 2),
        Shown.decimal(bin.positives, 2),
        String(repeating: "▇", count: Int((bin.positives * 20).rounded())),
      ])
    }
    try table.print()
  }

  /// The best precision to be had at some recalls.
  private func printCurve() throws {
    let points = ClassificationMetrics.precisionRecallCurve(
      isPositive: examples.map(\.isPositive), scores: logOdds)
    var table = TextTable(
      ["recall at least", "precision", "threshold", ""], numeric: [true, true, true, false])
    for recall in [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99] {
      let reaching = points.filter { $0.recall >= recall }
      guard let best = reaching.max(by: { $0.precision < $1.precision }) else { continue }
      table.rows.append([
        Shown.decimal(recall, 2), Shown.decimal(best.precision, 2),
        Shown.decimal(TextScorer.probability(ofLogOdds: best.threshold)),
        String(repeating: "▇", count: Int((best.precision * 20).rounded())),
      ])
    }
    guard !table.rows.isEmpty else { return }
    try StandardOutput.line("")
    try table.print()
  }

  private func printErrors(_ limit: Int, _ labels: ClassLabels) throws {
    let wrong = examples.indices.filter {
      (probabilities[$0] >= thresholds[$0]) != examples[$0].isPositive
    }
    // By how much is given to the wrong label, which is what the table shows.
    func given(_ row: Int) -> Double {
      examples[row].isPositive ? -logOdds[row] : logOdds[row]
    }
    let surest = wrong.sorted { given($0) > given($1) }
    guard limit > 0, !surest.isEmpty else { return }
    try StandardOutput.line("")
    var table = TextTable(["worst errors", "is", "said"], numeric: [false, false, true])
    for row in surest.prefix(limit) {
      table.rows.append([
        String(Shown.plain(examples[row].text).prefix(70)),
        examples[row].isPositive ? labels.positive : labels.negative,
        Shown.decimal(probabilities[row]),
      ])
    }
    try table.print()
  }
}

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

  /// A figure that is shown.
  struct Measured: Sendable {
    /// Of which labels there must be posts, so that the figure says something.
    enum Need { case any, positives, both }

    /// Scripts rely on it.
    let name: String
    let title: String
    let need: Need
    let of: @Sendable (ClassificationMetrics) -> Double

    init(
      _ name: String, _ title: String, _ need: Need,
      _ of: @escaping @Sendable (ClassificationMetrics) -> Double
    ) {
      (self.name, self.title, self.need, self.of) = (name, title, need, of)
    }

    /// Not a number where the posts do not define it.
    func value(of metrics: ClassificationMetrics) -> Double {
      let positives = metrics.truePositives + metrics.falseNegatives
      let isDefined =
        switch need {
        case .any: true
        case .positives: positives > 0
        case .both: positives > 0 && positives < metrics.count
        }
      return isDefined ? of(metrics) : .nan
    }
  }

  static let measured: [Measured] = [
    Measured("accuracy", "accuracy", .any) { $0.accuracy },
    Measured("precision", "precision", .positives) { $0.precision },
    Measured("recall", "recall", .positives) { $0.recall },
    Measured("f1", "F1", .positives) { $0.f1 },
    Measured("macro_f1", "macro-F1", .both) { $0.macroF1 },
    Measured("auc_pr", "AUC-PR", .both) { $0.aucPR },
    Measured("auc_roc", "AUC-ROC", .both) { $0.aucROC },
  ]

  /// Says what is left out where all posts have one label.
  static func noteOneLabel(_ examples: [LabelledText], _ file: String) {
    let positives = examples.count(where: \.isPositive)
    guard positives == 0 || positives == examples.count else { return }
    Messages.line(
      "all posts of \(file) have one label: figures that need both are left out"
        + (positives == 0 ? "; the accuracy is the part without a false alarm" : ""))
  }

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
          + zip(Self.measured, intervals).map { measured, interval in
            let isDefined = measured.value(of: metrics).isFinite
            return "\"\(measured.name)\": "
              + (isDefined ? "[\(interval.lowerBound), \(interval.upperBound)]" : "null")
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
      let value = measured.value(of: metrics)
      let interval = place < intervals.count && value.isFinite ? intervals[place] : nil
      table.rows.append([
        measured.title, Shown.decimal(value),
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

internal import SupportDesk
internal import Terminal
internal import TextClassification

/// A kept model and how well it does.
struct TrainingResult {
  var manifest: ModelManifest
  var classifier: TextClassifier
  var validation: CrossValidation?
  /// What the file calls its folds; empty where they were made here.
  var foldNames: [String] = []
  var search: SearchReport?
  var topics: TopicValidation?
  var examples: [LabelledText]
  var brandNames: [String]
  var positives: Int { examples.count(where: \.isPositive) }
  var seconds: Double

  var json: String {
    var line = JSONLine()
    line.add("model", manifest.reference)
    line.add("examples", manifest.examples)
    line.add("positives", positives)
    line.add("positive_label", manifest.labels.positive)
    line.add("threshold", manifest.threshold)
    line.add("seconds", seconds)
    line.add("threshold_goal", manifest.goal ?? "")
    if let validation {
      line.add("calibration_error", validation.calibration.expectedError)
      line.add("folds", validation.foldMetrics.count)
      line.add("nested", raw: "\(validation.isNested)")
      MetricsReport.add(to: &line) { metric in validation.mean { metric.of($0) } }
      line.add(
        "per_fold",
        validation.foldMetrics.enumerated().map { number, metrics in
          var line = MetricsReport.line(metrics)
          if !foldNames.isEmpty { line.add("fold", foldNames[number]) }
          return line
        })
    }
    addReport(to: &line)
    if let search { line.add("search", raw: SearchText.json(search).text) }
    if let topics {
      line.add(
        "topics", raw: TopicReport(metrics: topics.metrics, calibration: topics.calibration).json)
    }
    return line.text
  }

  /// By what each fold was judged.
  private func judgement(_ validation: CrossValidation) -> String {
    if validation.isNested {
      return "each fold was judged by the \(search == nil ? "" : "options, ")calibration and "
        + "threshold chosen without it"
    }
    let hasGoal = TrainingOptions.ThresholdGoal(manifest.goal ?? "")?.isSought ?? false
    let isCalibrated = manifest.algorithm == TrainingOptions.Algorithm.logisticRegression.name
    let chosen = [isCalibrated ? "calibration" : nil, hasGoal ? "threshold" : nil]
      .compactMap(\.self).joined(separator: " and ")
    return chosen.isEmpty
      ? "nothing that a fold was judged by was chosen by it"
      : "each fold's \(chosen) was chosen on the other folds' scores, by models that had learnt "
        + "from it: it may look a little better than it is"
  }

  func print() throws {
    try StandardOutput.line(
      "\(Style.bold(manifest.reference)) learned from \(Shown.number(manifest.examples)) posts "
        + "(\(Shown.number(positives)) \(manifest.labels.positive)) in "
        + "\(Shown.decimal(seconds, 1)) s")
    if let search { try SearchText.print(search) }
    guard let validation else { return try printReport() }
    var table = TextTable(
      ["fold", "F1", "macro-F1", "precision", "recall", "AUC-PR"],
      numeric: [false, true, true, true, true, true])
    func row(_ name: String, _ value: ((ClassificationMetrics) -> Double) -> Double) -> [String] {
      [
        name, Shown.decimal(value(\.f1)), Shown.decimal(value(\.macroF1)),
        Shown.decimal(value(\.precision)), Shown.decimal(value(\.recall)),
        Shown.decimal(value(\.aucPR)),
      ]
    }
    for (number, metrics) in validation.foldMetrics.enumerated() {
      let name = foldNames.isEmpty ? "\(number + 1)" : Shown.plain(foldNames[number])
      table.rows.append(row(name) { $0(metrics) })
    }
    table.rows.append(row("mean") { metric in validation.mean { metric($0) } })
    try table.print()
    try StandardOutput.line(
      "threshold \(Shown.decimal(manifest.threshold)) (\(manifest.goal ?? "")); probabilities come "
        + "true to within \(Shown.decimal(validation.calibration.expectedError)) on average")
    try StandardOutput.line(judgement(validation))
    try printReport()
    if let topics {
      try StandardOutput.line("")
      try TopicReport(metrics: topics.metrics, calibration: topics.calibration).print()
    }
  }
}

/// The metrics of `evaluate`, by the names that scripts rely on.
enum MetricsReport {
  static func add(to line: inout JSONLine, _ value: (Evaluation.Measured) -> Double) {
    for measured in Evaluation.measured { line.add(measured.name, value(measured)) }
  }

  static func line(_ metrics: ClassificationMetrics) -> JSONLine {
    var line = JSONLine()
    line.add("count", metrics.count)
    add(to: &line) { $0.value(of: metrics) }
    let rows = metrics.confusion.map { "[" + $0.map(String.init).joined(separator: ", ") + "]" }
    line.add("confusion", raw: "[" + rows.joined(separator: ", ") + "]")
    return line
  }
}

internal import SupportDesk
internal import Terminal
internal import TextClassification

// The strongest n-grams of each class, for people and for scripts.
extension ClassFeatures {
  func json(_ labels: ClassLabels) -> JSONLine {
    var line = JSONLine()
    for (label, features) in [(labels.positive, positive), (labels.negative, negative)] {
      line.add(
        label,
        features.map { feature in
          var item = JSONLine()
          item.add("feature", feature.text)
          item.add("posts", feature.count)
          item.add("contribution", feature.contribution)
          return item
        })
    }
    return line
  }

  func print(_ labels: ClassLabels) throws {
    guard !positive.isEmpty || !negative.isEmpty else { return }
    var table = TextTable(
      ["speaks for \(labels.positive)", "", "for \(labels.negative)", ""],
      numeric: [false, true, false, true])
    func cells(_ features: [Feature], _ row: Int) -> [String] {
      guard row < features.count else { return ["", ""] }
      return [
        String(Shown.plain(features[row].text).prefix(32)),
        Shown.decimal(features[row].contribution, 2),
      ]
    }
    for row in 0..<max(positive.count, negative.count) {
      table.rows.append(cells(positive, row) + cells(negative, row))
    }
    try StandardOutput.line("")
    try table.print()
  }
}

extension TrainingResult {
  /// The cross-validation's predictions, measured together.
  private var evaluation: Evaluation? {
    guard let validation else { return nil }
    // As many samples as take about a second.
    return Evaluation(
      examples, logOdds: validation.logOdds,
      thresholds: validation.folds.map { validation.foldThresholds[$0] },
      samples: max(100, min(1_000, 4_000_000 / max(examples.count, 1))), seed: manifest.seed)
  }

  private var features: ClassFeatures {
    ClassFeatures(of: examples.map(\.text), by: classifier.scorer(brandNames: brandNames))
  }

  /// Adds what all folds' predictions together show, and the strongest n-grams.
  func addReport(to line: inout JSONLine) {
    if let evaluation { line.add("out_of_fold", raw: evaluation.json.text) }
    line.add("top_features", raw: features.json(manifest.labels).text)
  }

  /// Prints the same for people.
  func printReport() throws {
    if let evaluation {
      try StandardOutput.line("\nall folds together, each post judged without it:")
      try evaluation.print(manifest, errors: 5)
    }
    try features.print(manifest.labels)
  }
}

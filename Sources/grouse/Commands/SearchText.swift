internal import Terminal
internal import TextClassification

/// What a search has found, for people and for scripts.
enum SearchText {
  static func text(_ choices: [ParameterChoice]) -> String {
    choices.map(\.description).joined(separator: " ")
  }

  /// What was searched, in one line.
  static func summary(_ report: SearchReport, _ search: ParameterSearch) -> String {
    let way =
      switch search.method {
      case .grid: "grid"
      case .random: "random"
      }
    return "\(way), \(report.points.count) points by \(report.metric.rawValue): \(search.grid)"
  }

  static func json(_ report: SearchReport) -> JSONLine {
    var line = JSONLine()
    line.add("metric", report.metric.rawValue)
    line.add("best", report.best)
    line.add("chosen", raw: fields(report.chosen).text)
    line.add("fold_best", raw: "[" + report.foldBest.map(String.init).joined(separator: ", ") + "]")
    line.add("nested", raw: "true")
    line.add(
      "points",
      report.points.map { point in
        var item = JSONLine()
        item.add("parameters", raw: fields(point.choices).text)
        item.add("mean", point.mean)
        item.add("deviation", point.deviation)
        item.add("values", raw: "[" + point.values.map { "\($0)" }.joined(separator: ", ") + "]")
        return item
      })
    return line
  }

  private static func fields(_ choices: [ParameterChoice]) -> JSONLine {
    var line = JSONLine()
    for choice in choices { line.add(choice.name, choice.value) }
    return line
  }

  /// The points, the best first.
  static func print(_ report: SearchReport) throws {
    let names = report.chosen.map(\.name)
    var table = TextTable(
      names + [report.metric.rawValue, "±", ""],
      numeric: names.map { _ in false } + [true, true, false])
    let order = report.points.indices.sorted { left, right in
      (report.points[right].mean, left) < (report.points[left].mean, right)
    }
    for place in order {
      let point = report.points[place]
      let folds = report.foldBest.indices.filter { report.foldBest[$0] == place }
      let without = folds.map { "\($0 + 1)" }.joined(separator: ", ")
      table.rows.append(
        point.choices.map(\.value) + [
          Shown.decimal(point.mean, 3), Shown.decimal(point.deviation, 3),
          (place == report.best ? "kept" : "")
            + (folds.isEmpty ? "" : (place == report.best ? "; " : "") + "best without \(without)"),
        ])
    }
    try table.print()
    try StandardOutput.line("")
  }
}

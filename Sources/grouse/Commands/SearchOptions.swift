internal import ArgumentParser
internal import Terminal
internal import TextClassification

/// How `train` looks for the best training options, and which posts it tests together.
struct SearchOptions: ParsableArguments {
  @Option(
    help: """
      Try several training options and keep the best: grid for all of --grid's points, random or \
      random=N for N of them (20).
      """, transform: SearchOptions.method)
  var search: ParameterSearch.Method?
  @Option(
    name: .customLong("grid"),
    help: """
      An option and the values to try, such as regularisation=0.1,1,10, or with a random search a \
      range, 0.01..1. Repeat it for others: prior-weight, class-weights, idf-power, blocks-apart, \
      word-ngrams, character-ngrams, character-weight, skip-pairs, stems, punctuation (default: \
      regularisation and, with --start-from, prior-weight).
      """)
  var grid: [String] = []
  @Option(
    name: .customLong("search-for"),
    help: "What the best has most of: auc-pr (default), f1, macro-f1, auc-roc, accuracy.",
    transform: SearchOptions.metric)
  var metric: ParameterSearch.Metric?
  @Option(help: "A column or JSON field with each post's fold, instead of --folds.")
  var foldColumn: String?
  @Option(help: "A column or JSON field: posts with one value stay in one fold.")
  var groupColumn: String?

  private static func method(_ text: String) throws -> ParameterSearch.Method {
    if text == "grid" { return .grid }
    if text == "random" { return .random(20) }
    guard text.hasPrefix("random="), let count = Int(text.dropFirst(7)), count > 0 else {
      throw ValidationError("\"\(text)\" is no search; give grid, random or random=N")
    }
    return .random(count)
  }

  private static func metric(_ text: String) throws -> ParameterSearch.Metric {
    guard let found = ParameterSearch.Metric(rawValue: text) else {
      throw ValidationError(
        "\"\(text)\" is nothing to search for; there are: "
          + ParameterSearch.Metric.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return found
  }

  /// The column that is read beside text and label.
  var column: String? { foldColumn ?? groupColumn }

  /// Refuses what no data could make right.
  func validate(folds asked: Int?, algorithm: TrainingOptions.Algorithm, seed: UInt64) throws {
    let folds = asked ?? TrainingJob.usualFolds
    if foldColumn != nil, asked != nil {
      throw ValidationError("--fold-column says which folds there are: leave --folds out")
    }
    if foldColumn != nil, groupColumn != nil {
      throw ValidationError("give --fold-column or --group-column, not both")
    }
    if groupColumn != nil, folds == 0 {
      throw ValidationError("--group-column divides posts into folds; --folds must not be 0")
    }
    guard search != nil else {
      if !grid.isEmpty { throw ValidationError("--grid needs --search grid or random") }
      if metric != nil { throw ValidationError("--search-for needs --search grid or random") }
      return
    }
    if algorithm != .logisticRegression {
      throw ValidationError("\(algorithm) is SparkML's as it is: there is nothing to search")
    }
    if foldColumn == nil, folds < 3 {
      throw ValidationError("--search needs 3 --folds or more: it chooses without the one it tests")
    }
    try checkUsage {
      for point in try parameterSearch(hasPrior: true)?.points(seed: seed) ?? [] {
        var options = TrainingOptions()
        for choice in point { choice.apply(to: &options) }
        try options.validate()
      }
    }
  }

  /// The search that is asked for; nil where there is none.
  func parameterSearch(hasPrior: Bool) throws -> ParameterSearch? {
    guard let search else { return nil }
    var points = try ParameterGrid(grid)
    if grid.isEmpty {
      points.add(ParameterChoice.regularisation, [0.03, 0.1, 0.3])
      if hasPrior { points.add(ParameterChoice.priorWeight, [0.2, 0.4, 0.6]) }
    }
    return ParameterSearch(points, method: search, metric: metric ?? .aucPR)
  }

  /// Folds by the values of the column that was asked for, in the values' order, and the folds'
  /// names where they have some.
  func folds(_ values: [String]) throws -> (choice: FoldChoice, names: [String]) {
    guard let column else { return (.stratified, []) }
    let names = Set(values).sorted { left, right in
      (Int(left) ?? .max, left) < (Int(right) ?? .max, right)
    }
    let places = Dictionary(uniqueKeysWithValues: zip(names, 0...))
    let numbers = values.map { places[$0] ?? 0 }
    guard foldColumn != nil else { return (.grouped(numbers), []) }
    let blank = values.count { $0.allSatisfy(\.isWhitespace) }
    guard blank == 0 else {
      throw FoldFault("\(Shown.count(blank, "row")) of the column \"\(column)\" name no fold")
    }
    guard (2...100).contains(names.count) else {
      throw FoldFault(
        "the column \"\(column)\" names \(Shown.count(names.count, "fold")), where 2 to 100 are "
          + "allowed; posts with one value stay in one fold with --group-column, too")
    }
    return (.given(numbers), names)
  }
}

/// A column of folds that cannot be used.
struct FoldFault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// The same error in the folds' own names; any other as it is.
  static func named(_ error: TrainingError, _ names: [String]) -> any Error {
    guard case .foldWithout(let label, let fold) = error, fold < names.count else { return error }
    return FoldFault(
      "fold \"\(names[fold])\" has no example labelled \"\(label)\"; each fold needs both labels")
  }
}

extension TextClassifierTrainer {
  /// Tries the points of a search, then trains a classifier with the best on all examples.
  ///
  /// The points are compared by cross-validation. What the `validation` says is nested: for each
  /// fold the point, the calibration and the threshold are chosen by the other folds alone, so that
  /// a fold judges what was chosen without it. That takes three folds or more.
  public func search(
    _ examples: [LabelledText], _ search: ParameterSearch, folds choice: FoldChoice = .stratified,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TrainingError) -> (
    classifier: TextClassifier, validation: CrossValidation, report: SearchReport
  ) {
    try check(examples)
    let points = try search.points(seed: options.seed)
    let candidates = try candidates(points)
    progress(.readingTexts(examples.count))
    let groups = Self.groups(candidates)
    func learning(_ group: [Int]) -> HashedLearning {
      HashedLearning(examples, prior, candidates[group[0]], brandNames)
    }
    var current = learning(groups[0])
    let isPositive = examples.map(\.isPositive)
    let (folds, count) = try divide(examples, choice)
    guard count >= 3 else {
      throw .invalidOption("a search needs 3 folds or more, so that it can choose without one")
    }
    var scores = LeftOutScores(folds: folds, count: count, points: points.count)
    let leftOut = LeftOutScores.leftOut(count).count
    for (number, group) in groups.enumerated() {
      if number > 0 { current = learning(group) }
      scores.add(current, places: group, options: group.map { candidates[$0] }) { done in
        progress(
          .searching(done: number * leftOut + done, count: groups.count * leftOut))
      }
    }
    let judge = FoldJudge(
      isPositive: isPositive, goal: options.threshold, isCalibrated: options.calibrates)
    let (validation, report) = Self.choose(scores, points, folds, judge, search.metric)
    progress(.fittingAll)
    let fitted = HashedLearning(examples, prior, candidates[report.best], brandNames)
    return (
      fitted.fit(threshold: validation.threshold, validation.scaling), validation, report
    )
  }

  /// Cross-validates so that each fold's calibration and threshold are chosen by models without it:
  /// a model more for every two folds.
  func validateNested(
    _ learning: HashedLearning, isPositive: [Bool], folds: (folds: [Int], count: Int),
    progress: (TrainingProgress) -> Void
  ) -> CrossValidation {
    var scores = LeftOutScores(folds: folds.folds, count: folds.count, points: 1)
    let models = LeftOutScores.leftOut(folds.count).count
    progress(.fold(index: 0, count: models))
    scores.add(learning, places: [0], options: [options]) { done in
      progress(.fold(index: done, count: models))
    }
    let judge = FoldJudge(
      isPositive: isPositive, goal: options.threshold, isCalibrated: options.calibrates)
    return CrossValidation(
      folds.folds, judge, tested: scores.scores(0),
      rules: (0..<folds.count).map { judge.rule(of: .joined(scores.scores(0, without: $0))) },
      final: judge.rule(of: .joined(scores.scores(0))),
      unseen: (0..<folds.count).flatMap { scores.unseen(0, $0) }, isNested: true)
  }

  private func candidates(
    _ points: [[ParameterChoice]]
  ) throws(TrainingError) -> [TrainingOptions] {
    guard options.algorithm == .logisticRegression else {
      throw .invalidOption("\(options.algorithm) is SparkML's as it is: there is nothing to search")
    }
    var candidates: [TrainingOptions] = []
    for choices in points {
      var changed = options
      for choice in choices { choice.apply(to: &changed) }
      try changed.validate()
      candidates.append(changed)
    }
    return candidates
  }

  /// The points whose texts are read alike, together; within those, the ones that are weighted
  /// alike follow each other.
  private static func groups(_ candidates: [TrainingOptions]) -> [[Int]] {
    var groups: [[Int]] = []
    for place in candidates.indices {
      let known = groups.firstIndex {
        FeatureTable.isSame(candidates[$0[0]].features, candidates[place].features)
      }
      if let known { groups[known].append(place) } else { groups.append([place]) }
    }
    return groups
  }

  private static func choose(
    _ scores: LeftOutScores, _ points: [[ParameterChoice]], _ folds: [Int], _ judge: FoldJudge,
    _ metric: ParameterSearch.Metric
  ) -> (CrossValidation, SearchReport) {
    func values(_ parts: [ScoredRows]) -> [Double] { judge.metrics(parts).map(metric.value) }
    func best(_ scores: (Int) -> [ScoredRows]) -> Int {
      var best = (point: 0, sum: -Double.infinity)
      for point in points.indices {
        let sum = values(scores(point)).reduce(0, +)
        if sum > best.sum { best = (point, sum) }
      }
      return best.point
    }
    let chosen = best { scores.scores($0) }
    let foldBest = scores.rows.indices.map { fold in best { scores.scores($0, without: fold) } }
    let validation = CrossValidation(
      folds, judge, tested: foldBest.enumerated().map { scores.scores($1)[$0] },
      rules: foldBest.enumerated().map { fold, point in
        judge.rule(of: .joined(scores.scores(point, without: fold)))
      },
      final: judge.rule(of: .joined(scores.scores(chosen))),
      unseen: foldBest.enumerated().flatMap { scores.unseen($1, $0) }, isNested: true)
    let report = SearchReport(
      metric: metric,
      points: points.enumerated().map { place, choices in
        SearchReport.Point(choices: choices, values: values(scores.scores(place)))
      }, best: chosen, foldBest: foldBest)
    return (validation, report)
  }
}

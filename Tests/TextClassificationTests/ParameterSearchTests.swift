import Testing

@testable import TextClassification

@Suite struct ParameterSearchTests {
  private let folds = Fixtures.examples.indices.map { $0 % 5 }

  private func trainer(_ change: (inout TrainingOptions) -> Void = { _ in })
    -> TextClassifierTrainer
  {
    var options = Fixtures.smallOptions
    options.threshold = .maximiseF1
    change(&options)
    return TextClassifierTrainer(options: options, brandNames: Fixtures.brands)
  }

  private var grid: ParameterGrid {
    var grid = ParameterGrid()
    grid.add(ParameterChoice.regularisation, [0.01, 1])
    grid.add(ParameterChoice.characterNgrams, [nil, 2...4])
    grid.add(ParameterChoice.characterWeight, [0.5, 2])
    return grid
  }

  @Test func `a grid's points are all combinations, the first option slowest`() throws {
    let points = try ParameterGrid(["regularisation=0.1,1", "word-ngrams=1-2,2", "skip-pairs=no"])
      .points()
    #expect(
      points.map { $0.map(\.description).joined(separator: " ") } == [
        "regularisation=0.1 word-ngrams=1-2 skip-pairs=no",
        "regularisation=0.1 word-ngrams=2-2 skip-pairs=no",
        "regularisation=1.0 word-ngrams=1-2 skip-pairs=no",
        "regularisation=1.0 word-ngrams=2-2 skip-pairs=no",
      ])
    #expect(try ParameterGrid().points() == [[]])
  }

  @Test func `a value is read as it is written, and changes its option`() throws {
    let choices: [ParameterChoice] = [
      .regularisation(0.25), .priorWeight(0.75), .classWeights(.balanced),
      .classWeights(.uniform), .classWeights(.custom([1, 2.5])), .rarityPower(1),
      .wordNgrams(1...2), .characterNgrams(2...5), .characterNgrams(nil), .characterWeight(2),
      .skipPairs(false), .punctuation(false), .stems(false), .blocksApart(false),
    ]
    for choice in choices {
      #expect(try ParameterChoice(name: choice.name, value: choice.value) == choice)
      var options = TrainingOptions()
      choice.apply(to: &options)
      #expect(options != TrainingOptions() || choice == .classWeights(.balanced), "\(choice)")
    }
  }

  @Test(arguments: [
    ("", "no option"), ("regularisation", "no option"), ("regularisation=", "no option"),
    ("regularisation=a", "numbers above 0"), ("regularisation=1,,2", "numbers above 0"),
    ("regularisation=2..1", "no range"), ("word-ngrams=1..3", "no range"),
    ("word-ngrams=3-1", "such as 1-3"), ("skip-pairs=maybe", "yes or no"), ("size=3", "there are:"),
    ("regularisation=0.1..1", "random search"),
  ]) func `a wrong grid is refused with what may be given`(text: String, reason: String) {
    let error = #expect(throws: TrainingError.self) { try ParameterGrid([text]).points() }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func `values out of their range are refused before anything is trained`() {
    for text in ["regularisation=-1", "character-weight=11", "idf-power=5", "class-weights=-1"] {
      #expect(throws: TrainingError.self) {
        try trainer().search(Fixtures.examples, ParameterSearch(ParameterGrid([text])))
      }
    }
    #expect(throws: TrainingError.self) {
      try trainer { $0.folds = 2 }.search(Fixtures.examples, ParameterSearch(grid))
    }
    #expect(throws: TrainingError.self) {
      try trainer { $0.algorithm = .sparkNaiveBayes }.search(
        Fixtures.examples, ParameterSearch(grid))
    }
  }

  @Test func `random points are different, within their ranges, and the seed's`() throws {
    var grid = try ParameterGrid(["regularisation=0.01..10", "prior-weight=0.25..0.5"])
    let points = try grid.points(drawing: 200, seed: 7)
    #expect(points.count == 200 && Set(points.map { "\($0)" }).count == 200)
    #expect(try points == grid.points(drawing: 200, seed: 7))
    #expect(try points != grid.points(drawing: 200, seed: 8))
    var low = 0
    for point in points {
      var options = TrainingOptions()
      for choice in point { choice.apply(to: &options) }
      #expect((0.01...10).contains(options.regularisation))
      #expect((0.25...0.5).contains(options.priorWeight))
      if options.regularisation < 0.316 { low += 1 }
    }
    // Half of a logarithmic scale, give or take four deviations.
    #expect((72...128).contains(low), "\(low)")
    grid = self.grid
    #expect(try grid.points(drawing: 8, seed: 1) == grid.points())
    #expect(try Set(grid.points(drawing: 5, seed: 1).map { "\($0)" }).count == 5)
  }

  @Test func `a point does as well as a cross-validation with its options`() throws {
    let search = ParameterSearch(grid, metric: .aucPR)
    let (classifier, validation, report) = try trainer().search(
      Fixtures.examples, search, folds: .given(folds))
    #expect(report.points.count == 8 && report.foldBest.count == 5)
    for point in report.points {
      let alone = try trainer { options in
        for choice in point.choices { choice.apply(to: &options) }
      }.crossValidate(Fixtures.examples, folds: folds)
      #expect(alone.foldMetrics.map(\.aucPR) == point.values, "\(point.choices)")
    }
    #expect(report.points[report.best].mean == report.points.map(\.mean).max())
    // What is kept is what its options alone would have given.
    let alone = try trainer { options in
      for choice in report.chosen { choice.apply(to: &options) }
    }.trainAndValidate(Fixtures.examples, folds: .given(folds))
    let isSame = alone.classifier.encode() == classifier.encode()
    #expect(isSame)
    #expect(alone.validation.threshold == validation.threshold)
  }

  @Test func `nothing of a fold decides what judges it`() throws {
    var random = TestRandom()
    for _ in 0..<5 {
      let fold = random.int(0..<5)
      var changed = Fixtures.examples
      for row in changed.indices where folds[row] == fold {
        changed[row].isPositive.toggle()
        changed[row].text = "quite another text \(row)"
      }
      let found = try [Fixtures.examples, changed].map {
        try trainer().search($0, ParameterSearch(grid), folds: .given(folds))
      }
      #expect(found[0].report.foldBest[fold] == found[1].report.foldBest[fold])
      #expect(
        found[0].validation.foldThresholds[fold] == found[1].validation.foldThresholds[fold],
        "\(random.seed)")
    }
  }

  @Test func `a group stays in one fold`() throws {
    var random = TestRandom()
    for _ in 0..<50 {
      let count = random.int(20..<80)
      let groups = (0..<count).map { _ in random.int(0..<12) }
      // Groups of one class each, both classes in at least as many groups as there are folds.
      let isPositive = groups.map { $0 % 2 == 0 }
      guard Set(groups).count == 12 else { continue }
      var options = TrainingOptions()
      options.folds = 3
      let (folds, _) = try FoldChoice.grouped(groups).folds(
        isPositive: isPositive, options: options
      ) { [] }
      for group in Set(groups) {
        #expect(Set(zip(groups, folds).filter { $0.0 == group }.map(\.1)).count == 1)
      }
    }
  }

  @Test func `folds that cannot be judged are refused`() {
    #expect(throws: TrainingError.self) {
      try trainer().trainAndValidate(Fixtures.examples, folds: .given([0, 1]))
    }
    #expect(throws: TrainingError.foldWithout(label: "complaint", fold: 1)) {
      try FoldChoice.given([0, 0, 0, 1]).folds(
        isPositive: [true, true, false, false], options: TrainingOptions()
      ) { [] }
    }
  }

  @Test func `the expected F1's threshold is the best of all`() {
    var random = TestRandom()
    for _ in 0..<500 {
      let probabilities = (0..<random.int(1..<40)).map { _ in Double(random.int(1..<20)) / 20 }
      func expected(_ threshold: Double) -> Double {
        let taken = probabilities.filter { $0 >= threshold }
        return 2 * taken.reduce(0, +) / (Double(taken.count) + probabilities.reduce(0, +))
      }
      let found = ClassificationMetrics.thresholdMaximisingExpectedF1(probabilities)
      let best = probabilities.map(expected).max() ?? 0
      #expect(abs(expected(found) - best) < 1e-12, "\(random.seed)")
    }
  }
}

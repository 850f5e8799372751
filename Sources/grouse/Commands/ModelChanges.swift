internal import ArgumentParser
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal
internal import TextClassification

// The commands of `grouse models` that weigh models up and move them.
extension Models {
  struct Promote: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a model's name alone mean one of its versions.",
      discussion: """
        Until then it means the latest. Works beside a `grouse run`, which keeps the one it began \
        with.

        Example: grouse models promote complaints@2
        """)

    @Argument(help: "NAME@VERSION.") var model: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      try Models.told(try Models.kept(options).promote(model), options)
    }
  }

  struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a model's last promotion back.",
      discussion: "Example: grouse models rollback complaints")

    @Argument(help: "NAME.") var model: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      try Models.told(try Models.kept(options).rollBack(model), options)
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take away one version of a model for good.",
      discussion: """
        Its number is not given again, and rows that name it stay. The promoted version cannot be \
        deleted.

        Example: grouse models delete complaints@1
        """)

    @Argument(help: "NAME@VERSION.") var model: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      try Models.kept(options).delete(model)
      guard options.json else { return try StandardOutput.line("\(model) is deleted") }
      var line = JSONLine()
      line.add("deleted", model)
      try StandardOutput.line(line.text)
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy a model into a folder of its own.",
      discussion: """
        Every command takes the folder's path as a model; `grouse models import` keeps it elsewhere.

        Example: grouse models export complaints@2 ./complaints-2
        """)

    @Argument(help: "NAME or NAME@VERSION.") var model: String
    @Argument(help: "A folder that is not there yet.") var folder: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let registry = try registry(try options.configuration(), model)
      let manifest = try registry.export(model, to: folder)
      if options.json { return try StandardOutput.line(Models.json(manifest)) }
      try StandardOutput.line("\(manifest.reference) is in \(folder)")
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep a model from a folder as the next version of its name.",
      discussion: "Example: grouse models import ./complaints-2 --as complaints")

    @Argument(help: "A folder with manifest.json and weights.") var folder: String
    @Option(name: .customLong("as"), help: "Another name for it.") var name: String?
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let (models, directory) = try DataDirectory.modelsForChange(
        in: try options.configuration().dataDirectory, purpose: "grouse models import")
      let manifest = try withExtendedLifetime(directory) {
        try models.importModel(from: folder, name: name)
      }
      if options.json { return try StandardOutput.line(Models.json(manifest)) }
      try StandardOutput.line("kept as \(Style.bold(manifest.reference))")
    }
  }

  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Hold two models against each other on labelled posts.",
      discussion: """
        Tells how their figures differ, with the interval that holds 95 of 100 bootstrap samples; how \
        probable so uneven a difference were, had both the same skill (McNemar's test); and the posts \
        that only one of them judged right.

        Example: grouse models compare complaints@1 complaints@2 other-posts.csv
        """)

    @Argument(help: "NAME, NAME@VERSION or a path.") var first: String
    @Argument(help: "The one that is to be better.") var second: String
    @Argument(help: "A file of labelled posts.") var file: String
    @Option(help: "Posts to show that only one judged right.") var posts = 5
    @Option(help: "Decides the bootstrap's samples.") var seed: UInt64 = 1
    @OptionGroup var columns: ColumnOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let configuration = try options.configuration()
      Interruption.endProcess(saying: "nothing was compared")
      let data = try Dataset(file, .init(text: columns.text, label: columns.label))
      let labels = try registry(configuration, first).load(first).classifier.labels
      let (examples, _) = try data.examples(positive: columns.positive, known: labels)
      Evaluation.noteOneLabel(examples, file)
      var found: [(manifest: ModelManifest, evaluation: Evaluation)] = []
      for reference in [first, second] {
        let (classifier, manifest) = try registry(configuration, reference).load(reference)
        guard classifier.labels.positive == labels.positive else {
          throw DifferentLabels(first: labels.positive, second: classifier.labels.positive)
        }
        let scorer = classifier.scorer(brandNames: configuration.brand.allNames)
        found.append((manifest, Evaluation(examples, scorer, samples: 0, seed: seed)))
      }
      let sides = found.map {
        ModelComparison.Judgement(
          probabilities: $0.evaluation.probabilities, threshold: $0.manifest.threshold,
          scores: $0.evaluation.logOdds)
      }
      let comparison = ModelComparison(
        isPositive: examples.map(\.isPositive), sides[0], sides[1], seed: seed)
      if options.json { return try StandardOutput.line(json(found, comparison).text) }
      try print(found, comparison, examples)
    }

    private func json(
      _ found: [(manifest: ModelManifest, evaluation: Evaluation)], _ comparison: ModelComparison
    ) -> JSONLine {
      var line = JSONLine()
      for (name, side) in zip(["first", "second"], found) {
        var metrics = MetricsReport.line(side.evaluation.metrics)
        metrics.add("model", side.manifest.reference)
        line.add(name, raw: metrics.text)
      }
      let difference = comparison.difference
      for (name, value, interval) in [
        ("f1", difference.f1, difference.f1Interval),
        ("auc_pr", difference.aucPR, difference.aucPRInterval),
      ] {
        let isDefined = Evaluation.measured.contains {
          $0.name == name && $0.value(of: found[0].evaluation.metrics).isFinite
        }
        line.add("\(name)_difference", isDefined ? value : .nan)
        line.add("\(name)_interval", raw: isDefined ? pair(interval) : "null")
      }
      line.add("only_first_right", comparison.onlyFirst.count)
      line.add("only_second_right", comparison.onlySecond.count)
      line.add("mcnemar_p", comparison.mcNemar)
      return line
    }

    private func pair(_ interval: ClosedRange<Double>) -> String {
      "[\(interval.lowerBound), \(interval.upperBound)]"
    }

    private func print(
      _ found: [(manifest: ModelManifest, evaluation: Evaluation)], _ comparison: ModelComparison,
      _ examples: [LabelledText]
    ) throws {
      let names = found.map(\.manifest.reference)
      var table = TextTable(
        ["on \(Shown.number(examples.count)) posts"] + names + ["difference", "95 %"],
        numeric: [false, true, true, true, false])
      let intervals = [
        "f1": comparison.difference.f1Interval, "auc_pr": comparison.difference.aucPRInterval,
      ]
      for measured in Evaluation.measured {
        let values = found.map { measured.value(of: $0.evaluation.metrics) }
        let interval = values[0].isFinite ? intervals[measured.name] : nil
        table.rows.append(
          [measured.title] + values.map { Shown.decimal($0) } + [
            Shown.decimal(values[1] - values[0]),
            interval.map { "\(Shown.decimal($0.lowerBound)) to \(Shown.decimal($0.upperBound))" }
              ?? "",
          ])
      }
      try table.print()
      let probability = comparison.mcNemar
      try StandardOutput.line(
        "\nonly \(names[0]) is right \(Shown.number(comparison.onlyFirst.count)) times, only "
          + "\(names[1]) \(Shown.number(comparison.onlySecond.count)) times; "
          + (probability < 0.05
            ? "chance alone would seldom do that (p = \(Shown.decimal(probability)))"
            : "chance alone may do that (p = \(Shown.decimal(probability)))"))
      for (name, rows) in zip(names, [comparison.onlyFirst, comparison.onlySecond])
      where !rows.isEmpty && posts > 0 {
        try StandardOutput.line("\nonly \(name) is right:")
        for row in rows.prefix(posts) {
          let label = found[0].manifest.labels
          try StandardOutput.line(
            "  \(examples[row].isPositive ? label.positive : label.negative): "
              + Shown.plain(examples[row].text).prefix(90))
        }
      }
    }
  }

  /// The models of the data directory that the options name, which must be there. The database
  /// itself orders those who change what is promoted.
  fileprivate static func kept(_ options: GlobalOptions) throws -> ModelRegistry {
    try DataDirectory(reading: try options.configuration().dataDirectory).models
  }

  fileprivate static func told(_ manifest: ModelManifest, _ options: GlobalOptions) throws {
    if options.json { return try StandardOutput.line(Models.json(manifest, isCurrent: true)) }
    try StandardOutput.line("\(manifest.name) now means \(Style.bold(manifest.reference))")
  }
}

/// Two models that look for different labels cannot be held against each other.
private struct DifferentLabels: Error, CustomStringConvertible {
  let first, second: String
  var description: String {
    "the first model looks for \"\(first)\", the second for \"\(second)\": train one of them with "
      + "--positive, so that both look for the same"
  }
}

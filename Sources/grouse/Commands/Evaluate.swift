internal import ArgumentParser
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal
internal import TextClassification

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model on labelled posts.",
    discussion: """
      Posts that the model was trained on flatter it: use others, or `train --folds`.

      Example: grouse evaluate other-posts.csv --model complaints --json
      """)

  @Argument(help: "A file of labelled posts.") var file: String
  @Option(help: "NAME, NAME@VERSION or a path (default: the configured one).") var model: String?
  @OptionGroup var columns: ColumnOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    Interruption.endProcess(saying: "nothing was measured")
    let registry = try registry(configuration, model)
    let (classifier, manifest) = try registry.load(model ?? configuration.model)
    let data = try Dataset(file, .init(text: columns.text, label: columns.label))
    let (examples, _) = try data.examples(positive: columns.positive)
    let scorer = classifier.scorer(brandNames: configuration.brand.allNames)
    var scratch = Scratch()
    let bar = ProgressBar("evaluating", unit: "posts", total: examples.count)
    var probabilities: [Double] = []
    for example in examples {
      var text = example.text
      probabilities.append(
        text.withUTF8 {
          scorer.probability(of: UnsafeRawBufferPointer($0), scratch: &scratch)
        })
      bar.update(probabilities.count)
    }
    bar.clear()
    let metrics = ClassificationMetrics(
      isPositive: examples.map(\.isPositive), probabilities: probabilities,
      threshold: classifier.threshold)
    if options.json { return try StandardOutput.line(MetricsReport.line(metrics).text) }
    try print(metrics, manifest)
  }

  private func print(_ metrics: ClassificationMetrics, _ manifest: ModelManifest) throws {
    try StandardOutput.line(
      "\(Style.bold(manifest.reference)) on \(Shown.number(metrics.count)) posts of \(file)")
    var table = TextTable(["metric", "value"], numeric: [false, true])
    let rows: [(String, Double)] = [
      ("accuracy", metrics.accuracy), ("precision", metrics.precision), ("recall", metrics.recall),
      ("F1", metrics.f1), ("macro-F1", metrics.macroF1), ("AUC-PR", metrics.aucPR),
      ("AUC-ROC", metrics.aucROC),
    ]
    table.rows = rows.map { [$0.0, Shown.decimal($0.1)] }
    try table.print()
    try StandardOutput.line("")
    let (negative, positive) = (manifest.labels.negative, manifest.labels.positive)
    var confusion = TextTable(
      ["", "said \(negative)", "said \(positive)"], numeric: [false, true, true])
    for (name, row) in zip([negative, positive], metrics.confusion) {
      confusion.rows.append(["is \(name)"] + row.map { Shown.number($0) })
    }
    try confusion.print()
  }
}

/// The registry of the data directory; a model given by its path needs no data directory.
func registry(_ configuration: Configuration, _ reference: String?) throws -> ModelRegistry {
  if let reference, reference.contains("/") { return ModelRegistry(configuration.dataDirectory) }
  return try DataDirectory(reading: configuration.dataDirectory).models
}

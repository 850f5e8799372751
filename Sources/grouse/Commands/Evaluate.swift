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
      Posts that the model was trained on flatter it: use others, or `train --folds`. Behind each \
      figure stands the interval that holds 95 of 100 bootstrap samples.

      Example: grouse evaluate other-posts.csv --model complaints --json
      """)

  @Argument(help: "A file of labelled posts.") var file: String
  @Option(help: "NAME, NAME@VERSION or a path (default: the configured one).") var model: String?
  @Option(
    parsing: .unconditional, help: "Wrong verdicts to show, the surest first.",
    transform: wholeNumber(0...Int.max))
  var errors = 5
  @Option(
    parsing: .unconditional,
    help: "Samples of the bootstrap that the intervals come from; 0 for none.",
    transform: wholeNumber(0...100_000))
  var samples = 1_000
  @Option(
    parsing: .unconditional, help: "Decides the samples.", transform: wholeNumber(0...UInt64.max))
  var seed: UInt64 = 1
  @OptionGroup var columns: ColumnOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    Interruption.endProcess(saying: "nothing was measured")
    let registry = try registry(configuration, model)
    let (classifier, manifest) = try registry.load(model ?? configuration.model)
    let data = try Dataset(file, columns.dataset)
    let (examples, _) = try data.examples(
      positive: columns.positive, known: classifier.labels)
    Evaluation.noteOneLabel(examples, file)
    let bar = ProgressBar("evaluating", unit: "posts", total: examples.count)
    let evaluation = Evaluation(
      examples, classifier.scorer(brandNames: configuration.brand.allNames), samples: samples,
      seed: seed
    ) { bar.update($0) }
    let topics = TopicReport(
      examples, classifier.scorer(brandNames: configuration.brand.allNames))
    let features = ClassFeatures(
      of: examples.map(\.text), by: classifier.scorer(brandNames: configuration.brand.allNames))
    bar.clear()
    if options.json {
      var line = evaluation.json
      line.add("threshold", classifier.threshold)
      line.add("top_features", raw: features.json(classifier.labels).text)
      if let topics { line.add("topics", raw: topics.json) }
      return try StandardOutput.line(line.text)
    }
    try StandardOutput.line(
      "\(Style.bold(manifest.reference)) on \(Shown.number(examples.count)) posts of \(file)")
    try evaluation.print(manifest, errors: errors)
    try features.print(classifier.labels)
    if let topics {
      try StandardOutput.line("")
      try topics.print()
    }
  }
}

/// The registry of the data directory; a model given by its path needs no data directory.
func registry(_ configuration: Configuration, _ reference: String?) throws -> ModelRegistry {
  if let reference, reference.contains("/") {
    return DataDirectory.registry(in: configuration.dataDirectory)
  }
  return try DataDirectory(reading: configuration.dataDirectory).models
}

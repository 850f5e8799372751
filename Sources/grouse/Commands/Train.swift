internal import ArgumentParser
internal import Bytes
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal
internal import TextClassification

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learn a model from labelled posts.",
    discussion: """
      FILE is CSV with a header, or JSON lines. The model is kept in the data directory as the next \
      version of its name; older versions stay.

      A few hundred posts of your own are best learnt beside the shipped ones: with --start-from the \
      model begins with what another file teaches and learns from yours how they differ. Only yours \
      are tested on.

      Example: grouse train data/complaints.csv --text text --label label --folds 5
               grouse train ours.csv --label is_complaint --start-from data/complaints.csv
               grouse train --labels --start-from data/complaints.csv   # what `label` has gathered
               grouse train ours.csv --search grid --grid regularisation=0.03,0.1,0.3 \
                 --grid character-ngrams=2-3,3-5
      """)

  @Argument(help: "Files of labelled posts.") var files: [String] = []
  @Flag(help: "Learn from what `grouse label` has gathered, beside the files or alone.")
  var labels = false
  @Option(
    help: "With --labels: this labeller's verdicts (default: what most say of a post).")
  var labeller: String?
  @OptionGroup var columns: ColumnOptions
  @Option(help: "Labelled posts (columns text and label) to begin with.") var startFrom: String?
  @Option(help: "The model's name (default: the configured one).") var model: String?
  @Flag(help: "Learn only whether posts complain, not what they are about: half the time.")
  var noTopics = false
  @Option(
    help: """
      The learner: logistic-regression, or SparkML's usual pipeline for tweets as it is: \
      spark-linear-svc, spark-logistic-regression, spark-naive-bayes.
      """, transform: Train.algorithm)
  var algorithm = TrainingOptions.Algorithm.logisticRegression
  @Option(
    parsing: .unconditional,
    help: """
      What the threshold is chosen for: f1, precision=0.9, recall=0.95, even-odds (where the learner \
      draws the line itself), or a probability. The first three are chosen for each fold by models \
      that have not seen it, which takes three times as long with five folds, and --folds 2 or more.
      """, transform: Train.goal)
  var threshold = TrainingOptions.ThresholdGoal.evenOdds
  @Option(parsing: .unconditional, help: "Folds of the cross-validation (5); 0 for none.")
  var folds: Int?
  @Option(
    parsing: .unconditional, help: "Decides folds; the same seed gives the same model.",
    transform: wholeNumber(0...UInt64.max))
  var seed: UInt64 = 1
  @OptionGroup var search: SearchOptions
  @OptionGroup var options: GlobalOptions

  private static func algorithm(_ text: String) throws -> TrainingOptions.Algorithm {
    guard let found = TrainingOptions.Algorithm(name: text) else {
      throw ValidationError(
        "unknown algorithm \"\(text)\"; there are: "
          + TrainingOptions.Algorithm.allCases.map(\.name).joined(separator: ", "))
    }
    return found
  }

  private static func goal(_ text: String) throws -> TrainingOptions.ThresholdGoal {
    guard let found = TrainingOptions.ThresholdGoal(text) else {
      throw ValidationError(
        "\"\(text)\" is no goal for a threshold; give f1, precision=0.9, recall=0.95, even-odds "
          + "or a probability from 0 to 1")
    }
    return found
  }

  func validate() throws {
    guard folds == nil || folds == 0 || (2...100).contains(folds ?? 0) else {
      throw ValidationError("--folds must be 0, or 2 to 100")
    }
    guard folds != 0 || search.foldColumn != nil || !threshold.isSought else {
      throw ValidationError(
        "--threshold \(threshold) is chosen by a cross-validation: give --folds 2 or more")
    }
    try search.validate(folds: folds, algorithm: algorithm, seed: seed)
    if let model { try checkUsage { try ModelRegistry.check(name: model) } }
    guard !noTopics || columns.topic == nil else {
      throw ValidationError("--no-topics leaves nothing for --topic to name")
    }
    guard !files.isEmpty || labels else {
      throw ValidationError("name a file of labelled posts, or give --labels")
    }
    guard labels || labeller == nil else { throw ValidationError("--labeller is for --labels") }
    guard !labels || search.column == nil else {
      throw ValidationError(
        "--labels has no columns of folds or groups; write a file with `grouse label --export`")
    }
  }

  /// What people have said, one label a post.
  private func gathered(_ configuration: Configuration) throws -> [PostLabel] {
    let book = try DataDirectory.labels(in: configuration.dataDirectory)
    let (labels, undecided) = try book.chosen(labeller.map { .labeller($0) } ?? .majority)
    guard !labels.isEmpty else {
      throw TooFewPosts(
        message: (labeller.map { "\(Shown.plain($0)) has judged no posts" } ?? "no post is judged")
          + " in \(configuration.dataDirectory): `grouse label` shows some")
    }
    if undecided > 0 {
      Messages.line(
        "\(Shown.count(undecided, "post")) left out: as many say one thing of them as the other")
    }
    return labels
  }

  func run() throws {
    let configuration = try options.configuration()
    Interruption.endProcess(saying: "no model was kept")
    let job = TrainingJob(
      files: files, labels: try labels ? gathered(configuration) : nil, columns: columns,
      learnsTopics: !noTopics, startFrom: startFrom,
      model: model ?? configuration.model, algorithm: algorithm, threshold: threshold,
      folds: folds ?? TrainingJob.usualFolds, seed: seed, search: search, brand: configuration.brand
    )
    // The files are read first: a wrong name should not leave a data directory behind.
    let data = try job.readExamples()
    let (models, directory) = try DataDirectory.modelsForChange(
      in: configuration.dataDirectory, purpose: "grouse train")
    let result = try withExtendedLifetime(directory) { try job.train(data, into: models) }
    do {
      try options.json ? StandardOutput.line(result.json) : result.print()
      try StandardOutput.flush()
    } catch let error as OutputError {
      Messages.line("\(result.manifest.reference) was kept")
      throw error
    }
    let (name, version) = (result.manifest.name, result.manifest.version)
    if let promoted = try models.promoted(name), promoted != version {
      Messages.line(
        "\(name) still means \(name)@\(promoted); `grouse models promote \(name)@\(version)` "
          + "changes that")
    }
  }
}

/// There is not enough to learn from.
struct TooFewPosts: Error, CustomStringConvertible {
  let message: String
  var description: String { message }
}

/// Reads, trains, validates and keeps a model: what `train` and `demo` do.
struct TrainingJob {
  static let usualFolds = 5

  var files: [String]
  /// What people have said of posts; nil: they are not asked.
  var labels: [PostLabel]?
  var columns: ColumnOptions
  var learnsTopics = true
  var startFrom: String?
  var model: String
  var algorithm = TrainingOptions.Algorithm.logisticRegression
  var threshold = TrainingOptions.ThresholdGoal.evenOdds
  var folds = usualFolds
  var seed: UInt64 = 1
  var search: SearchOptions?
  var brand: Brand

  struct Data {
    var examples: [LabelledText] = []
    var labels = ClassLabels(negative: "other", positive: "complaint")
    var prior: [LabelledText] = []
    /// What the column of folds or of groups says of each example.
    var groups: [String] = []

    /// Of the own texts and labels, in their order.
    var checksum: UInt32 { Self.checksum(examples) }

    static func checksum(_ examples: [LabelledText]) -> UInt32 {
      var bytes: [UInt8] = []
      for example in examples {
        bytes += [example.isPositive ? 1 : 0]
        bytes += example.text.utf8
        bytes += [0]
        if let topic = example.topic { bytes += Array(topic.utf8) + [0] }
      }
      return CRC32C.checksum(bytes)
    }
  }

  func readExamples() throws -> Data {
    var data = Data()
    for (number, file) in files.enumerated() {
      var wanted = columns.dataset
      if !learnsTopics { wanted.topic = .none }
      wanted.group = search?.column
      let dataset = try Dataset(file, wanted)
      data.groups += dataset.groups
      let (examples, labels) = try dataset.examples(
        positive: columns.positive, known: number == 0 ? nil : data.labels)
      data.examples += examples
      if number == 0 { data.labels = labels } else { tell(labels, of: file, beside: data.labels) }
    }
    if let labels { add(labels, to: &data) }
    if let startFrom {
      let dataset = try Dataset(
        startFrom,
        .init(
          text: "text", label: "label",
          topic: learnsTopics ? .wherePresent(ColumnOptions.usualTopic) : .none))
      let (prior, labels) = try dataset.examples(positive: nil, known: data.labels)
      tell(labels, of: startFrom, beside: data.labels)
      // They would be tested on what they were learnt from.
      data.prior = LabelledText.unlike(data.examples, in: prior, brandNames: brand.allNames)
      let left = prior.count - data.prior.count
      if left > 0 {
        Messages.line(
          "\(Shown.number(left)) posts of \(startFrom) are left out: they are near duplicates of your own"
        )
      }
    }
    return data
  }

  /// Adds the verdicts of people behind the files' posts.
  private func add(_ labels: [PostLabel], to data: inout Data) {
    let own = ClassLabels(negative: Verdict.other.rawValue, positive: Verdict.complaint.rawValue)
    if files.isEmpty {
      data.labels = own
    } else {
      tell(own, of: "grouse label", beside: data.labels)
    }
    data.examples += labels.map {
      LabelledText(
        text: $0.text, isPositive: $0.verdict == .complaint, topic: learnsTopics ? $0.topic : nil)
    }
  }

  /// Where the posts come from, for the manifest and for messages.
  private var source: String {
    (files + (labels == nil ? [] : ["grouse label"])).joined(separator: ", ")
  }

  /// Says what another file's labels are taken for, where they are not those of the first.
  private func tell(_ labels: ClassLabels, of file: String, beside own: ClassLabels?) {
    guard let own, labels.positive != own.positive else { return }
    Messages.line(
      "\(file): \"\(Shown.plain(labels.positive))\" is taken for what is "
        + "\"\(Shown.plain(own.positive))\" in \(files.first ?? "the first file")")
  }

  /// Thrown where the folds could not all have posts of both labels.
  private func checkFolds(_ data: Data) throws {
    let positives = data.examples.count(where: \.isPositive)
    let negatives = data.examples.count - positives
    guard folds > 0, search?.foldColumn == nil, min(positives, negatives) < folds else { return }
    throw TooFewPosts(
      message: "\(source): \(positives) \(data.labels.positive) and "
        + "\(negatives) \(data.labels.negative) are too few posts for \(folds) folds; give more "
        + "posts, or fewer --folds (0 for no cross-validation)")
  }

  func train(_ data: Data, into registry: ModelRegistry) throws -> TrainingResult {
    try checkFolds(data)
    var options = TrainingOptions()
    options.folds = max(folds, 2)
    options.seed = seed
    options.labels = data.labels
    options.algorithm = algorithm
    options.threshold = threshold
    options.keepsNearDuplicatesTogether = true
    let trainer = TextClassifierTrainer(
      options: options, brandNames: brand.allNames, prior: data.prior)
    let start = Clock.monotonicSeconds()
    let bar = ProgressBar("training", unit: "parts", total: nil)
    let report: (TrainingProgress) -> Void = { progress in
      switch progress {
      case .readingTexts: bar.update(0)
      case .fold(let done, let count), .searching(let done, let count):
        bar.update(done, total: count + 1)
      case .fittingAll: break
      }
    }
    let (choice, foldNames) = try search?.folds(data.groups) ?? (.stratified, [])
    let wanted = try search?.parameterSearch(hasPrior: !data.prior.isEmpty)
    var classifier: TextClassifier
    var validation: CrossValidation?
    var found: SearchReport?
    do throws(TrainingError) {
      if let wanted {
        (classifier, validation, found) = try trainer.search(
          data.examples, wanted, folds: choice, progress: report)
      } else if folds == 0, search?.foldColumn == nil, !threshold.isSought {
        classifier = try trainer.train(data.examples, progress: report)
      } else {
        (classifier, validation) = try trainer.trainAndValidate(
          data.examples, folds: choice, progress: report)
      }
    } catch {
      throw FoldFault.named(error, foldNames)
    }
    let topics = try learnTopics(&classifier, data, trainer, validation, bar)
    bar.clear()
    var manifest = ModelManifest(
      name: model, createdAt: Clock.system.milliseconds, algorithm: algorithm.name,
      labels: classifier.labels, threshold: classifier.threshold,
      examples: data.examples.count, source: source, seed: seed,
      f1: validation?.mean { $0.f1 }, macroF1: validation?.mean { $0.macroF1 })
    manifest.aucPR = validation?.mean { $0.aucPR }
    manifest.calibrationError = validation?.calibration.expectedError
    manifest.distribution = validation?.distribution
    manifest.goal = threshold.description
    if let found, let wanted {
      manifest.searched = SearchText.summary(found, wanted)
      manifest.chosen = SearchText.text(found.chosen)
    }
    var used = options
    for choice in found?.chosen ?? [] { choice.apply(to: &used) }
    manifest.parameters = used.summary(hasPrior: !data.prior.isEmpty)
    manifest.folds = validation?.foldMetrics.count ?? 0
    if let startFrom {
      manifest.prior = ModelManifest.Prior(
        source: startFrom, examples: data.prior.count, checksum: Data.checksum(data.prior))
    }
    manifest.topics = topics?.metrics
    manifest.program = "grouse \(Grouse.version)"
    manifest.dataChecksum = data.checksum
    manifest = try registry.save(classifier, manifest)
    return TrainingResult(
      manifest: manifest, classifier: classifier, validation: validation, foldNames: foldNames,
      search: found,
      topics: topics, examples: data.examples, brandNames: brand.allNames,
      seconds: Clock.monotonicSeconds() - start)
  }
}

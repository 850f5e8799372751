internal import ArgumentParser
internal import Machine
internal import Node
internal import SupportDesk
internal import Terminal
internal import TextClassification

struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Classify posts of a file or a pipe; JSON lines out, in order.",
    discussion: """
      FILE is CSV with a header, JSON lines, or plain text, one post a line, where blank lines are \
      passed over. Posts as the X API sends them, and the other formats that `run` reads, are found \
      by themselves unless --text names a field. Of a text the first 64 KiB count. Each row gives one \
      line: {"text": …, "label": …, "probability": …}, the probability being that of a complaint \
      (the model's second label) whatever the label. A model that has learnt topics adds "topic" \
      and "topic_probability". Rows that cannot be read are reported on \
      standard error with their line, and the exit code is then 1.

      Example: grouse classify posts.csv --model complaints --text body
      """)

  @Argument(help: "A file, or - for standard input.") var file = "-"
  @Option(help: "NAME, NAME@VERSION or a path (default: the configured one).") var model: String?
  @Option(help: "The column or JSON field with the text (default: text, or as `run` finds it).")
  var text: String?
  @Flag(help: "Add what each word contributes, as `explain --json` does; the strongest first.")
  var explain = false
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    let (classifier, _) = try registry(configuration, model).load(model ?? configuration.model)
    // Opening a pipe may wait for its other end: until then a signal does what it does to all.
    let input = try InputBytes(file == "-" ? nil : file)
    let interruption = Interruption()
    var columns = Dataset.Columns(text: text ?? "text")
    columns.findsPosts = text == nil
    var reader = RowTextReader(path: input.name, columns)
    var classification = RowClassification(
      classifier.scorer(brandNames: configuration.brand.allNames), explains: explain)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    func read() throws -> Int {
      try input.read(into: chunk) { interruption.isRequested }
    }
    var count = try read()
    try interruption.throwIfRequested("no rows were classified")
    // A pipe that nothing went through, as after `grep`, is no mistake.
    if count == 0, file == "-" { return }
    try reader.begin(
      firstBytes: UnsafeRawBufferPointer(rebasing: chunk[..<count]), isFile: file != "-")
    while count > 0, !interruption.isRequested {
      reader.feed(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      try classification.drain(&reader)
      try StandardOutput.flush()
      count = try read()
    }
    try interruption.throwIfRequested("not all rows were classified")
    reader.finish()
    try classification.drain(&reader)
    if classification.rows == 0 && classification.unreadable == 0 && file != "-" {
      throw DatasetError.empty(path: input.name)
    }
    if classification.unreadable > 0 {
      Messages.line("\(Shown.count(classification.unreadable, "row")) could not be read")
      throw ExitCode.failure
    }
  }
}

/// Classifies the rows that a reader has and writes them out.
private struct RowClassification: ~Copyable {
  private let scorer: TextScorer
  private let explains: Bool
  private var scratch = Scratch()
  private(set) var rows = 0
  private(set) var unreadable = 0

  init(_ scorer: TextScorer, explains: Bool) {
    self.scorer = scorer
    self.explains = explains
  }

  mutating func drain(_ reader: inout RowTextReader) throws {
    while true {
      do {
        guard let row = try reader.next() else { return }
        try write(row.text)
      } catch let error as DatasetError {
        // Without its column, or with two of them, a file has no rows at all; a single bad row is
        // only passed over.
        switch error {
        case .noColumn, .badHeader: throw error
        default: break
        }
        unreadable += 1
        if unreadable <= 20 { Messages.line("\(error)") }
      }
    }
  }

  private mutating func write(_ text: String) throws {
    rows += 1
    var copy = text
    let probability = copy.withUTF8 {
      scorer.probability(of: UnsafeRawBufferPointer($0), scratch: &scratch)
    }
    let labels = scorer.classifier.labels
    var line = JSONLine()
    line.add("text", text)
    line.add("label", scorer.isPositive(probability) ? labels.positive : labels.negative)
    line.add("probability", probability)
    if let topics = scorer.classifier.topics,
      let verdict = scorer.topicOfLastText(scratch: &scratch)
    {
      line.add("topic", topics.names[verdict.place])
      line.add("topic_probability", verdict.probability)
    }
    if explains { line.add("words", ExplainedWords.json(scorer.explain(text), text)) }
    try StandardOutput.line(line.text)
  }
}

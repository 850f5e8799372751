import ArgumentParser
import Machine
import SupportDesk
import TextClassification

/// How many posts a second are judged from their raw bytes, by what is read of them, on one core
/// and on two; how long learning from them takes. `Tools/peers/texts` has other programs do the
/// same.
struct TextBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "texts")

  @Option(help: "How many posts a round.") var posts = 200_000
  @Option(help: "How often each is run; the best counts.") var rounds = 3
  @Flag(help: "Print JSON lines.") var json = false
  @Option(help: "Write the posts to this file instead, each a line: 1 or 0, a tabulator, the text.")
  var write: String?
  @OptionGroup var places: Places

  func run() throws {
    let made = try LabelledWorkload.posts(posts, samples: places.samples)
    if let write { return try Self.save(made, write) }
    let labelled = try Dataset(
      Path.join(places.samples, "complaints.csv"), .init(text: "text", label: "label"))
    let examples = try labelled.examples(positive: "complaint").examples
    let texts = TextLines(made)
    if !json { print("\(posts) posts of \(texts.byteCount / posts) bytes on average") }
    try judge("words 1-3, pairs, characters 2-3 (as shipped)", FeatureSettings(), examples, texts)
    var usual = FeatureSettings()
    (usual.wordNgrams, usual.skipPairs, usual.stems) = (1...2, false, false)
    usual.characterNgrams = 3...5
    try judge("words 1-2, characters 3-5", usual, examples, texts)
    usual.characterNgrams = nil
    try judge("words 1-2", usual, examples, texts)
  }

  private static func save(_ posts: [LabelledText], _ path: String) throws {
    var bytes: [UInt8] = []
    for post in posts { bytes += "\(post.isPositive ? 1 : 0)\t\(post.text)\n".utf8 }
    try LocalDisk().replace(path, with: bytes)
  }

  private func judge(
    _ name: String, _ features: FeatureSettings, _ examples: [LabelledText], _ texts: TextLines
  ) throws {
    var options = TrainingOptions()
    options.features = features
    let scorer = try TextClassifierTrainer(options: options, brandNames: Brand().allNames)
      .train(examples).scorer(brandNames: Brand().allNames)
    @Sendable func score(_ places: Range<Int>) {
      var scratch = Scratch()
      var sum = 0.0
      texts.forEach(in: places) { sum += scorer.probability(of: $0, scratch: &scratch) }
      // So that nothing is left out as unused.
      if sum < 0 { print(sum) }
    }
    let middle = texts.count / 2
    var one = Measure(seconds: .infinity, processorSeconds: .infinity)
    var two = one
    for _ in 0..<rounds {
      one = one.better(Measure.time { score(0..<texts.count) })
      two = two.better(
        Measure.time {
          let workers = [0..<middle, middle..<texts.count].map { places in
            Worker { score(places) }
          }
          for worker in workers { worker.join() }
        })
    }
    show(name, cores: 1, one)
    show(name, cores: 2, two)
    if !json {
      print(
        "\(name): \(shown(Double(texts.count) / one.seconds)) posts/s on one core, "
          + "\(shown(one.seconds / two.seconds, 2)) times that on two")
    }
  }

  private func show(_ what: String, cores: Int, _ measure: Measure) {
    guard json else { return }
    print(
      "{\"what\": \"\(what)\", \"cores\": \(cores), \"posts\": \(posts), "
        + "\"seconds\": \(measure.seconds), \"processor\": \(measure.processorSeconds)}")
  }
}

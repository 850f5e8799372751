import ArgumentParser
import Machine
import SupportDesk
import TextClassification

/// How many posts a second are read and judged from their raw bytes, by what is read of them.
struct TextBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "texts")

  @Option(help: "How many posts a round.") var posts = 200_000
  @Option(help: "How often each is run.") var rounds = 3
  @OptionGroup var places: Places

  func run() throws {
    let labelled = try Dataset(
      Path.join(places.samples, "complaints.csv"), .init(text: "text", label: "label"))
    let examples = try labelled.examples(positive: "complaint").examples
    let texts = try Dataset(
      Path.join(places.samples, "sample-texts.csv"), .init(text: "text")
    ).texts.map { Array($0.utf8) }
    let bytes = texts.reduce(0) { $0 + $1.count } / texts.count
    print("posts of \(bytes) bytes on average")
    try measure("words 1-3, pairs, characters 3-5 (as shipped)", FeatureSettings(), examples, texts)
    var usual = FeatureSettings()
    (usual.wordNgrams, usual.skipPairs) = (1...2, false)
    try measure("words 1-2, characters 3-5", usual, examples, texts)
    usual.characterNgrams = nil
    try measure("words 1-2", usual, examples, texts)
  }

  private func measure(
    _ name: String, _ features: FeatureSettings, _ examples: [LabelledText], _ texts: [[UInt8]]
  ) throws {
    var options = TrainingOptions()
    options.features = features
    let scorer = try TextClassifierTrainer(options: options, brandNames: Brand().allNames)
      .train(examples).scorer(brandNames: Brand().allNames)
    let count = posts
    @Sendable func score(_ places: Range<Int>) {
      var scratch = Scratch()
      var sum = 0.0
      for place in places {
        texts[place % texts.count].withUnsafeBytes {
          sum += scorer.probability(of: $0, scratch: &scratch)
        }
      }
      // So that nothing is left out as unused.
      if sum < 0 { print(sum) }
    }
    var one = Double.infinity
    var two = Double.infinity
    for _ in 0..<rounds {
      one = min(one, Measure.time { score(0..<count) }.seconds)
      two = min(
        two,
        Measure.time {
          let workers = [0..<count / 2, count / 2..<count].map { places in
            Worker { score(places) }
          }
          for worker in workers { worker.join() }
        }.seconds)
    }
    print(
      "\(name): \(shown(Double(posts) / one)) posts/s on one core, "
        + "\(shown(one / two, 2)) times that on two")
  }
}

internal import ArgumentParser
internal import Node
internal import SupportDesk
internal import Terminal
internal import TextClassification

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the words that decided a model's verdict on a text.",
    discussion: """
      Positive contributions speak for a complaint, negative ones against it; with the model's own \
      leaning they add up to the log-odds of the probability.

      Example: grouse explain "where is my parcel @asos, third day waiting" --model complaints
      """)

  @Argument(help: "The text of a post.") var text: String
  @Option(help: "NAME, NAME@VERSION or a path (default: the configured one).") var model: String?
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let configuration = try options.configuration()
    let (classifier, manifest) =
      try registry(configuration, model).load(model ?? configuration.model)
    let scorer = classifier.scorer(brandNames: configuration.brand.allNames)
    let probability = scorer.probability(of: text)
    let label = scorer.predict(text)
    let words = scorer.explain(text)
    let topic = scorer.topics(of: text).first
    let topicWords = topic.map { scorer.words(of: text, forTopic: $0.name) } ?? []
    if options.json {
      var line = JSONLine()
      line.add("text", text)
      line.add("label", label)
      line.add("probability", probability)
      line.add("model", manifest.reference)
      line.add("words", ExplainedWords.json(words, text))
      line.add("ngrams", ExplainedWords.json(scorer.features(text), text))
      if let topic {
        line.add("topic", topic.name)
        line.add("topic_probability", topic.probability)
        line.add("topic_words", ExplainedWords.json(topicWords, text))
      }
      return try StandardOutput.line(line.text)
    }
    let deciding = words.filter { ($0.contribution > 0) == scorer.isPositive(probability) }.prefix(
      4)
    try StandardOutput.line(Highlight.mark(text, deciding.map(\.range)))
    try StandardOutput.line(
      "\(Style.bold(label)), probability \(Shown.decimal(probability)) "
        + "(\(manifest.reference), threshold \(Shown.decimal(classifier.threshold, 2)))"
        + (topic == nil ? "\n" : ""))
    if let topic {
      let deciding = topicWords.filter { $0.contribution > 0 }.prefix(4)
        .map { Shown.plain($0.word(in: text)) }
      try StandardOutput.line(
        "about \(Style.bold(Shown.plain(topic.name))), probability "
          + Shown.decimal(topic.probability)
          + (deciding.isEmpty ? "" : ", by " + deciding.joined(separator: ", ")) + "\n")
    }
    var table = TextTable(["word", "contribution", ""], numeric: [false, true, false])
    let largest = max(words.map { abs($0.contribution) }.max() ?? 1, .leastNormalMagnitude)
    for word in words.prefix(15) {
      let bar = String(
        repeating: "▇", count: Int((abs(word.contribution) / largest * 20).rounded()))
      table.rows.append([
        Shown.plain(word.word(in: text)), Shown.decimal(word.contribution),
        word.contribution > 0 ? Style.bad(bar) : Style.good(bar),
      ])
    }
    try table.print()
    let features = scorer.features(text).prefix(8)
    guard !features.isEmpty else { return }
    try StandardOutput.line("")
    var ngrams = TextTable(["n-gram", "", "contribution"], numeric: [false, false, true])
    for feature in features {
      ngrams.rows.append([
        Shown.plain(ExplainedWords.text(feature.range, text)), feature.kind.rawValue,
        Shown.decimal(feature.contribution),
      ])
    }
    try ngrams.print()
  }
}

/// Contributions with their places in a text, as JSON: `start` and `end` count its Unicode code
/// points, as Python's strings do.
enum ExplainedWords {
  static func json(_ words: [DecidingWord], _ text: String) -> [JSONLine] {
    words.map { word in
      var line = JSONLine()
      line.add("word", word.word(in: text))
      add(word.range, text, to: &line)
      line.add("contribution", word.contribution)
      return line
    }
  }

  static func json(_ features: [DecidingFeature], _ text: String) -> [JSONLine] {
    features.map { feature in
      var line = JSONLine()
      line.add("ngram", Self.text(feature.range, text))
      line.add("kind", feature.kind.rawValue)
      add(feature.range, text, to: &line)
      line.add("contribution", feature.contribution)
      return line
    }
  }

  static func text(_ range: Range<Int>, _ text: String) -> String {
    String(decoding: text.utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
  }

  private static func add(_ range: Range<Int>, _ text: String, to line: inout JSONLine) {
    let before = String(decoding: text.utf8.prefix(range.lowerBound), as: UTF8.self)
    let start = before.unicodeScalars.count
    line.add("start", start)
    line.add("end", start + Self.text(range, text).unicodeScalars.count)
  }
}

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
    if options.json {
      var line = JSONLine()
      line.add("text", text)
      line.add("label", label)
      line.add("probability", probability)
      line.add("model", manifest.reference)
      line.add(
        "words",
        words.map { word in
          var item = JSONLine()
          item.add("word", word.word(in: text))
          item.add("contribution", word.contribution)
          return item
        })
      return try StandardOutput.line(line.text)
    }
    let deciding = words.filter { ($0.contribution > 0) == scorer.isPositive(probability) }.prefix(
      4)
    try StandardOutput.line(Highlight.mark(text, words: deciding.map { $0.word(in: text) }))
    try StandardOutput.line(
      "\(Style.bold(label)), probability \(Shown.decimal(probability)) "
        + "(\(manifest.reference), threshold \(Shown.decimal(classifier.threshold, 2)))\n")
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
    for line in table.lines() { try StandardOutput.line(line) }
  }
}

/// Marks words in a text: in colour on a terminal, between * elsewhere.
enum Highlight {
  static func mark(_ text: String, words: [String]) -> String {
    let plain = Shown.plain(text)
    let lowered = words.map { $0.lowercased() }.filter { !$0.isEmpty }
    var result = ""
    var word = ""
    func settle() {
      let bare = word.lowercased()
      let isMarked = lowered.contains { wanted in
        wanted == bare || wanted.split(separator: " ").contains { $0 == bare }
      }
      result += isMarked ? (Style.isOn ? Style.highlight(word) : "*\(word)*") : word
      word = ""
    }
    for character in plain {
      if character.isLetter || character.isNumber || character == "'" || character == "’" {
        word.append(character)
      } else {
        settle()
        result.append(character)
      }
    }
    settle()
    return result
  }
}

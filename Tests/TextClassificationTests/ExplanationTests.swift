import Testing

@testable import TextClassification

/// Where explanations point to.
@Suite struct ExplanationTests {
  private let scorer: TextScorer

  init() throws {
    scorer = try TextClassifierTrainer(options: Fixtures.smallOptions).train(
      Fixtures.examples
        + ["🇬🇧 late again 👍🏽", "👨‍👩‍👧‍👦 no refund ❤️", "1️⃣ refund 😡😡"].map {
          LabelledText(text: $0, isPositive: true)
        }
    ).scorer()
  }

  @Test func `an emoji of several scalars is one word`() {
    for (text, expected) in [
      ("late 🇬🇧🇬🇧 yes", ["late", "🇬🇧", "🇬🇧", "yes"]),
      ("🇬🇧🇫🇷", ["🇬🇧", "🇫🇷"]),
      ("my 👨‍👩‍👧‍👦!", ["my", "👨‍👩‍👧‍👦", "!"]),
      ("ok👍🏽👍🏽 hm", ["ok", "👍🏽👍🏽", "hm"]),
      ("👍🏽👍 ❤️ 😡😡", ["👍🏽👍", "❤️", "😡😡"]),
      ("1️⃣ day, 24 é", ["1️⃣", "day", "24", "é"]),
      ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 ☎️", ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☎️"]),
    ] {
      let words = scorer.explain(text).sorted { $0.range.lowerBound < $1.range.lowerBound }
      #expect(words.map { $0.word(in: text) } == expected)
    }
  }

  @Test func `contributions point at whole characters, and sum to the log-odds`() {
    var random = TestRandom()
    let pieces = [
      "🇬🇧", "🇬", "👨‍👩‍👧‍👦", "👍🏽", "👍", "🏽", "❤️", "❤", "1️⃣", "😡", "\u{200D}", "late", "refund", " ",
      "é", "e\u{301}", "!", "24", "£5", "\r\n", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "की",
    ]
    for _ in 0..<500 {
      let text = (0..<random.int(0..<12)).map { _ in pieces[random.int(0..<pieces.count)] }.joined()
      // Where a character is an emoji, nothing may begin or end within it.
      var forbidden: Set<Int> = []
      var end = 0
      for character in text {
        if character.unicodeScalars.contains(where: isEmoji) {
          forbidden.formUnion(end + 1..<end + character.utf8.count)
        }
        end += character.utf8.count
      }
      let words = scorer.explain(text)
      let features = scorer.features(text)
      var scratch = Scratch()
      let logOdds = text.withUTF8Bytes { scorer.logOdds(of: $0, scratch: &scratch) }
      for sum in [words.map(\.contribution), features.map(\.contribution)] {
        let total = sum.reduce(scorer.classifier.intercept, +)
        #expect(abs(total - logOdds) < 1e-5, "\(text), seed \(random.seed)")
      }
      for range in words.map(\.range) + features.map(\.range) {
        let ends = [range.lowerBound, range.upperBound]
        #expect(forbidden.isDisjoint(with: ends), "\(text), seed \(random.seed)")
      }
      for (left, right) in zip(words.sorted(by: isBefore), words.sorted(by: isBefore).dropFirst()) {
        #expect(left.range.upperBound <= right.range.lowerBound, "\(text), seed \(random.seed)")
      }
    }
  }

  private func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value > 0x2000 && Scalars.classify(scalar.value) == .emoji
  }

  private func isBefore(_ left: DecidingWord, _ right: DecidingWord) -> Bool {
    left.range.lowerBound < right.range.lowerBound
  }

  @Test func `the words of the last text are those of the text, with any kind of model`() throws {
    for algorithm in TrainingOptions.Algorithm.allCases {
      var options = Fixtures.smallOptions
      options.algorithm = algorithm
      let scorer = try TextClassifierTrainer(options: options).train(
        Fixtures.examples + Fixtures.examples
      ).scorer()
      var scratch = Scratch()
      for text in Fixtures.examples.map(\.text) + ["refund 🇬🇧"] {
        let found = text.withUTF8Bytes { bytes in
          _ = scorer.probability(of: bytes, scratch: &scratch)
          return scorer.decidingWords(ofLast: bytes, scratch: &scratch, limit: 3)
        }
        #expect(found == Array(scorer.explain(text).prefix(3)) && !found.isEmpty, "\(algorithm)")
      }
    }
  }
}

import Testing

@testable import TextClassification

/// Reading texts at once against the pipeline's stages one after the other.
@Suite struct TermTextsTests {
  private static let pieces = [
    "The", "the", "order", "Order!", "it's", "http://a.b/c d", "xhttps://y", "WWW.z", "café",
    "ÉTÉ", "ΟΔΟΣ", "K", "😡", "\t", "\u{B}", "--", "don't", "'", "\u{A0}", "I",
  ]

  private func texts(_ random: inout TestRandom) -> [String] {
    (0..<random.int(1..<60)).map { _ in
      (0..<random.int(0..<12)).map { _ in
        Self.pieces[random.int(0..<Self.pieces.count)]
          + (random.int(0..<3) == 0 ? "" : random.int(0..<5) == 0 ? "\n" : " ")
      }.joined()
    }
  }

  @Test func `words are those of the stages`() {
    var random = TestRandom()
    for _ in 0..<200 {
      let texts = texts(&random)
      let read = TermTexts(texts)
      #expect(read.count == texts.count)
      for (row, text) in texts.enumerated() {
        #expect(read.strings(of: row) == TermModel.words(of: text), "seed \(random.seed): \(text)")
      }
    }
    // In several parts, whose words are put together.
    let many = (0..<20_000).map { "order \($0 % 1_000) a post \($0 % 7)" }
    let read = TermTexts(many)
    for row in stride(from: 0, to: many.count, by: 997) {
      #expect(read.strings(of: row) == TermModel.words(of: many[row]))
    }
  }

  @Test func `terms, rarity and vectors are those of the stages`() throws {
    var random = TestRandom()
    for _ in 0..<100 {
      let texts = ["order parcel", "order"] + texts(&random)
      let rows = [0, 1] + texts.indices.filter { _ in random.int(0..<2) == 0 }
      let words = Examples(rows.map { TermModel.words(of: texts[$0]) })
      let model = try CountVectorizer().fit(words)
      let counts = words.transformed(by: model)
      let rarity = try IDF(minDocFreq: 3).fit(counts)
      let found = try TermTexts(texts).weighted(rows, labels: words.labels)
      #expect(found.terms == model.vocabulary, "seed \(random.seed)")
      #expect(found.rarity.idf == rarity.idf && found.rarity.docFreq == rarity.docFreq)
      #expect(found.vectors == counts.transformed(by: rarity))
    }
    #expect(throws: TrainingError.self) {
      try TermTexts(["", "the"]).weighted([0, 1], labels: [0, 1])
    }
  }
}

import Testing

@testable import TextClassification

/// The stages that are made for speed against slow obvious ones.
@Suite struct StageTests {
  private static let pieces = [
    "Parcel", "LATE", "the", "Don't", "naïve", "ΣΟΦΟΣ", "İstanbul", "http://x.y/z", "HTTPS://a",
    "www.b.c", "ht", "wwx", "hat", "a", "!?", "...", "£5", "\u{301}", "😡", "~{|}", "@asos_", "",
  ]
  private static let gaps = [" ", "  ", "\t", "\n", "\u{B}", "\u{C}\r", "\u{A0}", ""]

  private static func text(_ random: inout TestRandom) -> String {
    (0..<random.int(0..<12)).map { _ in
      pieces[random.int(0..<pieces.count)] + gaps[random.int(0..<gaps.count)]
    }.joined()
  }

  private static func isJavaSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (9...13).contains(scalar.value)
  }

  @Test func `words are what stands between white space, lowered`() {
    var random = TestRandom()
    for _ in 0..<500 {
      let text = Self.text(&random)
      let slow = text.lowercased().unicodeScalars.split(whereSeparator: Self.isJavaSpace)
        .map { String($0) }
      #expect(RegexTokenizer().transform(text) == slow, "seed \(random.seed)")
    }
  }

  @Test func `a cleaned text has neither punctuation nor addresses`() {
    let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".unicodeScalars
    var random = TestRandom()
    for _ in 0..<500 {
      let text = Self.text(&random)
      var cleaned = String.UnicodeScalarView()
      var rest = Array(text.unicodeScalars)[...]
      while let first = rest.first {
        let start = String(String.UnicodeScalarView(rest.prefix(8))).lowercased()
        if ["http://", "https://", "www."].contains(where: start.hasPrefix) {
          cleaned += "URL".unicodeScalars
          rest = rest.drop { !Self.isJavaSpace($0) }
        } else {
          if !punctuation.contains(first) { cleaned.append(first) }
          rest.removeFirst()
        }
      }
      #expect(
        Array(PostCleaner().transform(text).utf8) == Array(String(cleaned).utf8),
        "seed \(random.seed)")
    }
  }

  @Test func `counts, numbers and vectors agree with dictionaries`() throws {
    var random = TestRandom()
    // More texts than one processor takes at a time.
    let texts = (0..<9_000).map { _ in
      (0..<random.int(0..<6)).map { _ in "t\(random.int(0..<10) * random.int(0..<40))" }
    }
    let counts = TermCounts(texts)
    var terms: [String: Int] = [:]
    var documents: [String: Int] = [:]
    for text in texts {
      for term in text { terms[term, default: 0] += 1 }
      for term in Set(text) { documents[term, default: 0] += 1 }
    }
    #expect(counts.table.count == terms.count, "seed \(random.seed)")
    for number in 0..<counts.table.count {
      let term = counts.table.term(number)
      #expect(counts.table.number(of: term) == number)
      #expect(counts.terms[number] == terms[term], "seed \(random.seed)")
      #expect(counts.texts[number] == documents[term], "seed \(random.seed)")
    }
    #expect(counts.table.number(of: "t") == nil)
    let model = try CountVectorizer().fit(Examples(texts))
    #expect(model.vocabulary.map { terms[$0] ?? 0 } == terms.values.sorted(by: >))
    for text in texts.prefix(200) {
      let slow = Dictionary(text.map { (model.place(of: $0) ?? -1, 1.0) }, uniquingKeysWith: +)
      #expect(model.transform(text) == SparseVector(size: terms.count, slow))
    }
  }

  @Test func `a term that comes twice keeps its first place`() {
    let model = CountVectorizerModel(vocabulary: ["b", "a", "b", "c"])
    #expect(["a", "b", "c", "d"].map { model.place(of: $0) } == [1, 0, 3, nil])
  }

  @Test func `examples keep their order and labels through a step`() {
    let texts = (0..<10_000).map { "A\($0) B" }
    let found = Examples(texts, labels: Array(texts.indices)).transformed(by: RegexTokenizer())
    #expect(found.values == texts.indices.map { ["a\($0)", "b"] })
    #expect(found.labels == Array(texts.indices))
  }
}

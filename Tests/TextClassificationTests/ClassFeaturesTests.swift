import Testing

@testable import TextClassification

@Suite struct ClassFeaturesTests {
  private let texts = Fixtures.examples.map(\.text) + ["Refund refund REFUND", ""]

  @Test func `they are the n-grams that move most log-odds, and where`() throws {
    let scorer = try Fixtures.classifier().scorer(brandNames: Fixtures.brands)
    // The slow way: one list of all, looked through for each n-gram.
    var all: [(text: Int, name: String, contribution: Double)] = []
    for (number, text) in texts.enumerated() {
      for feature in scorer.features(text) where feature.kind != .characters {
        let words = String(decoding: Array(text.utf8)[feature.range], as: UTF8.self).lowercased()
        all.append(
          (number, feature.kind == .start ? "^ " + words : words, feature.contribution))
      }
    }
    var sums: [String: Double] = [:]
    for name in Set(all.map(\.name)) {
      sums[name] = all.filter { $0.name == name }.reduce(0) { $0 + $1.contribution }
    }
    let found = ClassFeatures(of: texts, by: scorer, limit: 7)
    #expect(found.positive.count == 7 && found.negative.count == 7)
    for (side, sign) in [(found.positive, 1.0), (found.negative, -1.0)] {
      let strengths = side.map { $0.contribution * sign }
      #expect(strengths == strengths.sorted(by: >))
      let expected = sums.values.map { $0 * sign }.sorted(by: >).prefix(7)
      let found = side.sorted { (sums[$0.text] ?? 0) * sign > (sums[$1.text] ?? 0) * sign }
      for (feature, sum) in zip(found, expected) {
        let own = all.filter { $0.name == feature.text }
        #expect(feature.count == Set(own.map(\.text)).count)
        #expect(abs(feature.contribution * Double(feature.count) * sign - sum) < 1e-9)
        #expect(abs((sums[feature.text] ?? 0) * sign - sum) < 1e-9)
      }
    }
  }

  @Test func `models of SparkML's pipeline have words`() throws {
    var options = TrainingOptions()
    options.algorithm = .sparkNaiveBayes
    let words = ["late", "refund", "lost"]
    let examples = (0..<24).map { number in
      LabelledText(
        text: number % 2 == 0 ? "\(words[number % 3]) parcel" : "lovely coat \(number % 3)",
        isPositive: number % 2 == 0)
    }
    let scorer = try TextClassifierTrainer(options: options).train(examples).scorer()
    let found = ClassFeatures(of: examples.map(\.text), by: scorer)
    #expect(found.positive.contains { $0.text == "parcel" && $0.count == 12 })
    #expect(found.negative.contains { $0.text == "lovely" && $0.contribution < 0 })
  }

  @Test func `without texts there are none`() throws {
    let found = ClassFeatures(of: [""], by: try Fixtures.classifier().scorer())
    #expect(found.positive.isEmpty && found.negative.isEmpty)
  }
}

import Testing

@testable import TextClassification

@Suite struct FeatureTests {
  private static let stems = ["orders": "order", "late": "lat", "tries": "try", "pls": "pleas"]

  /// The definition of MODEL-FORMAT.md over Strings, for texts of plain words: block and bucket to
  /// count.
  private func slowFeatures(_ text: String, _ settings: FeatureSettings) -> [[Int]: UInt32] {
    let words = text.split(separator: " ").map(String.init)
    let hashes = words.map { word in
      let read = settings.stems ? Self.stems[word] ?? word : word
      return hash(FeatureHash.token, read.unicodeScalars.map { UInt64($0.value) })
    }
    var counts: [[Int]: UInt32] = [:]
    func add(_ block: Int, _ hash: UInt64) {
      counts[[block, Int(hash >> UInt64(64 - settings.bucketBits))], default: 0] += 1
    }
    let marked = [FeatureHash.textStart] + hashes
    for n in settings.wordNgrams {
      let sequence = n == 1 ? hashes : marked
      for start in sequence.indices where start + n <= sequence.count {
        add(0, hash(FeatureHash.wordNgram, Array(sequence[start..<start + n])))
      }
    }
    if settings.skipPairs {
      for start in hashes.indices.dropLast(2) {
        add(0, hash(FeatureHash.skipPair, [hashes[start], hashes[start + 2]]))
      }
    }
    guard let lengths = settings.characterNgrams else { return counts }
    for word in words {
      let characters = Array(" \(word) ".unicodeScalars)
      for n in lengths {
        for start in characters.indices where start + n <= characters.count {
          let run = characters[start..<start + n].map { UInt64($0.value) }
          add(1, hash(FeatureHash.characterNgram, run))
        }
      }
    }
    return counts
  }

  private func hash(_ start: UInt64, _ items: [UInt64]) -> UInt64 {
    FeatureHash.finish(items.reduce(start) { FeatureHash.adding($1, to: $0) })
  }

  private func features(_ text: String, _ settings: FeatureSettings) -> [[Int]: UInt32] {
    var scratch = Scratch()
    let extractor = FeatureExtractor(settings: settings, brands: .none)
    text.withUTF8Bytes { extractor.extract($0, into: &scratch) }
    var counts: [[Int]: UInt32] = [:]
    for index in 0..<scratch.featureCount {
      let feature = scratch.features.base[index]
      counts[[feature.key.block, feature.key.bucket]] = feature.count
    }
    #expect(counts.count == scratch.featureCount)
    return counts
  }

  @Test func `features agree with a slow implementation over Strings`() {
    var random = TestRandom()
    let words = ["parcel", "late", "naïf", "o", "где", "orders", "no", "no", "tries", "pls"]
    for _ in 0..<300 {
      var settings = FeatureSettings()
      settings.bucketBits = random.int(10..<22)
      let shortest = random.int(1..<4)
      settings.wordNgrams = shortest...random.int(shortest..<5)
      let run = random.int(1..<6)
      settings.characterNgrams = random.int(0..<4) == 0 ? nil : run...random.int(run..<9)
      settings.skipPairs = random.int(0..<2) == 0
      settings.stems = random.int(0..<2) == 0
      let text = (0..<random.int(0..<30)).map { _ in words[random.int(0..<10)] }
        .joined(separator: " ")
      let plain = text.replacing("naïf", with: "naif")
      #expect(
        features(text, settings) == slowFeatures(plain, settings),
        "\(settings) \(text), seed \(random.seed)")
    }
  }

  @Test func `punctuation is read only when asked for`() {
    var settings = FeatureSettings()
    settings.punctuation = false
    #expect(features("no! why? hm…", settings) == features("no why hm", settings))
    settings.punctuation = true
    #expect(features("no! why? hm…", settings) != features("no why hm", settings))
  }
}

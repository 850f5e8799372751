import Testing

@testable import TextClassification

/// Random numbers whose seed a failing test prints.
struct TestRandom: RandomNumberGenerator {
  let seed = UInt64.random(in: 0...UInt64.max)
  private var random: SeededRandom

  init() { random = SeededRandom(seed: seed) }

  mutating func next() -> UInt64 { random.next() }
  mutating func int(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
  mutating func double(_ range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &random)
  }
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}

enum Fixtures {
  static let brands = ["shoply", "@Shoply", "@Shoply_Care", "Corner Shop 24"]

  /// A small training set; invented.
  static let examples: [LabelledText] =
    [
      "@shoply where is my parcel, it's three days late", "my refund still hasn't arrived shoply",
      "shoply sent me the wrong size again!!", "why can't I log in @Shoply_Care???",
      "order 58213310 never came, no answer from anyone", "the zip broke after one day shoply 😡",
      "still waiting for a refund of £24.99", "nobody answers my emails @shoply",
      "your driver threw my parcel over the fence", "you charged me twice and don't reply",
    ].map { LabelledText(text: $0, isPositive: true) }
    + [
      "love my new dress from shoply 😍", "just spent £80 on shoply oops", "shoply haul tonight",
      "thank you @Shoply_Care all sorted now", "these shoes are so comfy",
      "shoply share price is up",
      "wearing my shoply coat to the match", "selling shoply jeans size 10 https://t.co/AbCd123",
      "is anyone else going on friday", "that colour suits you",
    ].map { LabelledText(text: $0, isPositive: false) }

  static func classifier(_ options: TrainingOptions = smallOptions) throws -> TextClassifier {
    try TextClassifierTrainer(options: options, brandNames: brands).train(examples)
  }

  static var smallOptions: TrainingOptions {
    var options = TrainingOptions()
    options.features.bucketBits = 12
    return options
  }

  /// Tokens as text: a word as it is folded, any other as its kind and the bytes it covers.
  static func tokens(_ text: String, brands: [String] = brands) -> [String] {
    tokens(Array(text.utf8), brands: brands)
  }

  static func tokens(_ bytes: [UInt8], brands: [String] = brands) -> [String] {
    var scratch = Scratch()
    return bytes.withUnsafeBytes { bytes in
      Tokenizer.scan(bytes, brands: BrandNames(brands), into: &scratch)
      return (0..<scratch.tokenCount).map { index in
        let token = scratch.tokens.base[index]
        let source = String(
          decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
        guard token.kind == .word else { return "<\(token.kind) \(source)>" }
        var word = String.UnicodeScalarView()
        for unit in Int(token.unitStart)..<Int(token.unitEnd) {
          word.append(Unicode.Scalar(scratch.units.base[unit]) ?? "?")
        }
        return String(word)
      }
    }
  }
}

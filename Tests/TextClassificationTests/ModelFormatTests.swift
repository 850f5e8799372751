import Bytes
import Machine
import TestSupport
import Testing

@testable import TextClassification

@Suite struct ModelFormatTests {
  /// The bytes with a checksum that is right again after a change.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(4))
    let sum = CRC32C.checksum(body)
    return body + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt32($0))) }
  }

  @Test func `a model comes back as it was`() throws {
    let model = try Fixtures.classifier()
    let bytes = model.encode()
    let back = try TextClassifier(decoding: bytes)
    #expect(back == model)
    #expect(back.encode() == bytes)
    #expect(
      back.scorer().probability(of: "where is my refund")
        == model.scorer().probability(of: "where is my refund"))
  }

  @Test func `settings come back as they were`() throws {
    var options = Fixtures.smallOptions
    options.features.characterNgrams = nil
    options.features.punctuation = false
    options.features.wordNgrams = 1...3
    options.threshold = .fixed(0.25)
    options.labels = ClassLabels(negative: "", positive: "Beschwerde über…")
    let model = try Fixtures.classifier(options)
    #expect(try TextClassifier(decoding: model.encode()) == model)
  }

  /// A model of few bytes.
  private func smallModel() throws -> TextClassifier {
    var options = Fixtures.smallOptions
    options.features.bucketBits = 10
    options.features.characterNgrams = nil
    return try Fixtures.classifier(options)
  }

  @Test func `a cut model is refused at every length`() throws {
    let bytes = try smallModel().encode()
    for length in 0..<bytes.count {
      #expect(throws: ModelFormatError.self) {
        try TextClassifier(decoding: Array(bytes.prefix(length)))
      }
    }
    #expect(
      throws: ModelFormatError.wrongLength(
        expected: UInt64(bytes.count), found: bytes.count + 1)
    ) { try TextClassifier(decoding: bytes + [0]) }
  }

  @Test func `a flipped bit is refused`() throws {
    let bytes = try smallModel().encode()
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 1 << UInt8(index % 8)
      #expect(throws: ModelFormatError.self) { try TextClassifier(decoding: flipped) }
    }
  }

  @Test func `a newer version is refused by its number`() throws {
    var bytes = try Fixtures.classifier().encode()
    bytes[4] = 4
    #expect(throws: ModelFormatError.newerVersion(found: 4, known: 3)) {
      try TextClassifier(decoding: sealed(bytes))
    }
    #expect(throws: ModelFormatError.notAModel) { try TextClassifier(decoding: Array("PK".utf8)) }
  }

  @Test func `fields out of range are refused though the checksum is right`() throws {
    let bytes = try Fixtures.classifier().encode()
    let fields: [(offset: Int, bytes: [UInt8])] = [
      (4, [0]), (6, [2]), (7, [8]), (16, [9]), (16, [25]), (17, [0]), (18, [5]), (19, [0]),
      (20, [9]), (21, [1]), (24, [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]),
      (32, [0, 0, 0, 0, 0, 0, 0xF8, 0x7F]), (40, [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]),
      (55, [0x80]), (57, [0xFF]), (60, [0xFF, 0xFF, 0xFF, 0xFF]), (80, [0xFF]),
      // A least norm below 0, and one that is no number.
      (64, [0, 0, 0, 0, 0, 0, 0xF0, 0xBF]), (72, [1, 0, 0, 0, 0, 0, 0xF0, 0x7F]),
      // Zeros before the table, an IDF below 0 or infinite, a weight that is no number, and an
      // entry too many.
      (100, [1]), (128, [0, 0, 0x80, 0xBF]), (136, [0, 0, 0x80, 0x7F]), (132, [1, 0, 0x80, 0xFF]),
      (Self.emptyEntry(bytes), [0, 0, 0x80, 0x3F]),
    ]
    for field in fields {
      var changed = bytes
      changed.replaceSubrange(field.offset..<field.offset + field.bytes.count, with: field.bytes)
      #expect(throws: ModelFormatError.self, "offset \(field.offset)") {
        try TextClassifier(decoding: sealed(changed))
      }
    }
  }

  /// Where a bucket without an entry lies.
  private static func emptyEntry(_ bytes: [UInt8]) -> Int {
    let entries = stride(from: 128, to: bytes.count - 4, by: 8)
    return entries.first { bytes[$0..<$0 + 8].allSatisfy { $0 == 0 } } ?? 0
  }

  /// The model as a version without least norms knows it.
  private func withoutLeastNorms(_ model: TextClassifier) -> TextClassifier {
    TextClassifier(
      algorithm: model.algorithm, labels: model.labels, threshold: model.threshold,
      features: model.features, exampleCount: model.exampleCount, intercept: model.intercept,
      weights: model.weights, terms: model.terms)
  }

  /// The bytes as a file of another version, with the length and checksum that are right for it.
  private func framed(_ bytes: [UInt8], version: UInt8) -> [UInt8] {
    var bytes = bytes
    bytes[4] = version
    for byte in 0..<8 {
      bytes[8 + byte] = UInt8(truncatingIfNeeded: (bytes.count + 4) >> (8 * byte))
    }
    return sealed(bytes + [0, 0, 0, 0])
  }

  /// The file of version 2, written as MODEL-FORMAT.md draws it.
  private func encodeVersion2(_ model: TextClassifier) -> [UInt8] {
    let new = model.encode()
    let labels = (model.labels.negative + model.labels.positive).utf8.count
    var old = Array(new[..<64] + new[80..<80 + labels])
    var place = 80 + labels
    if model.terms == nil {
      while !old.count.isMultiple(of: 64) { old.append(0) }
      while !place.isMultiple(of: 64) { place += 1 }
    }
    return framed(old + new[place..<(new.count - 4)], version: 2)
  }

  @Test func `a file of version 2 is the same model but for least norms`() throws {
    for algorithm in TrainingOptions.Algorithm.allCases {
      var options = Fixtures.smallOptions
      options.algorithm = algorithm
      options.labels = ClassLabels(negative: "no", positive: "a label of more bytes than others")
      let model = try Fixtures.classifier(options)
      let old = try TextClassifier(decoding: encodeVersion2(model))
      #expect(old == withoutLeastNorms(model), "\(algorithm)")
      #expect((old == model) == (algorithm != .logisticRegression))
    }
  }

  /// The file of version 1, written as MODEL-FORMAT.md draws it.
  private func encodeVersion1(_ model: TextClassifier) -> [UInt8] {
    let new = model.encode()
    let labels = (model.labels.negative + model.labels.positive).utf8.count
    var old = Array(new[..<64] + new[80..<80 + labels])
    if let terms = model.terms {
      var place = 80 + labels + 16
      old += new[80 + labels..<place]
      for term in terms.terms {
        old += new[place..<place + 2]
        place += 4
        old += new[place..<place + term.utf8.count + 24]
        place += term.utf8.count + 24
      }
    } else {
      for bucket in 0..<model.weights.count {
        let entry = new[128 + 8 * bucket..<136 + 8 * bucket]
        guard entry.contains(where: { $0 != 0 }) else { continue }
        old += (0..<4).map { UInt8(truncatingIfNeeded: bucket >> (8 * $0)) }
        old += entry
      }
    }
    return framed(old, version: 1)
  }

  @Test func `stems are told by a flag that version 1 does not have`() throws {
    for stems in [false, true] {
      var options = Fixtures.smallOptions
      options.features.stems = stems
      let model = try Fixtures.classifier(options)
      #expect(try TextClassifier(decoding: model.encode()) == model)
      #expect(try TextClassifier(decoding: model.encode()).features.stems == stems)
      let old = encodeVersion1(model)
      if stems {
        #expect(throws: ModelFormatError.invalidField("flags")) {
          try TextClassifier(decoding: old)
        }
      } else {
        #expect(try TextClassifier(decoding: old) == withoutLeastNorms(model))
      }
    }
  }

  @Test func `a file of version 1 is the same model, and its entries ascend`() throws {
    var options = Fixtures.smallOptions
    options.features.stems = false
    let model = try Fixtures.classifier(options)
    var old = encodeVersion1(model)
    #expect(try TextClassifier(decoding: old) == withoutLeastNorms(model))
    #expect(old.count < model.encode().count)
    old.replaceSubrange(90..<94, with: old[78..<82])
    #expect(throws: ModelFormatError.invalidField("bucket")) {
      try TextClassifier(decoding: sealed(old))
    }
    options.algorithm = .sparkNaiveBayes
    let terms = try Fixtures.classifier(options)
    #expect(try TextClassifier(decoding: encodeVersion1(terms)) == terms)
    #expect(encodeVersion1(terms) != terms.encode())
  }

  @Test func `terms of any length come back`() throws {
    var options = TrainingOptions()
    options.algorithm = .sparkNaiveBayes
    // Two that begin alike, longer than two bytes can say.
    let long = String(repeating: "x", count: 65_600)
    let model = try TextClassifierTrainer(options: options).train(
      Fixtures.examples
        + ["a", "b", "c", "d"].flatMap { end in
          [
            LabelledText(text: long + "1", isPositive: true),
            LabelledText(text: long + "2 " + end, isPositive: false),
          ]
        })
    #expect(model.terms?.terms.contains(long + "1") == true)
    let back = try TextClassifier(decoding: model.encode())
    #expect(back == model)
    #expect(back.scorer().probability(of: long + "1") > 0.5)
    #expect(back.scorer().probability(of: long + "2") < 0.5)
  }

  @Test func `a mapped file scores as a copy does, also once it is no longer in its place`() throws
  {
    let folder = TemporaryDirectory()
    let model = try Fixtures.classifier()
    try LocalDisk().replace(folder("weights"), with: model.encode())
    let mapped = try TextClassifier(decoding: MappedFile(folder("weights"), limit: 1 << 20))
    try LocalDisk().remove(folder("weights"))
    #expect(mapped == model && mapped.encode() == model.encode())
    for example in Fixtures.examples {
      #expect(
        mapped.scorer().probability(of: example.text)
          == model.scorer().probability(of: example.text))
    }
    #expect(throws: IOFailure.self) { try MappedFile(folder("weights"), limit: 1 << 20) }
    try LocalDisk().replace(folder("weights"), with: model.encode())
    #expect(throws: IOFailure.self) { try MappedFile(folder("weights"), limit: 100) }
    try LocalDisk().replace(folder("weights"), with: [])
    #expect(throws: ModelFormatError.notAModel) {
      try TextClassifier(decoding: MappedFile(folder("weights"), limit: 100))
    }
  }

  @Test func `random changes throw or give a model, and never trap`() throws {
    var random = TestRandom()
    let bytes = try Fixtures.classifier().encode()
    for _ in 0..<2_000 {
      var changed = bytes
      for _ in 0..<3 { changed[random.int(0..<90)] = UInt8(random.int(0..<256)) }
      if let model = try? TextClassifier(decoding: sealed(changed)) {
        let probability = model.scorer().probability(of: "where is my parcel")
        #expect((0...1).contains(probability), "seed \(random.seed)")
      }
    }
  }
}

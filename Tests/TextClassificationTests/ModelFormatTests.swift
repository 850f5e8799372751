import Bytes
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

  @Test func `a model without stems is one of version 1, where stems are refused`() throws {
    #expect(try smallModel().encode()[4] == 2)
    var options = Fixtures.smallOptions
    options.features.stems = false
    let model = try Fixtures.classifier(options)
    var bytes = model.encode()
    #expect(bytes[4] == 1)
    #expect(try TextClassifier(decoding: bytes) == model)
    bytes[7] |= 4
    #expect(throws: ModelFormatError.invalidField("flags")) {
      try TextClassifier(decoding: sealed(bytes))
    }
    bytes[4] = 2
    #expect(try TextClassifier(decoding: sealed(bytes)).features.stems)
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
    bytes[4] = 3
    #expect(throws: ModelFormatError.newerVersion(found: 3, known: 2)) {
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
      (55, [0x80]), (57, [0xFF]), (60, [0xFF, 0xFF, 0xFF, 0xFF]), (64, [0xFF]),
      (78, [0xFF, 0xFF, 0xFF]), (82, [0, 0, 0x80, 0xFF]),
      (86, [0, 0, 0x80, 0x7F]),
    ]
    for field in fields {
      var changed = bytes
      changed.replaceSubrange(field.offset..<field.offset + field.bytes.count, with: field.bytes)
      #expect(throws: ModelFormatError.self, "offset \(field.offset)") {
        try TextClassifier(decoding: sealed(changed))
      }
    }
  }

  @Test func `entries that do not ascend are refused`() throws {
    var bytes = try Fixtures.classifier().encode()
    bytes.replaceSubrange(90..<94, with: bytes[78..<82])
    #expect(throws: ModelFormatError.invalidField("bucket")) {
      try TextClassifier(decoding: sealed(bytes))
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

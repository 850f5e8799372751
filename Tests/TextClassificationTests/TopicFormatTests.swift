import Bytes
import Foundation
import Machine
import TestSupport
import Testing

@testable import TextClassification

@Suite struct TopicFormatTests {
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(4))
    let sum = CRC32C.checksum(body)
    return body + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt32($0))) }
  }

  private func small() throws -> TopicModel {
    var options = Fixtures.smallOptions
    options.features.bucketBits = 10
    options.features.characterNgrams = nil
    return try #require(try TopicFixtures.classifier(options: options).topics)
  }

  @Test func `topics come back as they were`() throws {
    for classifier in [try TopicFixtures.classifier(), try TopicFixtures.manyTopics()] {
      let topics = try #require(classifier.topics)
      #expect(try TopicModel(decoding: topics.encode()) == topics)
    }
  }

  /// Where a file's tables begin.
  private static func tables(_ topics: TopicModel) -> Int {
    (32 + topics.names.reduce(0) { $0 + 2 + $1.utf8.count } + 63) / 64 * 64
  }

  /// The file of version 1, written as MODEL-FORMAT.md draws it.
  private func encodeVersion1(_ topics: TopicModel) -> [UInt8] {
    let new = topics.encode()
    let start = Self.tables(topics)
    let (group, numbers) = (64 * topics.groupCount, 4 * topics.names.count)
    var old = Array(new[..<(32 + topics.names.reduce(0) { $0 + 2 + $1.utf8.count })])
    old += new[start..<start + numbers]
    for (place, bucket) in topics.buckets.enumerated() {
      let entry = start + group * (1 + place) + (16 << (topics.bucketBits - 6))
      old += (0..<4).map { UInt8(truncatingIfNeeded: bucket >> (8 * $0)) }
      old += new[entry..<entry + numbers]
    }
    old[4] = 1
    for byte in 0..<8 { old[8 + byte] = UInt8(truncatingIfNeeded: (old.count + 4) >> (8 * byte)) }
    return sealed(old + [0, 0, 0, 0])
  }

  @Test func `a file of version 1 is the same, and a mapped one`() throws {
    let folder = TemporaryDirectory()
    for classifier in [try TopicFixtures.classifier(), try TopicFixtures.manyTopics()] {
      let topics = try #require(classifier.topics)
      #expect(try TopicModel(decoding: encodeVersion1(topics)) == topics)
      try LocalDisk().replace(folder("topics"), with: topics.encode())
      let mapped = try TopicModel(decoding: MappedFile(folder("topics"), limit: 1 << 24))
      #expect(mapped == topics && mapped.encode() == topics.encode())
      let scorer = try classifier.with(topics: mapped).scorer()
      for text in ["my parcel is late", "refund please", ""] {
        #expect(
          scorer.topics(of: text).map(\.probability)
            == classifier.scorer().topics(of: text).map(\.probability))
      }
    }
  }

  @Test func `a cut, lengthened or flipped file is refused`() throws {
    let bytes = try small().encode()
    for length in 0..<bytes.count {
      #expect(throws: ModelFormatError.self) {
        try TopicModel(decoding: Array(bytes.prefix(length)))
      }
    }
    #expect(throws: ModelFormatError.self) { try TopicModel(decoding: bytes + [0]) }
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 1 << UInt8(index % 8)
      #expect(throws: ModelFormatError.self) { try TopicModel(decoding: flipped) }
    }
  }

  @Test func `a newer version, other files and fields out of range are refused`() throws {
    let bytes = try small().encode()
    var newer = bytes
    newer[4] = 3
    #expect(throws: ModelFormatError.newerVersion(found: 3, known: 2)) {
      try TopicModel(decoding: sealed(newer))
    }
    #expect(throws: ModelFormatError.notAModel) {
      try TopicModel(decoding: try Fixtures.classifier().encode())
    }
    // Where the tables begin.
    let start = Self.tables(try small())
    let fields: [(offset: Int, bytes: [UInt8])] = [
      // Zeros before them; an intercept that is no number; in the index a bucket too many, a place
      // too far and what must be 0; a weight that is infinite.
      (start - 1, [1]), (start, [1, 0, 0x80, 0x7F]), (start + 64, [0, 0, 0, 0, 0, 0, 0, 0]),
      (start + 64 + 24, [0xFF]), (start + 64 + 12, [1]), (start + 64 + 256, [0, 0, 0x80, 0xFF]),
      (4, [0]), (6, [9]), (6, [25]), (7, [1]), (23, [0x80]), (24, [0xFF, 0xFF]), (28, [1]),
      (28, [65]), (30, [1]), (32, [0xFF, 0xFF]), (34, [0xFF]),
    ]
    for field in fields {
      var changed = bytes
      changed.replaceSubrange(field.offset..<field.offset + field.bytes.count, with: field.bytes)
      #expect(throws: ModelFormatError.self, "offset \(field.offset)") {
        try TopicModel(decoding: sealed(changed))
      }
    }
  }

  @Test func `random changes throw or give a model, and never trap`() throws {
    var random = TestRandom()
    let classifier = try Fixtures.classifier(Fixtures.smallOptions)
    let bytes = try #require(try TopicFixtures.classifier().topics).encode()
    for _ in 0..<1_000 {
      var changed = bytes
      for _ in 0..<3 { changed[random.int(0..<120)] = UInt8(random.int(0..<256)) }
      guard let topics = try? TopicModel(decoding: sealed(changed)),
        let scorer = try? classifier.with(topics: topics).scorer()
      else { continue }
      #expect(scorer.topics(of: "my parcel").count == topics.names.count, "seed \(random.seed)")
    }
  }

  @Test func `topics of another number of buckets do not fit`() throws {
    let classifier = try Fixtures.classifier()
    #expect(throws: ModelFormatError.self) { try classifier.with(topics: try small()) }
  }
}

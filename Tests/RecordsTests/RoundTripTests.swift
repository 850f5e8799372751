import Bytes
import Machine
import Records
import TestSupport
import Testing

/// A record that owns its bytes, to compare with.
struct Plain: Equatable {
  var timestamp: Int64
  var key: [UInt8]?
  var value: [UInt8]?
  var headers: [RecordHeader] = []

  static func random(_ random: inout SeededRandom, largest: Int) -> Plain {
    func bytes(_ random: inout SeededRandom, _ largest: Int) -> [UInt8]? {
      if Int.random(in: 0..<5, using: &random) == 0 { return nil }
      let size = Bool.random(using: &random) ? min(largest, 20) : largest
      let fill = UInt8.random(in: 0...255, using: &random)
      return (0..<Int.random(in: 0...size, using: &random)).map {
        UInt8(truncatingIfNeeded: $0) ^ fill
      }
    }
    let headers = (0..<max(Int.random(in: -3...4, using: &random), 0)).map { number in
      RecordHeader("name-\(number)é", bytes(&random, 300))
    }
    return Plain(
      timestamp: Int64.random(in: -5...2_000_000_000_000, using: &random),
      key: bytes(&random, 300), value: bytes(&random, largest), headers: headers)
  }
}

func withBytes<Result, Failure: Error>(
  _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Result
) throws(Failure) -> Result {
  guard let bytes else { return try body(nil) }
  return try bytes.withUnsafeBytes { buffer in
    Swift.Result { () throws(Failure) in try body(buffer) }
  }.get()
}

func batch(
  _ records: [Plain], codec: Codec = .none, producer: BatchProducer = .none,
  in builder: inout RecordBatchBuilder
) throws -> [UInt8] {
  builder.reset()
  for record in records {
    try withBytes(record.key) { key throws(RecordError) in
      try withBytes(record.value) { value throws(RecordError) in
        if record.headers.isEmpty {
          try builder.append(timestamp: record.timestamp, key: key, value: value)
        } else {
          try builder.append(
            timestamp: record.timestamp, key: key, value: value, headers: record.headers)
        }
      }
    }
  }
  try builder.seal(codec: codec, producer: producer)
  return builder.withBatch { [UInt8]($0) }
}

func batch(
  _ records: [Plain], codec: Codec = .none, producer: BatchProducer = .none
) throws -> [UInt8] {
  var builder = RecordBatchBuilder()
  return try batch(records, codec: codec, producer: producer, in: &builder)
}

/// Reads a batch as a consumer must: header, checksum, records, headers.
func read(_ bytes: [UInt8]) throws -> (
  header: RecordBatchHeader, records: [Plain], offsets: [Int64]
) {
  try bytes.withUnsafeBytes { raw in
    let header = try RecordBatchHeader(raw)
    try header.verify(raw)
    var decoder = RecordDecoder()
    return try decoder.withRecords(of: raw) { iterator in
      var records: [Plain] = []
      var offsets: [Int64] = []
      while let record = try iterator.next() {
        offsets.append(record.offset)
        records.append(
          Plain(
            timestamp: record.timestamp, key: record.key.map { [UInt8]($0) },
            value: record.value.map { [UInt8]($0) }, headers: try record.headers()))
      }
      return (header, records, offsets)
    }
  }
}

@Suite struct RoundTripTests {
  @Test(arguments: Codec.allCases)
  func `random records come back as they were`(codec: Codec) throws {
    var random = Seed.random()
    var builder = RecordBatchBuilder(capacity: 64)
    for round in 0..<60 {
      let count = Int.random(in: 1...(round % 10 == 0 ? 3 : 30), using: &random)
      let largest = round % 10 == 0 ? 100_000 : 200
      let records = (0..<count).map { _ in Plain.random(&random, largest: largest) }
      let producer = BatchProducer(
        id: Int64.random(in: -1...9, using: &random),
        epoch: Int16.random(in: -1...9, using: &random),
        sequence: Int32.random(in: -1...(.max), using: &random),
        isTransactional: Bool.random(using: &random))
      let bytes = try batch(records, codec: codec, producer: producer, in: &builder)
      #expect(builder.count == Int32(count))
      if codec == .none {
        #expect(builder.size == bytes.count)
        #expect(bytes == encode(records, producer: producer))
      }
      let found = try read(bytes)
      #expect(found.records == records)
      #expect(found.offsets == Array(0..<Int64(count)))
      #expect(found.header.totalSize == bytes.count && found.header.count == Int32(count))
      #expect(found.header.codec == codec)
      #expect(found.header.producer == producer)
      #expect(found.header.maxTimestamp == records.map(\.timestamp).max())
      #expect(found.header.nextOffset == Int64(count) && !found.header.isControl)
    }
  }

  @Test func `timestamps as far apart as can be come back`() throws {
    let records = [Int64.min, .max, 0, -1, .min, .max].map {
      Plain(timestamp: $0, key: nil, value: [])
    }
    #expect(try read(try batch(records)).records == records)
    #expect(try read(try batch(records.reversed())).records == records.reversed())
  }

  /// Written out by hand from FORMAT.md; the checksum by the table, over these very bytes.
  @Test func `a small batch has exactly the bytes of the format drawing`() throws {
    let records = [
      Plain(
        timestamp: 1_000, key: Array("k".utf8), value: Array("hey".utf8),
        headers: [RecordHeader("h", "v"), RecordHeader("n", nil)]),
      Plain(timestamp: 998, key: nil, value: nil),
    ]
    let summed: [UInt8] =
      [0, 0]  // attributes
      + [0, 0, 0, 1]  // last offset delta
      + [0, 0, 0, 0, 0, 0, 0x03, 0xE8]  // base timestamp 1000
      + [0, 0, 0, 0, 0, 0, 0x03, 0xE8]  // max timestamp 1000
      + [UInt8](repeating: 0xFF, count: 8 + 2 + 4)  // producer id, epoch, sequence: -1
      + [0, 0, 0, 2]  // record count
      // length 17 as zigzag; attributes, timestamp +0, offset +0, key 1, value 3, 2 headers
      + [34, 0, 0, 0, 2, 0x6B, 6, 0x68, 0x65, 0x79, 4, 2, 0x68, 2, 0x76, 2, 0x6E, 1]
      // length 6; attributes, timestamp -2, offset +1, key null, value null, no headers
      + [12, 0, 3, 2, 1, 1, 0]
    let sum = CRC32C.checksumByTable(summed)
    let golden: [UInt8] =
      [0, 0, 0, 0, 0, 0, 0, 0]  // base offset
      + [0, 0, 0, UInt8(9 + summed.count)]  // length: epoch, magic, checksum, and what is summed
      + [0, 0, 0, 0, 2]  // leader epoch, magic
      + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) }
      + summed
    #expect(try batch(records) == golden)
    #expect(try read(golden).records == records)
  }

  @Test func `what is too large is refused before it is written`() throws {
    let limit = Records.Limits.batchBytes
    let large = [UInt8](repeating: 1, count: limit)
    #expect(throws: RecordError.self) {
      try batch([Plain(timestamp: 0, key: nil, value: large)])
    }
    let header = RecordHeader("h", Array(large.prefix(limit / 2)))
    #expect(throws: RecordError.self) {
      try batch([Plain(timestamp: 0, key: nil, value: nil, headers: [header, header])])
    }
    let many = (0...Records.Limits.headers).map { RecordHeader("\($0)", nil) }
    #expect(throws: RecordError.self) {
      try batch([Plain(timestamp: 0, key: nil, value: nil, headers: many)])
    }
    // Records that are small enough one by one must not make a batch that nobody can read.
    let third = Plain(timestamp: 0, key: nil, value: Array(large.prefix(limit / 3)))
    var builder = RecordBatchBuilder()
    #expect(throws: RecordError.self) { try batch([third, third, third, third], in: &builder) }
    let kept = builder.finish { [UInt8]($0) }
    #expect(try read(kept).records.count == 2)
  }
}

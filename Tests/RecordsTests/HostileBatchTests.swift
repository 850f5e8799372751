import Bytes
import Machine
import Records
import TestSupport
import Testing

@Suite struct HostileBatchTests {
  private let records = [
    Plain(
      timestamp: 1_700_000_000_000, key: Array("key".utf8), value: Array("value".utf8),
      headers: [RecordHeader("a", "b"), RecordHeader("c", nil)]),
    Plain(timestamp: 1_700_000_000_005, key: nil, value: Array("second".utf8)),
    Plain(timestamp: 1_700_000_000_003, key: [], value: nil),
  ]

  /// Makes the checksum right again, so that the reader has to look at the fields themselves.
  private func resealed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let sum = CRC32C.checksum(Array(bytes[21...]))
    for byte in 0..<4 {
      bytes[17 + byte] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(byte)))
    }
    return bytes
  }

  @Test func `every truncation is refused as incomplete`() throws {
    let whole = try batch(records)
    for count in 0..<whole.count {
      #expect(throws: RecordError.incomplete) { try read(Array(whole.prefix(count))) }
    }
  }

  @Test func `every flipped bit is refused, or read consistently where no checksum covers it`()
    throws
  {
    let whole = try batch(records)
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      guard let found = try? read(bytes) else { continue }
      let isBaseOffset = bit / 8 < 8
      #expect(isBaseOffset || (12..<16).contains(bit / 8), "bit \(bit) was read")
      #expect(found.records == records)
      let base: Int64 = isBaseOffset ? 1 << (63 - bit) : 0
      #expect(found.header.baseOffset == base && found.offsets == [base, base + 1, base + 2])
      #expect(found.header.nextOffset == base + 3)
    }
  }

  @Test func `every byte with every value, checksum made right, gives a value or an error`() throws
  {
    let whole = try batch(records)
    var refused = 0
    for position in whole.indices {
      for value in UInt8.min...UInt8.max {
        var bytes = whole
        bytes[position] = value
        do {
          let found = try read(resealed(bytes))
          let last = found.header.lastOffset
          #expect(found.offsets.allSatisfy { found.header.baseOffset...last ~= $0 })
        } catch is RecordError {
          refused += 1
        }
      }
    }
    #expect(refused > 0)
  }

  @Test func `random bytes behind a sound header never trap`() throws {
    var random = Seed.random()
    let whole = try batch(records)
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        bytes[Int.random(in: 21..<bytes.count, using: &random)] =
          [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
          .randomElement(using: &random)!
      }
      _ = try? read(resealed(bytes))
    }
  }

  @Test func `hostile lengths in a record are refused`() throws {
    let numbers: [Int64] = [-2, 1 << 31, 1 << 62, .max, .min, 1_000]
    // Fields of a record: length, timestamp, offset, key length, value length, header count,
    // header name length, header value length.
    for field in 0..<8 {
      for number in numbers {
        func at(_ index: Int, _ usual: Int64) -> Int64 { index == field ? number : usual }
        var body = ByteBuffer()
        body.append(0)
        body.append(zigzag: at(1, 0))
        body.append(zigzag: at(2, 0))
        body.append(zigzag: at(3, 1))
        body.append(7)
        body.append(zigzag: at(4, 1))
        body.append(8)
        body.append(zigzag: at(5, 1))
        body.append(zigzag: at(6, 1))
        body.append(0x68)
        body.append(zigzag: at(7, 0))
        var bytes = ByteBuffer()
        bytes.append(Array(try batch([Plain(timestamp: 0, key: nil, value: nil)]).prefix(61)))
        bytes.append(zigzag: at(0, Int64(body.count)))
        bytes.append(body.toArray())
        bytes.set(bigEndian: Int32(bytes.count - 12), at: 8)
        let sealed = resealed(bytes.toArray())
        // A timestamp may be anything, and a negative key or value length is a null.
        if field == 1 || (number < 0 && (field == 7)) {
          #expect(throws: Never.self) { try read(sealed) }
        } else {
          #expect(throws: RecordError.self, "field \(field), \(number)") { try read(sealed) }
        }
      }
    }
  }

  @Test func `fewer records than bytes, or more, are refused`() throws {
    for count in [0, 1, 2, 4, Int32.max] {
      var bytes = try batch(records)
      for byte in 0..<4 {
        bytes[57 + byte] = UInt8(truncatingIfNeeded: count >> (24 - 8 * Int32(byte)))
      }
      #expect(throws: RecordError.self, "\(count) records") { try read(resealed(bytes)) }
    }
  }

  @Test(arguments: 5...7)
  func `codecs that Kafka has not are refused by number`(codec: Int) throws {
    var bytes = try batch(records)
    bytes[22] = UInt8(codec)
    #expect(throws: RecordError.unsupportedCodec("codec \(codec)")) { try read(resealed(bytes)) }
  }

  @Test(arguments: [Codec.gzip, .snappy, .lz4, .zstd])
  func `records that the codec did not write are refused`(codec: Codec) throws {
    var bytes = try batch(records)
    bytes[22] = UInt8(codec.rawValue)
    #expect(throws: RecordError.self) { try read(resealed(bytes)) }
  }

  @Test func `other formats and control batches are told`() throws {
    var bytes = try batch(records)
    bytes[16] = 1
    #expect(throws: RecordError.unsupportedMagic(1)) { try read(bytes) }
    bytes[16] = 2
    bytes[22] = 0x20
    #expect(try read(resealed(bytes)).header.isControl)
  }

  @Test func `a batch with log-append time gives every record the time of the log`() throws {
    var bytes = try batch(records)
    bytes[22] = 0x08
    let found = try read(resealed(bytes))
    #expect(found.records.allSatisfy { $0.timestamp == found.header.maxTimestamp })
  }

  @Test func `every error says something`() {
    let errors: [RecordError] = [
      .incomplete, .unsupportedMagic(1), .unsupportedCodec("x"),
      .unreadable(.gzip, "x"), .inflatesTooFar(.gzip, limit: 1), .outOfMemory(.gzip),
      .checksumMismatch(stored: 1, computed: 2), .malformed("x"), .tooLarge(bytes: 2, limit: 1),
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}

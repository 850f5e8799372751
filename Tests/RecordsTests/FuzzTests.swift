import Bytes
import Machine
import Records
import TestSupport
import Testing

/// Batches of every codec, damaged by chance and with their checksum made right again, so that the
/// decoder behind it has to see the damage.
@Suite struct FuzzTests {
  /// Reads a batch to its end; what it gives lies within the batch's range.
  private func readAll(
    _ bytes: [UInt8], with decoder: inout RecordDecoder
  ) throws -> RecordBatchHeader {
    try bytes.withUnsafeBytes { raw in
      let header = try RecordBatchHeader(raw)
      try header.verify(raw)
      try decoder.withRecords(of: raw, header) { records in
        var count: Int32 = 0
        while let record = try records.next() {
          count += 1
          #expect(header.baseOffset...header.lastOffset ~= record.offset)
          // Every byte that is pointed at is there to be read.
          _ = CRC32C.checksum(record.key ?? record.headerBytes)
          _ = CRC32C.checksum(record.value ?? record.headerBytes)
          _ = try? record.headers()
        }
        #expect(count == header.count)
      }
      return header
    }
  }

  private func write(_ value: UInt32, at place: Int, in bytes: inout [UInt8]) {
    for byte in 0..<4 where place + byte < bytes.count {
      bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(byte)))
    }
  }

  /// Makes length and checksum right.
  private func reseal(_ bytes: inout [UInt8]) {
    guard bytes.count >= RecordBatchHeader.size else { return }
    write(UInt32(bytes.count - 12), at: 8, in: &bytes)
    write(CRC32C.checksum(Array(bytes[21...])), at: 17, in: &bytes)
  }

  private func damage(_ bytes: inout [UInt8], _ other: [UInt8], _ random: inout SeededRandom) {
    // Behind the header more often than in it.
    let first = Int.random(in: 0..<4, using: &random) == 0 ? 21 : RecordBatchHeader.size
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard first < bytes.count else { return }
      let place = Int.random(in: first..<bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(place...)
      case 3:
        // A number of four bytes, as the frames of codecs have them, with all signs and sizes.
        let number: [UInt32] = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x0400_0000]
        write(number.randomElement(using: &random) ?? 0, at: place, in: &bytes)
      case 4:
        let start = Int.random(in: 0..<other.count, using: &random)
        bytes.replaceSubrange(place..., with: other[start...])
      default:
        // The count, the codec or a varint.
        let field = [22, 57, 59, 60, 61, 62].randomElement(using: &random) ?? 22
        bytes[min(field, bytes.count - 1)] = UInt8.random(in: 0...255, using: &random)
      }
    }
  }

  @Test(arguments: Codec.allCases)
  func `damaged batches are read consistently or refused`(codec: Codec) throws {
    var random = Seed.random()
    var decoder = RecordDecoder()
    var builder = RecordBatchBuilder()
    var refused = 0
    for _ in 0..<40 {
      let records = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        Plain.random(&random, largest: 3_000)
      }
      let sound = try batch(records, codec: codec, in: &builder)
      #expect(try readAll(sound, with: &decoder).count == Int32(records.count))
      let other = try batch(
        records.reversed(), codec: Codec.allCases.randomElement(using: &random) ?? codec)
      for _ in 0..<60 {
        var bytes = sound
        damage(&bytes, other, &random)
        reseal(&bytes)
        do {
          _ = try readAll(bytes, with: &decoder)
        } catch is RecordError {
          refused += 1
        }
      }
    }
    #expect(refused > 0)
  }

  @Test(arguments: Codec.allCases)
  func `records damaged before they are compressed are refused as such`(codec: Codec) throws {
    var random = Seed.random()
    var decoder = RecordDecoder()
    var refused = 0
    for _ in 0..<40 {
      let records = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        Plain.random(&random, largest: 300)
      }
      let sound = try batch(records)
      let other = try batch(records.reversed())
      for _ in 0..<60 {
        var bytes = sound
        damage(&bytes, other, &random)
        bytes[min(22, bytes.count - 1)] &= 0xF8
        reseal(&bytes)
        var output = ByteBuffer()
        do {
          try bytes.withUnsafeBytes { try decoder.recompress($0, to: codec, into: &output) }
          _ = try readAll(output.toArray(), with: &decoder)
        } catch is RecordError {
          refused += 1
        }
      }
    }
    #expect(refused > 0)
  }

  @Test(arguments: [Codec.gzip, .snappy, .lz4, .zstd])
  func `a batch whose records grow past the limit is refused`(codec: Codec) throws {
    // Three times the largest batch of zeros: each a frame of its own behind the other.
    var builder = RecordBatchBuilder()
    let zeros = [UInt8](repeating: 0, count: Records.Limits.batchBytes - 100)
    try zeros.withUnsafeBytes { try builder.append(timestamp: 0, key: nil, value: $0) }
    try builder.seal(codec: codec)
    let once = builder.withBatch { [UInt8]($0) }
    var bytes = once + once[61...] + once[61...]
    reseal(&bytes)
    var decoder = RecordDecoder()
    let limit = Records.Limits.inflatedBytes
    #expect(throws: RecordError.inflatesTooFar(codec, limit: limit)) {
      try readAll(bytes, with: &decoder)
    }
    #expect(try readAll(once, with: &decoder).count == 1)
  }

  @Test(arguments: [Codec.gzip, .snappy, .lz4, .zstd])
  func `more records than the inflated bytes can hold are refused`(codec: Codec) throws {
    var bytes = try batch([Plain(timestamp: 0, key: nil, value: [])], codec: codec)
    write(.max >> 1, at: 57, in: &bytes)
    reseal(&bytes)
    var decoder = RecordDecoder()
    // Before anyone makes room for so many.
    #expect(throws: RecordError.self) {
      try bytes.withUnsafeBytes { bytes in
        try decoder.withRecords(of: bytes) { _ in Issue.record("records were shown") }
      }
    }
    write(2, at: 57, in: &bytes)
    reseal(&bytes)
    #expect(throws: RecordError.self) { try readAll(bytes, with: &decoder) }
  }

  @Test func `blocks in snappy's frame that lie outside it are refused`() throws {
    let sound = try batch([Plain(timestamp: 0, key: nil, value: [1, 2, 3])], codec: .snappy)
    #expect(
      Array(sound[61..<77]) == [
        0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1,
      ])
    var decoder = RecordDecoder()
    for length: UInt32 in [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, UInt32(sound.count)] {
      var bytes = sound
      write(length, at: 77, in: &bytes)
      reseal(&bytes)
      #expect(throws: RecordError.self, "\(length)") { try readAll(bytes, with: &decoder) }
    }
  }
}

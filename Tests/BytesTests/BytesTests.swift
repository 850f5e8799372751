import Bytes
import Machine
import TestSupport
import Testing

@Suite struct ChecksumTests {
  @Test func `CRC-32C of the standard check string`() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
  }

  @Test func `the instruction and the table agree at every length and split`() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
    for length in 0...bytes.count {
      let part = Array(bytes.prefix(length))
      let whole = CRC32C.checksum(part)
      #expect(whole == CRC32C.checksumByTable(part))
      let cut = length / 3
      let seed = CRC32C.checksum(Array(part.prefix(cut)))
      #expect(CRC32C.checksum(Array(part.dropFirst(cut)), seed: seed) == whole)
    }
  }

  /// Up to several of the longest runs that are summed side by side, from any address.
  @Test func `the instruction and the table agree on random bytes, places and seeds`() {
    var random = Seed.random()
    let bytes = (0..<40_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    for round in 0..<1_500 {
      let start = Int.random(in: 0..<64, using: &random)
      let longest = round % 10 == 0 ? bytes.count - start : 800
      let part = bytes[start..<(start + Int.random(in: 0...longest, using: &random))]
      let seed = UInt32.random(in: 0...(.max), using: &random)
      let sum = part.withUnsafeBytes { CRC32C.checksum($0, seed: seed) }
      #expect(sum == CRC32C.checksumByTable(Array(part), seed: seed), "\(part.indices)")
    }
  }
}

@Suite struct VarintTests {
  @Test func `numbers are as long as told, come back, and are missed where cut`() {
    var random = Seed.random()
    let edges: [Int64] = [0, -1, 63, 64, -64, -65, 8_191, 8_192, .max, .min]
    let numbers =
      edges
      + (0..<500).map { _ in
        Int64(bitPattern: UInt64.random(in: 0...(.max), using: &random))
          >> Int64.random(in: 0..<64, using: &random)
      }
    for number in numbers {
      var expected = ByteBuffer()
      expected.append(zigzag: number)
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
      defer { bytes.deallocate() }
      guard let start = bytes.baseAddress else { continue }
      var place = start
      Varint.store(Varint.zigzag(number), at: &place)
      let size = place - start
      #expect(size == Varint.size(Varint.zigzag(number)))
      #expect(Array(bytes.prefix(size)) == expected.toArray())
      for end in 0...size {
        var from = UnsafeRawPointer(start)
        let found = Varint.load(from: &from, before: start + end)
        #expect(found == (end == size ? number : nil))
        #expect(from <= UnsafeRawPointer(start + end))
      }
    }
  }

  @Test func `a number longer than ten bytes is none`() {
    let bytes = [UInt8](repeating: 0x80, count: 10) + [1]
    bytes.withUnsafeBytes { bytes in
      guard var from = bytes.baseAddress else { return }
      #expect(Varint.load(from: &from, before: from + bytes.count) == nil)
    }
  }
}

@Suite struct MurmurTests {
  /// Values from Appleby's reference implementation.
  @Test(
    arguments: [
      ("", 0, 0), ("", 1, 0x514E_28B7), ("a", 0x9747_B28C, 0x7FA0_9EA6),
      ("abcd", 0x9747_B28C, 0xF047_8627),
      ("Hello, world!", 0x9747_B28C, 0x2488_4CBA),
      ("The quick brown fox jumps over the lazy dog", 0x9747_B28C, 0x2FA8_26CD),
    ] as [(String, UInt32, UInt32)])
  func `murmur3 32-bit`(text: String, seed: UInt32, expected: UInt32) {
    #expect(Array(text.utf8).withUnsafeBytes { Murmur.hash3x32($0, seed: seed) } == expected)
  }

  /// Values from Kafka's own `UtilsTest.testMurmur2`.
  @Test(
    arguments: [
      ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
      ("a-little-bit-longer-string", -1_486_304_829),
      ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
    ] as [(String, Int32)])
  func `murmur2 places keys where Kafka does`(text: String, expected: Int32) {
    let hash = Array(text.utf8).withUnsafeBytes { Murmur.hash2($0) }
    #expect(Int32(bitPattern: hash) == expected)
  }

  /// Tokens as the DataStax Python driver (`cassandra.metadata.Murmur3Token`) computes them.
  @Test(
    arguments: [
      (Array("123".utf8), -7_468_325_962_851_647_638),
      (
        [UInt8](repeatElement([0x00, 0xFF, 0x10, 0xFA, 0x99], count: 10).joined()),
        5_837_342_703_291_459_765
      ),
      ([UInt8](repeating: 0xFE, count: 8), -8_927_430_733_708_461_935),
      ([UInt8](repeating: 0x10, count: 8), 1_446_172_840_243_228_796),
      (Array("9223372036854775807".utf8), 7_162_290_910_810_015_547),
    ] as [([UInt8], Int64)])
  func `murmur3 128-bit in Cassandra's variant`(key: [UInt8], expected: Int64) {
    let hash = key.withUnsafeBytes { Murmur.hash3x128($0) }
    #expect(Int64(bitPattern: hash.0) == expected)
  }
}

@Suite struct ByteBufferTests {
  @Test func `numbers come back as written`() throws {
    let values: [Int64] = [0, 1, -1, 63, -64, 64, 127, 128, 16_383, 16_384, .max, .min]
    var buffer = ByteBuffer(capacity: 1)
    for value in values {
      buffer.append(zigzag: value)
      buffer.append(varint: UInt64(bitPattern: value))
      buffer.append(bigEndian: value)
    }
    let bytes = buffer.toArray()
    try bytes.withUnsafeBytes { raw throws in
      var reader = ByteReader(raw)
      for value in values {
        let (zigzag, varint) = (try reader.zigzag(), try reader.varint())
        let integer = try reader.integer(Int64.self)
        #expect(zigzag == value && varint == UInt64(bitPattern: value) && integer == value)
      }
      #expect(reader.remaining == 0)
    }
    for cut in 0..<bytes.count {
      #expect(throws: ByteError.self) {
        try Array(bytes.prefix(cut)).withUnsafeBytes { raw throws in
          var reader = ByteReader(raw)
          for _ in values {
            _ = try reader.zigzag()
            _ = try reader.varint()
            _ = try reader.integer(Int64.self)
          }
        }
      }
    }
  }

  @Test func `a varint that never ends is refused`() {
    let endless = [UInt8](repeating: 0xFF, count: 11)
    #expect(throws: ByteError.overlongVarint(offset: 0)) {
      try endless.withUnsafeBytes { raw throws in
        var reader = ByteReader(raw)
        _ = try reader.varint()
      }
    }
  }
}

@Suite struct EditDistanceTests {
  @Test(
    arguments: [
      ("retention.sm", "retention.ms"), ("retentionms", "retention.ms"), ("ab", "abcd"),
      ("compresion.tipe", "compression.type"), ("retention", "retention.ms"), ("zz", nil),
      ("nothing", nil), ("", nil),
    ] as [(String, String?)])
  func `a name is near where two edits, or one in three letters, make it of the word`(
    word: String, expected: String?
  ) {
    let names = ["retention.ms", "compression.type", "abcd"]
    #expect(EditDistance.nearest(to: word, among: names) == expected)
  }
}

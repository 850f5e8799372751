import Bytes
import Compression
import Machine
import TestSupport
import Testing

/// The four codecs behind one shape, so that each test holds for all.
enum Method: CaseIterable, Sendable {
  case gzip, snappy, lz4, zstd

  func compress(_ bytes: [UInt8], level: Int? = nil) throws -> [UInt8] {
    var output = ByteBuffer(capacity: 16)
    var tools = Tools()
    try tools.compress(self, bytes, level: level, into: &output)
    return output.toArray()
  }

  func decompress(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
    var output = ByteBuffer(capacity: 16)
    var tools = Tools()
    try tools.decompress(self, bytes, limit: limit, into: &output)
    return output.toArray()
  }

  struct Tools: ~Copyable {
    var gzip = Gzip()
    var lz4 = LZ4()
    var zstd = Zstd()

    mutating func compress(
      _ method: Method, _ bytes: [UInt8], level: Int? = nil, into output: inout ByteBuffer
    ) throws {
      try bytes.withUnsafeBytes { bytes in
        switch method {
        case .gzip: try gzip.compress(bytes, level: level, into: &output)
        case .snappy: try Snappy.compress(bytes, into: &output)
        case .lz4: try lz4.compress(bytes, level: level, into: &output)
        case .zstd: try zstd.compress(bytes, level: level, into: &output)
        }
      }
    }

    mutating func decompress(
      _ method: Method, _ bytes: [UInt8], limit: Int, into output: inout ByteBuffer
    ) throws {
      try bytes.withUnsafeBytes { bytes in
        switch method {
        case .gzip: try gzip.decompress(bytes, limit: limit, into: &output)
        case .snappy: try Snappy.decompress(bytes, limit: limit, into: &output)
        case .lz4: try lz4.decompress(bytes, limit: limit, into: &output)
        case .zstd: try zstd.decompress(bytes, limit: limit, into: &output)
        }
      }
    }
  }
}

/// Bytes that compress somewhat: runs, repeated words and noise.
func sample(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count)
  while bytes.count < count {
    let length = Int.random(in: 1...300, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      bytes += repeatElement(UInt8.random(in: 0...255, using: &random), count: length)
    case 1: bytes += (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
    default:
      let start = Int.random(in: 0...bytes.count, using: &random)
      bytes += Array(bytes[start..<min(start + length, bytes.count)])
    }
  }
  return Array(bytes.prefix(count))
}

@Suite struct CodecTests {
  @Test(arguments: Method.allCases)
  func `random bytes come back, also with the states of other calls`(method: Method) throws {
    var random = Seed.random()
    var tools = Method.Tools()
    let levels: [Int?] = [nil, 1, 5, 9, 22, -3]
    for size in [0, 1, 2, 100, 4_095, 4_096, 4_097, 65_536, 65_537, 300_000, 1_500_000] {
      let bytes = sample(size, &random)
      var compressed = ByteBuffer()
      compressed.append(7)
      let level = levels.randomElement(using: &random) ?? nil
      try tools.compress(method, bytes, level: level, into: &compressed)
      var output = ByteBuffer()
      output.append(9)
      let part = Array(compressed.toArray().dropFirst())
      try tools.decompress(method, part, limit: size, into: &output)
      #expect(output.toArray() == [9] + bytes)
      // A failure in between leaves the output and the states sound.
      if size > 2 {
        #expect(throws: CompressionError.self) {
          try tools.decompress(method, Array(part.dropLast()), limit: size, into: &output)
        }
        #expect(output.count == size + 1)
      }
    }
  }

  @Test(arguments: Method.allCases)
  func `one byte above the limit is too large, and every byte less of input is missed`(
    method: Method
  ) throws {
    var random = Seed.random()
    for size in [1, 50, 4_096, 20_000] {
      let bytes = sample(size, &random)
      let compressed = try method.compress(bytes)
      #expect(try method.decompress(compressed, limit: size) == bytes)
      #expect(throws: CompressionError.tooLarge(codec: "\(method)", limit: size - 1)) {
        try method.decompress(compressed, limit: size - 1)
      }
      let cuts =
        size > 100
        ? (0..<40).map { _ in Int.random(in: 0..<compressed.count, using: &random) }
        : Array(0..<compressed.count)
      for cut in cuts {
        #expect(throws: CompressionError.self, "cut at \(cut) of \(compressed.count)") {
          try method.decompress(Array(compressed.prefix(cut)), limit: size)
        }
      }
    }
  }

  @Test(arguments: Method.allCases)
  func `a bomb is refused before its memory is there`(method: Method) throws {
    let bomb = try method.compress([UInt8](repeating: 0, count: 64 << 20))
    var output = ByteBuffer(capacity: 16)
    var tools = Method.Tools()
    let limit = 1 << 20
    #expect(throws: CompressionError.tooLarge(codec: "\(method)", limit: limit)) {
      try tools.decompress(method, bomb, limit: limit, into: &output)
    }
    #expect(output.count == 0 && output.room <= 4 * limit)
  }

  @Test func `sizes that are only claimed cost nothing`() throws {
    // 60 MiB in a snappy block of 10 bytes; and in a frame of zstd with one tiny block.
    var snappy: [UInt8] = [0x80, 0x80, 0x80, 0x1E]
    snappy += [0, 1, 2, 3, 4, 5]
    let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    let zstd: [UInt8] = magic + [0xA0, 0, 0, 0xC0, 0x03, 0x09, 0, 0, 0x41]
    for (method, bytes) in [(Method.snappy, snappy), (.zstd, zstd)] {
      var output = ByteBuffer(capacity: 16)
      var tools = Method.Tools()
      #expect(throws: CompressionError.self, "\(method)") {
        try tools.decompress(method, bytes, limit: 64 << 20, into: &output)
      }
      #expect(output.room <= 1 << 20)
    }
  }

  @Test(arguments: Method.allCases)
  func `a high limit costs no memory where little comes out`(method: Method) throws {
    let compressed = try method.compress([1, 2, 3])
    var output = ByteBuffer(capacity: 16)
    var tools = Method.Tools()
    try tools.decompress(method, compressed, limit: 64 << 20, into: &output)
    #expect(output.count == 3 && output.room <= 8_192)
  }

  @Test(arguments: [Method.gzip, .lz4, .zstd])
  func `several members or frames in a row are read as one`(method: Method) throws {
    var random = Seed.random()
    var whole: [UInt8] = []
    var compressed: [UInt8] = []
    for size in [10_000, 0, 1, 70_000, 0] {
      let bytes = sample(size, &random)
      whole += bytes
      compressed += try method.compress(bytes)
    }
    #expect(try method.decompress(compressed, limit: whole.count) == whole)
    #expect(throws: CompressionError.self) {
      try method.decompress(compressed, limit: whole.count - 1)
    }
    for junk: [UInt8] in [[0], [1, 2, 3], Array(repeating: 0x5A, count: 100)] {
      #expect(throws: CompressionError.self) {
        try method.decompress(compressed + junk, limit: whole.count + 1_000)
      }
    }
  }

  @Test(arguments: Method.allCases)
  func `changed bytes give bytes or an error, never more than the limit`(method: Method) throws {
    var random = Seed.random()
    var tools = Method.Tools()
    let limit = 100_000
    for _ in 0..<60 {
      let size = Int.random(in: 0...20_000, using: &random)
      let sound = try method.compress(sample(size, &random))
      let other = try method.compress(sample(500, &random))
      for _ in 0..<40 {
        var bytes = sound
        mutate(&bytes, with: other, &random)
        var output = ByteBuffer(capacity: 16)
        do {
          try tools.decompress(method, bytes, limit: limit, into: &output)
          #expect(output.count <= limit)
        } catch is CompressionError {
          #expect(output.count == 0)
        }
        #expect(output.room + output.count <= 4 * limit)
      }
    }
  }

  @Test func `every error says something`() {
    let errors: [CompressionError] = [
      .corrupt(codec: "x", "y"), .tooLarge(codec: "x", limit: 1), .outOfMemory(codec: "x"),
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}

/// Flips, overwrites, cuts, repeats or splices a few places.
func mutate(_ bytes: inout [UInt8], with other: [UInt8], _ random: inout SeededRandom) {
  for _ in 0..<Int.random(in: 1...4, using: &random) {
    guard let place = bytes.indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(place...)
    case 3:
      let end = min(place + Int.random(in: 1...50, using: &random), bytes.count)
      bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
    default:
      let start = Int.random(in: 0..<max(other.count, 1), using: &random)
      bytes.replaceSubrange(place..., with: other.dropFirst(start))
    }
  }
}

import Compression
import Machine
import TestSupport
import Testing

@Suite struct StreamDecoderTests {
  private static let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]

  /// Members or frames of these parts in a row, which end at the places returned.
  private func packed(
    _ parts: [[UInt8]], _ format: StreamDecoder.Format
  ) throws -> (bytes: [UInt8], ends: [Int]) {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for part in parts {
      bytes += try (format == .gzip ? Method.gzip : .zstd).compress(part)
      ends.append(bytes.count)
      if format == .zstd {
        bytes += Self.skippable
        ends.append(bytes.count)
      }
    }
    return (bytes, ends)
  }

  /// What comes out where input comes in pieces and room is given as `next` says.
  private func decode(
    _ bytes: [UInt8], pieces next: () -> (input: Int, room: Int)
  ) throws -> (bytes: [UInt8], isAtBoundary: Bool, position: Int64) {
    let format = try #require(bytes.withUnsafeBytes { StreamDecoder.Format($0) })
    let decoder = try StreamDecoder(format)
    var found: [UInt8] = []
    var start = 0
    while true {
      let sizes = next()
      let end = min(start + sizes.input, bytes.count)
      var room = [UInt8](repeating: 0, count: sizes.room)
      let step = try bytes[start..<end].withUnsafeBytes { input in
        try room.withUnsafeMutableBytes { try decoder.decode(input, into: $0) }
      }
      found += room[..<step.written]
      start += step.read
      if step.written == 0, start == bytes.count { break }
    }
    return (found, decoder.isAtBoundary, decoder.position)
  }

  @Test(arguments: StreamDecoder.Format.allCases)
  func `any pieces give what was packed`(format: StreamDecoder.Format) throws {
    var random = Seed.random()
    for round in 0..<60 {
      let parts = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        sample(Int.random(in: 0...(round % 10 == 0 ? 400_000 : 3_000), using: &random), &random)
      }
      var (bytes, _) = try packed(parts, format)
      // Tapes fill up with zeros.
      if format == .gzip, round % 3 == 0 { bytes += [UInt8](repeating: 0, count: 600) }
      let most = round % 2 == 0 ? 40 : 100_000
      let found = try decode(bytes) {
        (Int.random(in: 1...most, using: &random), Int.random(in: 1...most, using: &random))
      }
      #expect(found.bytes == Array(parts.joined()), "round \(round)")
      #expect(found.isAtBoundary && found.position == bytes.count)
    }
  }

  @Test(arguments: StreamDecoder.Format.allCases)
  func `what is cut gives all before, and says so`(format: StreamDecoder.Format) throws {
    var random = Seed.random()
    let parts = [sample(500, &random), [], sample(300, &random)]
    let whole = Array(parts.joined())
    let (bytes, ends) = try packed(parts, format)
    var longest = 0
    for cut in 4..<bytes.count {
      let found = try decode(Array(bytes[..<cut])) { (7, 50) }
      #expect(found.isAtBoundary == ends.contains(cut), "cut at \(cut)")
      #expect(whole.starts(with: found.bytes))
      #expect(found.bytes.count >= longest)
      longest = found.bytes.count
    }
    #expect(longest > 0)
  }

  @Test(arguments: StreamDecoder.Format.allCases)
  func `what follows and is something else is no end`(format: StreamDecoder.Format) throws {
    let (bytes, _) = try packed([Array("posts".utf8)], format)
    #expect(throws: CompressionError.self) {
      try decode(bytes + Array("garbage".utf8)) { (1_000, 1_000) }
    }
  }

  @Test(arguments: StreamDecoder.Format.allCases)
  func `no damage crashes it or passes for whole`(format: StreamDecoder.Format) throws {
    var random = Seed.random()
    let part = sample(2_000, &random)
    let (bytes, _) = try packed([part], format)
    var refused = 0
    for _ in 0..<400 {
      var damaged = bytes
      damaged[Int.random(in: 4..<bytes.count, using: &random)] ^=
        1
        << UInt8.random(
          in: 0...7, using: &random)
      do {
        let found = try decode(damaged) { (500, 500) }
        if !found.isAtBoundary { refused += 1 }
      } catch is CompressionError { refused += 1 }
    }
    // gzip has a checksum; a frame without one, as ours, tells of broken blocks alone.
    #expect(refused > (format == .gzip ? 300 : 0))
  }

  @Test func `few bytes are undecided, others are nothing`() {
    func isUndecided(_ bytes: [UInt8]) -> Bool {
      bytes.withUnsafeBytes { StreamDecoder.Format.isUndecided($0) }
    }
    for bytes: [UInt8] in [[], [0x1F], [0x28], [0x28, 0xB5, 0x2F], [0x50, 0x2A]] {
      #expect(isUndecided(bytes), "\(bytes)")
    }
    for bytes: [UInt8] in [[0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0x7B], Array("(a".utf8)] {
      #expect(!isUndecided(bytes), "\(bytes)")
    }
    let text = Array("{\"id\":".utf8)
    #expect(text.withUnsafeBytes { StreamDecoder.Format($0) } == nil)
  }
}

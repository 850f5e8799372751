import Bytes
import Foundation
import Testing

@testable import Tables

/// Tokens as Cassandra's drivers compute them (see Tools/golden/make-tokens): a driver that sends a
/// statement to the node of its key must mean the same node.
@Suite struct TokenTests {
  @Test func `tokens of 10,000 keys are those of Cassandra's Python driver`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/tokens.bin")
    let bytes = try Data(contentsOf: file)
    let tokens = stride(from: 0, to: bytes.count, by: 8).map { offset in
      bytes[offset..<(offset + 8)].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
    #expect(tokens.count == 10_000)
    var random = SplitMix(state: 42)
    for token in tokens {
      let components = random.key()
      var key = ByteBuffer()
      serialize(components[...], [], &key)
      let found = key.withBytes { KeyEncoding.token($0) }
      #expect(found == token, "\(components)")
    }
  }

  /// Borrows the components one by one: they must all be valid at once.
  private func serialize(
    _ rest: ArraySlice<[UInt8]>, _ borrowed: [UnsafeRawBufferPointer], _ key: inout ByteBuffer
  ) {
    guard let next = rest.first else { return RowKey.serialize(borrowed, into: &key) }
    next.withUnsafeBytes { serialize(rest.dropFirst(), borrowed + [$0], &key) }
  }
}

/// Sebastiano Vigna's SplitMix64, from which the golden file's keys are made.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// One to four components of 0 to 49 bytes; a key of one is never empty.
  mutating func key() -> [[UInt8]] {
    let count = 1 + next() % 4
    return (0..<count).map { _ in
      let length = next() % 50
      return (0..<(count == 1 ? max(length, 1) : length)).map { _ in
        UInt8(truncatingIfNeeded: next())
      }
    }
  }
}

/// Eight bytes of a text in one number, 0 behind its end.
struct EightBytes {
  private let raw: UInt64

  @inline(__always) init(_ bytes: UnsafeRawBufferPointer, at start: Int) {
    guard bytes.count >= 8 else {
      var raw: UInt64 = 0
      for index in start..<bytes.count { raw |= UInt64(bytes[index]) << (8 * (index - start)) }
      self.raw = raw
      return
    }
    // Near the text's end, its last eight bytes without those before `start`.
    let place = min(start, bytes.count &- 8)
    let all = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    raw = all &>> UInt64(truncatingIfNeeded: 8 &* (start &- place))
  }

  private static func each(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// All of them as `ASCII.lowered` does it to letters.
  private var lowered: UInt64 { raw | Self.each(0x20) }

  /// How many of the first bytes are ASCII letters.
  @inline(__always) var letters: Int {
    // The highest bit of each byte: whether it is not below "a", and whether it is beyond "z".
    let low = lowered & Self.each(0x7F)
    let notBelow = low &+ Self.each(0x80 - UInt8(ascii: "a"))
    let beyond = low &+ Self.each(0x7F - UInt8(ascii: "z"))
    let others = (~notBelow | beyond | raw) & Self.each(0x80)
    return others.trailingZeroBitCount >> 3
  }

  /// Whether there may be three like letters in a row.
  @inline(__always) var hasThreeAlike: Bool {
    let pairs = lowered ^ lowered >> 8
    let threes = pairs | pairs >> 8
    return (threes &- Self.each(1)) & ~threes & Self.each(0x80) != 0
  }

  /// The byte at `index`, lowered where it is a letter.
  @inline(__always) func lowered(_ index: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: lowered >> UInt64(8 * index)) & 0xFF
  }
}

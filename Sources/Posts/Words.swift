/// Eight bytes at once: the searches that make scanning fast.
///
/// A comparison result has the high bit set in each byte that matches. Above the lowest match there
/// may be false ones (a borrow runs upward), so only the lowest is to be used.
enum Words {
  static let ones: UInt64 = 0x0101_0101_0101_0101
  static let highBits: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  static func load(_ base: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
    UInt64(
      littleEndian: UnsafeRawPointer(base).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  static func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let difference = word ^ (ones &* UInt64(byte))
    return (difference &- ones) & ~difference & highBits
  }

  /// The bytes that need a look inside a JSON string: quote, backslash, control, not ASCII.
  @inline(__always)
  static func stringStops(_ word: UInt64) -> UInt64 {
    let controls = (word &- (ones &* 0x20)) & ~word & highBits
    return matches(word, 0x22) | matches(word, 0x5C) | controls | (word & highBits)
  }

  /// The offset of the first `byte` in `start..<end`, or `end`.
  @inline(__always)
  static func first(
    _ byte: UInt8, in base: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    var offset = start
    while offset &+ 8 <= end {
      let found = matches(load(base, offset), byte)
      if found != 0 { return offset &+ found.trailingZeroBitCount &>> 3 }
      offset &+= 8
    }
    while offset < end {
      if base[offset] == byte { return offset }
      offset &+= 1
    }
    return end
  }

  /// The offset behind all whole words from `start` on that hold only ASCII without quote,
  /// backslash and control characters.
  @inline(__always)
  static func endOfPlain(
    in base: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    var offset = start
    while offset &+ 8 <= end, stringStops(load(base, offset)) == 0 {
      offset &+= 8
    }
    return offset
  }
}

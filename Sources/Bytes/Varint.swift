/// Numbers of seven bits a byte, low bits first (LEB128), at bare pointers: for code that has
/// checked its bounds for a whole record at once.
public enum Varint {
  /// A signed number as Kafka turns it: small ones, negative or not, take few bytes.
  @inlinable @inline(__always)
  public static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }

  /// How many bytes `store` writes, 1 to 10.
  @inlinable @inline(__always)
  public static func size(_ value: UInt64) -> Int {
    if value < 0x80 { return 1 }
    return (70 - value.leadingZeroBitCount) / 7
  }

  /// Writes `value` at `place`, which has room for it, and moves `place` behind it.
  @inlinable @inline(__always)
  public static func store(_ value: UInt64, at place: inout UnsafeMutableRawPointer) {
    var rest = value
    while rest >= 0x80 {
      place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      place += 1
      rest >>= 7
    }
    place.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    place += 1
  }

  /// The zigzag number at `place`, which moves behind it; nil where it does not end before `end`
  /// or is longer than 10 bytes.
  @inlinable @inline(__always)
  public static func load(from place: inout UnsafeRawPointer, before end: UnsafeRawPointer)
    -> Int64?
  {
    guard place < end else { return nil }
    let first = place.load(as: UInt8.self)
    if first < 0x80 {
      place += 1
      return Int64(first >> 1) ^ -Int64(first & 1)
    }
    return loadLong(from: &place, before: end)
  }

  @inlinable @inline(__always)
  static func loadLong(from place: inout UnsafeRawPointer, before end: UnsafeRawPointer)
    -> Int64?
  {
    var raw: UInt64 = 0
    var shift: UInt64 = 0
    while place < end, shift <= 63 {
      let byte = place.load(as: UInt8.self)
      place += 1
      raw |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 { return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1) }
      shift += 7
    }
    return nil
  }
}

internal import Machine

/// Time-based identifiers (RFC 4122, version 1): of `now()`, and of the elements of lists.
enum TimeUUID {
  /// Tenths of microseconds between 1582-10-15, where their time begins, and 1970.
  private static let epoch: Int64 = 122_192_928_000_000_000
  /// The time that Cassandra reflects prepended elements at: 2010, in tenths of microseconds.
  private static let reflection: Int64 = 1_262_304_000_000 * 10_000
  /// What tells this process's identifiers from others'.
  private static let node: [UInt8] = {
    var bytes = Array(Entropy.identifier().prefix(8))
    bytes[0] = bytes[0] & 0x3F | 0x80
    // Not a network card's address.
    bytes[2] |= 1
    return bytes
  }()

  /// Another identifier of the present time: greater than those before, but where the clock has
  /// been put back by more than a second.
  static func now(_ clock: Clock) -> [UInt8] {
    bytes(clock.moments.now(clock.microseconds &* 10), node)
  }

  /// The next identifier for what is appended to lists, greater than all before.
  static func next(_ clock: Clock) -> [UInt8] {
    bytes(clock.moments.next(clock.microseconds &* 10), node)
  }

  /// Identifiers in rising order that are less than all before, for the elements put before a
  /// list's.
  static func before(_ clock: Clock, count: Int) -> [[UInt8]] {
    let start = clock.moments.before(mirrored(clock.microseconds &* 10), count: count)
    return (0..<count).map { bytes(start + Int64($0), node) }
  }

  /// Has what is put into lists follow what was put there by a time, in microseconds since 1970.
  static func resume(after microseconds: Int64, _ clock: Clock) {
    _ = clock.moments.next(microseconds &* 10)
    _ = clock.moments.before(mirrored(microseconds &* 10), count: 0)
  }

  private static func mirrored(_ tenths: Int64) -> Int64 {
    reflection &- (tenths &- reflection)
  }

  /// The least identifier of a millisecond, in Cassandra's order.
  static func least(milliseconds: Int64) -> [UInt8] {
    bytes(milliseconds &* 10_000, [UInt8](repeating: 0x80, count: 8))
  }

  /// The greatest identifier of a millisecond, in Cassandra's order.
  static func greatest(milliseconds: Int64) -> [UInt8] {
    bytes(milliseconds &* 10_000 &+ 9_999, [UInt8](repeating: 0x7F, count: 8))
  }

  /// The milliseconds since 1970 in an identifier.
  static func milliseconds(_ bytes: [UInt8]) -> Int64 {
    let order = [6, 7, 4, 5, 0, 1, 2, 3]
    let time = order.reduce(Int64(0)) { $0 << 8 | Int64(bytes[$1]) } & 0x0FFF_FFFF_FFFF_FFFF
    let tenths = time - epoch
    return tenths >= 0 ? tenths / 10_000 : (tenths - 9_999) / 10_000
  }

  private static func bytes(_ tenths: Int64, _ node: [UInt8]) -> [UInt8] {
    let time = UInt64(bitPattern: tenths &+ epoch) & 0x0FFF_FFFF_FFFF_FFFF | 1 << 60
    return bigEndian(UInt32(truncatingIfNeeded: time))
      + bigEndian(UInt16(truncatingIfNeeded: time >> 32))
      + bigEndian(UInt16(truncatingIfNeeded: time >> 48)) + node
  }
}

internal import Bytes
internal import Machine

/// A uuid: the identifier of a table, of a version of the schema, or of this node.
package struct UniqueID: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  private init(_ high: UInt64, _ low: UInt64, version: UInt64) {
    self.high = high & ~0xF000 | version << 12
    self.low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
  }

  /// Nil unless there are 16 bytes.
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// One that nobody has.
  static func random() -> UniqueID {
    var source = SystemRandomNumberGenerator()
    return UniqueID(source.next(), source.next(), version: 4)
  }

  /// One of a moment, as Cassandra gives to tables.
  static func ofTime(microseconds: Int64) -> UniqueID {
    // Version 1 counts tenths of microseconds since 1582-10-15.
    let ticks = UInt64(bitPattern: microseconds &* 10 &+ 122_192_928_000_000_000)
    let high = ticks << 32 | (ticks >> 32 & 0xFFFF) << 16 | ticks >> 48 & 0x0FFF
    var source = SystemRandomNumberGenerator()
    // A node that is no machine's address says so in its first byte.
    return UniqueID(high, source.next() | 0x0100_0000_0000, version: 1)
  }

  /// The same one for the same name, always.
  static func named(_ name: String) -> UniqueID {
    let (high, low) = Array(name.utf8).withUnsafeBytes { Murmur.hash3x128($0) }
    return UniqueID(high, low, version: 3)
  }

  /// The 16 bytes of the value of type uuid.
  package var bytes: [UInt8] { bigEndian(high) + bigEndian(low) }
}

extension UniqueID: CustomStringConvertible {
  package var description: String { DataType.uuid.display(bytes) }
}

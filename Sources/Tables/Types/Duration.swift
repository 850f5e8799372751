internal import Bytes

/// A span of time whose months and days have no fixed length: each part is kept by itself.
struct Duration: Hashable {
  var months: Int64 = 0
  var days: Int64 = 0
  var nanoseconds: Int64 = 0

  /// The duration in native encoding: three signed vints. Thrown: what is wrong with the bytes.
  init(native bytes: UnsafeRawBufferPointer) throws(TableError) {
    guard bytes.count >= 3 else {
      throw .invalid("Expected at least 3 bytes for a duration (\(bytes.count))")
    }
    var reader = ByteReader(bytes)
    guard let months = reader.signedVInt(), let days = reader.signedVInt(),
      let nanoseconds = reader.signedVInt(), reader.remaining == 0
    else { throw .invalid("A duration is three vints, but got \(bytes.count) other bytes") }
    for (name, value) in [("months", months), ("days", days)] where Int32(exactly: value) == nil {
      throw .invalid("The duration \(name) must be a 32 bits integer but was: \(value)")
    }
    let parts = [months, days, nanoseconds]
    if parts.contains(where: { $0 < 0 }), parts.contains(where: { $0 > 0 }) {
      throw .invalid(
        "The duration months, days and nanoseconds must be all of the same sign "
          + "(\(months), \(days), \(nanoseconds))")
    }
    (self.months, self.days, self.nanoseconds) = (months, days, nanoseconds)
  }

  var native: [UInt8] {
    var bytes = ByteBuffer(capacity: 16)
    for part in [months, days, nanoseconds] { bytes.append(signedVInt: part) }
    return bytes.toArray()
  }
}

extension Duration: CustomStringConvertible {
  /// As Cassandra and cqlsh write it, e.g. `-1y2mo3d4h5m6s7ms8us9ns`; nothing for a duration of
  /// nothing.
  var description: String {
    var text = months < 0 || days < 0 || nanoseconds < 0 ? "-" : ""
    func append(_ value: UInt64, _ unit: String) { if value > 0 { text += "\(value)\(unit)" } }
    append(months.magnitude / 12, "y")
    append(months.magnitude % 12, "mo")
    append(days.magnitude, "d")
    var rest = nanoseconds.magnitude
    for (unit, length) in Duration.clockUnits {
      append(rest / length, unit)
      rest %= length
    }
    return text
  }

  private static let clockUnits: [(String, UInt64)] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ("us", 1_000), ("ns", 1),
  ]
}

// Cassandra's own variable-length integers: as many leading ones as bytes follow the first, then
// the number, most significant byte first.
extension ByteBuffer {
  mutating func append(signedVInt value: Int64) {
    let zigzag = UInt64(bitPattern: value << 1 ^ value >> 63)
    let bits = 64 - zigzag.leadingZeroBitCount
    // Seven bits a byte, but all eight of the ninth.
    let extra = bits > 56 ? 8 : max(bits - 1, 0) / 7
    let start = count
    if extra == 8 { append(UInt8(0xFF)) }
    let length = extra == 8 ? 8 : extra + 1
    for index in (0..<length).reversed() {
      append(UInt8(truncatingIfNeeded: zigzag >> UInt64(8 * index)))
    }
    if extra < 8 {
      let first = withBytes { $0[start] }
      set(bigEndian: first | ~(0xFF >> UInt8(extra)), at: start)
    }
  }
}

extension ByteReader {
  /// The next vint; nil where the bytes end first.
  mutating func signedVInt() -> Int64? {
    guard let first = try? integer(UInt8.self) else { return nil }
    let extra = (~first).leadingZeroBitCount
    guard let rest = try? run(extra) else { return nil }
    let head = extra >= 7 ? 0 : UInt64(first & (0xFF >> UInt8(extra + 1)))
    let raw = rest.reduce(head) { $0 << 8 | UInt64($1) }
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }
}

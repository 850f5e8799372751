internal import Bytes

/// Components of keys: bytes that sort as the values do (see FORMAT.md).
extension DataType {
  /// Appends the component of a value in native encoding.
  func appendComponent(
    _ value: UnsafeRawBufferPointer, descending: Bool, to key: inout ByteBuffer
  ) {
    let start = key.count
    switch self {
    case .tinyint, .smallint, .int, .bigint, .timestamp:
      key.append(value)
      key.flip(at: start, mask: 0x80)
    case .date, .boolean: key.append(value)
    case .float, .double:
      key.append(value)
      let isNegative = (value.first ?? 0) & 0x80 != 0
      if isNegative { key.complement(from: start) } else { key.flip(at: start, mask: 0x80) }
    case .uuid, .timeuuid: appendUUID(value, to: &key)
    case .ascii, .text, .blob, .list, .set, .map:
      KeyEncoding.appendEscaped(value, to: &key)
      key.append(0)
      key.append(0)
    }
    if descending { key.complement(from: start) }
  }

  private func appendUUID(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    guard value.count == 16 else { return }
    let version = value[6] >> 4
    if self == .uuid { key.append(version) }
    if version == 1 {
      // time-hi (without the version), time-mid, time-low: the order of time.
      for index in [6, 7, 4, 5, 0, 1, 2, 3] { key.append(value[index]) }
    } else {
      for index in 0..<8 { key.append(value[index]) }
    }
    for index in 8..<16 { key.append(self == .timeuuid ? value[index] ^ 0x80 : value[index]) }
  }

  /// Reads the component at the reader back into the value's native encoding, appended to `value`.
  /// False where the bytes are no component.
  func readComponent(
    _ reader: inout ByteReader, descending: Bool, into value: inout ByteBuffer
  ) -> Bool {
    let mask: UInt8 = descending ? 0xFF : 0
    let start = value.count
    switch self {
    case .ascii, .text, .blob, .list, .set, .map:
      return KeyEncoding.readEscaped(&reader, mask: mask, into: &value)
    case .uuid, .timeuuid: return readUUID(&reader, mask, into: &value)
    default:
      guard let size = fixedSize, let run = try? reader.run(size) else { return false }
      value.append(run)
      if descending { value.complement(from: start) }
      switch self {
      case .tinyint, .smallint, .int, .bigint, .timestamp: value.flip(at: start, mask: 0x80)
      case .float, .double:
        let wasNegative = (run.first ?? 0) ^ mask & 0xFF < 0x80
        if wasNegative { value.complement(from: start) } else { value.flip(at: start, mask: 0x80) }
      default: break
      }
      return true
    }
  }

  private func readUUID(
    _ reader: inout ByteReader, _ mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    var version: UInt8 = 1
    if self == .uuid {
      guard let byte = try? reader.integer(UInt8.self) else { return false }
      version = byte ^ mask
    }
    guard let run = try? reader.run(16) else { return false }
    // Where each of the first eight bytes of the value stands in the component.
    let order = version == 1 ? [4, 5, 6, 7, 2, 3, 0, 1] : [0, 1, 2, 3, 4, 5, 6, 7]
    for index in order { value.append(run[index] ^ mask) }
    for index in 8..<16 {
      value.append(run[index] ^ mask ^ (self == .timeuuid ? 0x80 : 0))
    }
    return true
  }

  /// The order of two values of this type: negative, zero or positive.
  func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
    left.withUnsafeBytes { left in right.withUnsafeBytes { compare(left, $0) } }
  }

  /// The order of two values of this type: negative, zero or positive.
  func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    var keys = ByteBuffer(capacity: left.count + right.count + 16)
    appendComponent(left, descending: false, to: &keys)
    let middle = keys.count
    appendComponent(right, descending: false, to: &keys)
    return keys.withBytes { bytes in
      KeyEncoding.compare(
        UnsafeRawBufferPointer(rebasing: bytes[..<middle]),
        UnsafeRawBufferPointer(rebasing: bytes[middle...]))
    }
  }
}

enum KeyEncoding {
  /// Appends bytes with every 00 followed by FF, so that a 00 with another byte behind it ends
  /// them.
  static func appendEscaped(_ bytes: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    var start = 0
    for index in 0..<bytes.count where bytes[index] == 0 {
      key.append(UnsafeRawBufferPointer(rebasing: bytes[start...index]))
      key.append(0xFF)
      start = index + 1
    }
    key.append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
  }

  /// Reads escaped bytes up to their end mark, 00 and a byte that is not FF, and past it.
  static func readEscaped(
    _ reader: inout ByteReader, mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    while let raw = try? reader.integer(UInt8.self) {
      let byte = raw ^ mask
      if byte != 0 {
        value.append(byte)
        continue
      }
      guard let next = try? reader.integer(UInt8.self) else { return false }
      if next ^ mask != 0xFF { return true }
      value.append(0)
    }
    return false
  }

  static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    for index in 0..<shared where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return left.count - right.count
  }

  /// The least key that is greater than every key beginning with `prefix`; nil where there is none.
  static func successor(of prefix: [UInt8]) -> [UInt8]? {
    var key = prefix
    while let last = key.popLast() {
      if last < 0xFF { return key + [last + 1] }
    }
    return nil
  }

  /// Cassandra's Murmur3 token of a serialized partition key.
  static func token(_ partitionKey: UnsafeRawBufferPointer) -> Int64 {
    if partitionKey.isEmpty { return .min }
    let token = Int64(bitPattern: Murmur.hash3x128(partitionKey).0)
    return token == .min ? .max : token
  }
}

extension ByteBuffer {
  /// Flips bits of one byte.
  mutating func flip(at offset: Int, mask: UInt8) {
    guard offset < count else { return }
    let byte = withBytes { $0[offset] }
    set(bigEndian: byte ^ mask, at: offset)
  }

  /// Flips every bit from `offset` to the end.
  mutating func complement(from offset: Int) {
    for index in offset..<count { flip(at: index, mask: 0xFF) }
  }
}

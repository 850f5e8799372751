internal import Bytes

/// Components of keys: bytes that sort as the values do (see FORMAT.md). No component begins
/// another, so that what follows cannot disturb the order.
extension DataType {
  /// Appends the component of a value in native encoding. Values that are equal, such as 1.0 and
  /// 1.00, have one component: where it matters which of them it was, the row says so.
  func appendComponent(
    _ value: UnsafeRawBufferPointer, descending: Bool, to key: inout ByteBuffer
  ) {
    let start = key.count
    switch self {
    case .tinyint, .smallint, .int, .bigint, .counter, .timestamp:
      key.append(value)
      key.flip(at: start, mask: 0x80)
    case .date, .time: key.append(value)
    case .boolean: if let byte = value.first { key.append(byte == 0 ? UInt8(0) : 1) }
    case .float, .double: KeyEncoding.appendFloat(value, to: &key)
    case .uuid, .timeuuid: appendUUID(value, to: &key)
    case .varint: KeyEncoding.appendInteger(value, to: &key)
    case .decimal: KeyEncoding.appendDecimal(value, to: &key)
    case .ascii, .text, .blob, .inet, .duration:
      KeyEncoding.appendEscaped(value, to: &key)
      key.append(0)
      key.append(0)
    case .list, .set, .map: appendElements(value, to: &key)
    case .tuple, .user: appendFields(value, to: &key)
    case .multiCell(let whole): whole.appendComponent(value, descending: false, to: &key)
    }
    if let size = sizeBeforeMark {
      KeyEncoding.appendMark(isEmpty: value.isEmpty, size, from: start, to: &key)
    }
    if descending { key.complement(from: start) }
  }

  /// How long components are behind which the least one has a mark: of the types of a fixed size
  /// that also take an empty value.
  var sizeBeforeMark: Int? {
    switch self {
    case .boolean: 1
    case .int, .float: 4
    case .bigint, .double, .timestamp: 8
    case .timeuuid: 16
    case .uuid: 17
    default: nil
    }
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

  private func appendElements(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    let types = parts
    for (number, element) in (elements(value) ?? []).enumerated() {
      if number % types.count == 0 { key.append(KeyEncoding.Part.value) }
      types[number % types.count].appendComponent(element, descending: false, to: &key)
    }
    key.append(KeyEncoding.Part.end)
  }

  private func appendFields(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    var values = (try? fields(value)) ?? []
    // As Cassandra compares tuples, a field that is missing at the end is null.
    while let last = values.last, last == nil { values.removeLast() }
    for (type, field) in zip(parts, values) {
      key.append(field == nil ? KeyEncoding.Part.null : KeyEncoding.Part.value)
      if let field { type.appendComponent(field, descending: false, to: &key) }
    }
    key.append(KeyEncoding.Part.end)
  }

  /// The order of two values of this type: negative, zero or positive.
  func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
    left.withUnsafeBytes { left in right.withUnsafeBytes { compare(left, $0) } }
  }

  /// The order of two values of this type: negative, zero or positive.
  func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    if case .boolean = self, let left = left.first, let right = right.first {
      return min(Int(left), 1) - min(Int(right), 1)
    }
    var keys = ByteBuffer(capacity: left.count + right.count + 16)
    appendComponent(left, descending: false, to: &keys)
    let middle = keys.count
    appendComponent(right, descending: false, to: &keys)
    return keys.withBytes { bytes in
      ByteOrder.compare(
        UnsafeRawBufferPointer(rebasing: bytes[..<middle]),
        UnsafeRawBufferPointer(rebasing: bytes[middle...]))
    }
  }
}

enum KeyEncoding {
  /// What stands behind the least component of a type with a fixed size.
  enum Mark {
    static let empty: UInt8 = 0
    static let value: UInt8 = 1
  }

  /// What stands before each element of a collection and each field of a tuple, and after the last.
  enum Part {
    static let end: UInt8 = 0
    static let null: UInt8 = 1
    static let value: UInt8 = 2
  }

  /// Tells the empty value, for which a fixed size leaves no bytes, from the least one: both are
  /// so many zeros and a mark.
  static func appendMark(
    isEmpty: Bool, _ size: Int, from start: Int, to key: inout ByteBuffer
  ) {
    if isEmpty { for _ in 0..<size { key.append(UInt8(0)) } }
    let isLeast = key.withBytes { bytes in
      bytes.count - start == size && bytes[start...].allSatisfy { $0 == 0 }
    }
    if isLeast { key.append(isEmpty ? Mark.empty : Mark.value) }
  }

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
    let bytes = reader.bytes
    while true {
      var end = reader.offset
      while end < bytes.count, bytes[end] != mask { end += 1 }
      guard end + 1 < bytes.count else { return false }
      let start = value.count
      value.append(UnsafeRawBufferPointer(rebasing: bytes[reader.offset..<end]))
      if mask != 0 { value.complement(from: start) }
      reader.offset = end + 2
      if bytes[end + 1] ^ mask != 0xFF { return true }
      value.append(0)
    }
  }

  /// Whether bytes begin with others.
  @inline(__always)
  static func hasPrefix(_ bytes: UnsafeRawBufferPointer, _ prefix: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= prefix.count else { return false }
    var index = 0
    while index + 8 <= prefix.count {
      let left = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard left == prefix.loadUnaligned(fromByteOffset: index, as: UInt64.self) else {
        return false
      }
      index += 8
    }
    while index < prefix.count {
      if bytes[index] != prefix[index] { return false }
      index += 1
    }
    return true
  }

  /// Whether bytes are the same.
  @inline(__always)
  static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    left.count == right.count && hasPrefix(left, right)
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
    withMutableBytes { bytes in
      for index in offset..<bytes.count { bytes[index] = ~bytes[index] }
    }
  }
}

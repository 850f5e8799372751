internal import Bytes

// Components of numbers that have several spellings (see FORMAT.md): of those that are equal, as
// Cassandra compares them, there is one component.
extension KeyEncoding {
  /// Appends the component of a float or a double. All that are no number are one, the greatest.
  static func appendFloat(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    let start = key.count
    switch value.count {
    case 4:
      let bits = UInt32(bigEndian: value.loadUnaligned(as: UInt32.self))
      key.append(bigEndian: Float(bitPattern: bits).isNaN ? 0x7FC0_0000 : bits)
    case 8:
      let bits = UInt64(bigEndian: value.loadUnaligned(as: UInt64.self))
      key.append(bigEndian: Double(bitPattern: bits).isNaN ? 0x7FF8_0000_0000_0000 : bits)
    default: return
    }
    let isNegative = key.withBytes { $0[start] & 0x80 != 0 }
    if isNegative { key.complement(from: start) } else { key.flip(at: start, mask: 0x80) }
  }

  /// Appends the component of a varint: its length and the bytes that it needs.
  static func appendInteger(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    guard !value.isEmpty else { return key.append(bigEndian: UInt32(0)) }
    let bytes = UnsafeRawBufferPointer(rebasing: value[padding(value)...])
    let isNegative = (bytes.first ?? 0) & 0x80 != 0
    // The longer a number, the further it is from zero.
    let length = Int32(truncatingIfNeeded: bytes.count)
    key.append(bigEndian: UInt32(bitPattern: isNegative ? -length : length) ^ 0x8000_0000)
    key.append(bytes)
  }

  static func readInteger(
    _ reader: inout ByteReader, _ mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    guard let length = readUInt32(&reader, mask) else { return false }
    if length == 0 { return true }
    let count = Int32(bitPattern: length ^ 0x8000_0000).magnitude
    guard let bytes = try? reader.run(Int(count)) else { return false }
    for byte in bytes { value.append(byte ^ mask) }
    return true
  }

  /// Appends the component of a decimal: its sign, the power of ten above its first digit, and its
  /// digits two a byte.
  static func appendDecimal(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    guard !value.isEmpty else { return key.append(Sign.empty) }
    guard let decimal = BigDecimal(native: value) else { return }
    let start = key.count
    guard !decimal.unscaled.isZero else { return key.append(Sign.zero) }
    key.append(Sign.positive)
    let digits = decimal.unscaled.digits
    key.append(
      bigEndian: UInt64(bitPattern: Int64(digits.count) - Int64(decimal.scale))
        ^ 0x8000_0000_0000_0000)
    appendDigits(digits, to: &key)
    if decimal.unscaled.isNegative { key.complement(from: start) }
  }

  /// Reads a decimal with the least scale that writes all of its digits.
  static func readDecimal(
    _ reader: inout ByteReader, _ mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    guard let sign = (try? reader.integer(UInt8.self)).map({ $0 ^ mask }) else { return false }
    switch sign {
    case Sign.empty: return true
    case Sign.zero:
      value.append(bigEndian: Int32(0))
      value.append(UInt8(0))
      return true
    case Sign.positive, ~Sign.positive:
      let isNegative = sign == ~Sign.positive
      let inner = isNegative ? ~mask : mask
      guard let high = readUInt32(&reader, inner), let low = readUInt32(&reader, inner),
        let digits = readDigits(&reader, inner),
        let unscaled = BigInteger(
          digits: (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self))
      else { return false }
      let power = Int64(bitPattern: (UInt64(high) << 32 | UInt64(low)) ^ 0x8000_0000_0000_0000)
      let (scale, overflow) = Int64(digits.count).subtractingReportingOverflow(power)
      if overflow { return false }
      // A scale that is out of reach without the zeros at the end: the row has the number.
      value.append(bigEndian: Int32(clamping: scale))
      value.append(unscaled.twosComplement)
      return true
    default: return false
    }
  }

  private enum Sign {
    static let empty: UInt8 = 0
    static let zero: UInt8 = 0x80
    static let positive: UInt8 = 0xC0
  }

  /// Appends digits without the zeros at their end: each two of them as 1 to 100, then 00.
  private static func appendDigits(_ digits: [UInt8], to key: inout ByteBuffer) {
    let end = (digits.lastIndex { $0 != 48 } ?? -1) + 1
    for index in stride(from: 0, to: end, by: 2) {
      let second = index + 1 < end ? digits[index + 1] - 48 : 0
      key.append((digits[index] - 48) * 10 + second + 1)
    }
    key.append(0)
  }

  private static func readDigits(_ reader: inout ByteReader, _ mask: UInt8) -> [UInt8]? {
    var digits: [UInt8] = []
    while let byte = (try? reader.integer(UInt8.self)).map({ $0 ^ mask }) {
      guard byte > 0 else {
        if digits.last == 48 { digits.removeLast() }
        return digits
      }
      guard byte <= 100 else { return nil }
      digits += [48 + (byte - 1) / 10, 48 + (byte - 1) % 10]
    }
    return nil
  }

  /// How many bytes at the front of a varint only repeat its sign.
  private static func padding(_ value: UnsafeRawBufferPointer) -> Int {
    var count = 0
    while count + 1 < value.count, value[count] == 0 || value[count] == 0xFF,
      value[count] & 0x80 == value[count + 1] & 0x80
    {
      count += 1
    }
    return count
  }

  private static func readUInt32(_ reader: inout ByteReader, _ mask: UInt8) -> UInt32? {
    guard let raw = try? reader.integer(UInt32.self) else { return nil }
    return mask == 0 ? raw : ~raw
  }
}

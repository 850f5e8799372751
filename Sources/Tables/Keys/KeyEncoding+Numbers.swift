internal import Bytes

// Components of numbers of any size (see FORMAT.md). Two ways of writing one number, which
// Cassandra holds for equal, are apart at the end of the component: the value that was written is
// the value that is read.
extension KeyEncoding {
  /// Appends the component of a varint: its length and bytes, then how many bytes it has more than
  /// it needs.
  static func appendInteger(
    _ value: UnsafeRawBufferPointer, exact: Bool, to key: inout ByteBuffer
  ) {
    let padding = padding(value)
    let bytes = UnsafeRawBufferPointer(rebasing: value[padding...])
    let isNegative = (bytes.first ?? 0) & 0x80 != 0
    // The longer a number, the further it is from zero.
    let length = Int32(truncatingIfNeeded: bytes.count)
    key.append(bigEndian: UInt32(bitPattern: isNegative ? -length : length) ^ 0x8000_0000)
    key.append(bytes)
    if exact { appendCount(padding, to: &key) }
  }

  static func readInteger(
    _ reader: inout ByteReader, _ mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    guard let length = readUInt32(&reader, mask) else { return false }
    let count = Int32(bitPattern: length ^ 0x8000_0000).magnitude
    guard let bytes = try? reader.run(Int(count)), let padding = readCount(&reader, mask)
    else { return false }
    let fill: UInt8 = ((bytes.first ?? 0) ^ mask) & 0x80 == 0 ? 0 : 0xFF
    for _ in 0..<padding { value.append(fill) }
    for byte in bytes { value.append(byte ^ mask) }
    return true
  }

  /// Appends the component of a decimal: its sign, the power of ten above its first digit, its
  /// digits two a byte, then its scale and the excess bytes of its varint.
  static func appendDecimal(
    _ value: UnsafeRawBufferPointer, exact: Bool, to key: inout ByteBuffer
  ) {
    guard let decimal = BigDecimal(native: value) else { return }
    let start = key.count
    if decimal.unscaled.isZero {
      key.append(Sign.zero)
    } else {
      key.append(Sign.positive)
      let digits = decimal.unscaled.digits
      key.append(
        bigEndian: UInt64(bitPattern: Int64(digits.count) - Int64(decimal.scale))
          ^ 0x8000_0000_0000_0000)
      appendDigits(digits, to: &key)
      if decimal.unscaled.isNegative { key.complement(from: start) }
    }
    guard exact else { return }
    key.append(bigEndian: UInt32(bitPattern: decimal.scale) ^ 0x8000_0000)
    appendCount(padding(UnsafeRawBufferPointer(rebasing: value[4...])), to: &key)
  }

  static func readDecimal(
    _ reader: inout ByteReader, _ mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    guard let sign = (try? reader.integer(UInt8.self)).map({ $0 ^ mask }) else { return false }
    var digits: [UInt8] = [48]
    var power: Int64 = 0
    switch sign {
    case Sign.zero: break
    case Sign.positive, ~Sign.positive:
      let inner = sign == Sign.positive ? mask : ~mask
      guard let high = readUInt32(&reader, inner), let low = readUInt32(&reader, inner),
        let found = readDigits(&reader, inner)
      else { return false }
      power = Int64(bitPattern: (UInt64(high) << 32 | UInt64(low)) ^ 0x8000_0000_0000_0000)
      digits = found
    default: return false
    }
    guard let scale = readUInt32(&reader, mask), let padding = readCount(&reader, mask)
    else { return false }
    let signedScale = Int32(bitPattern: scale ^ 0x8000_0000)
    if sign != Sign.zero {
      // The zeros at the end are not in the component: the power tells how many there were.
      let (count, overflow) = power.addingReportingOverflow(Int64(signedScale))
      guard !overflow, count >= digits.count, count <= Int64(Limits.numberBytes * 3) else {
        return false
      }
      digits += [UInt8](repeating: 48, count: Int(count) - digits.count)
    }
    let text = (sign == ~Sign.positive ? "-" : "") + String(decoding: digits, as: UTF8.self)
    guard let unscaled = BigInteger(digits: text) else { return false }
    value.append(bigEndian: signedScale)
    for _ in 0..<padding { value.append(unscaled.isNegative ? UInt8(0xFF) : 0) }
    value.append(unscaled.twosComplement)
    return true
  }

  private enum Sign {
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

  /// Appends a count, nearly always 0: as many times FF as it has 255s, then the rest.
  private static func appendCount(_ count: Int, to key: inout ByteBuffer) {
    for _ in 0..<(count / 255) { key.append(UInt8(0xFF)) }
    key.append(UInt8(count % 255))
  }

  private static func readCount(_ reader: inout ByteReader, _ mask: UInt8) -> Int? {
    var count = 0
    while let byte = (try? reader.integer(UInt8.self)).map({ $0 ^ mask }) {
      count += Int(byte)
      if byte != 0xFF { return count }
    }
    return nil
  }

  private static func readUInt32(_ reader: inout ByteReader, _ mask: UInt8) -> UInt32? {
    guard let raw = try? reader.integer(UInt32.self) else { return nil }
    return mask == 0 ? raw : ~raw
  }
}

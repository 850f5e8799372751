/// A whole number of any size, as `varint` and `decimal` need: from digits to bytes and back.
struct BigInteger: Hashable {
  var isNegative = false
  /// Least significant first, without zeros at the end: none is zero.
  private(set) var limbs: [UInt64] = []

  private static let chunk = 18
  private static let chunkPower: UInt64 = 1_000_000_000_000_000_000

  /// The number that decimal digits write, with or without a sign; nil where they are none.
  init?(digits text: some StringProtocol) {
    var digits = Array(text.utf8)
    let sign = digits.first
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits.removeFirst() }
    guard !digits.isEmpty, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    var start = 0
    // The first chunk is the short one.
    var end = digits.count % BigInteger.chunk
    if end == 0 { end = min(BigInteger.chunk, digits.count) }
    while start < digits.count {
      let chunk = digits[start..<end].reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 48) }
      multiply(by: BigInteger.chunkPower, adding: chunk)
      (start, end) = (end, min(end + BigInteger.chunk, digits.count))
    }
    isNegative = sign == UInt8(ascii: "-") && !limbs.isEmpty
  }

  /// The number of a magnitude, least significant limb first.
  init(limbs: [UInt64], isNegative: Bool) {
    self.limbs = limbs
    trim()
    self.isNegative = isNegative && !self.limbs.isEmpty
  }

  /// The number of bytes in two's complement, most significant first.
  init(twosComplement bytes: UnsafeRawBufferPointer) {
    isNegative = (bytes.first ?? 0) & 0x80 != 0
    var shift: UInt64 = 0
    var limb: UInt64 = 0
    // The magnitude of a negative number is its complement plus one.
    var carry: UInt16 = isNegative ? 1 : 0
    for byte in bytes.reversed() {
      let sum = UInt16(isNegative ? ~byte : byte) + carry
      carry = sum >> 8
      limb |= UInt64(sum & 0xFF) << shift
      shift += 8
      if shift == 64 {
        limbs.append(limb)
        (shift, limb) = (0, 0)
      }
    }
    limbs.append(limb)
    trim()
  }

  var isZero: Bool { limbs.isEmpty }

  /// The fewest bytes that hold the number in two's complement, most significant first.
  var twosComplement: [UInt8] {
    var bytes: [UInt8] = []
    var carry: UInt16 = isNegative ? 1 : 0
    for limb in limbs {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        let byte = UInt8(truncatingIfNeeded: limb >> shift)
        let sum = UInt16(isNegative ? ~byte : byte) + carry
        carry = sum >> 8
        bytes.append(UInt8(sum & 0xFF))
      }
    }
    let fill: UInt8 = isNegative ? 0xFF : 0
    bytes.append(fill)
    while bytes.count > 1, bytes[bytes.count - 1] == fill,
      bytes[bytes.count - 2] & 0x80 == fill & 0x80
    {
      bytes.removeLast()
    }
    return bytes.reversed()
  }

  /// The decimal digits without sign; `0` for zero.
  var digits: [UInt8] {
    var rest = limbs
    var reversed: [UInt8] = []
    while !rest.isEmpty {
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        (rest[index], remainder) = BigInteger.chunkPower.dividingFullWidth((remainder, rest[index]))
      }
      while rest.last == 0 { rest.removeLast() }
      for _ in 0..<BigInteger.chunk {
        reversed.append(48 + UInt8(remainder % 10))
        remainder /= 10
      }
    }
    while reversed.last == 48 { reversed.removeLast() }
    return reversed.isEmpty ? [48] : reversed.reversed()
  }

  private mutating func multiply(by factor: UInt64, adding addend: UInt64) {
    var carry = addend
    for index in limbs.indices {
      let product = limbs[index].multipliedFullWidth(by: factor)
      let (low, overflow) = product.low.addingReportingOverflow(carry)
      limbs[index] = low
      carry = product.high + (overflow ? 1 : 0)
    }
    if carry != 0 { limbs.append(carry) }
  }

  private mutating func trim() {
    while limbs.last == 0 { limbs.removeLast() }
  }
}

extension BigInteger: CustomStringConvertible {
  var description: String { (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) }
}

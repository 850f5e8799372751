/// A decimal number of any size: a whole number and how many of its digits are behind the point.
struct BigDecimal: Hashable {
  var unscaled: BigInteger
  var scale: Int32

  /// The number that text such as `-12.50e3` writes, as Java's `BigDecimal` reads it: every digit
  /// counts, so that `1.0` and `1.00` differ in scale.
  init?(_ text: String) {
    var digits = text[...]
    var exponent: Int64 = 0
    if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      guard let value = Int64(text[text.index(after: mark)...]) else { return nil }
      exponent = value
      digits = text[..<mark]
    }
    var fraction: Int64 = 0
    var whole = String(digits)
    if let point = digits.firstIndex(of: ".") {
      let behind = digits[digits.index(after: point)...]
      // A sign behind the point would pass for one before the digits.
      guard behind.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
      fraction = Int64(behind.utf8.count)
      whole = digits[..<point] + String(behind)
    }
    guard let unscaled = BigInteger(digits: whole) else { return nil }
    let (scale, overflow) = fraction.subtractingReportingOverflow(exponent)
    guard !overflow, let scale = Int32(exactly: scale) else { return nil }
    self.unscaled = unscaled
    self.scale = scale
  }

  /// The number in native encoding: the scale, then the whole number as a varint.
  init?(native bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 4 else { return nil }
    scale = Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))
    unscaled = BigInteger(twosComplement: UnsafeRawBufferPointer(rebasing: bytes[4...]))
  }

  var native: [UInt8] { bigEndian(scale) + unscaled.twosComplement }
}

extension BigDecimal: CustomStringConvertible {
  /// As Java's `BigDecimal` and Python's `Decimal` write it.
  var description: String {
    let digits = unscaled.digits
    let sign = unscaled.isNegative ? "-" : ""
    let adjusted = Int64(digits.count) - 1 - Int64(scale)
    func text(_ digits: some Sequence<UInt8>) -> String {
      String(decoding: Array(digits), as: UTF8.self)
    }
    guard scale >= 0, adjusted >= -6 else {
      let fraction = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
      let exponent = adjusted == 0 ? "" : "E\(adjusted > 0 ? "+" : "")\(adjusted)"
      return sign + text(digits.prefix(1)) + fraction + exponent
    }
    if scale == 0 { return sign + text(digits) }
    let missing = max(Int(scale) + 1 - digits.count, 0)
    let padded = [UInt8](repeating: 48, count: missing) + digits
    let point = padded.count - Int(scale)
    return sign + text(padded[..<point]) + "." + text(padded[point...])
  }
}

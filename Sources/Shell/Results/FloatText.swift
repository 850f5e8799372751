#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Floating point numbers as cqlsh shows them.
enum FloatText {
  /// The number with `digits` digits, or with so many behind the point where it is written without
  /// an exponent.
  static func text(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return words(value) }
    let magnitude = abs(value)
    let exponent = magnitude > .ulpOfOne ? Int(log10(magnitude)) : .min
    let isPlain = exponent >= -4 && exponent < digits
    return format(value, isPlain ? digits + exponent + 1 : digits)
  }

  /// What stands for a number that is none.
  static func words(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }

  /// C's `%.*g`.
  private static func format(_ value: Double, _ precision: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = withVaList([Int32(clamping: min(precision, 40)), value]) {
      vsnprintf(&buffer, buffer.count, "%.*g", $0)
    }
    let bytes = buffer.prefix(Int(max(count, 0))).map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Floating point numbers as Java writes them, and so Cassandra.
enum JavaNumber {
  static func text(_ value: Double) -> String {
    let steps = value.isSubnormal ? Double(value.magnitude.bitPattern) : 0
    return text(
      "\(value)", value.isFinite, value.isNaN, steps * 4.940_656_458_412_465_4, exponent: -324)
  }

  static func text(_ value: Float) -> String {
    let steps = value.isSubnormal ? Double(value.magnitude.bitPattern) : 0
    return text(
      "\(value)", value.isFinite, value.isNaN, steps * 1.401_298_464_324_817_1, exponent: -45)
  }

  /// The two digits nearest to a number and the power of ten of the first: where one digit would
  /// do, Java writes two, and of the smallest numbers the second is not 0.
  private static func twoDigits(_ value: Double, exponent: Int) -> (digits: Substring, power: Int) {
    var (value, power) = (value, exponent)
    while value >= 9.95 {
      value /= 10
      power += 1
    }
    return ("\(Int((value * 10).rounded()))", power)
  }

  /// From Swift's shortest form of a number: 1e+16 is 1.0E16, 12345678.0 is 1.2345678E7.
  /// `subnormal`, in units of ten to the `exponent`, is the number itself where it is among the
  /// smallest, which have few digits.
  private static func text(
    _ shortest: String, _ isFinite: Bool, _ isNaN: Bool, _ subnormal: Double, exponent: Int
  ) -> String {
    guard isFinite else {
      return isNaN ? "NaN" : shortest.hasPrefix("-") ? "-Infinity" : "Infinity"
    }
    let isNegative = shortest.hasPrefix("-")
    let parts = shortest.drop { $0 == "-" }.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    var digits = Substring(mantissa[0] + fraction)
    var power = mantissa[0].utf8.count - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    while digits.utf8.count > 1, digits.hasPrefix("0") {
      digits.removeFirst()
      power -= 1
    }
    while digits.utf8.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    if digits == "0" { power = 0 }
    if subnormal > 0, digits.utf8.count == 1 {
      (digits, power) = twoDigits(subnormal, exponent: exponent)
      if digits.hasSuffix("0") { digits.removeLast() }
    }
    let sign = isNegative ? "-" : ""
    func scientific(_ digits: Substring) -> String {
      let rest = digits.dropFirst()
      return digits.prefix(1) + "." + (rest.isEmpty ? "0" : rest)
    }
    guard (-3...6).contains(power) else { return sign + scientific(digits) + "E\(power)" }
    if power < 0 { return sign + "0." + String(repeating: "0", count: -power - 1) + digits }
    let missing = max(power + 1 - digits.utf8.count, 0)
    let padded = digits + String(repeating: "0", count: missing)
    let rest = padded.dropFirst(power + 1)
    return sign + padded.prefix(power + 1) + "." + (rest.isEmpty ? "0" : rest)
  }
}

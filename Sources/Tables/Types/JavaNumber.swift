/// Floating point numbers as Java writes them, and so Cassandra.
enum JavaNumber {
  static func text(_ value: Double) -> String { text("\(value)", value.isFinite, value.isNaN) }

  static func text(_ value: Float) -> String { text("\(value)", value.isFinite, value.isNaN) }

  /// From Swift's shortest form of a number: 1e+16 is 1.0E16, 12345678.0 is 1.2345678E7.
  private static func text(_ shortest: String, _ isFinite: Bool, _ isNaN: Bool) -> String {
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

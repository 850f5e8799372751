/// Times as ISO 8601 writes them.
package enum UTCTime {
  /// Such as `2026-11-20T18:00:00.000Z`, of milliseconds since 1970.
  package static func text(milliseconds: Int64) -> String {
    let (days, rest) = divide(milliseconds, 86_400_000)
    // Years that begin in March have their leap day last (Neri and Schneider, "Euclidean affine
    // functions and their application to calendar algorithms").
    let shifted = days + 719_468
    let (era, dayOfEra) = divide(shifted, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let number = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (number <= 2 ? 1 : 0)
    let seconds = rest / 1_000
    return "\(padded(year, 4))-\(padded(number, 2))-\(padded(day, 2))"
      + "T\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
      + ".\(padded(rest % 1_000, 3))Z"
  }

  private static func divide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = "\(abs(number))"
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(width - digits.count, 0))
      + digits
  }
}

/// Dates and times of day in UTC, as CQL writes them (proleptic Gregorian calendar).
package enum CalendarTime {
  /// Days since 1970-01-01 of a date (Howard Hinnant, "chrono-compatible low-level date
  /// algorithms").
  package static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date of a number of days since 1970-01-01.
  package static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let civilMonth = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
    return (year, civilMonth, dayOfYear - (153 * month + 2) / 5 + 1)
  }

  /// `2026-11-20`.
  package static func format(days: Int) -> String {
    let (year, month, day) = date(days: days)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// `2026-11-20 18:04:31.000` followed by `suffix`.
  package static func format(milliseconds: Int64, suffix: String) -> String {
    let division = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    let isBefore = division.remainder < 0
    let days = Int(division.quotient) - (isBefore ? 1 : 0)
    let rest = Int(division.remainder) + (isBefore ? 86_400_000 : 0)
    return format(days: days) + " \(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2))"
      + ":\(padded(rest / 1_000 % 60, 2)).\(padded(rest % 1_000, 3))" + suffix
  }

  /// The milliseconds since 1970 of `2026-11-20`, `2026-11-20 18:04[:31[.123]]` with a space or T
  /// between, and `Z`, `+01:00`, `+0100`, `+01` or nothing (UTC) behind, or a space and `UTC`,
  /// `GMT`, `GMT+01:00` or `+0100`. Nil where it is none.
  package static func parse(_ text: String) -> Int64? {
    var rest = Substring(text)
    guard let day = parseDate(&rest) else { return nil }
    var time = Int64(day) * 86_400_000
    guard let separator = rest.first else { return time }
    if separator == "T" || separator == " " && rest.dropFirst().first?.isNumber == true {
      rest.removeFirst()
      guard let hour = number(&rest, 2, 0...23), rest.popFirst() == ":",
        let minute = number(&rest, 2, 0...59)
      else { return nil }
      time += Int64(hour) * 3_600_000 + Int64(minute) * 60_000
      if rest.first == ":" {
        rest.removeFirst()
        guard let second = number(&rest, 2, 0...59) else { return nil }
        time += Int64(second) * 1_000
        if rest.first == "." {
          rest.removeFirst()
          let digits = rest.prefix { $0.isASCII && $0.isNumber }
          guard !digits.isEmpty, let fraction = Int64(String((digits + "000").prefix(3))) else {
            return nil
          }
          time += fraction
          rest = rest.dropFirst(digits.count)
        }
      }
    }
    guard let zone = zone(rest) else { return nil }
    return time - zone
  }

  /// The days since 1970 of `2026-11-20`; nil where it is no date.
  ///
  /// Years before 0 have a minus, those of more than four digits a plus, as in ISO 8601.
  package static func parseDay(_ text: String) -> Int? {
    var rest = Substring(text)
    let sign = rest.first
    if sign == "-" || sign == "+" { rest.removeFirst() }
    let width = rest.prefix { $0 != "-" }.utf8.count
    guard
      sign == "+"
        ? (5...10).contains(width) : width == 4 || sign == "-" && (4...10).contains(width),
      let day = parseDate(&rest, yearDigits: width, isNegative: sign == "-"), rest.isEmpty
    else { return nil }
    return day
  }

  private static func parseDate(
    _ rest: inout Substring, yearDigits: Int = 4, isNegative: Bool = false
  ) -> Int? {
    guard let magnitude = number(&rest, yearDigits, 0...9_999_999_999), rest.popFirst() == "-",
      let month = number(&rest, 2, 1...12), rest.popFirst() == "-",
      let day = number(&rest, 2, 1...31)
    else { return nil }
    let days = days(year: isNegative ? -magnitude : magnitude, month: month, day: day)
    let back = date(days: days)
    return back.month == month && back.day == day ? days : nil
  }

  private static func zone(_ text: Substring) -> Int64? {
    var rest = text
    if rest.first == " " {
      rest.removeFirst()
      guard !rest.isEmpty else { return nil }
      for name in ["UTC", "GMT"] where rest.hasPrefix(name) {
        rest.removeFirst(name.count)
        break
      }
    }
    guard let sign = rest.popFirst() else { return 0 }
    if sign == "Z" || sign == "z" { return rest.isEmpty ? 0 : nil }
    guard sign == "+" || sign == "-", let hours = number(&rest, 2, 0...18) else { return nil }
    if rest.first == ":" { rest.removeFirst() }
    var minutes = 0
    if !rest.isEmpty {
      guard let found = number(&rest, 2, 0...59), rest.isEmpty else { return nil }
      minutes = found
    }
    return Int64(hours * 60 + minutes) * (sign == "+" ? 60_000 : -60_000)
  }

  private static func number(
    _ rest: inout Substring, _ digits: Int, _ range: ClosedRange<Int>
  ) -> Int? {
    let text = rest.prefix(digits)
    guard text.utf8.count == digits, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
      let value = Int(text), range.contains(value)
    else { return nil }
    rest = rest.dropFirst(digits)
    return value
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(width - digits.count, 0))
      + digits
  }
}

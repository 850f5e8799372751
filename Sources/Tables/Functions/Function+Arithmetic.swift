internal import CQL

extension Function {
  /// Two values under a sign of arithmetic; nil where one is empty.
  func compute(
    _ sign: ArithmeticSign, _ left: [UInt8], _ right: [UInt8]
  ) throws(TableError) -> [UInt8]? {
    if left.isEmpty || right.isEmpty { return nil }
    if arguments[1] == .duration { return try shift(left, right, sign) }
    guard let first = left.number(arguments[0]), let second = right.number(arguments[1]) else {
      return nil
    }
    let found =
      switch sign {
      case .add: first.plus(second, result)
      case .subtract: first.minus(second, result)
      case .multiply: first.times(second, result)
      case .divide: first.dividedBy(second, result)
      case .remainder: first.remainder(second, result)
      }
    guard let found else { throw failure(sign, fault(sign, first, second)) }
    // Bounds what the next sign has to work with: a column could be multiplied by itself for hours.
    guard found.count <= Limits.numberBytes else {
      throw failure(sign, "The result needs more than \(Limits.numberBytes) bytes")
    }
    return found
  }

  /// In the words of the Java exception.
  private func fault(_ sign: ArithmeticSign, _ left: Number, _ right: Number) -> String {
    guard sign == .divide || sign == .remainder, right.double == 0 else {
      return [left, right].contains { $0.double.isNaN }
        ? "A NaN cannot be converted into a decimal"
        : [left, right].contains { $0.double.isInfinite }
          ? "An infinite number cannot be converted into a decimal" : "Overflow"
    }
    switch result {
    case .decimal: return left.double == 0 ? "Division undefined" : "Division by zero"
    case .varint: return "BigInteger divide by zero"
    default: return "/ by zero"
    }
  }

  private func failure(_ sign: ArithmeticSign, _ what: String) -> TableError {
    TableError(
      .functionFailure,
      "the operation '\(arguments[0].name) \(sign.rawValue) \(arguments[1].name)' failed: \(what)")
  }

  /// A timestamp or date moved by a duration: months first, then days, then the rest.
  private func shift(
    _ time: [UInt8], _ span: [UInt8], _ sign: ArithmeticSign
  ) throws(TableError) -> [UInt8] {
    let duration = try span.borrowed { bytes throws(TableError) in try Duration(native: bytes) }
    let isDate = arguments[0] == .date
    if isDate, duration.nanoseconds != 0 {
      throw failure(sign, "The duration must have a day precision. Was: \(duration)")
    }
    let factor: Int64 = sign == .add ? 1 : -1
    let raw = time.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var moved = isDate ? (Int64(raw) - 1 << 31) * 86_400_000 : Int64(bitPattern: raw)
    if duration.months != 0 || duration.days != 0 {
      moved = Function.addCalendar(
        moved, months: Int(duration.months * factor), days: Int(duration.days * factor))
    }
    moved &+= duration.nanoseconds / 1_000_000 * factor
    return isDate ? Function.date(moved) : bigEndian(moved)
  }

  /// A day that the month has not becomes its last one.
  private static func addCalendar(_ milliseconds: Int64, months: Int, days: Int) -> Int64 {
    let perDay: Int64 = 86_400_000
    let past = milliseconds >= 0 ? milliseconds / perDay : (milliseconds + 1) / perDay - 1
    // The day of the first moment that there is begins before it.
    let rest = milliseconds &- past &* perDay
    let date = CalendarTime.date(days: Int(past))
    func first(ofMonth number: Int) -> Int {
      let year = number >= 0 ? number / 12 : (number - 11) / 12
      return CalendarTime.days(year: year, month: number - year * 12 + 1, day: 1)
    }
    let month = date.year * 12 + date.month - 1 + months
    let day = min(first(ofMonth: month) + date.day - 1, first(ofMonth: month + 1) - 1)
    return Int64(day + days) &* perDay &+ rest
  }
}

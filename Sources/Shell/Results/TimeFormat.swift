internal import Tables

/// How times are written and read, as C's `strftime` takes it: `%Y %m %d %H %M %S %f %z` and `%%`.
package struct TimeFormat: Sendable {
  private enum Piece: Equatable {
    case field(Character)
    /// The milliseconds, which `strftime` has no field for.
    case milliseconds
    case literal(Character)
  }

  /// As cqlsh's COPY TO writes times.
  static let milliseconds = TimeFormat(
    pieces: "YmdHMS".reduce(into: []) { pieces, name in
      let separators: [Character: Character] = ["m": "-", "d": "-", "H": " ", "M": ":", "S": ":"]
      if let separator = separators[name] { pieces.append(.literal(separator)) }
      pieces.append(.field(name))
    } + [.literal("."), .milliseconds, .field("z")])

  /// Whether the day, counted from 1970-01-01, has a year of four digits, as Python wants it.
  static func hasPlainYear(days: Int) -> Bool {
    days >= CalendarTime.days(year: 1, month: 1, day: 1)
      && days <= CalendarTime.days(year: 9_999, month: 12, day: 31)
  }

  static func hasPlainYear(milliseconds: Int64) -> Bool {
    hasPlainYear(days: divide(milliseconds, 86_400_000).quotient)
  }

  private var pieces: [Piece] = []

  private init(pieces: [Piece]) { self.pieces = pieces }

  /// Nil where the text has another field in it.
  package init?(_ text: String) {
    var characters = text.makeIterator()
    while let character = characters.next() {
      guard character == "%" else {
        pieces.append(.literal(character))
        continue
      }
      switch characters.next() {
      case "%"?: pieces.append(.literal("%"))
      case let name? where "YmdHMSfz".contains(name): pieces.append(.field(name))
      default: return nil
      }
    }
  }

  /// A time in UTC, given in milliseconds since 1970.
  func text(_ milliseconds: Int64) -> String {
    let (days, rest) = Self.divide(milliseconds, 86_400_000)
    let date = CalendarTime.date(days: days)
    return pieces.map { piece in
      switch piece {
      case .literal(let character): String(character)
      case .field("Y"): Self.padded(date.year, 4)
      case .field("m"): Self.padded(date.month, 2)
      case .field("d"): Self.padded(date.day, 2)
      case .field("H"): Self.padded(rest / 3_600_000, 2)
      case .field("M"): Self.padded(rest / 60_000 % 60, 2)
      case .field("S"): Self.padded(rest / 1_000 % 60, 2)
      case .field("f"): Self.padded(rest % 1_000 * 1_000, 6)
      case .milliseconds: Self.padded(rest % 1_000, 3)
      case .field: "+0000"
      }
    }.joined()
  }

  /// The milliseconds since 1970 of a time so written; nil where it is written otherwise.
  func milliseconds(_ text: String) -> Int64? {
    var rest = text[...]
    var year = 1_900
    var month = 1
    var day = 1
    var hour = 0
    var minute = 0
    var second = 0
    var microseconds = 0
    var offset = 0
    for piece in pieces {
      switch piece {
      case .literal(let character):
        guard rest.first == character else { return nil }
        rest.removeFirst()
      case .milliseconds:
        guard case (let value, 3)? = Self.number(&rest, atMost: 3) else { return nil }
        microseconds = value * 1_000
      case .field("z"):
        guard let minutes = Self.zone(&rest) else { return nil }
        offset = minutes
      case .field(let name):
        guard let (value, digits) = Self.number(&rest, atMost: Self.width(name)) else { return nil }
        switch name {
        case "Y": year = value
        case "m": month = value
        case "d": day = value
        case "H": hour = value
        case "M": minute = value
        case "S": second = value
        default: microseconds = (digits..<6).reduce(value) { sum, _ in sum * 10 }
        }
      }
    }
    guard rest.isEmpty, (1...12).contains(month), hour < 24, minute < 60, second < 60 else {
      return nil
    }
    let days = CalendarTime.days(year: year, month: month, day: day)
    guard CalendarTime.date(days: days) == (year, month, day) else { return nil }
    let minutes = (days * 24 + hour) * 60 + minute - offset
    return Int64((minutes * 60 + second) * 1_000 + microseconds / 1_000)
  }

  private static func width(_ name: Character) -> Int {
    switch name {
    case "Y": 4
    case "f": 6
    default: 2
    }
  }

  private static func number(
    _ rest: inout Substring, atMost width: Int
  ) -> (value: Int, digits: Int)? {
    let digits = rest.prefix(width).prefix { $0.isASCII && $0.isNumber }
    guard let value = Int(digits) else { return nil }
    rest.removeFirst(digits.count)
    return (value, digits.count)
  }

  /// `Z`, `+hhmm` or `+hh:mm`, in minutes.
  private static func zone(_ rest: inout Substring) -> Int? {
    let sign = rest.popFirst()
    if sign == "Z" { return 0 }
    guard sign == "+" || sign == "-", case (let hours, 2)? = number(&rest, atMost: 2) else {
      return nil
    }
    if rest.first == ":" { rest.removeFirst() }
    guard case (let minutes, 2)? = number(&rest, atMost: 2) else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(width - text.count, 0)) + text
  }

  /// Division that rounds down.
  private static func divide(
    _ value: Int64, _ divisor: Int64
  ) -> (quotient: Int, remainder: Int) {
    let quotient = value >= 0 ? value / divisor : (value + 1) / divisor - 1
    return (Int(quotient), Int(value &- quotient &* divisor))
  }
}

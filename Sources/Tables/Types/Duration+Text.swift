// Durations as they are written, in Cassandra's three forms (`org.apache.cassandra.cql3.Duration`).
extension Duration {
  /// Reads `1h30m`, `P1Y2M3DT4H5M6S`, `P2W` or `P0001-02-03T04:05:06`, each perhaps with a minus
  /// before it.
  init(_ text: String) throws(TableError) {
    var source = text[...]
    let isNegative = source.hasPrefix("-")
    if isNegative { source.removeFirst() }
    var builder = Builder()
    let isRead: Bool
    if source.hasPrefix("P") {
      let body = Array(source.utf8.dropFirst())
      if body.contains(UInt8(ascii: "-")) {
        isRead = try builder.addAlternative(body)
      } else {
        isRead = try builder.addDesignated(body)
      }
    } else {
      isRead = try builder.addUnits(Array(source.utf8))
    }
    guard isRead else { throw .invalid("Unable to convert '\(source)' to a duration") }
    let sign: Int64 = isNegative ? -1 : 1
    months = builder.months * sign
    days = builder.days * sign
    nanoseconds = builder.nanoseconds * sign
  }

  fileprivate enum Unit: Int {
    case years = 1
    case months, weeks, days, hours, minutes, seconds, milliseconds, microseconds
    case nanoseconds

    /// How many nanoseconds one is; of months and days, how many of those.
    var length: Int64 {
      switch self {
      case .years: 12
      case .months, .days, .nanoseconds: 1
      case .weeks: 7
      case .hours: 3_600_000_000_000
      case .minutes: 60_000_000_000
      case .seconds: 1_000_000_000
      case .milliseconds: 1_000_000
      case .microseconds: 1_000
      }
    }
  }

  /// Adds up the parts, which must come by falling unit, each once.
  fileprivate struct Builder {
    var months: Int64 = 0
    var days: Int64 = 0
    var nanoseconds: Int64 = 0
    private var last = 0

    private static let symbols: [String: Unit] = [
      "y": .years, "mo": .months, "w": .weeks, "d": .days, "h": .hours, "m": .minutes,
      "s": .seconds, "ms": .milliseconds, "us": .microseconds, "µs": .microseconds,
      "ns": .nanoseconds,
    ]

    mutating func add(_ digits: ArraySlice<UInt8>, _ unit: Unit) throws(TableError) {
      if unit.rawValue == last {
        throw .invalid("Invalid duration. The \(unit) are specified multiple times")
      }
      if let previous = Unit(rawValue: last), unit.rawValue < last {
        throw .invalid("Invalid duration. The \(previous) should be after \(unit)")
      }
      last = unit.rawValue
      let text = String(decoding: digits, as: UTF8.self)
      guard let number = Int64(text) else { throw .invalid("For input string: \"\(text)\"") }
      switch unit {
      case .years, .months: try add(number, unit, to: &months, .init(Int32.max), "months")
      case .weeks, .days: try add(number, unit, to: &days, .init(Int32.max), "days")
      default: try add(number, unit, to: &nanoseconds, .max, "nanoseconds")
      }
    }

    private func add(
      _ number: Int64, _ unit: Unit, to total: inout Int64, _ limit: Int64, _ name: String
    ) throws(TableError) {
      guard number <= (limit - total) / unit.length else {
        throw .invalid(
          "Invalid duration. The total number of \(name) must be less or equal to \(limit)")
      }
      total += number * unit.length
    }

    /// `1h30m`.
    mutating func addUnits(_ text: [UInt8]) throws(TableError) -> Bool {
      var index = 0
      repeat {
        let digits = text[index...].prefix { $0 >= 48 && $0 <= 57 }
        let symbol = text[digits.endIndex...].prefix { $0 < 48 || $0 > 57 }
        let name = String(decoding: symbol, as: UTF8.self).lowercased()
        guard !digits.isEmpty, let unit = Builder.symbols[name] else { return false }
        try add(digits, unit)
        index = symbol.endIndex
      } while index < text.count
      return true
    }

    /// `1Y2M3DT4H5M6S` or `2W`, what follows the P.
    mutating func addDesignated(_ text: [UInt8]) throws(TableError) -> Bool {
      var index = 0
      var isTime = false
      while index < text.count {
        if text[index] == UInt8(ascii: "T"), !isTime {
          isTime = true
          index += 1
          continue
        }
        let digits = text[index...].prefix { $0 >= 48 && $0 <= 57 }
        guard !digits.isEmpty, digits.endIndex < text.count else { return false }
        let unit: Unit
        switch (text[digits.endIndex], isTime) {
        case (UInt8(ascii: "Y"), false): unit = .years
        case (UInt8(ascii: "M"), false): unit = .months
        case (UInt8(ascii: "D"), false): unit = .days
        case (UInt8(ascii: "W"), false) where index == 0 && digits.endIndex == text.count - 1:
          unit = .weeks
        case (UInt8(ascii: "H"), true): unit = .hours
        case (UInt8(ascii: "M"), true): unit = .minutes
        case (UInt8(ascii: "S"), true): unit = .seconds
        default: return false
        }
        guard unit.rawValue > last else { return false }
        try add(digits, unit)
        index = digits.endIndex + 1
      }
      return true
    }

    /// `0001-02-03T04:05:06`, what follows the P.
    mutating func addAlternative(_ text: [UInt8]) throws(TableError) -> Bool {
      let pattern = Array("dddd-dd-ddTdd:dd:dd".utf8)
      let fits = zip(text, pattern).allSatisfy { byte, expected in
        expected == UInt8(ascii: "d") ? byte >= 48 && byte <= 57 : byte == expected
      }
      guard fits, text.count == pattern.count else { return false }
      try add(text[0..<4], .years)
      try add(text[5..<7], .months)
      try add(text[8..<10], .days)
      try add(text[11..<13], .hours)
      try add(text[14..<16], .minutes)
      try add(text[17..<19], .seconds)
      return true
    }
  }
}

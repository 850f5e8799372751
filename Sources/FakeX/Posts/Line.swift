internal import Bytes
internal import Machine

/// The bytes of a post as they are sent, and where in them stands what is different in every round
/// of a supply: the ids of its posts, and days.
struct Line: Sendable {
  private var bytes: [UInt8]
  private var places: [Place]

  private struct Place {
    var start: Int
    var length: Int
    var value: Value
  }

  private enum Value {
    case id(UInt64)
    /// Milliseconds at which the day begins.
    case day(Int64)
  }

  /// A line that never changes.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    places = []
  }

  /// A line in which the ids that are in `ids`, and the days of `created_at`, change.
  init(_ bytes: [UInt8], ids: Set<UInt64>) {
    self.bytes = bytes
    places = []
    findIDs(ids)
    findDays()
    places.sort { $0.start < $1.start }
  }

  private mutating func findIDs(_ ids: Set<UInt64>) {
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "\"") else {
        index += 1
        continue
      }
      var end = index + 1
      var value: UInt64 = 0
      while end < bytes.count, end - index <= 19, (0x30...0x39).contains(bytes[end]) {
        value = value &* 10 &+ UInt64(bytes[end] &- 0x30)
        end += 1
      }
      if end > index + 1, end < bytes.count, bytes[end] == UInt8(ascii: "\""), ids.contains(value) {
        places.append(Place(start: index + 1, length: end - index - 1, value: .id(value)))
      }
      index = max(end, index + 1)
    }
  }

  private static let dayMark = Array("\"created_at\":\"".utf8)

  private mutating func findDays() {
    var index = 0
    while index + Self.dayMark.count + 10 <= bytes.count {
      guard bytes[index] == UInt8(ascii: "\""), bytes[index...].starts(with: Self.dayMark) else {
        index += 1
        continue
      }
      let start = index + Self.dayMark.count
      let day = bytes[start..<(start + 10)]
      if let milliseconds = CalendarDay.milliseconds(day) {
        places.append(Place(start: start, length: 10, value: .day(milliseconds)))
      }
      index = start + 10
    }
  }

  /// Adds the line of a round to `out`.
  func write(shift: RoundShift, _ days: inout DayText, to out: inout [UInt8]) {
    guard shift.days != 0 else {
      out += bytes
      return
    }
    var written = 0
    for place in places {
      out += bytes[written..<place.start]
      switch place.value {
      case .id(let id): Self.write(id &+ shift.ids, to: &out)
      case .day(let start): out += days.text(start + shift.days * 86_400_000)
      }
      written = place.start + place.length
    }
    out += bytes[written...]
  }

  private static func write(_ number: UInt64, to out: inout [UInt8]) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var rest = number
    var count = 0
    withUnsafeMutableBytes(of: &digits) { digits in
      repeat {
        digits[count] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
        rest /= 10
        count += 1
      } while rest > 0
      for index in (0..<count).reversed() { out.append(digits[index]) }
    }
  }
}

/// How far the posts of a round are from those of the first: whole days, in ids and in times.
struct RoundShift: Sendable {
  var days: Int64 = 0

  /// What is added to ids, whose upper bits are milliseconds.
  var ids: UInt64 { UInt64(days * 86_400_000) << 22 }
}

/// The text of a day. The last one is remembered: the posts of a stream come day by day.
struct DayText: Sendable {
  private var milliseconds: Int64?
  private var text: [UInt8] = []

  /// Such as `2026-11-20`.
  mutating func text(_ milliseconds: Int64) -> [UInt8] {
    if milliseconds != self.milliseconds {
      text = Array(UTCTime.text(milliseconds: milliseconds).utf8.prefix(10))
      self.milliseconds = milliseconds
    }
    return text
  }
}

/// Days as `created_at` begins with them.
enum CalendarDay {
  /// When a day such as `2026-11-20` begins; nil where it is none.
  static func milliseconds(_ text: some Collection<UInt8>) -> Int64? {
    let parts = String(decoding: text, as: UTF8.self).split(separator: "-").compactMap { Int64($0) }
    guard parts.count == 3, (1...12).contains(parts[1]), (1...31).contains(parts[2]) else {
      return nil
    }
    // Counted from March on, so that the leap day is the last of a year.
    let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
    let month = (parts[1] + 9) % 12
    let leaps = year / 4 - year / 100 + year / 400
    let days = year * 365 + leaps + (month * 306 + 5) / 10 + parts[2] - 1
    return (days - 719_468) * 86_400_000
  }

  /// A time such as `2026-11-20T18:00:00Z`, with or without thousandths.
  static func moment(_ text: String) -> Int64? {
    let parts = text.split(separator: "T")
    guard parts.count == 2, parts[1].hasSuffix("Z"), let day = milliseconds(Array(parts[0].utf8))
    else { return nil }
    let clock = parts[1].dropLast().split(separator: ":")
    guard clock.count == 3, let hour = Int64(clock[0]), let minute = Int64(clock[1]),
      let second = Double(clock[2])
    else { return nil }
    return day + hour * 3_600_000 + minute * 60_000 + Int64(second * 1_000)
  }
}

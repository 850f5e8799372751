/// Reads the times that dumps and APIs write, without a calendar library or allocation.
package enum PostTime {
  /// Milliseconds since 1970 of a time, or nil where it is none of these: ISO 8601 (`T` or a space
  /// between, any fraction, `Z`, `+01:00`, `-0800` or no zone, which is UTC; or a date alone), API
  /// v1.1's `Wed Oct 10 20:19:24 +0000 2018` (also with a zone's name), `2/24/2015 11:35` (month
  /// first, UTC), and seconds, milliseconds or microseconds since 1970 by their number of digits.
  package static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
    var reader = TimeReader(text)
    reader.skipSpaces()
    let start = reader
    let time =
      reader.isoTime() ?? start.retry { $0.statusTime() } ?? start.retry { $0.slashTime() }
      ?? start.retry { $0.epochTime() }
    return time
  }

  /// Milliseconds since 1970 at which X made an id, or nil where it is no such id.
  ///
  /// An id of at least 2^50 is taken for a snowflake (X made the first such in November 2010); its
  /// upper bits count milliseconds from 1288834974657. Epoch milliseconds used as ids are below
  /// that.
  package static func ofSnowflake(_ id: UnsafeRawBufferPointer) -> Int64? {
    guard id.count >= 16, id.count <= 19 else { return nil }
    var value: UInt64 = 0
    for byte in id {
      guard byte &- UInt8(ascii: "0") < 10 else { return nil }
      value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    guard value >= 1 << 50, value <= UInt64(Int64.max) else { return nil }
    return ofSnowflake(value)
  }

  /// The same of a number that is known to be such an id.
  package static func ofSnowflake(_ id: UInt64) -> Int64 { Int64(id >> 22) + snowflakeEpoch }

  /// The first id that X gives away at a time, in milliseconds since 1970.
  package static func firstSnowflake(at time: Int64) -> UInt64 {
    UInt64(clamping: max(time, 0) - snowflakeEpoch) << 22
  }

  private static let snowflakeEpoch: Int64 = 1_288_834_974_657

  /// Days from 1970-01-01 to a day of the Gregorian calendar; nil where there is no such day.
  ///
  /// Howard Hinnant's days_from_civil: years begin in March, so that the leap day comes last.
  static func days(year: Int, month: Int, day: Int) -> Int? {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    guard day <= length else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

/// Reads the parts of a time front to back; each part is nil where something else stands.
private struct TimeReader {
  let text: UnsafeRawBufferPointer
  var offset = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  func retry(_ read: (inout TimeReader) -> Int64?) -> Int64? {
    var copy = self
    return read(&copy)
  }

  mutating func isoTime() -> Int64? {
    guard let year = number(4, 4), skip("-"), let month = number(2, 2), skip("-"),
      let day = number(2, 2), let days = PostTime.days(year: year, month: month, day: day)
    else { return nil }
    if offset == text.count { return milliseconds(days, 0, 0) }
    guard skip("T") || skip("t") || skip(" "), let clock = clock() else { return nil }
    skipSpaces()
    guard let zone = zone(), atEnd() else { return nil }
    return milliseconds(days, clock, zone)
  }

  mutating func statusTime() -> Int64? {
    guard name() != nil, skip(" "), let month = name().flatMap(Self.month), skip(" "),
      let day = number(1, 2), skip(" "), let clock = clock(), skip(" "), let zone = zone(),
      skip(" "), let year = number(4, 4), atEnd(),
      let days = PostTime.days(year: year, month: month, day: day)
    else { return nil }
    return milliseconds(days, clock, zone)
  }

  mutating func slashTime() -> Int64? {
    guard let month = number(1, 2), skip("/"), let day = number(1, 2), skip("/"),
      let year = number(4, 4), let days = PostTime.days(year: year, month: month, day: day)
    else { return nil }
    if offset == text.count { return milliseconds(days, 0, 0) }
    guard skip(" "), let clock = clock(), atEnd() else { return nil }
    return milliseconds(days, clock, 0)
  }

  /// Up to 11 digits are seconds, up to 14 milliseconds, up to 17 microseconds.
  mutating func epochTime() -> Int64? {
    let start = offset
    guard let value = number(1, 17) else { return nil }
    let digits = offset - start
    var milliseconds = Int64(value)
    if digits <= 11 { milliseconds *= 1000 } else if digits > 14 { milliseconds /= 1000 }
    if skip(".") {
      guard let fraction = fraction() else { return nil }
      if digits <= 11 { milliseconds += Int64(fraction) }
    }
    return atEnd() ? milliseconds : nil
  }

  private func milliseconds(_ days: Int, _ clock: Int, _ zoneSeconds: Int) -> Int64 {
    Int64(days * 86_400_000 + clock - zoneSeconds * 1000)
  }

  /// Hours, minutes and, where given, seconds and a fraction: milliseconds of the day.
  private mutating func clock() -> Int? {
    guard let hour = number(1, 2), hour < 24, skip(":"), let minute = number(2, 2), minute < 60
    else { return nil }
    var time = (hour * 60 + minute) * 60_000
    if skip(":") {
      guard let second = number(2, 2), second <= 60 else { return nil }
      time += second * 1000
      if skip(".") || skip(",") {
        guard let fraction = fraction() else { return nil }
        time += fraction
      }
    }
    return time
  }

  /// The milliseconds of a decimal fraction of a second.
  private mutating func fraction() -> Int? {
    let start = offset
    var value = 0
    while offset < text.count, let digit = digit(text[offset]) {
      if offset - start < 3 { value = value * 10 + digit }
      offset += 1
    }
    switch offset - start {
    case 0: return nil
    case 1: return value * 100
    case 2: return value * 10
    default: return value
    }
  }

  /// Seconds east of UTC; nothing at all is UTC.
  private mutating func zone() -> Int? {
    guard offset < text.count, text[offset] != UInt8(ascii: " ") else { return 0 }
    let isWest = text[offset] == UInt8(ascii: "-")
    guard skip("+") || skip("-") else { return name().flatMap(Self.zoneHours).map { $0 * 3600 } }
    guard let hours = number(2, 2), hours <= 23 else { return nil }
    _ = skip(":")
    let minutes = number(2, 2) ?? 0
    guard minutes < 60 else { return nil }
    return (hours * 60 + minutes) * (isWest ? -60 : 60)
  }

  mutating func skipSpaces() { while skip(" ") {} }

  private mutating func atEnd() -> Bool {
    skipSpaces()
    return offset == text.count
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard offset < text.count, text[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private func digit(_ byte: UInt8) -> Int? {
    byte &- UInt8(ascii: "0") < 10 ? Int(byte &- UInt8(ascii: "0")) : nil
  }

  private mutating func number(_ least: Int, _ most: Int) -> Int? {
    let start = offset
    var value = 0
    while offset < text.count, offset - start < most, let digit = digit(text[offset]) {
      value = value * 10 + digit
      offset += 1
    }
    return offset - start >= least ? value : nil
  }

  /// Up to four letters in lower case, packed into a word.
  private mutating func name() -> UInt32? {
    let start = offset
    var word: UInt32 = 0
    while offset < text.count, offset - start < 4 {
      let letter = text[offset] | 0x20
      guard letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") else { break }
      word = word << 8 | UInt32(letter)
      offset += 1
    }
    return offset > start ? word : nil
  }

  private static func packed(_ name: StaticString) -> UInt32 {
    var word: UInt32 = 0
    for index in 0..<name.utf8CodeUnitCount { word = word << 8 | UInt32(name.utf8Start[index]) }
    return word
  }

  private static func month(_ name: UInt32) -> Int? {
    switch name {
    case packed("jan"): 1
    case packed("feb"): 2
    case packed("mar"): 3
    case packed("apr"): 4
    case packed("may"): 5
    case packed("jun"): 6
    case packed("jul"): 7
    case packed("aug"): 8
    case packed("sep"): 9
    case packed("oct"): 10
    case packed("nov"): 11
    case packed("dec"): 12
    default: nil
    }
  }

  /// The zone names that dumps of the United States have.
  private static func zoneHours(_ name: UInt32) -> Int? {
    switch name {
    case packed("z"), packed("utc"), packed("gmt"): 0
    case packed("edt"): -4
    case packed("est"), packed("cdt"): -5
    case packed("cst"), packed("mdt"): -6
    case packed("mst"), packed("pdt"): -7
    case packed("pst"): -8
    default: nil
    }
  }
}

internal import CQL
internal import Machine

extension DataType {
  /// The bytes of a value written in a statement; nil for `null`. `clock` answers `now`.
  func encode(_ term: Term, column: String, clock: Clock) throws(TableError) -> [UInt8]? {
    let encoder = LiteralEncoder(column: column, clock: clock)
    return try encoder.encode(term, self)
  }

  /// The bytes that the text of a constant stands for.
  func encode(constant text: String, clock: Clock) throws(TableError) -> [UInt8] {
    switch self {
    case .ascii:
      guard text.utf8.allSatisfy({ $0 < 128 }) else {
        throw .invalid(
          "Invalid ASCII character in string literal: "
            + "java.nio.charset.UnmappableCharacterException: Input length = 1")
      }
      return Array(text.utf8)
    case .text: return Array(text.utf8)
    case .boolean:
      switch text.lowercased() {
      case "true": return [1]
      case "false": return [0]
      default: throw .invalid("Unable to make boolean from '\(text)'")
      }
    case .tinyint: return try number(Int8(text).map(bigEndian), "byte", text)
    case .smallint: return try number(Int16(text).map(bigEndian), "short", text)
    case .int: return try number(Int32(text).map(bigEndian), "int", text)
    case .bigint, .counter: return try number(Int64(text).map(bigEndian), "long", text)
    case .varint:
      let isShort = text.utf8.count <= Limits.numberDigits
      return try number(
        isShort ? BigInteger(digits: text)?.twosComplement : nil, "int", text, "unable")
    case .decimal:
      let isShort = text.utf8.count <= Limits.numberDigits
      return try number(isShort ? BigDecimal(text)?.native : nil, "BigDecimal", text, "unable")
    case .float: return try number(Float(text).map { bigEndian($0.bitPattern) }, "float", text)
    case .double: return try number(Double(text).map { bigEndian($0.bitPattern) }, "double", text)
    // Of these two the empty text is the empty value (`TimestampType` and
    // `InetAddressType.fromString`).
    case .timestamp where text.isEmpty, .inet where text.isEmpty: return []
    case .timestamp: return bigEndian(try DataType.milliseconds(text, clock))
    case .date: return bigEndian(try DataType.days(text))
    case .time: return bigEndian(try DataType.nanoseconds(text))
    case .duration: return try Duration(text).native
    case .inet:
      guard let address = InternetAddress.parse(text) else {
        throw .invalid("Unable to make inet address from '\(text)'")
      }
      return address
    case .uuid, .timeuuid: return try identifier(text)
    case .blob:
      guard let bytes = Hex.bytes(text) else {
        throw .invalid("cannot parse '\(text)' as hex bytes")
      }
      return bytes
    case .list, .set, .map, .tuple, .user, .multiCell:
      throw .invalid("A value of type \(name) is no constant")
    }
  }

  /// `IntegerType` and `DecimalType` begin in lower case, all others do not.
  private func number(
    _ bytes: [UInt8]?, _ kind: String, _ text: String, _ unable: String = "Unable"
  ) throws(TableError) -> [UInt8] {
    guard let bytes else { throw .invalid("\(unable) to make \(kind) from '\(text)'") }
    return bytes
  }

  private static func isWhole(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return !digits.isEmpty && digits.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
  }

  private static func milliseconds(_ text: String, _ clock: Clock) throws(TableError) -> Int64 {
    if text.lowercased() == "now" { return clock.milliseconds }
    if isWhole(text) {
      guard let time = Int64(text) else {
        throw .invalid("Unable to make long (for date) from: '\(text)'")
      }
      return time
    }
    guard let time = CalendarTime.parse(text) else {
      throw .invalid("Unable to coerce '\(text)' to a formatted date (long)")
    }
    return time
  }

  /// Days, with 2^31 for 1970-01-01.
  private static func days(_ text: String) throws(TableError) -> UInt32 {
    if isWhole(text) {
      guard let days = UInt32(text) else {
        throw .invalid("Unable to make unsigned int (for date) from: '\(text)'")
      }
      return days
    }
    guard let day = CalendarTime.parseDay(text), let days = UInt32(exactly: day + 1 << 31) else {
      throw .invalid("Unable to coerce '\(text)' to a formatted date (long)")
    }
    return days
  }

  private static func nanoseconds(_ text: String) throws(TableError) -> Int64 {
    if isWhole(text) {
      guard let time = Int64(text), TimeOfDay.range.contains(time) else {
        throw .invalid("Unable to make long (for time) from: '\(text)'")
      }
      return time
    }
    guard let time = TimeOfDay.parse(text) else {
      throw .invalid("(TimeType) Unable to coerce '\(text)' to a formatted time (long)")
    }
    return time
  }

  private func identifier(_ text: String) throws(TableError) -> [UInt8] {
    let lengths = text.split(separator: "-", omittingEmptySubsequences: false)
      .map(\.utf8.count)
    guard lengths == [8, 4, 4, 4, 12],
      let bytes = Hex.bytes(text.filter { $0 != "-" })
    else { throw .invalid("Unable to make UUID from '\(text)'") }
    if self == .timeuuid, bytes[6] >> 4 != 1 {
      throw .invalid("TimeUUID supports only version 1 UUIDs")
    }
    return bytes
  }
}

/// The bytes of an integer, most significant first.
package func bigEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) }
}

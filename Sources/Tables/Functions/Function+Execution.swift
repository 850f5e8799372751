internal import Machine

extension Function {
  /// Calls the function, unless it is an aggregate, with arguments in native encoding.
  func call(_ values: [[UInt8]?], _ clock: Clock) throws(TableError) -> [UInt8]? {
    switch body {
    case .uuid: return Function.randomUUID()
    case .now(let moment): return Function.now(moment, clock)
    case .toJSON:
      // Each toJson of a text doubles its escapes.
      let text = values[0].map(arguments[0].json) ?? "null"
      guard text.utf8.count <= Limits.resultRowBytes else { throw .oversizedResult }
      return Array(text.utf8)
    case .token: return Function.token(values)
    default: break
    }
    guard let value = values.first.flatMap({ $0 }) else { return nil }
    switch body {
    case .cast: return try cast(value)
    case .arithmetic(let sign):
      guard let right = values[1] else { return nil }
      return try compute(sign, value, right)
    case .negation: return value.number(arguments[0])?.negated.native(result)
    case .fromJSON: return try fromJSON(value, clock)
    case .leastTimeUUID, .greatestTimeUUID:
      guard let time = value.number(.timestamp) else { return nil }
      return body == .leastTimeUUID
        ? TimeUUID.least(milliseconds: time.int64) : TimeUUID.greatest(milliseconds: time.int64)
    case .time: return convert(value)
    case .asBlob: return value
    case .fromBlob: return try fromBlob(value)
    case .aggregate, .uuid, .now, .toJSON, .token: return nil
    }
  }

  /// A random UUID, of version 4.
  private static func randomUUID() -> [UInt8] {
    var bytes = Entropy.identifier()
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    return bytes
  }

  /// A `date` of the day that a time lies in.
  static func date(_ milliseconds: Int64) -> [UInt8] {
    let perDay: Int64 = 86_400_000
    let isBefore = milliseconds % perDay < 0
    let day = milliseconds / perDay - (isBefore ? 1 : 0)
    return bigEndian(UInt32(truncatingIfNeeded: day + 1 << 31))
  }

  private static func now(_ moment: Moment, _ clock: Clock) -> [UInt8] {
    let milliseconds = clock.milliseconds
    switch moment {
    case .timeUUID: return TimeUUID.now(clock)
    case .timestamp: return bigEndian(milliseconds)
    case .date: return Function.date(milliseconds)
    case .time:
      let day = milliseconds % 86_400_000
      return bigEndian((day < 0 ? day + 86_400_000 : day) * 1_000_000)
    }
  }

  /// From one type of time to another.
  private func convert(_ value: [UInt8]) -> [UInt8]? {
    var milliseconds: Int64
    switch arguments[0] {
    case .timeuuid:
      guard value.count == 16 else { return nil }
      milliseconds = TimeUUID.milliseconds(value)
    case .date:
      guard value.count == 4 else { return nil }
      let days = value.reduce(Int64(0)) { $0 << 8 | Int64($1) }
      milliseconds = (days - 1 << 31) * 86_400_000
    default:
      guard let number = value.number(.timestamp) else { return nil }
      milliseconds = number.int64
    }
    return result == .date ? Function.date(milliseconds) : bigEndian(milliseconds)
  }

  private func cast(_ value: [UInt8]) throws(TableError) -> [UInt8]? {
    let type = arguments[0]
    switch result {
    case .date, .timestamp: return convert(value)
    case .text, .ascii: return Array(Function.text(value, type).utf8)
    default:
      guard let number = value.number(type) else { return nil }
      guard let bytes = number.native(result) else {
        throw TableError(
          .functionFailure,
          "execution of 'system.\(name)[\(type.name)]' failed: java.lang.NumberFormatException")
      }
      return bytes
    }
  }

  private static func text(_ value: [UInt8], _ type: DataType) -> String {
    switch type {
    case .ascii, .text: return String(decoding: value, as: UTF8.self)
    case .timestamp:
      guard let time = value.number(type) else { return "null" }
      return CalendarTime.format(milliseconds: time.int64, suffix: "Z")
        .split(separator: " ").joined(separator: "T")
    default:
      if let number = value.number(type) { return number.text }
      return value.isEmpty ? "null" : String(type.json(value).filter { $0 != "\"" })
    }
  }

  private func fromBlob(_ value: [UInt8]) throws(TableError) -> [UInt8] {
    do throws(TableError) {
      try value.borrowed { bytes throws(TableError) in try result.validate(bytes, column: name) }
    } catch {
      throw .invalid(
        "In call to function system.\(name), value 0x\(Hex.text(value)) is not a valid binary "
          + "representation for type \(result.name)")
    }
    return value
  }

  private func fromJSON(_ value: [UInt8], _ clock: Clock) throws(TableError) -> [UInt8]? {
    let text = String(decoding: value, as: UTF8.self)
    guard let json = JSONValue(text) else {
      throw TableError(
        .functionFailure,
        "execution of 'system.fromjson[text]' failed: Could not decode JSON string '\(text)': "
          + JSONValue.fault(in: text))
    }
    do throws(TableError) { return try result.encode(json: json, clock: clock) } catch {
      throw TableError(
        .functionFailure, "org.apache.cassandra.serializers.MarshalException: \(error.message)")
    }
  }

  private static func token(_ values: [[UInt8]?]) -> [UInt8]? {
    let parts = values.compactMap { $0 }
    guard parts.count == values.count else { return nil }
    var key: [UInt8] = []
    for part in parts { key += bigEndian(UInt16(truncatingIfNeeded: part.count)) + part + [0] }
    let serialized = parts.count == 1 ? parts[0] : key
    return bigEndian(serialized.withUnsafeBytes { KeyEncoding.token($0) })
  }
}

internal import Bytes
internal import CQL
internal import Machine

extension DataType {
  /// The bytes of a value written in a statement; nil for `null`. `clock` answers `now()`.
  func encode(_ term: Term, column: String, clock: Clock) throws(TableError) -> [UInt8]? {
    switch (self, term) {
    case (_, .null): return nil
    case (_, .function(_, let name, let arguments)):
      return try call(name, arguments, column, clock)
    case (_, .cast(let type, let inner)):
      guard try DataType(type, frozen: true) == self else { break }
      return try encode(inner, column: column, clock: clock)
    case (.text, .string(let text)): return Array(text.utf8)
    case (.ascii, .string(let text)):
      guard text.utf8.allSatisfy({ $0 < 128 }) else {
        throw .invalid("Invalid ASCII character in string literal for \(column)")
      }
      return Array(text.utf8)
    case (.blob, .blob(let bytes)): return bytes
    case (.boolean, .boolean(let value)): return [value ? 1 : 0]
    case (.tinyint, .integer(let digits)): return try integer(Int8.self, digits, column)
    case (.smallint, .integer(let digits)): return try integer(Int16.self, digits, column)
    case (.int, .integer(let digits)): return try integer(Int32.self, digits, column)
    case (.bigint, .integer(let digits)): return try integer(Int64.self, digits, column)
    case (.float, .integer(let digits)), (.float, .decimal(let digits)):
      guard let value = Float(digits) else { break }
      return bigEndian(value.bitPattern)
    case (.double, .integer(let digits)), (.double, .decimal(let digits)):
      guard let value = Double(digits) else { break }
      return bigEndian(value.bitPattern)
    case (.timestamp, .integer(let digits)): return try integer(Int64.self, digits, column)
    case (.timestamp, .string(let text)):
      guard let time = CalendarTime.parse(text) else {
        throw .invalid("Unable to parse a date/time from '\(text)'")
      }
      return bigEndian(time)
    case (.date, .string(let text)):
      guard let day = CalendarTime.parseDay(text) else {
        throw .invalid("Unable to coerce '\(text)' to a formatted date (long)")
      }
      return bigEndian(UInt32(truncatingIfNeeded: day + 1 << 31))
    case (.uuid, .uuid(let text)), (.timeuuid, .uuid(let text)): return try uuid(text, column)
    case (.list(let element), .list(let terms)):
      return collection(try encodeAll(terms, element, column, clock))
    case (.set(let element), .set(let terms)):
      let values = try encodeAll(terms, element, column, clock)
      return collection(element.sortedDistinct(values))
    case (.set, .map(let entries)) where entries.isEmpty: return collection([])
    case (.map(let key, let value), .map(let entries)):
      return try encodeMap(entries, key, value, column, clock)
    default: break
    }
    let (kind, isConstant) = kind(of: term)
    throw .invalid(
      "Invalid \(kind) for \(isConstant ? "\"\(column)\"" : column) of type \(name)")
  }

  /// What a term is in Cassandra's messages, which put the column's name in quotes after a
  /// constant.
  private func kind(of term: Term) -> (name: String, isConstant: Bool) {
    switch term {
    case .integer(let text): ("INTEGER constant (\(text))", true)
    case .decimal(let text): ("FLOAT constant (\(text))", true)
    case .string(let text): ("STRING constant (\(text))", true)
    case .boolean(let value): ("BOOLEAN constant (\(value))", true)
    case .uuid(let text): ("UUID constant (\(text))", true)
    case .blob: ("HEX constant (\(term.cql))", true)
    case .duration(let text): ("DURATION constant (\(text))", true)
    case .list: ("list literal", false)
    case .set: ("set literal", false)
    case .map: ("map literal", false)
    case .tuple: ("tuple literal", false)
    default: ("value", false)
    }
  }

  private func encodeAll(
    _ terms: [Term], _ element: DataType, _ column: String, _ clock: Clock
  ) throws(TableError) -> [[UInt8]] {
    var values: [[UInt8]] = []
    for term in terms {
      guard let bytes = try element.encode(term, column: column, clock: clock) else {
        throw .invalid("null is not supported inside collections")
      }
      values.append(bytes)
    }
    return values
  }

  private func encodeMap(
    _ entries: [MapEntry], _ key: DataType, _ value: DataType, _ column: String, _ clock: Clock
  ) throws(TableError) -> [UInt8] {
    let keys = try encodeAll(entries.map(\.key), key, column, clock)
    let values = try encodeAll(entries.map(\.value), value, column, clock)
    let byKey = Dictionary(zip(keys, values), uniquingKeysWith: { $1 })
    let sorted = key.sortedDistinct(keys)
    return collection(sorted.flatMap { [$0, byKey[$0] ?? []] }, count: sorted.count)
  }

  private func sortedDistinct(_ values: [[UInt8]]) -> [[UInt8]] {
    Set(values).sorted { compare($0, $1) < 0 }
  }

  private func collection(_ values: [[UInt8]], count: Int? = nil) -> [UInt8] {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(bigEndian: Int32(count ?? values.count))
    for value in values {
      bytes.append(bigEndian: Int32(value.count))
      bytes.append(value)
    }
    return bytes.toArray()
  }

  private func call(
    _ name: String, _ arguments: [Term], _ column: String, _ clock: Clock
  ) throws(TableError) -> [UInt8] {
    switch (name, arguments.count, self) {
    case ("uuid", 0, .uuid):
      var bytes = Entropy.identifier()
      bytes[6] = bytes[6] & 0x0F | 0x40
      bytes[8] = bytes[8] & 0x3F | 0x80
      return bytes
    case ("currenttimestamp", 0, .timestamp): return bigEndian(clock.milliseconds)
    case ("totimestamp", 1, .timestamp):
      if case .function(_, "now", let inner) = arguments[0], inner.isEmpty {
        return bigEndian(clock.milliseconds)
      }
    default: break
    }
    throw .invalid("Unknown function '\(name)' for \(column) of type \(self.name)")
  }

  private func integer<Integer: FixedWidthInteger>(
    _ type: Integer.Type, _ digits: String, _ column: String
  ) throws(TableError) -> [UInt8] {
    guard let value = Integer(digits) else {
      throw .invalid("Unable to make \(name) from '\(digits)' for \(column)")
    }
    return bigEndian(value)
  }

  private func uuid(_ text: String, _ column: String) throws(TableError) -> [UInt8] {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count - 1, by: 2) {
      let pair = String(decoding: digits[index..<(index + 2)], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16) else { break }
      bytes.append(byte)
    }
    guard bytes.count == 16 else { throw .invalid("Unable to make UUID from '\(text)'") }
    if self == .timeuuid, bytes[6] >> 4 != 1 {
      throw .invalid("\(column) takes version 1 UUIDs only, not \(text)")
    }
    return bytes
  }
}

/// The bytes of an integer, most significant first.
package func bigEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) }
}

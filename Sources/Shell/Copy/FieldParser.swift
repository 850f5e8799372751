internal import Tables

/// Turns the text of a field into a value in the native protocol's encoding: reads what COPY TO,
/// and cqlsh's, writes for every type.
struct FieldParser {
  let format: FieldFormat

  /// Nil for null.
  func parse(_ field: CopyRecord.Field, _ type: DataType) throws(ShellError) -> [UInt8]? {
    guard String(validating: field.bytes, as: UTF8.self) != nil else {
      throw ShellError("the text is not valid UTF-8")
    }
    let text = field.text
    let isText = type.whole == .text || type.whole == .ascii
    if field.isQuoted, text.isEmpty, !isText, !type.isMadeOfParts {
      // Shown as nothing are a value without bytes, and a duration of no time.
      return try type.whole == .duration ? scalar("0s", .duration) : []
    }
    if text == format.null, !(isText && field.isQuoted) { return nil }
    guard type.isMadeOfParts else { return try scalar(text, type.whole) }
    var parts = PartScanner(text)
    let value = try parse(&parts, type.whole, end: [])
    parts.skipBlanks()
    guard parts.isAtEnd else { throw ShellError("\(parts.found) follows the value") }
    return value
  }

  private func scalar(_ text: String, _ type: DataType) throws(ShellError) -> [UInt8] {
    switch type {
    case .boolean:
      if text.lowercased() == format.booleans.true.lowercased() { return [1] }
      if text.lowercased() == format.booleans.false.lowercased() { return [0] }
      throw ShellError("'\(text)' is neither \(format.booleans.true) nor \(format.booleans.false)")
    case .blob:
      guard text.hasPrefix("0x") || text.hasPrefix("0X") else {
        throw ShellError("'\(text)' is no blob: it does not begin with 0x")
      }
      return try constant(String(text.dropFirst(2)), type)
    case .timestamp:
      if let milliseconds = format.times?.milliseconds(text) { return bigEndian(milliseconds) }
      return try constant(Self.withoutMicroseconds(text), type)
    default: return try constant(text, type)
    }
  }

  private func constant(_ text: String, _ type: DataType) throws(ShellError) -> [UInt8] {
    do throws(TableError) { return try type.native(constant: text) } catch {
      throw ShellError(error.message)
    }
  }

  /// cqlsh shows six digits of a second's fraction, of which Cassandra keeps and reads three.
  private static func withoutMicroseconds(_ text: String) -> String {
    guard let point = text.lastIndex(of: ".") else { return text }
    let fraction = text[text.index(after: point)...].prefix { $0.isASCII && $0.isNumber }
    guard fraction.count > 3 else { return text }
    return String(text[...point]) + fraction.prefix(3) + text[fraction.endIndex...]
  }

  // Inside of a collection, a tuple or a user-defined type.

  private func parse(
    _ parts: inout PartScanner, _ type: DataType, end: Set<Unicode.Scalar>
  ) throws(ShellError) -> [UInt8]? {
    parts.skipBlanks()
    if type.isMadeOfParts, !parts.isAtBracket {
      var ahead = parts
      if isNull(ahead.takeWord(end: end)) {
        parts = ahead
        return nil
      }
    }
    switch type.whole {
    case .list(let element), .set(let element):
      let values = try sequence(&parts, element)
      return bigEndian(Int32(clamping: values.count)) + values.flatMap(Self.sized)
    case .map(let key, let value): return try map(&parts, key, value)
    case .tuple(let types): return try tuple(&parts, types)
    case .user(let user): return try fields(&parts, user)
    default:
      if let quoted = try parts.takeQuoted() { return try scalar(quoted, type) }
      let word = parts.takeWord(end: end)
      return isNull(word) ? nil : try scalar(word, type)
    }
  }

  private func isNull(_ word: String) -> Bool { word == format.null || word == "null" }

  private static func sized(_ value: [UInt8]?) -> [UInt8] {
    bigEndian(value.map { Int32(clamping: $0.count) } ?? -1) + (value ?? [])
  }

  private func sequence(
    _ parts: inout PartScanner, _ element: DataType
  ) throws(ShellError) -> [[UInt8]?] {
    let close = try parts.open(["[": "]", "{": "}", "(": ")"])
    var values: [[UInt8]?] = []
    if parts.take(close) { return values }
    repeat {
      guard let value = try parse(&parts, element, end: [",", close]) else {
        throw ShellError("null cannot stand in a collection")
      }
      values.append(value)
    } while parts.take(",")
    try parts.expect(close)
    return values
  }

  private func map(
    _ parts: inout PartScanner, _ key: DataType, _ value: DataType
  ) throws(ShellError) -> [UInt8] {
    let close = try parts.open(["{": "}"])
    var values: [[UInt8]?] = []
    if !parts.take(close) {
      repeat {
        let name = try parse(&parts, key, end: [":", close])
        try parts.expect(":")
        let content = try parse(&parts, value, end: [",", close])
        guard name != nil, content != nil else {
          throw ShellError("null cannot stand in a collection")
        }
        values += [name, content]
      } while parts.take(",")
      try parts.expect(close)
    }
    return bigEndian(Int32(clamping: values.count / 2)) + values.flatMap(Self.sized)
  }

  private func tuple(
    _ parts: inout PartScanner, _ types: [DataType]
  ) throws(ShellError) -> [UInt8] {
    let close = try parts.open(["(": ")"])
    var bytes: [UInt8] = []
    for (number, type) in types.enumerated() {
      if number > 0 { try parts.expect(",") }
      bytes += Self.sized(try parse(&parts, type, end: [",", close]))
    }
    try parts.expect(close)
    return bytes
  }

  private func fields(
    _ parts: inout PartScanner, _ user: UserType
  ) throws(ShellError) -> [UInt8] {
    let close = try parts.open(["{": "}"])
    var found: [String: [UInt8]?] = [:]
    if !parts.take(close) {
      repeat {
        parts.skipBlanks()
        let name = parts.takeName(user.fields.map(\.name))
        try parts.expect(":")
        guard let field = user.fields.first(where: { $0.name == name }) else {
          throw ShellError("the type \(user.name) has no field '\(name)'")
        }
        found[name] = .some(try parse(&parts, field.type, end: [",", close]))
      } while parts.take(",")
      try parts.expect(close)
    }
    return user.fields.flatMap { Self.sized(found[$0.name] ?? nil) }
  }
}

extension DataType {
  fileprivate var isMadeOfParts: Bool {
    switch whole {
    case .list, .set, .map, .tuple, .user: true
    default: false
    }
  }
}

internal import Machine

// From JSON to values, as Cassandra's `fromJson` reads them. A type that JSON has no form for is
// written as text, and numbers may be, too.
extension DataType {
  /// The bytes of a JSON value; nil for null.
  func encode(json: JSONValue, clock: Clock) throws(TableError) -> [UInt8]? {
    if case .null = json { return nil }
    switch self {
    case .list, .set, .map, .tuple, .user: return try encode(structure: json, clock)
    case .multiCell(let whole): return try whole.encode(json: json, clock: clock)
    default: return try encode(scalar: json, clock)
    }
  }

  private func encode(scalar json: JSONValue, _ clock: Clock) throws(TableError) -> [UInt8] {
    switch (self, json) {
    case (.blob, .string(let text)):
      guard text.hasPrefix("0x") else {
        throw .invalid("String representation of blob is missing 0x prefix: \(text)")
      }
      guard let bytes = Hex.bytes(text.dropFirst(2)) else {
        throw .invalid("Value '\(text)' is not a valid blob representation")
      }
      return bytes
    case (.boolean, .boolean(let value)): return [value ? 1 : 0]
    case (.decimal, .number(let text)), (.decimal, .string(let text)):
      guard let bytes = try? encode(constant: text, clock: clock) else {
        throw .invalid("Value '\(text)' is not a valid representation of a decimal value")
      }
      return bytes
    case (.varint, .number(let text)), (.varint, .string(let text)):
      guard let bytes = try? encode(constant: text, clock: clock) else {
        throw .invalid("Value '\(text)' is not a valid representation of a varint value")
      }
      return bytes
    case (_, .string(let text)): return try encode(constant: text, clock: clock)
    case (.float, .number(let text)), (.double, .number(let text)):
      return try encode(constant: text, clock: clock)
    case (.tinyint, .number(let text)), (.smallint, .number(let text)), (.int, .number(let text)),
      (.bigint, .number(let text)), (.counter, .number(let text)),
      (.timestamp, .number(let text)):
      guard Int64(text) != nil else { break }
      return try encode(constant: text, clock: clock)
    default: break
    }
    throw unexpected(json, expectation)
  }

  private func encode(structure json: JSONValue, _ clock: Clock) throws(TableError) -> [UInt8] {
    // A collection may itself be a string of JSON, as it must where it is the key of a map.
    var json = json
    if case .string(let text) = json {
      guard let inner = JSONValue(text) else {
        throw .invalid("Could not decode JSON string as \(name): \(text)")
      }
      json = inner
    }
    switch (self, json) {
    case (.list(let element), .array(let values)):
      return LiteralEncoder.collection(try element.encode(all: values, "element in list", clock))
    case (.set(let element), .array(let values)):
      return LiteralEncoder.collection(
        element.sortedDistinct(try element.encode(all: values, "element in set", clock)))
    case (.map(let key, let value), .object(let members)):
      return key.map(
        try key.encode(all: members.map { .string($0.name) }, "key in map", clock),
        try value.encode(all: members.map(\.value), "value in map", clock))
    case (.tuple(let fields), .array(let values)):
      guard values.count == fields.count else {
        let fault = values.count > fields.count ? "contains extra" : "is missing"
        throw .invalid("Tuple \(fault) items (expected \(fields.count)): \(json.javaText)")
      }
      var parts: [[UInt8]?] = []
      for (field, value) in zip(fields, values) {
        parts.append(try field.encode(json: value, clock: clock))
      }
      return LiteralEncoder.tuple(parts)
    case (.user(let type), .object(let members)): return try type.encode(members, clock)
    default: throw unexpected(json, expectation)
    }
  }

  private func encode(
    all values: [JSONValue], _ role: String, _ clock: Clock
  ) throws(TableError) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for value in values {
      guard let bytes = try encode(json: value, clock: clock) else {
        throw .invalid("Invalid null \(role)")
      }
      found.append(bytes)
    }
    return found
  }

  private var expectation: String {
    switch self {
    case .ascii: "an ASCII string"
    case .text: "a UTF-8 string"
    case .blob: "a string representation of a blob"
    case .tinyint: "a byte value"
    case .smallint: "a short value"
    case .int: "an int value"
    case .boolean, .bigint, .counter, .float, .double:
      "a \(self == .counter ? .bigint : self) value"
    case .timestamp: "a long or a datestring representation of a date value"
    case .date, .time: "a string representation of a \(self) value"
    case .uuid, .timeuuid: "a string representation of a \(self)"
    case .inet: "a string representation of an inet value"
    case .duration: "a string representation of a duration"
    case .varint, .decimal: "a \(self) value"
    case .list: "a list"
    case .set: "a list (representing a set)"
    case .map, .user: "a map"
    case .tuple: "a list representation of a tuple"
    case .multiCell(let whole): whole.expectation
    }
  }

  private func unexpected(_ json: JSONValue, _ expectation: String) -> TableError {
    .invalid("Expected \(expectation), but got a \(json.javaClass): \(json.javaText)")
  }
}

extension UserType {
  fileprivate func encode(
    _ members: [(name: String, value: JSONValue)], _ clock: Clock
  ) throws(TableError) -> [UInt8] {
    // A name in double quotes inside of the string is meant as it is, another without its case.
    let named = members.map { member in
      let name = member.name
      let isQuoted = name.utf8.count > 1 && name.hasPrefix("\"") && name.hasSuffix("\"")
      return (isQuoted ? String(name.dropFirst().dropLast()) : name.lowercased(), member.value)
    }
    for (name, _) in named where !fields.contains(where: { $0.name == name }) {
      throw .invalid("Unknown field '\(name)' in value of user defined type \(self.name)")
    }
    var values: [[UInt8]?] = []
    for field in fields {
      let json = named.last { $0.0 == field.name }?.1 ?? .null
      values.append(try field.type.encode(json: json, clock: clock))
    }
    return LiteralEncoder.tuple(values)
  }
}

extension JSONValue {
  /// The class that Cassandra's errors name for a value.
  fileprivate var javaClass: String {
    switch self {
    case .null: "null"
    case .boolean: "Boolean"
    case .string: "String"
    case .array: "ArrayList"
    case .object: "LinkedHashMap"
    case .number(let text):
      if Int32(text) != nil {
        "Integer"
      } else if Int64(text) != nil {
        "Long"
      } else {
        text.utf8.contains { ".eE".utf8.contains($0) } ? "Double" : "BigInteger"
      }
    }
  }

  /// How Cassandra's errors show a value.
  fileprivate var javaText: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let text), .string(let text): text
    case .array(let values): "[" + values.map(\.javaText).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\($0.name)=\($0.value.javaText)" }.joined(separator: ", ") + "}"
    }
  }
}

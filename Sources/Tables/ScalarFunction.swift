internal import CQL
internal import Machine

/// One of Cassandra's scalar functions, with the types of one of its overloads.
struct ScalarFunction: Sendable {
  typealias Body = @Sendable ([[UInt8]?], Clock) throws(TableError) -> [UInt8]?

  let name: String
  let arguments: [DataType]
  let result: DataType
  let body: Body

  init(_ name: String, _ arguments: [DataType], _ result: DataType, _ body: @escaping Body) {
    self.name = name
    self.arguments = arguments
    self.result = result
    self.body = body
  }

  /// The value for arguments in native encoding; nil is null.
  func call(_ values: [[UInt8]?], _ clock: Clock) throws(TableError) -> [UInt8]? {
    try body(values, clock)
  }

  /// The overloads of a name, which CQL writes in any case. `fromjson` and `tojson` are not among
  /// them: their types are those of what stands around or in them.
  static func overloads(_ name: String) -> [ScalarFunction] {
    let name = name.lowercased()
    return clockFunctions.filter { $0.name == name } + timeFunctions.filter { $0.name == name }
      + blobFunctions.filter { $0.name == name }
  }

  /// The function that a term calls where a value of type `receiver` must stand.
  static func resolve(
    _ name: String, _ terms: [Term], for receiver: DataType, _ column: String
  ) throws(TableError) -> ScalarFunction {
    if name.lowercased() == "fromjson", terms.count == 1 {
      return ScalarFunction("fromjson", [.text], receiver) { values, clock throws(TableError) in
        guard let text = values[0] else { return nil }
        return try receiver.encode(jsonText: text, clock)
      }
    }
    let all = overloads(name)
    guard !all.isEmpty else { throw .invalid("Unknown function '\(name)' called") }
    let fitting = all.filter { function in
      function.arguments.count == terms.count
        && zip(function.arguments, terms).allSatisfy { type, term in takes(type, term) }
    }
    if let exact = fitting.first(where: { isSame($0.result, receiver) }) { return exact }
    if let other = all.first(where: { $0.arguments.count == terms.count }) ?? all.first {
      guard other.arguments.count == terms.count else {
        throw .invalid(
          "Invalid number of arguments in call to function system.\(other.name): "
            + "\(other.arguments.count) required but \(terms.count) provided")
      }
      if fitting.isEmpty {
        let types = all.map { function in
          "system.\(function.name) : (\(function.arguments.map(\.name).joined(separator: ", "))) -> "
            + function.result.name
        }
        throw .invalid(
          "Invalid call to function \(name), none of its type signatures match "
            + "(known type signatures: \(types.joined(separator: ", ")))")
      }
      let found = fitting[0]
      throw .invalid(
        "Type error: cannot assign result of function system.\(found.name) (type "
          + "\(found.result.name)) to \(column) (type \(receiver.name))")
    }
    throw .invalid("Unknown function '\(name)' called")
  }

  /// Whether a term may be an argument of a type: what functions give is known, the rest is as in
  /// an assignment.
  private static func takes(_ type: DataType, _ term: Term) -> Bool {
    guard case .function(_, let name, _) = term else { return type.takes(term) }
    return name.lowercased() == "fromjson" || overloads(name).contains { isSame($0.result, type) }
  }

  /// Whether a value of one type may stand for the other's without a change.
  private static func isSame(_ result: DataType, _ type: DataType) -> Bool {
    switch (result, type) {
    case (.timeuuid, .uuid), (.ascii, .text): true
    default: result == type
    }
  }
}

// Functions that tell the time or draw a number.
extension ScalarFunction {
  private static let clockFunctions: [ScalarFunction] = [
    ScalarFunction("uuid", [], .uuid) { _, _ in
      var bytes = Entropy.identifier()
      bytes[6] = bytes[6] & 0x0F | 0x40
      bytes[8] = bytes[8] & 0x3F | 0x80
      return bytes
    },
    ScalarFunction("now", [], .timeuuid) { _, clock in TimeUUID.now(clock) },
    ScalarFunction("currenttimeuuid", [], .timeuuid) { _, clock in TimeUUID.now(clock) },
    ScalarFunction("currenttimestamp", [], .timestamp) { _, clock in bigEndian(clock.milliseconds)
    },
    ScalarFunction("currentdate", [], .date) { _, clock in date(clock.milliseconds) },
    ScalarFunction("currenttime", [], .time) { _, clock in
      let day: Int64 = 86_400_000_000
      return bigEndian((clock.microseconds % day + day) % day * 1_000)
    },
  ]

  private static func date(_ milliseconds: Int64) -> [UInt8] {
    let day: Int64 = 86_400_000
    let days = milliseconds >= 0 ? milliseconds / day : (milliseconds + 1) / day - 1
    return bigEndian(UInt32(truncatingIfNeeded: days + 1 << 31))
  }
}

// Functions from one kind of time to another. Null and empty give null.
extension ScalarFunction {
  private static let timeFunctions: [ScalarFunction] = [
    time("totimestamp", .timeuuid, .timestamp) { bigEndian($0) },
    time("totimestamp", .date, .timestamp) { bigEndian($0) },
    time("totimestamp", .timestamp, .timestamp) { bigEndian($0) },
    time("tounixtimestamp", .timeuuid, .bigint) { bigEndian($0) },
    time("tounixtimestamp", .timestamp, .bigint) { bigEndian($0) },
    time("tounixtimestamp", .date, .bigint) { bigEndian($0) },
    time("todate", .timeuuid, .date) { date($0) },
    time("todate", .timestamp, .date) { date($0) },
    time("dateof", .timeuuid, .timestamp) { bigEndian($0) },
    time("unixtimestampof", .timeuuid, .bigint) { bigEndian($0) },
    time("mintimeuuid", .timestamp, .timeuuid) { TimeUUID.least(milliseconds: $0) },
    time("maxtimeuuid", .timestamp, .timeuuid) { TimeUUID.greatest(milliseconds: $0) },
  ]

  private static func time(
    _ name: String, _ argument: DataType, _ result: DataType,
    _ make: @escaping @Sendable (Int64) -> [UInt8]
  ) -> ScalarFunction {
    ScalarFunction(name, [argument], result) { values, _ throws(TableError) in
      guard let bytes = values[0], !bytes.isEmpty else { return nil }
      guard let milliseconds = argument.milliseconds(bytes) else {
        throw .invalid("Invalid argument of function system.\(name)")
      }
      return make(milliseconds)
    }
  }
}

// Functions that show a value's bytes as a blob, and take a blob's bytes for a value.
extension ScalarFunction {
  private static let blobFunctions: [ScalarFunction] = {
    let types: [DataType] = [
      .ascii, .bigint, .boolean, .counter, .date, .decimal, .double, .duration, .float, .inet, .int,
      .smallint, .text, .time, .timestamp, .timeuuid, .tinyint, .uuid, .varint,
    ]
    let named = types.map { (type: $0, name: $0.name) } + [(.text, "varchar")]
    return named.flatMap { type, name in
      [
        ScalarFunction("\(name)asblob", [type], .blob) { values, _ in values[0] },
        ScalarFunction("blobas\(name)", [.blob], type) { values, _ throws(TableError) in
          guard let bytes = values[0] else { return nil }
          do throws(TableError) {
            try bytes.borrowed { bytes throws(TableError) in
              try type.validate(bytes, column: name)
            }
          } catch {
            throw .invalid(
              "In call to function system.blobas\(name), value 0x\(Hex.text(bytes)) is not a "
                + "valid binary representation for type \(type.name)")
          }
          return bytes
        },
      ]
    }
  }()
}

extension DataType {
  /// The milliseconds since 1970 of a timestamp, date or timeuuid.
  fileprivate func milliseconds(_ bytes: [UInt8]) -> Int64? {
    switch (self, bytes.count) {
    case (.timestamp, 8):
      return bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
    case (.date, 4):
      let days = bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) } - 1 << 31
      return days * 86_400_000
    case (.timeuuid, 16): return TimeUUID.milliseconds(bytes)
    default: return nil
    }
  }

  /// The bytes of a value that text gives as JSON, as `fromJson` reads it.
  fileprivate func encode(jsonText text: [UInt8], _ clock: Clock) throws(TableError) -> [UInt8]? {
    let text = String(decoding: text, as: UTF8.self)
    guard let json = JSONValue(text) else {
      throw .invalid("Could not decode JSON string '\(text)'")
    }
    return try encode(json: json, clock: clock)
  }
}

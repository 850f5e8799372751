internal import Bytes
internal import Posts
package import Records
internal import Tables

/// One record to be appended, as a line of input gives it.
package struct InputRecord {
  package var key: [UInt8]?
  package var value: [UInt8]?
  package var headers: [RecordHeader] = []
  package var timestamp: Int64?
  package var partition: Int?
}

/// A line of input that cannot be a record.
package struct InputLineError: Error, CustomStringConvertible {
  package let line: Int
  package let reason: String

  package init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }

  package var description: String {
    "(stdin):\(line): \(reason); the lines before it were appended"
  }
}

/// How lines of input become records.
package enum InputForm: String, CaseIterable, Sendable {
  /// The line is the value, or key and value with a separator between.
  case lines
  /// Each line is an object as `consume --json` prints it.
  case json
}

/// Reads records from lines.
package struct InputReader: Sendable {
  private let form: InputForm
  private let keySeparator: [UInt8]?
  private let allowsKeyless: Bool
  private let emptyIsNull: Bool

  /// A reader of lines. Where `allowsKeyless`, a line without the separator is a value without a
  /// key, else it is an error; where `emptyIsNull`, an empty value stands for none: a tombstone.
  package init(
    form: InputForm, keySeparator: [UInt8]?, allowsKeyless: Bool = false, emptyIsNull: Bool
  ) {
    self.form = form
    self.keySeparator = keySeparator
    self.allowsKeyless = allowsKeyless
    self.emptyIsNull = emptyIsNull
  }

  /// The record of one line. Thrown: `InputLineError`.
  package func record(_ line: [UInt8], number: Int) throws -> InputRecord {
    switch form {
    case .lines: return try plain(line, number)
    case .json:
      do {
        return try object(line)
      } catch let error as FieldError {
        throw InputLineError(line: number, reason: error.reason)
      } catch let error as PostError {
        throw InputLineError(line: number, reason: "\(error)")
      }
    }
  }

  private func plain(_ line: [UInt8], _ number: Int) throws -> InputRecord {
    var record = InputRecord(value: line)
    if let keySeparator {
      if let found = line.firstRange(of: keySeparator) {
        record.key = Array(line[..<found.lowerBound])
        record.value = Array(line[found.upperBound...])
      } else if !allowsKeyless {
        let separator = JSONString.quote(String(decoding: keySeparator, as: UTF8.self))
        throw InputLineError(
          line: number,
          reason: "no key: the line lacks the separator \(separator) (--allow-keyless takes it)")
      }
    }
    if emptyIsNull, record.value?.isEmpty == true { record.value = nil }
    return record
  }

  private struct FieldError: Error { let reason: String }

  private func object(_ line: [UInt8]) throws -> InputRecord {
    try line.withUnsafeBytes { bytes in
      var record = InputRecord()
      try JSONObject(bytes).forEachField { name, field in
        switch name {
        case "key": record.key = content(of: field)
        case "value": record.value = content(of: field)
        case "key_base64": record.key = try base64(name, field)
        case "value_base64": record.value = try base64(name, field)
        case "partition": record.partition = Int(try integer(name, field))
        case "timestamp": record.timestamp = try time(field)
        case "headers": record.headers = try headers(field)
        // What a record was in another topic does not matter here.
        case "topic", "offset": break
        default:
          throw FieldError(
            reason: "unknown field \"\(name)\"; there are key, value, headers, timestamp, "
              + "partition, key_base64 and value_base64")
        }
      }
      return record
    }
  }

  /// A text's UTF-8; of a number, an object and so on the JSON.
  private func content(of field: JSONObject.Value) -> [UInt8]? {
    switch field {
    case .null: nil
    case .text(let text): Array(text.utf8)
    case .other(let raw): Array(raw)
    }
  }

  private func base64(_ name: String, _ field: JSONObject.Value) throws -> [UInt8]? {
    switch field {
    case .null: return nil
    case .text(let text):
      if let bytes = Base64.decode(text) { return bytes }
    case .other: break
    }
    throw FieldError(reason: "\"\(name)\" is not base 64")
  }

  private func integer(_ name: String, _ field: JSONObject.Value) throws -> Int64 {
    if case .other(let raw) = field, let number = Int64(String(decoding: raw, as: UTF8.self)) {
      return number
    }
    throw FieldError(reason: "\"\(name)\" is not a whole number")
  }

  private func time(_ field: JSONObject.Value) throws -> Int64? {
    switch field {
    case .null: return nil
    case .text(let text):
      if let time = CalendarTime.parse(text) { return time }
      throw FieldError(
        reason: "\"timestamp\" is no time; write milliseconds, or 2026-11-20T18:00:00Z")
    case .other: return try integer("timestamp", field)
    }
  }

  private func headers(_ field: JSONObject.Value) throws -> [RecordHeader] {
    if case .null = field { return [] }
    guard case .other(let raw) = field, let first = raw.first else { throw Self.noHeaders }
    var headers: [RecordHeader] = []
    switch first {
    case UInt8(ascii: "{"):
      try JSONObject(raw).forEachField { name, value in
        headers.append(RecordHeader(name, content(of: value)))
      }
    case UInt8(ascii: "["):
      try JSONObject.forEachElement(of: raw) { headers.append(try header($0)) }
    default: throw Self.noHeaders
    }
    return headers
  }

  private func header(_ element: JSONObject.Value) throws -> RecordHeader {
    guard case .other(let raw) = element, raw.first == UInt8(ascii: "{") else {
      throw Self.noHeaders
    }
    var name: String?
    var value: [UInt8]?
    try JSONObject(raw).forEachField { field, content in
      switch (field, content) {
      case ("name", .text(let text)): name = text
      case ("value", _): value = self.content(of: content)
      case ("value_base64", _): value = try base64(field, content)
      default: throw Self.noHeaders
      }
    }
    guard let name else { throw Self.noHeaders }
    return RecordHeader(name, value)
  }

  private static let noHeaders = FieldError(
    reason: "\"headers\" is neither an object of names and values, nor a list of objects with "
      + "name and value or value_base64")
}

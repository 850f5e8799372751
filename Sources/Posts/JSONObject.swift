/// A flat JSON object of which single fields are picked by name, as training data needs it.
package struct JSONObject {
  private let record: UnsafeRawBufferPointer

  /// Borrows `record`: use the object only while those bytes live.
  package init(_ record: UnsafeRawBufferPointer) { self.record = record }

  /// The string, number or boolean of the field `name` at the top level, as text.
  ///
  /// Nil where there is no such field, or it is null, an object or an array; of two fields of one
  /// name the last counts. Throws where the record is not one well-formed JSON object.
  package func topLevelField(named name: String) throws(PostError) -> String? {
    guard record.count <= Limits.recordBytes else {
      throw PostError(.recordTooLong, at: Limits.recordBytes)
    }
    guard var json = JSONScanner(record), try json.enterObject() else {
      throw PostError(.notAnObject)
    }
    var found = RawField()
    while let key = try json.nextKey() {
      let value = try json.readValue()
      if string(key, in: json.base) == name { found = value }
    }
    guard json.isAtEnd() else { throw PostError(.trailingBytes, at: json.position) }
    switch found.kind {
    case .text, .escapedText, .number, .yes, .no: return string(found, in: json.base)
    case .absent, .null, .container: return nil
    }
  }

  /// The value of a field.
  package enum Value {
    case null
    case text(String)
    /// A number, a boolean, an object or an array, as it stands there.
    case other(UnsafeRawBufferPointer)
  }

  /// Shows `body` each field at the top level, in order. Throws where the record is not one
  /// well-formed JSON object, and what `body` throws.
  package func forEachField(_ body: (String, Value) throws -> Void) throws {
    guard record.count <= Limits.recordBytes else {
      throw PostError(.recordTooLong, at: Limits.recordBytes)
    }
    guard var json = JSONScanner(record), try json.enterObject() else {
      throw PostError(.notAnObject)
    }
    while let key = try json.nextKey() {
      let name = string(key, in: json.base)
      try body(name, try nextValue(&json))
    }
    guard json.isAtEnd() else { throw PostError(.trailingBytes, at: json.position) }
  }

  /// Shows `body` each value of an array that is a field's value. Throws where it is not one
  /// well-formed array, and what `body` throws.
  package static func forEachElement(
    of array: UnsafeRawBufferPointer, _ body: (Value) throws -> Void
  ) throws {
    guard var json = JSONScanner(array), try json.enterArray() else {
      throw PostError(.notAnObject)
    }
    while try json.nextElement() { try body(try JSONObject(array).nextValue(&json)) }
    guard json.isAtEnd() else { throw PostError(.trailingBytes, at: json.position) }
  }

  private func nextValue(_ json: inout JSONScanner) throws(PostError) -> Value {
    let start = json.position
    let field = try json.readValue()
    switch field.kind {
    case .absent, .null: return .null
    case .text, .escapedText: return .text(string(field, in: json.base))
    case .number, .yes, .no, .container:
      let value = record[start..<json.position].drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
      return .other(UnsafeRawBufferPointer(rebasing: value))
    }
  }

  private func string(_ field: RawField, in base: UnsafePointer<UInt8>) -> String {
    let bytes = UnsafeBufferPointer(start: base + Int(field.start), count: Int(field.count))
    guard field.kind == .escapedText else { return String(decoding: bytes, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: bytes.count) { room in
      guard let target = room.baseAddress else { return 0 }
      return JSONText.unescape(base + Int(field.start), bytes.count, into: target)
    }
  }
}

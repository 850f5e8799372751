/// What a line of X's filtered stream is, told by one strict pass over its bytes.
package enum StreamLine: Hashable, Sendable {
  /// A post, with its id where that is a number, as X's are.
  case post(id: UInt64?)
  /// A post's id without its text: the whole one may yet come.
  case textless
  /// Word that a post was deleted.
  case removal
  /// Word of the stream itself: `errors` and no post.
  case notice
  /// A kind of message that is not known.
  case unknown

  /// Reads a line without its end. Thrown: where it is not one JSON object.
  package init(_ line: UnsafeRawBufferPointer) throws(PostError) {
    guard line.count <= Limits.recordBytes else {
      throw PostError(.recordTooLong, at: Limits.recordBytes)
    }
    guard var json = JSONScanner(line), try json.enterObject() else {
      throw PostError(.notAnObject)
    }
    var hasPost = false
    var hasText = false
    var hasErrors = false
    var isRemoval = false
    var id: UInt64?
    while let key = try json.nextKey() {
      if key.spells("data", in: json.base), try json.enterObject() {
        while let key = try json.nextKey() {
          isRemoval = key.spells("delete", in: json.base) || isRemoval
          let value = try json.readValue()
          if key.spells("text", in: json.base) { hasText = value.isText }
          guard key.spells("id", in: json.base), value.kind == .text, value.count > 0 else {
            continue
          }
          hasPost = true
          id = Self.number(value, in: json.base)
        }
      } else {
        isRemoval = key.spells("delete", in: json.base) || isRemoval
        hasErrors = key.spells("errors", in: json.base) || hasErrors
        try json.skipValue()
      }
    }
    guard json.isAtEnd() else { throw PostError(.trailingBytes, at: json.position) }
    if hasPost {
      self = hasText ? .post(id: id) : .textless
      return
    }
    self = isRemoval ? .removal : hasErrors ? .notice : .unknown
  }

  private static func number(_ field: RawField, in base: UnsafePointer<UInt8>) -> UInt64? {
    guard (1...19).contains(field.count) else { return nil }
    var number: UInt64 = 0
    for index in 0..<Int(field.count) {
      let digit = base[Int(field.start) + index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number &* 10 &+ UInt64(digit)
    }
    return number
  }
}

/// A JSON document read into memory (RFC 8259). Numbers stay as they are written, whatever their
/// size.
indirect enum JSONValue: Equatable {
  case null
  case boolean(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  /// In the order written; a name may come twice.
  case object([(name: String, value: JSONValue)])

  /// Reads a document; nil where the text is none, or is nested deeper than anyone means.
  init?(_ text: String) {
    var reader = JSONReader(bytes: Array(text.utf8))
    guard let value = reader.value(depth: 0), reader.isAtEnd() else { return nil }
    self = value
  }

  /// What keeps a text from being a document, and at which line and column.
  static func fault(in text: String) -> String {
    var reader = JSONReader(bytes: Array(text.utf8))
    _ = reader.value(depth: 0)
    return reader.fault
  }

  static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.number(let left), .number(let right)), (.string(let left), .string(let right)):
      left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0 == $1 }
    default: false
    }
  }
}

/// Reads JSON front to back.
private struct JSONReader {
  let bytes: [UInt8]
  var offset = 0
  private var isTooDeep = false

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let maxDepth = 128

  mutating func isAtEnd() -> Bool {
    skipSpace()
    return offset == bytes.count
  }

  /// Why it stopped where it is.
  var fault: String {
    let before = String(decoding: bytes[..<min(offset, bytes.count)], as: UTF8.self)
    let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
    let place = "line \(lines.count), column \((lines.last?.utf16.count ?? 0) + 1)"
    if isTooDeep { return "Nested more than \(JSONReader.maxDepth) deep at \(place)" }
    guard offset < bytes.count,
      let scalar = String(decoding: bytes[offset...].prefix(4), as: UTF8.self).unicodeScalars.first
    else { return "Unexpected end-of-input at \(place)" }
    return "Unexpected character ('\(scalar)' (code \(scalar.value))) at \(place)"
  }

  mutating func value(depth: Int) -> JSONValue? {
    skipSpace()
    isTooDeep = depth >= JSONReader.maxDepth
    guard offset < bytes.count, !isTooDeep else { return nil }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map(JSONValue.string)
    case UInt8(ascii: "t"): return accept("true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return accept("false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return accept("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func skipSpace() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }

  private mutating func accept(_ text: String) -> Bool {
    guard bytes[offset...].starts(with: text.utf8) else { return false }
    offset += text.utf8.count
    return true
  }

  private mutating func acceptToken(_ text: String) -> Bool {
    skipSpace()
    return accept(text)
  }

  private mutating func array(_ depth: Int) -> JSONValue? {
    offset += 1
    if acceptToken("]") { return .array([]) }
    var values: [JSONValue] = []
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    } while acceptToken(",")
    return acceptToken("]") ? .array(values) : nil
  }

  private mutating func object(_ depth: Int) -> JSONValue? {
    offset += 1
    if acceptToken("}") { return .object([]) }
    var members: [(name: String, value: JSONValue)] = []
    repeat {
      skipSpace()
      guard let name = string(), acceptToken(":"), let value = value(depth: depth + 1) else {
        return nil
      }
      members.append((name, value))
    } while acceptToken(",")
    return acceptToken("}") ? .object(members) : nil
  }

  private mutating func number() -> JSONValue? {
    let start = offset
    func digits() -> Int {
      var end = offset
      while end < bytes.count, bytes[end] >= 48, bytes[end] <= 57 { end += 1 }
      return end - offset
    }
    _ = accept("-")
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[offset] != 48 else { return nil }
    offset += whole
    if accept(".") {
      let fraction = digits()
      guard fraction > 0 else { return nil }
      offset += fraction
    }
    if accept("e") || accept("E") {
      if !accept("+") { _ = accept("-") }
      let exponent = digits()
      guard exponent > 0 else { return nil }
      offset += exponent
    }
    return .number(String(decoding: bytes[start..<offset], as: UTF8.self))
  }

  private mutating func string() -> String? {
    guard accept("\"") else { return nil }
    var text: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escaped() else { return nil }
        text += Array(String(Character(scalar)).utf8)
      case 0..<0x20:
        offset -= 1
        return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  /// What stands after a backslash.
  private mutating func escaped() -> Unicode.Scalar? {
    guard offset < bytes.count else { return nil }
    let byte = bytes[offset]
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = codeUnit() else { return nil }
      guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) }
      guard accept("\\u"), let low = codeUnit(), (0xDC00..<0xE000).contains(low) else { return nil }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + low - 0xDC00)
    default: return nil
    }
  }

  private mutating func codeUnit() -> UInt32? {
    guard bytes.count - offset >= 4,
      let digits = Hex.bytes(
        String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self)), digits.count == 2
    else { return nil }
    offset += 4
    return UInt32(digits[0]) << 8 | UInt32(digits[1])
  }
}

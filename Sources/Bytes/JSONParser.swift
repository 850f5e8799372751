/// Why a text is no JSON document, and where.
package struct JSONFault: Error, Hashable, CustomStringConvertible {
  /// Bytes before the place.
  package var offset: Int
  package var reason: String

  package var description: String { "no JSON at byte \(offset): \(reason)" }
}

extension JSON {
  /// Nothing that anyone means is nested deeper.
  private static let maxDepth = 64

  /// Reads a document.
  package init(parsing bytes: some Collection<UInt8>) throws(JSONFault) {
    var parser = JSONParser(bytes: Array(bytes), maxDepth: Self.maxDepth)
    self = try parser.document()
  }
}

/// Reads front to back.
private struct JSONParser {
  let bytes: [UInt8]
  let maxDepth: Int
  private var next = 0

  init(bytes: [UInt8], maxDepth: Int) {
    self.bytes = bytes
    self.maxDepth = maxDepth
  }

  mutating func document() throws(JSONFault) -> JSON {
    let value = try value(0)
    skipSpace()
    guard next == bytes.count else { throw fault("something stands behind the document") }
    return value
  }

  private func fault(_ reason: String) -> JSONFault { JSONFault(offset: next, reason: reason) }

  private var byte: UInt8? { next < bytes.count ? bytes[next] : nil }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { next += 1 }
  }

  private mutating func take(_ expected: UInt8) -> Bool {
    guard byte == expected else { return false }
    next += 1
    return true
  }

  private mutating func value(_ depth: Int) throws(JSONFault) -> JSON {
    guard depth < maxDepth else { throw fault("nested deeper than \(maxDepth)") }
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw fault("it ends too early")
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONFault) -> JSON {
    guard bytes[next...].starts(with: word.utf8) else { throw fault("expected \(word)") }
    next += word.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(JSONFault) -> JSON {
    next += 1
    var fields: [JSON.Field] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw fault("expected a field's name") }
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw fault("expected a colon") }
      fields.append(JSON.Field(name, try value(depth + 1)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw fault("expected a comma or the object's end") }
    return .object(fields)
  }

  private mutating func array(_ depth: Int) throws(JSONFault) -> JSON {
    next += 1
    var elements: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat {
      elements.append(try value(depth + 1))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw fault("expected a comma or the array's end") }
    return .array(elements)
  }

  private mutating func digits() -> Int {
    let start = next
    while let byte, (0x30...0x39).contains(byte) { next += 1 }
    return next - start
  }

  private mutating func number() throws(JSONFault) -> JSON {
    let start = next
    _ = take(UInt8(ascii: "-"))
    let hasLeadingZero = byte == 0x30
    let count = digits()
    guard count > 0, count == 1 || !hasLeadingZero else { throw fault("expected a value") }
    if take(UInt8(ascii: ".")), digits() == 0 { throw fault("expected digits behind the point") }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      if digits() == 0 { throw fault("expected the exponent's digits") }
    }
    return .number(String(decoding: bytes[start..<next], as: UTF8.self))
  }

  private mutating func string() throws(JSONFault) -> String {
    next += 1
    var text: [UInt8] = []
    while let byte, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault("a control character in a text") }
      next += 1
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    guard take(UInt8(ascii: "\"")) else { throw fault("a text without its end") }
    guard let string = String(validating: text, as: UTF8.self) else {
      throw fault("a text that is no UTF-8")
    }
    return string
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
    guard let byte else { throw fault("it ends too early") }
    next += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = UInt32(try unit())
      if (0xD800..<0xDC00).contains(scalar) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
          throw fault("half of a surrogate pair")
        }
        let low = UInt32(try unit())
        guard (0xDC00..<0xE000).contains(low) else { throw fault("half of a surrogate pair") }
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(scalar) else { throw fault("half of a surrogate pair") }
      text += Array(String(Character(scalar)).utf8)
    default: throw fault("an unknown escape")
    }
  }

  private mutating func unit() throws(JSONFault) -> UInt16 {
    guard next + 4 <= bytes.count,
      bytes[next..<(next + 4)].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: bytes[next..<(next + 4)], as: UTF8.self), radix: 16)
    else { throw fault("expected four hexadecimal digits") }
    next += 4
    return unit
  }
}

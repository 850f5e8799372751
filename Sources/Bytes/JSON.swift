/// A JSON document as a value (RFC 8259), for the few and small ones of interfaces. Numbers stay as
/// they are written, whatever their size.
package enum JSON: Hashable, Sendable {
  /// One field of an object.
  package struct Field: Hashable, Sendable {
    package var name: String
    package var value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  case null
  case boolean(Bool)
  case number(String)
  case text(String)
  case array([JSON])
  /// In the order written.
  case object([Field])

  /// A whole number.
  package init(_ number: some BinaryInteger) { self = .number("\(number)") }

  /// A number; null where JSON has no word for it.
  package init(_ number: Double) { self = number.isFinite ? .number("\(number)") : .null }

  /// The field of an object; nil where there is none, or this is no object. Of two of a name the
  /// last.
  package subscript(name: String) -> JSON? {
    guard case .object(let fields) = self else { return nil }
    return fields.last { $0.name == name }?.value
  }

  /// The text, where it is one.
  package var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The number, where it is one and whole.
  package var integer: Int? {
    if case .number(let digits) = self { Int(digits) } else { nil }
  }

  /// The number, where it is one.
  package var double: Double? {
    if case .number(let digits) = self { Double(digits) } else { nil }
  }

  /// The truth value, where it is one.
  package var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }

  /// The elements, where it is an array.
  package var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The fields, where it is an object.
  package var fields: [Field]? {
    if case .object(let fields) = self { fields } else { nil }
  }

  /// The document in one line, without spaces.
  package var line: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .boolean(let value): out += value ? "true" : "false"
    case .number(let digits): out += digits
    case .text(let text): out += JSONString.quote(text)
    case .array(let elements):
      out += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { out += "," }
        element.write(to: &out)
      }
      out += "]"
    case .object(let fields):
      out += "{"
      for (index, field) in fields.enumerated() {
        if index > 0 { out += "," }
        out += JSONString.quote(field.name) + ":"
        field.value.write(to: &out)
      }
      out += "}"
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int) { self.init(value) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Field($0.0, $0.1) })
  }
}

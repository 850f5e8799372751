package import Tables

/// How values of every type are written: for people as cqlsh does, or for a file by COPY TO.
package struct ValueFormat: Sendable {
  package var isColoured = false
  /// What stands for null.
  package var null = "null"
  /// The digits of a float and a double; nil: as many as it takes to read the same number again.
  package var floatDigits: Int? = 5
  package var doubleDigits: Int? = 5
  /// How times are written; nil: as cqlsh shows them.
  package var times: TimeFormat?
  package var booleans = (true: "True", false: "False")
  /// Whether text is escaped, so that a terminal can show it. Where not, it is written as it is.
  package var escapes = true

  package init() {}

  /// A value in the native protocol's encoding; nil is null.
  package func show(_ value: [UInt8]?, _ type: DataType) -> ShownText {
    var shown = ShownText(isColoured: isColoured)
    guard let value else {
      shown.append(null, .red)
      return shown
    }
    value.withUnsafeBytes { append($0, type, isInside: false, to: &shown) }
    return shown
  }

  /// A name, in a colour.
  func show(name: String, _ colour: Colour) -> ShownText {
    var shown = ShownText(isColoured: isColoured)
    shown.append(escaping: name, colour)
    return shown
  }

  /// `isInside`: in a collection, a tuple or a user-defined type, where text stands in quotes.
  private func append(
    _ bytes: UnsafeRawBufferPointer, _ type: DataType, isInside: Bool, to shown: inout ShownText
  ) {
    switch type {
    case .ascii, .text: append(text: bytes, isInside, to: &shown)
    case .list(let element): append(elements: bytes, element, "[", "]", to: &shown)
    case .set(let element): append(elements: bytes, element, "{", "}", to: &shown)
    case .map(let key, let value): append(map: bytes, key, value, to: &shown)
    case .tuple(let types): append(tuple: bytes, types, to: &shown)
    case .user(let user): append(fields: bytes, user, to: &shown)
    case .multiCell(let whole): append(bytes, whole, isInside: isInside, to: &shown)
    case .blob: shown.append(type.display(Array(bytes)), .darkMagenta)
    default:
      let word = word(bytes, type)
      shown.append(isInside && isQuoted(type) ? "'\(word)'" : word, .green)
    }
  }

  private func isQuoted(_ type: DataType) -> Bool { type == .timestamp || type == .inet }

  private func word(_ bytes: UnsafeRawBufferPointer, _ type: DataType) -> String {
    guard !bytes.isEmpty else { return "" }
    switch (type, bytes.count) {
    case (.boolean, 1): return bytes[0] != 0 ? booleans.true : booleans.false
    case (.float, 4):
      let value = Float(bitPattern: load(bytes))
      guard value.isFinite else { return FloatText.words(Double(value)) }
      return floatDigits.map { FloatText.text(Double(value), digits: $0) } ?? "\(value)"
    case (.double, 8):
      let value = Double(bitPattern: load(bytes))
      guard value.isFinite else { return FloatText.words(value) }
      return doubleDigits.map { FloatText.text(value, digits: $0) } ?? "\(value)"
    case (.timestamp, 8):
      let milliseconds: Int64 = load(bytes)
      guard TimeFormat.hasPlainYear(milliseconds: milliseconds) else { return "\(milliseconds)" }
      return times?.text(milliseconds) ?? type.display(Array(bytes))
    case (.date, 4):
      let native: UInt32 = load(bytes)
      let days = Int(native) - 1 << 31
      if TimeFormat.hasPlainYear(days: days) { return type.display(Array(bytes)) }
      // Python has no such date, and cqlsh shows the days since 1970. A statement, and COPY FROM,
      // takes such a one as a number that is 2^31 in 1970.
      return escapes ? "\(days)" : "\(native)"
    default: return type.display(Array(bytes))
    }
  }

  private func load<Integer: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Integer {
    Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
  }

  private func append(
    text bytes: UnsafeRawBufferPointer, _ isInside: Bool, to shown: inout ShownText
  ) {
    var text = String(decoding: bytes, as: UTF8.self)
    if isInside { text = Self.quoted(text) }
    if escapes { shown.append(escaping: text, .yellow) } else { shown.append(text, .yellow) }
  }

  /// By Unicode scalars: a quote with a combining mark behind it is still a quote.
  private static func quoted(_ text: String) -> String {
    var quoted: String.UnicodeScalarView = "'".unicodeScalars
    for scalar in text.unicodeScalars {
      if scalar == "'" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    quoted.append("'")
    return String(quoted)
  }

  private func append(
    elements bytes: UnsafeRawBufferPointer, _ element: DataType, _ open: String, _ close: String,
    to shown: inout ShownText
  ) {
    var values = NativeValues(bytes)
    shown.append(open, .blue)
    for number in 0..<values.count() {
      if number > 0 { shown.append(", ", .blue) }
      append(part: values.next(), element, to: &shown)
    }
    shown.append(close, .blue)
  }

  private func append(
    map bytes: UnsafeRawBufferPointer, _ key: DataType, _ value: DataType,
    to shown: inout ShownText
  ) {
    var values = NativeValues(bytes)
    shown.append("{", .blue)
    for number in 0..<values.count() {
      if number > 0 { shown.append(", ", .blue) }
      append(part: values.next(), key, to: &shown)
      shown.append(": ", .blue)
      append(part: values.next(), value, to: &shown)
    }
    shown.append("}", .blue)
  }

  private func append(
    tuple bytes: UnsafeRawBufferPointer, _ types: [DataType], to shown: inout ShownText
  ) {
    var values = NativeValues(bytes)
    shown.append("(", .blue)
    for (number, type) in types.enumerated() {
      if number > 0 { shown.append(", ", .blue) }
      append(part: values.next(), type, to: &shown)
    }
    shown.append(")", .blue)
  }

  private func append(
    fields bytes: UnsafeRawBufferPointer, _ user: UserType, to shown: inout ShownText
  ) {
    var values = NativeValues(bytes)
    shown.append("{", .blue)
    for (number, field) in user.fields.enumerated() {
      if number > 0 { shown.append(", ", .blue) }
      shown.append(escaping: field.name, .yellow)
      shown.append(": ", .blue)
      append(part: values.next(), field.type, to: &shown)
    }
    shown.append("}", .blue)
  }

  private func append(
    part: UnsafeRawBufferPointer?, _ type: DataType, to shown: inout ShownText
  ) {
    guard let part else { return shown.append(null, .red) }
    append(part, type, isInside: true, to: &shown)
  }
}

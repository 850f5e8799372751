internal import Bytes

extension DataType {
  /// A value as cqlsh shows it in a table: text bare, collections in CQL's brackets.
  package func display(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { text($0, .display) } }

  /// A value as Cassandra's JSON encodes it.
  package func json(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { text($0, .json) } }

  private enum Style { case display, quoted, json }

  private func text(_ bytes: UnsafeRawBufferPointer, _ style: Style) -> String {
    func load<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer {
      guard bytes.count == MemoryLayout<Integer>.size else { return 0 }
      return Integer(bigEndian: bytes.loadUnaligned(as: type))
    }
    func quoted(_ text: String) -> String { style == .json ? "\"\(text)\"" : text }
    // Most types accept an empty value, which is not null.
    if bytes.isEmpty && fixedSize != nil { return style == .json ? "\"\"" : "" }
    switch self {
    case .ascii, .text:
      let text = String(decoding: bytes, as: UTF8.self)
      switch style {
      case .display: return text
      case .quoted:
        return "'"
          + text.split(separator: "'", omittingEmptySubsequences: false)
          .joined(separator: "''") + "'"
      case .json: return JSONString.quote(text)
      }
    case .blob:
      let digits = Array("0123456789abcdef".utf8)
      let hex = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
      return quoted("0x" + String(decoding: hex, as: UTF8.self))
    case .boolean:
      let isTrue = load(UInt8.self) != 0
      return style == .json ? (isTrue ? "true" : "false") : (isTrue ? "True" : "False")
    case .tinyint: return "\(load(Int8.self))"
    case .smallint: return "\(load(Int16.self))"
    case .int: return "\(load(Int32.self))"
    case .bigint: return "\(load(Int64.self))"
    case .float:
      return number(
        Double(Float(bitPattern: load(UInt32.self))), style,
        "\(Float(bitPattern: load(UInt32.self)))")
    case .double:
      let value = Double(bitPattern: load(UInt64.self))
      return number(value, style, "\(value)")
    case .timestamp:
      let zone = style == .json ? "Z" : "000+0000"
      return quoted(CalendarTime.format(milliseconds: load(Int64.self), suffix: zone))
    case .date: return quoted(CalendarTime.format(days: Int(load(UInt32.self)) - 1 << 31))
    case .uuid, .timeuuid: return quoted(uuid(bytes))
    case .list(let element): return sequence(bytes, element, style, "[", "]")
    case .set(let element):
      return style == .json
        ? sequence(bytes, element, style, "[", "]") : sequence(bytes, element, style, "{", "}")
    case .map(let key, let value): return mapping(bytes, key, value, style)
    }
  }

  private func number(_ value: Double, _ style: Style, _ text: String) -> String {
    // JSON has no word for these; Cassandra writes null.
    guard value.isFinite else {
      if style == .json { return "null" }
      return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
    }
    return text
  }

  private func sequence(
    _ bytes: UnsafeRawBufferPointer, _ element: DataType, _ style: Style, _ open: String,
    _ close: String
  ) -> String {
    let inner: Style = style == .json ? .json : .quoted
    let parts = (elements(bytes) ?? []).map { element.text($0, inner) }
    return open + parts.joined(separator: ", ") + close
  }

  private func mapping(
    _ bytes: UnsafeRawBufferPointer, _ key: DataType, _ value: DataType, _ style: Style
  ) -> String {
    let inner: Style = style == .json ? .json : .quoted
    let parts = elements(bytes) ?? []
    let pairs = stride(from: 0, to: parts.count - 1, by: 2).map { index in
      var name = key.text(parts[index], inner)
      if style == .json && !name.hasPrefix("\"") { name = JSONString.quote(name) }
      return "\(name): \(value.text(parts[index + 1], inner))"
    }
    return "{" + pairs.joined(separator: ", ") + "}"
  }

  private func uuid(_ bytes: UnsafeRawBufferPointer) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

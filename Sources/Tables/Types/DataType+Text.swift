internal import Bytes

extension DataType {
  /// A value as cqlsh shows it in a table: text bare, collections in CQL's brackets.
  package func display(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { text($0, .display) } }

  /// A value as Cassandra's JSON encodes it.
  package func json(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { text($0, .json) } }

  /// `quoted` is what `display` writes inside of collections.
  fileprivate enum Style {
    case display, quoted, json

    var inner: Style { self == .json ? .json : .quoted }
  }

  fileprivate func text(_ bytes: UnsafeRawBufferPointer, _ style: Style) -> String {
    // Most types accept an empty value, which is not null.
    if bytes.isEmpty && !hasEmptyValue && parts.isEmpty { return style == .json ? "\"\"" : "" }
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
    case .boolean:
      let isTrue = load(bytes, UInt8.self) != 0
      return style == .json ? (isTrue ? "true" : "false") : (isTrue ? "True" : "False")
    case .tinyint: return "\(load(bytes, Int8.self))"
    case .smallint: return "\(load(bytes, Int16.self))"
    case .int: return "\(load(bytes, Int32.self))"
    case .bigint, .counter: return "\(load(bytes, Int64.self))"
    case .varint: return "\(BigInteger(twosComplement: bytes))"
    case .decimal: return BigDecimal(native: bytes).map { "\($0)" } ?? ""
    case .float:
      let value = Float(bitPattern: load(bytes, UInt32.self))
      return number(Double(value), style, style == .json ? JavaNumber.text(value) : "\(value)")
    case .double:
      let value = Double(bitPattern: load(bytes, UInt64.self))
      return number(value, style, style == .json ? JavaNumber.text(value) : "\(value)")
    case .list(let element): return sequence(bytes, element, style, "[", "]")
    case .set(let element):
      return style == .json
        ? sequence(bytes, element, style, "[", "]") : sequence(bytes, element, style, "{", "}")
    case .map(let key, let value): return mapping(bytes, key, value, style)
    case .tuple:
      let values = fieldTexts(bytes, style).joined(separator: ", ")
      return style == .json ? "[\(values)]" : "(\(values))"
    case .user(let type): return object(bytes, type, style)
    case .multiCell(let whole): return whole.text(bytes, style)
    case .blob, .timestamp, .date, .time, .duration, .inet, .uuid, .timeuuid:
      let text = word(bytes, style)
      return style == .json ? "\"\(text)\"" : text
    }
  }

  /// A value of one of the types that JSON has as strings without anything to escape.
  private func word(_ bytes: UnsafeRawBufferPointer, _ style: Style) -> String {
    switch self {
    case .timestamp:
      let zone = style == .json ? "Z" : "000+0000"
      return CalendarTime.format(milliseconds: load(bytes, Int64.self), suffix: zone)
    case .date:
      let days = Int(load(bytes, UInt32.self)) - 1 << 31
      // ISO 8601 marks a year of more than four digits.
      let isLong = style == .json && CalendarTime.date(days: days).year > 9_999
      return (isLong ? "+" : "") + CalendarTime.format(days: days)
    case .time: return TimeOfDay.format(load(bytes, Int64.self))
    case .duration: return (try? Duration(native: bytes)).map { "\($0)" } ?? ""
    case .inet:
      return style == .json ? InternetAddress.full(bytes) : InternetAddress.short(bytes)
    case .uuid, .timeuuid:
      let cuts = [0, 4, 6, 8, 10, 16]
      return zip(cuts, cuts.dropFirst()).map { Hex.text(bytes.prefix($1).dropFirst($0)) }
        .joined(separator: "-")
    default: return "0x" + Hex.text(bytes)
    }
  }

  private func load<Integer: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ type: Integer.Type
  ) -> Integer {
    guard bytes.count == MemoryLayout<Integer>.size else { return 0 }
    return Integer(bigEndian: bytes.loadUnaligned(as: type))
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
    let parts = (elements(bytes) ?? []).map { element.text($0, style.inner) }
    return open + parts.joined(separator: ", ") + close
  }

  private func mapping(
    _ bytes: UnsafeRawBufferPointer, _ key: DataType, _ value: DataType, _ style: Style
  ) -> String {
    let parts = elements(bytes) ?? []
    let pairs = stride(from: 0, to: parts.count - 1, by: 2).map { index in
      var name = key.text(parts[index], style.inner)
      if style == .json && !name.hasPrefix("\"") { name = JSONString.quote(name) }
      return "\(name): \(value.text(parts[index + 1], style.inner))"
    }
    return "{" + pairs.joined(separator: ", ") + "}"
  }

  private func object(
    _ bytes: UnsafeRawBufferPointer, _ type: UserType, _ style: Style
  ) -> String {
    let pairs = zip(type.fields, fieldTexts(bytes, style)).map { field, value in
      let name = style == .json ? JSONString.name(field.name) : field.name
      return "\(name): \(value)"
    }
    return "{" + pairs.joined(separator: ", ") + "}"
  }

  private func fieldTexts(_ bytes: UnsafeRawBufferPointer, _ style: Style) -> [String] {
    let values = (try? fields(bytes)) ?? []
    return parts.enumerated().map { number, type in
      guard number < values.count, let value = values[number] else { return "null" }
      return type.text(value, style.inner)
    }
  }
}

extension JSONString {
  /// A name in quotes; Cassandra keeps one that is not all lower case in its CQL quotes.
  static func name(_ name: String) -> String {
    quote(name == name.lowercased() ? name : "\"\(name)\"")
  }
}

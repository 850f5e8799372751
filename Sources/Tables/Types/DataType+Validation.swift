// Whether bytes that come from outside, e.g. a bound value, are a value of their type.
extension DataType {
  /// Thrown: what is wrong with the bytes, in Cassandra's words where it has some.
  func validate(_ bytes: UnsafeRawBufferPointer, column: String) throws(TableError) {
    if bytes.isEmpty, takesEmptyValue { return }
    if let size = fixedSize, bytes.count != size {
      throw .invalid("Expected \(size) bytes for \(column) of type \(name) (\(bytes.count))")
    }
    switch self {
    case .text:
      if !isValidUTF8(bytes) { throw .invalid("String didn't validate (\(column) is no UTF-8)") }
    case .ascii:
      if bytes.contains(where: { $0 > 127 }) {
        throw .invalid("Invalid byte for ascii in \(column)")
      }
    case .varint: try validateNumber(bytes, at: 0, column)
    case .decimal: try validateNumber(bytes, at: 4, column)
    case .time:
      let time = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
      guard TimeOfDay.range.contains(time) else {
        throw .invalid("Unable to make long (for time) from: '\(time)'")
      }
    case .duration: _ = try Duration(native: bytes)
    case .timeuuid:
      if bytes[6] >> 4 != 1 { throw .invalid("Invalid version for TimeUUID type. (\(column))") }
    case .inet:
      guard bytes.count == 4 || bytes.count == 16 else {
        throw .invalid("Expected 4 or 16 byte inetaddress; got \(Hex.text(bytes))")
      }
    case .list(let element), .set(let element):
      try validateElements(bytes, column, element, element)
    case .map(let key, let value): try validateElements(bytes, column, key, value)
    case .tuple, .user:
      for (type, bytes) in zip(parts, try fields(bytes)) {
        if let bytes { try type.validate(bytes, column: column) }
      }
    case .multiCell(let whole): try whole.validate(bytes, column: column)
    case .blob, .boolean, .tinyint, .smallint, .int, .bigint, .counter, .float, .double,
      .timestamp, .date, .uuid:
      break
    }
  }

  private func validateNumber(
    _ bytes: UnsafeRawBufferPointer, at start: Int, _ column: String
  ) throws(TableError) {
    guard bytes.count > start else {
      throw .invalid(
        "Expected at least \(start + 1) bytes for \(column) of type \(name) (\(bytes.count))")
    }
    guard bytes.count - start <= Limits.numberBytes else {
      throw .invalid(
        "The number for \(column) needs \(bytes.count - start) bytes, more than the limit of "
          + "\(Limits.numberBytes)")
    }
  }

  private func validateElements(
    _ bytes: UnsafeRawBufferPointer, _ column: String, _ even: DataType, _ odd: DataType
  ) throws(TableError) {
    var isEven = true
    let isWhole = try visitElements(bytes) { bytes throws(TableError) in
      try (isEven ? even : odd).validate(bytes, column: column)
      isEven.toggle()
    }
    if !isWhole { throw .invalid("Malformed collection for \(column)") }
  }

  /// The elements of a collection's bytes (of a map: keys and values by turns); nil where the
  /// bytes are not one.
  func elements(_ bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer]? {
    var found: [UnsafeRawBufferPointer] = []
    return visitElements(bytes) { found.append($0) } ? found : nil
  }

  /// Shows `body` the elements of a collection's bytes, as `elements` returns them, as far as they
  /// are some; false where the bytes are not a collection.
  private func visitElements<Failure>(
    _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    var offset = 0
    func int32() -> Int? {
      guard bytes.count - offset >= 4 else { return nil }
      defer { offset += 4 }
      return Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }
    guard let count = int32(), count >= 0, count <= bytes.count else { return false }
    var perEntry = 1
    if case .map = whole { perEntry = 2 }
    for _ in 0..<(count * perEntry) {
      guard let length = int32(), length >= 0, length <= bytes.count - offset else { return false }
      try body(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)]))
      offset += length
    }
    return offset == bytes.count
  }

  /// The fields that a tuple's bytes have, nil for null. The last ones may be missing: they were
  /// not written, or were not yet in the type.
  func fields(_ bytes: UnsafeRawBufferPointer) throws(TableError) -> [UnsafeRawBufferPointer?] {
    let size = whole.parts.count
    var found: [UnsafeRawBufferPointer?] = []
    var offset = 0
    while offset < bytes.count {
      guard found.count < size else {
        throw .invalid(
          "Expected \(size) \(size == 1 ? "value" : "values") for \(name) column, but got more")
      }
      guard bytes.count - offset >= 4 else {
        throw .invalid("Not enough bytes to read size of \(found.count)th component")
      }
      let length = Int(
        Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
      offset += 4
      if length == -1 {
        found.append(nil)
        continue
      }
      // -2 is the protocol's value that is not set: a tuple is always written whole.
      guard length >= 0 else {
        throw .invalid("Invalid unset value for tuple field number \(found.count)")
      }
      guard length <= bytes.count - offset else {
        throw .invalid("Not enough bytes to read \(found.count)th component")
      }
      found.append(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)]))
      offset += length
    }
    return found
  }
}

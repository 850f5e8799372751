internal import Bytes

// From the components of keys back to the values.
extension DataType {
  /// Reads the component at the reader back into the value's native encoding, appended to `value`.
  /// False where the bytes are no component.
  func readComponent(
    _ reader: inout ByteReader, descending: Bool, into value: inout ByteBuffer
  ) -> Bool {
    let mask: UInt8 = descending ? 0xFF : 0
    switch self {
    case .ascii, .text, .blob, .inet, .duration:
      return KeyEncoding.readEscaped(&reader, mask: mask, into: &value)
    case .varint: return KeyEncoding.readInteger(&reader, mask, into: &value)
    case .decimal: return KeyEncoding.readDecimal(&reader, mask, into: &value)
    case .list, .set, .map: return readElements(&reader, descending, into: &value)
    case .tuple, .user: return readFields(&reader, descending, into: &value)
    case .multiCell(let whole):
      return whole.readComponent(&reader, descending: descending, into: &value)
    case .boolean, .int, .bigint, .float, .double, .timestamp, .uuid, .timeuuid:
      return readMarked(&reader, mask, into: &value)
    case .tinyint, .smallint, .counter, .date, .time:
      return readFixed(&reader, mask, into: &value)
    }
  }

  /// Reads a component behind which, where it is the least, a mark says whether it is the empty
  /// value.
  private func readMarked(
    _ reader: inout ByteReader, _ mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    let (start, begin) = (reader.offset, value.count)
    let isRead: Bool
    switch self {
    case .uuid, .timeuuid: isRead = readUUID(&reader, mask, into: &value)
    default: isRead = readFixed(&reader, mask, into: &value)
    }
    guard isRead else { return false }
    guard reader.bytes[start..<reader.offset].allSatisfy({ $0 == mask }) else { return true }
    guard let mark = try? reader.integer(UInt8.self) else { return false }
    if mark ^ mask == KeyEncoding.Mark.empty { value.truncate(to: begin) }
    return mark ^ mask <= KeyEncoding.Mark.value
  }

  private func readFixed(
    _ reader: inout ByteReader, _ mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    let start = value.count
    guard let size = fixedSize, let run = try? reader.run(size) else { return false }
    value.append(run)
    if mask != 0 { value.complement(from: start) }
    switch self {
    case .tinyint, .smallint, .int, .bigint, .counter, .timestamp:
      value.flip(at: start, mask: 0x80)
    case .float, .double:
      let wasNegative = (run.first ?? 0) ^ mask < 0x80
      if wasNegative { value.complement(from: start) } else { value.flip(at: start, mask: 0x80) }
    default: break
    }
    return true
  }

  private func readUUID(
    _ reader: inout ByteReader, _ mask: UInt8, into value: inout ByteBuffer
  ) -> Bool {
    var version: UInt8 = 1
    if self == .uuid {
      guard let byte = try? reader.integer(UInt8.self) else { return false }
      version = byte ^ mask
    }
    guard let run = try? reader.run(16) else { return false }
    // Where each of the first eight bytes of the value stands in the component.
    let order = version == 1 ? [4, 5, 6, 7, 2, 3, 0, 1] : [0, 1, 2, 3, 4, 5, 6, 7]
    for index in order { value.append(run[index] ^ mask) }
    for index in 8..<16 {
      value.append(run[index] ^ mask ^ (self == .timeuuid ? 0x80 : 0))
    }
    return true
  }

  private func readElements(
    _ reader: inout ByteReader, _ descending: Bool, into value: inout ByteBuffer
  ) -> Bool {
    let start = value.count
    var count: Int32 = 0
    value.append(bigEndian: count)
    while let mark = KeyEncoding.readMark(&reader, descending) {
      if mark == KeyEncoding.Part.end {
        value.set(bigEndian: count, at: start)
        return true
      }
      guard mark == KeyEncoding.Part.value else { return false }
      for type in parts where !type.readPart(&reader, descending, into: &value) { return false }
      count += 1
    }
    return false
  }

  private func readFields(
    _ reader: inout ByteReader, _ descending: Bool, into value: inout ByteBuffer
  ) -> Bool {
    for type in parts {
      switch KeyEncoding.readMark(&reader, descending) {
      case KeyEncoding.Part.end: return true
      case KeyEncoding.Part.null: value.append(bigEndian: Int32(-1))
      case KeyEncoding.Part.value:
        guard type.readPart(&reader, descending, into: &value) else { return false }
      default: return false
      }
    }
    return KeyEncoding.readMark(&reader, descending) == KeyEncoding.Part.end
  }

  /// Reads the component of a part, with its length before it.
  private func readPart(
    _ reader: inout ByteReader, _ descending: Bool, into value: inout ByteBuffer
  ) -> Bool {
    let start = value.count
    value.append(bigEndian: Int32(0))
    guard readComponent(&reader, descending: descending, into: &value) else { return false }
    value.set(bigEndian: Int32(truncatingIfNeeded: value.count - start - 4), at: start)
    return true
  }
}

extension KeyEncoding {
  fileprivate static func readMark(_ reader: inout ByteReader, _ descending: Bool) -> UInt8? {
    guard let byte = try? reader.integer(UInt8.self) else { return nil }
    return descending ? ~byte : byte
  }
}

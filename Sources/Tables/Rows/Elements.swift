internal import Bytes

// Columns whose elements are cells of their own (see FORMAT.md): the paths that tell the elements
// apart, and the values that they make together.
extension DataType {
  /// The order of the paths of two elements of a column of this type.
  func comparePaths(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    switch whole {
    case .set(let element): element.compareElements(left, right)
    case .map(let key, _): key.compareElements(left, right)
    case .list: DataType.timeuuid.compareElements(left, right)
    // A field's number, two bytes.
    default: ByteOrder.compare(left, right)
    }
  }

  /// As `compare`, without memory of its own for the types that sets and maps mostly have.
  private func compareElements(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Int {
    switch self {
    case .text, .ascii, .blob, .inet: return ByteOrder.compare(left, right)
    case .tinyint, .smallint, .int, .bigint, .timestamp:
      guard left.count == right.count, let first = left.first, let second = right.first else {
        return left.count - right.count
      }
      let signs = (Int8(bitPattern: first), Int8(bitPattern: second))
      if signs.0 != signs.1 { return signs.0 < signs.1 ? -1 : 1 }
      return ByteOrder.compare(left, right)
    default:
      if left.elementsEqual(right) { return 0 }
      if left.isEmpty || right.isEmpty { return left.count - right.count }
      return compare(left, right)
    }
  }
}

extension Row {
  /// The places of the live elements of a column, in order.
  func elements(_ column: UInt32, at now: Int64) -> [Cell] {
    cells.filter { $0.column == column && $0.isElement && isLive($0, at: now) }
  }

  /// Appends the value that the live elements of a column make; false where there are none, which
  /// is null.
  func assemble(
    _ column: Column, at now: Int64, from bytes: UnsafeRawBufferPointer,
    into value: inout ByteBuffer
  ) -> Bool {
    guard var place = cells.firstIndex(where: { $0.column == column.id }) else { return false }
    let start = value.count
    var count: Int32 = 0
    var fields = 0
    if case .user(let type) = column.type.whole { fields = type.fields.count }
    if fields == 0 { value.append(bigEndian: count) }
    while place < cells.count, cells[place].column == column.id {
      let cell = cells[place]
      place += 1
      guard cell.isElement, isLive(cell, at: now) else { continue }
      if fields > 0 {
        guard let number = cell.fieldNumber(in: bytes), number < fields, number >= count else {
          continue
        }
        while count < number {
          value.append(bigEndian: Int32(-1))
          count += 1
        }
      }
      count += 1
      switch column.type.whole {
      case .set: value.appendPart(cell.path(in: bytes))
      case .map:
        value.appendPart(cell.path(in: bytes))
        value.appendPart(cell.value(in: bytes))
      default: value.appendPart(cell.value(in: bytes))
      }
    }
    guard count > 0 else {
      value.truncate(to: start)
      return false
    }
    if fields == 0 {
      value.set(bigEndian: count, at: start)
    } else {
      for _ in Int(count)..<fields { value.append(bigEndian: Int32(-1)) }
    }
    return true
  }
}

extension Cell {
  /// Which field of a user-defined type an element is.
  func fieldNumber(in bytes: UnsafeRawBufferPointer) -> Int? {
    guard isElement, pathCount == 2 else { return nil }
    return Int(
      UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: pathStart, as: UInt16.self)))
  }
}

extension ByteBuffer {
  /// Appends bytes with their length before them, as collections and tuples have them.
  mutating func appendPart(_ bytes: UnsafeRawBufferPointer) {
    append(bigEndian: Int32(truncatingIfNeeded: bytes.count))
    append(bytes)
  }
}

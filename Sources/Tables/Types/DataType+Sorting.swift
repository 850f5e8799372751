internal import Bytes
internal import CQL

// Sets and maps as they are kept: sorted. Drivers send them in any order.
extension DataType {
  /// Whether a set or a map is anywhere inside.
  var hasOrderInside: Bool {
    contains { type in
      switch type {
      case .set, .map: true
      default: false
      }
    }
  }

  /// A value with its sets and maps sorted by their elements' and keys' order, each once. The bytes
  /// must be a value of the type.
  func sorted(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    guard hasOrderInside else { return [UInt8](bytes) }
    switch self {
    case .list(let element):
      return LiteralEncoder.collection((elements(bytes) ?? []).map { element.sorted($0) })
    case .set(let element):
      let values = (elements(bytes) ?? []).map { element.sorted($0) }
      return LiteralEncoder.collection(element.sortedDistinct(values))
    case .map(let key, let value):
      let parts = elements(bytes) ?? []
      let pairs = stride(from: 0, to: parts.count - 1, by: 2)
      return key.map(
        pairs.map { key.sorted(parts[$0]) }, pairs.map { value.sorted(parts[$0 + 1]) })
    case .tuple, .user:
      let values = zip(parts, (try? fields(bytes)) ?? []).map { type, field in
        field.map { type.sorted($0) }
      }
      return LiteralEncoder.tuple(values)
    case .multiCell(let whole): return whole.sorted(bytes)
    default: return [UInt8](bytes)
    }
  }
}

extension PreparedStatement {
  /// The values with their sets and maps sorted. Thrown: what is wrong with one of these.
  func sorted(_ values: borrowing BoundValues) throws(TableError) -> BoundValues {
    var sorted = BoundValues()
    let ranges = values.ranges
    try values.bytes.withBytes { bytes throws(TableError) in
      for (marker, range) in zip(markers, ranges) {
        guard let range else {
          sorted.appendNull()
          continue
        }
        guard range != BoundValues.unset else {
          sorted.appendUnset()
          continue
        }
        let value = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard marker.type.hasOrderInside else {
          sorted.append(value)
          continue
        }
        try marker.type.validate(value, column: marker.name)
        sorted.append(marker.type.sorted(value))
      }
    }
    return sorted
  }
}

internal import Bytes

/// A run of row keys: from `start` up to but without `end`.
struct KeyRange: Sendable {
  var start: [UInt8]
  /// Nil: to the last key there is.
  var end: [UInt8]?

  func contains(_ key: UnsafeRawBufferPointer) -> Bool {
    let low = start.withUnsafeBytes { ByteOrder.compare(key, $0) >= 0 }
    guard low, let end else { return low }
    return end.withUnsafeBytes { ByteOrder.compare(key, $0) < 0 }
  }

  /// All rows of a table.
  static func all(_ table: Table) -> KeyRange {
    let prefix = bigEndian(table.id)
    return KeyRange(start: prefix, end: KeyEncoding.successor(of: prefix))
  }
}

extension KeyRange {
  mutating func raise(to bound: [UInt8]) {
    if start.lexicographicallyPrecedes(bound) { start = bound }
  }

  mutating func lower(to bound: [UInt8]?) {
    guard let bound else { return }
    if end.map({ bound.lexicographicallyPrecedes($0) }) ?? true { end = bound }
  }
}

// How reading moves over the keys of partitions.
extension RowKey {
  /// Behind all keys of a partition, and before those of any other.
  static let partitionEnd: UInt8 = 0xFE

  /// What the keys of a row's partition have in common: all up to the class.
  @inline(__always)
  static func partitionPrefix(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: key[..<max(partitionLength(key) - 1, 0)])
  }
}

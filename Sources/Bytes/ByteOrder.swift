/// The order of bytes as LMDB and Cassandra have it: unsigned, the shorter first where one is the
/// beginning of the other.
package enum ByteOrder {
  /// Below 0 where `left` comes first, 0 where both are the same, else above 0.
  package static func compare(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Int {
    let shared = min(left.count, right.count)
    var start = 0
    while start + 8 <= shared {
      let first = left.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      let second = right.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      if first != second { return first.bigEndian < second.bigEndian ? -1 : 1 }
      start += 8
    }
    for index in start..<shared where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return left.count - right.count
  }
}

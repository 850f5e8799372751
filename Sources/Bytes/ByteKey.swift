/// Bytes as the key of a dictionary: hashed as a whole, where an array hashes byte by byte.
package struct ByteKey: Hashable, Sendable {
  /// The bytes.
  package let bytes: [UInt8]

  /// A key of `bytes`.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

extension ByteKey: Comparable {
  package static func < (left: ByteKey, right: ByteKey) -> Bool {
    left.bytes.withUnsafeBytes { left in
      right.bytes.withUnsafeBytes { right in ByteOrder.compare(left, right) < 0 }
    }
  }
}

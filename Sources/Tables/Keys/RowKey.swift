internal import Bytes

/// Row keys (see FORMAT.md): from values to bytes and back.
enum RowKey {
  /// What a key of a partition stands for, in their order.
  enum Class {
    /// The partition's record: its deletion and its static cells.
    static let record: UInt8 = 1
    static let row: UInt8 = 2
    /// A range tombstone.
    static let range: UInt8 = 3
    static let end: UInt8 = 4
  }

  /// Where the escaped partition key begins: behind table id and token.
  static let partitionStart = 12
  /// A partition key longer than this, escaped, stands in keys as its digest.
  static let partitionKeyBytes = 200
  /// The length of two zeros and the digest.
  private static let digestBytes = 18

  /// The serialized partition key of its columns' values, as Cassandra composes it.
  static func serialize(_ values: [UnsafeRawBufferPointer], into bytes: inout ByteBuffer) {
    if values.count == 1 {
      bytes.append(values[0])
      return
    }
    for value in values {
      bytes.append(bigEndian: UInt16(truncatingIfNeeded: value.count))
      bytes.append(value)
      bytes.append(0)
    }
  }

  /// Appends everything up to and with the class of a row.
  static func appendPartition(
    table: UInt32, _ partitionKey: UnsafeRawBufferPointer, to key: inout ByteBuffer
  ) {
    key.append(bigEndian: table)
    key.append(
      bigEndian: UInt64(bitPattern: KeyEncoding.token(partitionKey)) ^ 0x8000_0000_0000_0000)
    let start = key.count
    if partitionKey.count <= partitionKeyBytes { KeyEncoding.appendEscaped(partitionKey, to: &key) }
    if partitionKey.count > partitionKeyBytes || key.count - start > partitionKeyBytes {
      key.truncate(to: start)
      appendDigest(partitionKey, to: &key)
    } else {
      key.append(0)
    }
    key.append(Class.row)
  }

  /// Together with the token, 24 bytes that only keys made to collide have in common; who writes
  /// compares the key itself.
  private static func appendDigest(
    _ partitionKey: UnsafeRawBufferPointer, to key: inout ByteBuffer
  ) {
    key.append(bigEndian: UInt16(0))
    key.append(bigEndian: Murmur.hash3x128(partitionKey).1)
    key.append(bigEndian: CRC32C.checksum(partitionKey))
    key.append(bigEndian: UInt32(truncatingIfNeeded: partitionKey.count))
  }

  /// Whether a key has a digest in place of its partition key, which then stands in the
  /// partition's record.
  static func hasDigest(_ key: UnsafeRawBufferPointer) -> Bool {
    key.count >= partitionStart + digestBytes && key[partitionStart] == 0
      && key[partitionStart + 1] == 0
  }

  /// The table that a key belongs to; 0, which is no table's, where it is too short to say.
  static func table(_ key: UnsafeRawBufferPointer) -> UInt32 {
    key.count >= 4 ? UInt32(bigEndian: key.loadUnaligned(as: UInt32.self)) : 0
  }

  /// The token in a row key.
  static func token(_ key: UnsafeRawBufferPointer) -> Int64 {
    guard key.count >= partitionStart else { return 0 }
    let raw = UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
    return Int64(bitPattern: raw ^ 0x8000_0000_0000_0000)
  }

  /// Takes the serialized partition key out of a key that has no digest, appended to `bytes`; false
  /// where the bytes are no key.
  static func readPartitionKey(
    _ key: UnsafeRawBufferPointer, into bytes: inout ByteBuffer
  ) -> Bool {
    guard key.count > partitionStart else { return false }
    var reader = ByteReader(key, offset: partitionStart)
    return KeyEncoding.readEscaped(&reader, mask: 0, into: &bytes)
  }

  /// Finds the values of the partition key's columns in the serialized key that stands in `values`
  /// from `start` on.
  static func splitPartitionKey(
    _ columns: Int, _ values: borrowing ByteBuffer, from start: Int, _ ranges: inout [Range<Int>]
  ) -> Bool {
    if columns == 1 {
      ranges.append(start..<values.count)
      return true
    }
    return values.withBytes { bytes in
      var parts = ByteReader(bytes, offset: start)
      for _ in 0..<columns {
        guard let count = try? parts.integer(UInt16.self), let run = try? parts.run(Int(count)),
          (try? parts.integer(UInt8.self)) != nil
        else { return false }
        let offset = parts.offset - 1 - run.count
        ranges.append(offset..<(offset + run.count))
      }
      return parts.remaining == 0
    }
  }

  /// The length of a key's partition part, class included: rows of one partition share it.
  static func partitionLength(_ key: UnsafeRawBufferPointer) -> Int {
    if hasDigest(key) { return min(partitionStart + digestBytes + 1, key.count) }
    var index = partitionStart
    while index + 1 < key.count {
      if key[index] == 0 {
        if key[index + 1] != 0xFF { return index + 2 }
        index += 1
      }
      index += 1
    }
    return key.count
  }

  /// The key of a partition's record, of any key in the partition.
  static func record(of key: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](key[..<max(partitionLength(key) - 1, 0)]) + [Class.record]
  }
}

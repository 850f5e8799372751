internal import Bytes

/// Row keys (see FORMAT.md): from values to bytes and back.
enum RowKey {
  static let rowClass: UInt8 = 2
  /// Where the escaped partition key begins: behind table id and token.
  static let partitionStart = 12

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

  /// Appends everything up to and with the row class.
  static func appendPartition(
    table: UInt32, _ partitionKey: UnsafeRawBufferPointer, to key: inout ByteBuffer
  ) {
    key.append(bigEndian: table)
    key.append(
      bigEndian: UInt64(bitPattern: KeyEncoding.token(partitionKey)) ^ 0x8000_0000_0000_0000)
    KeyEncoding.appendEscaped(partitionKey, to: &key)
    key.append(0)
    key.append(rowClass)
  }

  /// The token in a row key.
  static func token(_ key: UnsafeRawBufferPointer) -> Int64 {
    guard key.count >= partitionStart else { return 0 }
    let raw = UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
    return Int64(bitPattern: raw ^ 0x8000_0000_0000_0000)
  }

  /// Takes the values of the key columns out of a key: appended to `values`, with where each stands
  /// in `ranges`. False where the key is not one of this table.
  static func decode(
    _ key: UnsafeRawBufferPointer, _ table: Table, into values: inout ByteBuffer,
    _ ranges: inout [Range<Int>]
  ) -> Bool {
    var reader = ByteReader(key, offset: partitionStart)
    let start = values.count
    guard KeyEncoding.readEscaped(&reader, mask: 0, into: &values) else { return false }
    if table.partitionKey.count == 1 {
      ranges.append(start..<values.count)
    } else {
      let end = values.count
      let isWhole = values.withBytes { bytes in
        var parts = ByteReader(
          UnsafeRawBufferPointer(rebasing: bytes[..<end]), offset: start)
        for _ in table.partitionKey {
          guard let count = try? parts.integer(UInt16.self), let run = try? parts.run(Int(count)),
            (try? parts.integer(UInt8.self)) != nil
          else { return false }
          let offset = parts.offset - 1 - run.count
          ranges.append(offset..<(offset + run.count))
        }
        return true
      }
      if !isWhole { return false }
    }
    for column in table.clusteringKey {
      let begin = values.count
      guard column.type.readComponent(&reader, descending: column.isDescending, into: &values)
      else { return false }
      ranges.append(begin..<values.count)
    }
    return reader.remaining == 0
  }

  /// The length of a key's partition part, row class included: rows of one partition share it.
  static func partitionLength(_ key: UnsafeRawBufferPointer) -> Int {
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
}

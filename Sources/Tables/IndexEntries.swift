internal import Bytes
internal import LMDB

/// The index entries of one row, in memory that is reused from row to row.
struct IndexEntries: ~Copyable {
  private var bytes = ByteBuffer(capacity: 512)
  private var ranges: [Range<Int>] = []

  mutating func removeAll() {
    bytes.removeAll()
    ranges.removeAll(keepingCapacity: true)
  }

  /// Adds the entry that points from a column's value to the row of `key`. Thrown: where LMDB could
  /// not hold it.
  mutating func append(
    _ index: Index, _ column: Column, _ value: UnsafeRawBufferPointer,
    key: UnsafeRawBufferPointer, maxKeySize: Int
  ) throws(TableError) {
    let start = bytes.count
    bytes.append(bigEndian: index.id)
    column.type.appendComponent(value, descending: false, exact: false, to: &bytes)
    bytes.append(key)
    guard bytes.count - start <= maxKeySize else {
      throw .invalid(
        "The value of the indexed column \(column.name) is too long: with its row's key it needs "
          + "\(bytes.count - start) bytes, more than the limit of \(maxKeySize)")
    }
    ranges.append(start..<bytes.count)
  }

  /// Adds the entries of a row that is being looked at.
  mutating func append(_ row: LiveRow, maxKeySize: Int) throws(TableError) {
    for index in row.table.indexes {
      guard let column = row.table.column(id: index.columnID), let value = row[column] else {
        continue
      }
      try append(index, column, value, key: row.key, maxKeySize: maxKeySize)
    }
  }

  /// Shows `body` every entry.
  borrowing func visit(
    _ body: (UnsafeRawBufferPointer) throws(LMDBError) -> Void
  ) throws(TableError) {
    try stored { () throws(LMDBError) in
      try bytes.withBytes { bytes throws(LMDBError) in
        for range in ranges { try body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
      }
    }
  }
}

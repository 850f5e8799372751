internal import Bytes
internal import LMDB

/// The index entries of one row or partition record, in memory that is reused from row to row.
///
/// They depend on the row alone: its own deletions count, those around it and expiry are left to
/// readers, which look at the row itself.
struct IndexEntries: ~Copyable {
  private var bytes = ByteBuffer(capacity: 512)
  private var ranges: [Range<Int>] = []
  /// Why there are entries missing, where there are: LMDB could not hold them.
  var refusal: TableError?

  mutating func removeAll() {
    refusal = nil
    bytes.removeAll()
    ranges.removeAll(keepingCapacity: true)
  }

  /// Thrown: there are entries missing.
  borrowing func check() throws(TableError) {
    if let refusal { throw refusal }
  }

  /// Adds the entry that points from a column's value to the row of `key`.
  mutating func append(
    _ index: Index, _ column: Column, _ value: UnsafeRawBufferPointer,
    key: UnsafeRawBufferPointer, maxKeySize: Int
  ) {
    let start = bytes.count
    bytes.append(bigEndian: index.id)
    column.type.appendComponent(value, descending: false, to: &bytes)
    finish(start, column, key, maxKeySize)
  }

  private mutating func finish(
    _ start: Int, _ column: Column, _ key: UnsafeRawBufferPointer, _ maxKeySize: Int
  ) {
    bytes.append(key)
    guard bytes.count - start <= maxKeySize else {
      refusal = .invalid(
        "The value of the indexed column \(column.name) is too long: with its row's key it needs "
          + "\(bytes.count - start) bytes, more than the limit of \(maxKeySize)")
      bytes.truncate(to: start)
      return
    }
    ranges.append(start..<bytes.count)
  }

  /// Adds the entries of a row, or of a partition's static columns, that is being looked at.
  mutating func append(_ row: LiveRow, maxKeySize: Int) throws(TableError) {
    for index in row.table.indexes { try append(index, row, maxKeySize: maxKeySize) }
  }

  /// Adds the entries that one index has of a row, or of a partition's static columns.
  mutating func append(_ index: Index, _ row: LiveRow, maxKeySize: Int) throws(TableError) {
    guard let column = row.table.column(id: index.columnID) else { return }
    // A partition's key finds it though it has static columns alone.
    let isOfPartition =
      column.kind == .static || column.kind == .partitionKey && row.isStaticOnly
    guard isOfPartition == row.isStaticOnly else { return }
    guard case .multiCell(let whole) = column.type, index.target != .full else {
      guard let value = row[column] else { return }
      return append(index, column, value, key: row.key, maxKeySize: maxKeySize)
    }
    var types: (path: DataType?, value: DataType?)
    switch (whole, index.target) {
    case (.set(let element), _): types.path = element
    case (.map(let key, _), .keys): types.path = key
    case (.map(let key, let value), .entries): types = (key, value)
    case (.map(_, let value), _): types.value = value
    case (.list(let element), _): types.value = element
    default: return
    }
    try row.forEachElement(column) { path, value throws(TableError) in
      let start = bytes.count
      bytes.append(bigEndian: index.id)
      types.path?.appendComponent(path, descending: false, to: &bytes)
      types.value?.appendComponent(value, descending: false, to: &bytes)
      finish(start, column, row.key, maxKeySize)
    }
  }

  /// Shows `body` every entry.
  borrowing func show(_ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.withBytes { bytes in
      for range in ranges { body(UnsafeRawBufferPointer(rebasing: bytes[range])) }
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

internal import LMDB

/// The rows of a table, as one transaction sees them.
struct RowSource {
  let reader: RowReader
  let indexes: Database

  /// Shows `body` the live rows of a range in order or in reverse, until it returns false. In
  /// reverse, the range lies in one partition. Returns where the scan stopped because this
  /// transaction has read enough, if it did.
  func scan(
    _ range: KeyRange, reversed: Bool, owesStatic: Bool,
    _ body: (LiveRow) throws(TableError) -> Bool
  ) throws(TableError) -> RowReader.Stop? {
    try reader.scan(range, reversed: reversed, owesStatic: owesStatic, body)
    return reader.stop
  }

  /// Whether this transaction has read enough.
  var isSpent: Bool { reader.budget <= 0 }

  /// Shows `body` the row of a key; returns what it did, true where there is no live row.
  func find(
    _ key: UnsafeRawBufferPointer, _ body: (LiveRow) throws(TableError) -> Bool
  ) throws(TableError) -> Bool {
    try reader.find(key, body) ?? true
  }
}

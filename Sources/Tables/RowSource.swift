internal import LMDB

/// The rows of a table, as one transaction sees them.
struct RowSource {
  private let reader: RowReader
  let indexes: Database

  /// `showsStatics`: partitions with static columns and no row are shown.
  init(_ table: Table, _ databases: Databases, now: Int64, showsStatics: Bool) {
    reader = RowReader(table, databases.rows, now: now)
    reader.showsStaticRows = showsStatics
    indexes = databases.indexes
  }

  /// Shows `body` the live rows of a range in order or in reverse, until it returns false. In
  /// reverse, the range lies in one partition.
  func scan(
    _ range: KeyRange, reversed: Bool, _ body: (LiveRow) throws(TableError) -> Bool
  ) throws(TableError) {
    try reader.scan(range, reversed: reversed, body)
  }

  /// Shows `body` the row of a key; returns what it did, true where there is no live row.
  func find(
    _ key: UnsafeRawBufferPointer, _ body: (LiveRow) throws(TableError) -> Bool
  ) throws(TableError) -> Bool {
    try reader.find(key, body) ?? true
  }
}

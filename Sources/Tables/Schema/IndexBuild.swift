internal import Bytes
internal import LMDB

/// Fills a new index from the rows that were there before it, step by step. Rows that are written
/// meanwhile enter their own entries, so that a step may meet entries that are there already.
struct IndexBuild {
  let table: Table
  let index: Index
  let maxKeySize: Int

  /// Reads `limit` rows behind a row's key, from the first row on where it is nil. Returns the last
  /// key read, nil where all is done.
  func step(
    after key: [UInt8]?, _ databases: Databases, limit: Int
  ) throws(TableError) -> [UInt8]? {
    var range = KeyRange.all(table)
    if let key { range.start = key + [0] }
    // Everything counts as live, as it does to those who write entries.
    let reader = RowReader(table, databases.rows, now: .min)
    reader.showsHidden = true
    reader.showsStaticRecords = true
    var entries = IndexEntries()
    var last: [UInt8]?
    var count = 0
    try reader.scan(range, reversed: false) { row throws(TableError) in
      try entries.append(index, row, maxKeySize: maxKeySize)
      count += 1
      if count == limit { last = [UInt8](row.key) }
      return last == nil
    }
    try entries.visit { entry throws(LMDBError) in
      try databases.indexes.put(entry, UnsafeRawBufferPointer(start: nil, count: 0))
    }
    return last
  }
}

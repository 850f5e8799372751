internal import Bytes
internal import LMDB

/// Fills a new index from the rows that were there before it, step by step. Rows that are written
/// meanwhile enter their own entries, so that a step may meet entries that are there already.
struct IndexBuild {
  let table: Table
  let index: Index
  /// Seconds since 1970.
  let now: Int64
  let maxKeySize: Int

  /// Looks at about `limit` keys behind the one that the last step ended at, deleted rows among
  /// them. Returns where this step ended, nil where all is done.
  func step(
    after key: [UInt8]?, _ databases: Databases, limit: Int
  ) throws(TableError) -> [UInt8]? {
    var range = KeyRange.all(table)
    if let key { range.start = key + [0] }
    // Everything counts as live, as it does to those who write entries.
    let reader = RowReader(table, databases.rows, now: .min)
    reader.move(to: databases.rows, now: .min, budget: limit, mayHaveRecords: true)
    reader.showsHidden = true
    reader.showsStaticRecords = true
    var entries = IndexEntries()
    try reader.scan(range, reversed: false) { row throws(TableError) in
      try entries.append(index, row, maxKeySize: maxKeySize)
      if entries.refusal != nil {
        try checkLive(row.key, databases)
        entries.refusal = nil
      }
      return true
    }
    try entries.visit { entry throws(LMDBError) in
      try databases.indexes.put(entry, UnsafeRawBufferPointer(start: nil, count: 0))
    }
    return reader.stop?.key
  }

  /// Thrown: a value is too long that a reader sees. One that nobody will see again may be.
  private func checkLive(
    _ key: UnsafeRawBufferPointer, _ databases: Databases
  ) throws(TableError) {
    var entries = IndexEntries()
    _ = try RowReader(table, databases.rows, now: now).find(key) { row throws(TableError) in
      try entries.append(index, row, maxKeySize: maxKeySize)
    }
    try entries.check()
  }
}

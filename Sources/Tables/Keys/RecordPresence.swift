internal import LMDB

/// Which tables have rows only, without a partition's record: a point read of theirs need not look
/// for one, which in a large table costs it as much as the row itself.
///
/// The mark is set when a table is made and is taken away with the first record; a table of a
/// former version has none and is always looked into.
struct RecordPresence {
  private let key: [UInt8]

  init(table id: UInt32) { key = Array("rows-only/\(id)".utf8) }

  /// Whether a partition of the table may have a record.
  func isPossible(_ meta: Database) throws(TableError) -> Bool {
    try stored { () throws(LMDBError) in
      try key.borrowed { key throws(LMDBError) in try meta.get(key) == nil }
    }
  }

  /// Says that the table, which is new, has no record.
  func exclude(_ meta: Database) throws(TableError) {
    try stored { () throws(LMDBError) in try meta.put(key, []) }
  }

  /// Says that the table has a record, or is gone.
  func admit(_ meta: Database) throws(TableError) {
    try stored { () throws(LMDBError) in
      _ = try meta.remove(key)
    }
  }
}

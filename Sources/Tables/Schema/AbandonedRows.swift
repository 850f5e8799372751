internal import Bytes
internal import LMDB

/// Removes what a dropped or truncated table or a dropped index has left, step by step: a step is
/// short and small, however much there is.
enum AbandonedRows {
  /// Removes what begins with a number, at most `left` rows and entries, which are counted down;
  /// true where none remains.
  static func remove(
    _ id: UInt32, _ databases: Databases, _ left: inout Int
  ) throws(TableError) -> Bool {
    try clear(id, databases.rows, &left)
    try clear(id, databases.indexes, &left)
    return left > 0
  }

  private static func clear(
    _ id: UInt32, _ database: Database, _ left: inout Int
  ) throws(TableError) {
    let prefix = bigEndian(id)
    let range = KeyRange(start: prefix, end: KeyEncoding.successor(of: prefix))
    let wanted = left
    let keys = try stored { () throws(LMDBError) in
      let cursor = try database.cursor()
      var keys: [[UInt8]] = []
      var entry = try range.start.borrowed { start throws(LMDBError) in try cursor.seek(start) }
      while let found = entry, keys.count < wanted, range.contains(found.key) {
        keys.append([UInt8](found.key))
        entry = try cursor.next()
      }
      return keys
    }
    left -= keys.count
    try stored { () throws(LMDBError) in
      for key in keys { _ = try database.remove(key) }
    }
  }
}

internal import CLMDB

/// A place where keys are put: one that belongs near the last is put there without a way down the
/// tree. Other changes of the same transaction may come between.
package struct WriteCursor: ~Copyable {
  /// Nil once closed.
  private var handle: OpaquePointer?
  private let environment: Environment

  init(_ database: Database) throws(LMDBError) {
    environment = database.environment
    try check(mdb_cursor_open(database.transaction, database.database, &handle))
  }

  deinit { if let handle { mdb_cursor_close(handle) } }

  /// Ends it, at the latest when its transaction does: that takes its memory away.
  package mutating func close() {
    if let handle { mdb_cursor_close(handle) }
    handle = nil
  }

  /// Sets a key's value.
  package func put(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(LMDBError) {
    var value = MDB_val(value)
    try check(put(key, &value, 0))
  }

  /// Sets a key's value where there is none; else changes nothing and returns the value there is.
  package func insert(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var value = MDB_val(value)
    let code = put(key, &value, UInt32(MDB_NOOVERWRITE))
    if code == MDB_KEYEXIST { return UnsafeRawBufferPointer(value) }
    try check(code)
    return nil
  }

  private func put(
    _ key: UnsafeRawBufferPointer, _ value: inout MDB_val, _ flags: UInt32
  ) -> Int32 {
    guard let handle else { return MDB_BAD_TXN }
    var key = MDB_val(key)
    return mdb_cursor_put(handle, &key, &value, flags)
  }

  private func check(_ code: Int32) throws(LMDBError) {
    guard code == MDB_SUCCESS else { throw environment.failed(code, "write to") }
  }
}

extension Database {
  /// A cursor of a writing transaction.
  package func writeCursor() throws(LMDBError) -> WriteCursor { try WriteCursor(self) }
}

internal import CLMDB
internal import Machine

/// One transaction. Bytes it returns are borrowed from the map: valid until the transaction ends
/// or, in a writing one, until the next change.
package struct Transaction: ~Copyable {
  /// Nil once committed: then there is nothing to abort.
  private var handle: OpaquePointer?
  private let environment: Environment
  private let kind: Kind
  /// What guards this thread again behind a transaction that is not nested.
  private let outer: FaultGuard.Outer?

  private enum Kind { case reading, writing, nested }

  /// Begins one beside all others, or waits until no other one writes.
  init(_ environment: Environment, writing: Bool) throws(LMDBError) {
    self.environment = environment
    kind = writing ? .writing : .reading
    let outer = environment.faults.begin()
    self.outer = outer
    assert(
      !(writing && environment.faults.isIn(outer)),
      "writing inside another transaction of the environment waits for itself where the map grows")
    do throws(LMDBError) { handle = try environment.begin(writing: writing) } catch {
      environment.faults.end(outer)
      throw error
    }
  }

  /// Begins one inside `parent`, which cannot be used until this one has ended.
  private init(inside parent: borrowing Transaction) throws(LMDBError) {
    environment = parent.environment
    kind = .nested
    outer = nil
    try check(
      mdb_txn_begin(environment.handle, parent.handle, 0, &handle), "begin writing",
      environment.path)
  }

  deinit {
    guard let handle else { return }
    if case .reading = kind { environment.idleReaders.keep(handle) } else { mdb_txn_abort(handle) }
    leave()
  }

  consuming func commit() throws(LMDBError) {
    guard let open = handle else { return }
    handle = nil
    let code = mdb_txn_commit(open)
    leave()
    guard code == MDB_SUCCESS else { throw environment.failed(code, "commit to") }
  }

  private func leave() {
    guard let outer else { return }
    environment.faults.end(outer)
    environment.gate.leave()
  }

  /// Lets `body` change the data; when it throws, its changes are undone and those before it stay.
  /// What came from this transaction before must not be used any more.
  package func nested<Result, Failure: Error>(
    mapping: (LMDBError) -> Failure,
    _ body: (borrowing Transaction) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let inner: Transaction
    do { inner = try Transaction(inside: self) } catch { throw mapping(error) }
    let result = try body(inner)
    do { try inner.commit() } catch { throw mapping(error) }
    return result
  }

  /// Whether the map was too small for what this transaction, or one nested in it, has tried. Then
  /// it cannot be committed; `Environment.write` begins it anew with a larger one.
  package var hasMetMapEnd: Bool { environment.hasMetMapEnd }

  /// A handle on a database by its place among the names that the environment was opened with,
  /// which is there: as `database(_:)`, without looking for the name.
  package func database(at place: Int) -> Database {
    Database(
      transaction: handle, database: environment.databases[place].database,
      environment: environment)
  }

  /// A handle on one of the environment's databases, for repeated use in this transaction.
  package func database(_ name: String) throws(LMDBError) -> Database {
    Database(
      transaction: handle, database: try environment.database(name), environment: environment)
  }
}

/// A named B+tree inside a transaction; use it only inside that transaction's scope.
package struct Database {
  let transaction: OpaquePointer?
  let database: MDB_dbi
  // Unsafe: its transaction, inside whose scope alone it is used, keeps the environment. What is
  // left of a handle behind that scope, in memory that waits for another use, must not.
  unowned(unsafe) let environment: Environment

  /// The value of a key, or nil.
  package func get(_ key: UnsafeRawBufferPointer) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var key = MDB_val(key)
    var value = MDB_val()
    let code = mdb_get(transaction, database, &key, &value)
    if code == MDB_NOTFOUND { return nil }
    try check(code, "read from")
    return UnsafeRawBufferPointer(value)
  }

  /// Sets a key's value.
  package func put(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(LMDBError) {
    var key = MDB_val(key)
    var value = MDB_val(value)
    try check(mdb_put(transaction, database, &key, &value, 0), "write to")
  }

  /// Sets a key's value where there is none; else changes nothing and returns the value there is.
  package func insert(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var key = MDB_val(key)
    var value = MDB_val(value)
    let code = mdb_put(transaction, database, &key, &value, UInt32(MDB_NOOVERWRITE))
    if code == MDB_KEYEXIST { return UnsafeRawBufferPointer(value) }
    try check(code, "write to")
    return nil
  }

  /// Removes a key; false where it was not there.
  @discardableResult
  package func remove(_ key: UnsafeRawBufferPointer) throws(LMDBError) -> Bool {
    var key = MDB_val(key)
    let code = mdb_del(transaction, database, &key, nil)
    if code == MDB_NOTFOUND { return false }
    try check(code, "remove from")
    return true
  }

  /// How many keys there are.
  package func count() throws(LMDBError) -> Int {
    var statistics = MDB_stat()
    try check(mdb_stat(transaction, database, &statistics), "look at")
    return statistics.ms_entries
  }

  /// Says that a long reading has passed so many entries: now and then the process lets go of the
  /// pages that it has seen, so that it does not come to hold the whole file.
  package func passed(entries: Int) {
    environment.residency.read(entries: entries) { environment.sizes.used }
  }

  /// Walks over the keys in order.
  package func cursor() throws(LMDBError) -> Cursor { try Cursor(self) }

  private func check(_ code: Int32, _ operation: String) throws(LMDBError) {
    guard code == MDB_SUCCESS else { throw environment.failed(code, operation) }
  }
}

/// A place in a database's order of keys. Ends before its transaction does.
package struct Cursor: ~Copyable {
  private let handle: OpaquePointer
  private let path: String

  /// A key and its value, borrowed from the map.
  package typealias Entry = (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)

  init(_ database: Database) throws(LMDBError) {
    var created: OpaquePointer?
    try check(
      mdb_cursor_open(database.transaction, database.database, &created), "read from",
      database.environment.path)
    guard let created else {
      throw database.environment.failed(MDB_PANIC, "read from")
    }
    handle = created
    path = database.environment.path
  }

  deinit { mdb_cursor_close(handle) }

  /// Moves to the first key that is `key` or comes after it.
  package func seek(_ key: UnsafeRawBufferPointer) throws(LMDBError) -> Entry? {
    try move(MDB_SET_RANGE, key)
  }

  /// Moves to the last key that comes before `key`.
  package func seek(before key: UnsafeRawBufferPointer) throws(LMDBError) -> Entry? {
    try move(MDB_SET_RANGE, key) == nil ? try move(MDB_LAST) : try move(MDB_PREV)
  }

  /// Moves to the first key; nil where there is none.
  package func first() throws(LMDBError) -> Entry? { try move(MDB_FIRST) }
  /// Moves to the following key, from nowhere to the first; nil after the last.
  package func next() throws(LMDBError) -> Entry? { try move(MDB_NEXT) }
  /// Moves to the key before, from nowhere to the last; nil before the first.
  package func previous() throws(LMDBError) -> Entry? { try move(MDB_PREV) }

  private func move(
    _ operation: MDB_cursor_op, _ target: UnsafeRawBufferPointer? = nil
  ) throws(LMDBError) -> Entry? {
    var key = target.map { MDB_val($0) } ?? MDB_val()
    var value = MDB_val()
    let code = mdb_cursor_get(handle, &key, &value, operation)
    if code == MDB_NOTFOUND { return nil }
    try check(code, "read from", path)
    return (UnsafeRawBufferPointer(key), UnsafeRawBufferPointer(value))
  }
}

extension Environment {
  /// Begins a transaction, behind the gate that `commit` and `deinit` leave by.
  fileprivate func begin(writing: Bool) throws(LMDBError) -> OpaquePointer {
    var hasCheckedReaders = false
    while true {
      gate.enter()
      do throws(LMDBError) {
        try checkMap()
        if !writing, let renewed = try renewReader() { return renewed }
        var created: OpaquePointer?
        try check(
          mdb_txn_begin(handle, nil, writing ? 0 : UInt32(MDB_RDONLY), &created),
          writing ? "begin writing" : "begin reading", path)
        if let created { return created }
        throw LMDBError(operation: "begin", path: path, code: MDB_PANIC)
      } catch {
        gate.leave()
        switch error.code {
        case MDB_MAP_RESIZED: try followMap()
        case MDB_READERS_FULL where !hasCheckedReaders:
          // Processes that were killed may hold some.
          hasCheckedReaders = true
          mdb_reader_check(handle, nil)
        default: throw error
        }
      }
    }
  }

  /// Begins a read transaction in what is left of an ended one; nil where there is none.
  private func renewReader() throws(LMDBError) -> OpaquePointer? {
    guard let idle = idleReaders.take() else { return nil }
    let code = mdb_txn_renew(idle)
    if code != MDB_SUCCESS { mdb_txn_abort(idle) }
    try check(code, "begin reading", path)
    return idle
  }
}

extension MDB_val {
  /// LMDB takes keys and values by mutable pointer and does not write through it.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(
      mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }
}

extension UnsafeRawBufferPointer {
  init(_ value: MDB_val) {
    self.init(start: value.mv_data, count: value.mv_size)
  }
}

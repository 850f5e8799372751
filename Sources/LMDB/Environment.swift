internal import CLMDB

/// An LMDB environment: one memory-mapped file of named B+trees with one writer and any number of
/// readers, in this and in other processes, none of which blocks another.
///
/// Open a file only once a process (LMDB's locks demand it). A transaction must begin and end on
/// one thread, so both `read` and `write` are synchronous scopes: call them off the cooperative
/// pool where they may take long.
package final class Environment: @unchecked Sendable {
  // Unchecked: an `MDB_env` may be used from any thread once it is open; the named databases are
  // opened in `init` and never change.
  let handle: OpaquePointer
  package let path: String
  private let databases: [String: MDB_dbi]
  private let residency: Residency

  /// How an environment is opened.
  package struct Options: Sendable {
    /// The largest size the file may reach. Address space, not memory or disk, is reserved.
    package var mapSize: Int
    package var readOnly: Bool
    /// False leaves syncing to `sync()`: a crash of the machine may then lose the last commits.
    package var syncsEachCommit: Bool

    package init(mapSize: Int = 64 << 30, readOnly: Bool = false, syncsEachCommit: Bool = true) {
      self.mapSize = mapSize
      self.readOnly = readOnly
      self.syncsEachCommit = syncsEachCommit
    }
  }

  /// Opens the file at `path` (its lock file is `<path>-lock`) with the named databases, which are
  /// made where they are missing. Readers of processes that have died are cleared.
  package init(
    _ path: String, databases names: [String], options: Options = Options()
  ) throws(LMDBError) {
    var created: OpaquePointer?
    try check(mdb_env_create(&created), "create the environment for", path)
    guard let created else { throw LMDBError(operation: "open", path: path, code: MDB_PANIC) }
    handle = created
    self.path = path
    do throws(LMDBError) {
      try check(mdb_env_set_maxdbs(created, UInt32(names.count)), "prepare", path)
      try check(mdb_env_set_mapsize(created, options.mapSize), "set the map size of", path)
      var flags = UInt32(MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD)
      if options.readOnly { flags |= UInt32(MDB_RDONLY) }
      if !options.syncsEachCommit { flags |= UInt32(MDB_NOSYNC) }
      try check(mdb_env_open(created, path, flags, 0o600), "open", path)
      var dead: Int32 = 0
      if !options.readOnly { try check(mdb_reader_check(created, &dead), "check readers of", path) }
      databases = try Environment.open(names, in: created, path, readOnly: options.readOnly)
      residency = Residency(of: path)
    } catch {
      mdb_env_close(created)
      throw error
    }
  }

  deinit { mdb_env_close(handle) }

  private static func open(
    _ names: [String], in handle: OpaquePointer, _ path: String, readOnly: Bool
  ) throws(LMDBError) -> [String: MDB_dbi] {
    var transaction: OpaquePointer?
    let flags = readOnly ? UInt32(MDB_RDONLY) : 0
    try check(mdb_txn_begin(handle, nil, flags, &transaction), "begin reading", path)
    var opened: [String: MDB_dbi] = [:]
    for name in names {
      var database: MDB_dbi = 0
      let code = mdb_dbi_open(transaction, name, readOnly ? 0 : UInt32(MDB_CREATE), &database)
      if code != MDB_SUCCESS {
        mdb_txn_abort(transaction)
        try check(code, "open the database \(name) in", path)
      }
      opened[name] = database
    }
    try check(mdb_txn_commit(transaction), "commit to", path)
    return opened
  }

  /// The longest key in bytes: 511 as distributions build LMDB.
  package var maxKeySize: Int { Int(mdb_env_get_maxkeysize(handle)) }

  /// Lets `body` see one consistent state, whatever is committed meanwhile. Keep it short: pages
  /// freed by commits cannot be used again while a reader of an older state is open.
  package func read<Result, Failure: Error>(
    mapping: (LMDBError) -> Failure,
    _ body: (borrowing Transaction) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let transaction: Transaction
    do { transaction = try Transaction(self, writing: false) } catch { throw mapping(error) }
    return try body(transaction)
  }

  /// Lets `body` change the data and commits when it returns; when it throws, nothing has changed.
  /// One writer at a time: others wait.
  package func write<Result, Failure: Error>(
    mapping: (LMDBError) -> Failure,
    _ body: (borrowing Transaction) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let transaction: Transaction
    do { transaction = try Transaction(self, writing: true) } catch { throw mapping(error) }
    let result = try body(transaction)
    do { try transaction.commit() } catch { throw mapping(error) }
    residency.committed(usedBytes: usedBytes)
    return result
  }

  /// Bytes of the file that are in use, free pages within included.
  private var usedBytes: Int {
    var information = MDB_envinfo()
    var statistics = MDB_stat()
    guard mdb_env_info(handle, &information) == MDB_SUCCESS,
      mdb_env_stat(handle, &statistics) == MDB_SUCCESS
    else { return 0 }
    return (information.me_last_pgno + 1) * Int(statistics.ms_psize)
  }

  /// Makes all commits durable where commits do not do so themselves.
  package func sync() throws(LMDBError) { try check(mdb_env_sync(handle, 1), "sync", path) }

  func database(_ name: String) throws(LMDBError) -> MDB_dbi {
    guard let found = databases[name] else {
      throw LMDBError(operation: "find the database \(name) in", path: path, code: MDB_NOTFOUND)
    }
    return found
  }
}

/// Turns a return code into an error that names the operation.
func check(_ code: Int32, _ operation: String, _ path: String) throws(LMDBError) {
  guard code == MDB_SUCCESS else { throw LMDBError(operation: operation, path: path, code: code) }
}

internal import CLMDB
internal import Machine
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// An LMDB environment: one memory-mapped file of named B+trees with one writer and any number of
/// readers, in this and in other processes, none of which blocks another.
///
/// A file is open once a process. A transaction must begin and end on one thread, so both `read`
/// and `write` are synchronous scopes: call them off the cooperative pool where they may take long.
/// A scope must not wait for another one of the same environment: the map may have to grow in
/// between, which waits for the first.
package final class Environment: @unchecked Sendable {
  // Unchecked: an `MDB_env` may be used from any thread once it is open; the named databases are
  // opened in `init` and never change.
  let handle: OpaquePointer
  package let path: String
  private let resolvedPath: String
  /// Nobody puts another file into this one's place as long as it is open.
  private let use: DirectoryUse
  let databases: [(name: String, database: MDB_dbi)]
  let residency: Residency
  private let syncsRoot: Bool
  let gate = TransactionGate()
  /// In force wherever LMDB follows the file's pages, which it believes.
  let faults: FaultGuard
  let idleReaders = IdleReaders()
  /// What keeps this environment from writing until it is opened anew.
  private let failure = Mutex<LMDBError?>(nil)
  /// Whether the write transaction that is open has met the end of the map.
  private let mapEnd = Atomic(false)
  /// Whether the system has refused the map that was to take the last one's place.
  private let hasLostMap = Atomic(false)

  /// How an environment is opened.
  package struct Options: Sendable {
    package var isReadOnly: Bool
    /// False (`MDB_NOMETASYNC`): a commit is on the disk with the next one, or with `sync()`. A
    /// crash of the machine may lose it, but damages nothing.
    package var syncsRoot: Bool
    /// Bytes of the map to begin with; nil: much more than is needed, where the machine allows it.
    package var mapSize: Int?

    package init(isReadOnly: Bool = false, syncsRoot: Bool = true, mapSize: Int? = nil) {
      self.isReadOnly = isReadOnly
      self.syncsRoot = syncsRoot
      self.mapSize = mapSize
    }
  }

  /// How many readers there may be at once, in all processes: LMDB keeps 64 bytes for each.
  package static let maxReaders = 1_000

  /// Opens the file at `path` (its lock file is `<path>-lock`) with the named databases, which are
  /// made where they are missing. Readers of processes that have died are cleared.
  package init(
    _ path: String, databases names: [String], options: Options = Options()
  ) throws(LMDBError) {
    resolvedPath = try OpenFiles.insert(path)
    self.path = path
    syncsRoot = options.syncsRoot || options.isReadOnly
    let faults = FaultGuard(
      "cannot read \(path): it is damaged or cut off, or its disk has failed. Restore its folder "
        + "from a copy; or move it away and rebuild the tables by reading the log again")
    self.faults = faults
    let outer = faults.begin()
    defer { faults.end(outer) }
    var opened: OpaquePointer?
    do throws(LMDBError) {
      use = try Environment.use(path)
      let environment = try Environment.open(path, databases: names.count, options)
      opened = environment
      if !options.isReadOnly { try check(mdb_reader_check(environment, nil), "read", path) }
      databases = try Environment.open(names, in: environment, path, options)
      handle = environment
      residency = Residency(of: path)
    } catch {
      if let opened { mdb_env_close(opened) }
      OpenFiles.remove(resolvedPath)
      throw error
    }
  }

  deinit {
    if !syncsRoot { mdb_env_sync(handle, 1) }
    idleReaders.removeAll()
    mdb_env_close(handle)
    OpenFiles.remove(resolvedPath)
  }

  private static func use(_ path: String) throws(LMDBError) -> DirectoryUse {
    do throws(IOFailure) { return try DirectoryUse(sharing: Path.parent(of: path)) } catch {
      throw LMDBError(operation: "open", path: path, code: error.code)
    }
  }

  /// Opens the file with as large a map as the process may have.
  private static func open(
    _ path: String, databases: Int, _ options: Options
  ) throws(LMDBError) -> OpaquePointer {
    var size = options.mapSize ?? AddressSpace.reservation
    while true {
      var created: OpaquePointer?
      try check(mdb_env_create(&created), "create the environment for", path)
      guard let created else { throw LMDBError(operation: "open", path: path, code: MDB_PANIC) }
      do throws(LMDBError) {
        try check(mdb_env_set_maxdbs(created, UInt32(databases)), "prepare", path)
        try check(mdb_env_set_maxreaders(created, UInt32(maxReaders)), "prepare", path)
        try check(mdb_env_set_mapsize(created, size), "set the map size of", path)
        var flags = UInt32(MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD)
        if options.isReadOnly { flags |= UInt32(MDB_RDONLY) }
        if !options.syncsRoot { flags |= UInt32(MDB_NOMETASYNC) }
        let code = mdb_env_open(created, path, flags, 0o600)
        // Whoever reads says so in the lock file.
        let isLocked = code == EACCES && access(path, R_OK) == 0
        try check(code, "open", isLocked ? path + "-lock" : path)
        return created
      } catch {
        mdb_env_close(created)
        guard error.isOutOfMemory, size > AddressSpace.smallest else { throw error }
        size /= 2
      }
    }
  }

  private static func open(
    _ names: [String], in handle: OpaquePointer, _ path: String, _ options: Options
  ) throws(LMDBError) -> [(name: String, database: MDB_dbi)] {
    var transaction: OpaquePointer?
    let flags = options.isReadOnly ? UInt32(MDB_RDONLY) : 0
    var begun = mdb_txn_begin(handle, nil, flags, &transaction)
    if begun == MDB_MAP_RESIZED {
      try check(mdb_env_set_mapsize(handle, 0), "map", path)
      begun = mdb_txn_begin(handle, nil, flags, &transaction)
    }
    try check(begun, "begin reading", path)
    var opened: [(name: String, database: MDB_dbi)] = []
    for name in names {
      var database: MDB_dbi = 0
      let flags = options.isReadOnly ? 0 : UInt32(MDB_CREATE)
      let code = mdb_dbi_open(transaction, name, flags, &database)
      if code != MDB_SUCCESS {
        mdb_txn_abort(transaction)
        // The first opening for writing makes all of them in one commit, or was ended before it.
        let isEmpty = code == MDB_NOTFOUND && opened.isEmpty
        try check(isEmpty ? LMDBError.empty : code, "open the database \(name) in", path)
      }
      opened.append((name, database))
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
  /// One writer at a time: others wait. Where the map was too small it grows and `body` runs again
  /// from the beginning, so what `body` leaves elsewhere must not add up.
  ///
  /// After a commit that failed for another reason than a full disk nothing more is written.
  package func write<Result, Failure: Error>(
    mapping: (LMDBError) -> Failure,
    _ body: (borrowing Transaction) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if let failure = failure.withLock({ $0 }) { throw mapping(failure) }
    while true {
      mapEnd.store(false, ordering: .relaxed)
      do throws(Failure) {
        let result = try attempt(mapping: mapping, body)
        committed()
        return result
      } catch {
        guard hasMetMapEnd else { throw error }
      }
      do throws(LMDBError) { try growMap() } catch { throw mapping(error) }
    }
  }

  private func attempt<Result, Failure: Error>(
    mapping: (LMDBError) -> Failure,
    _ body: (borrowing Transaction) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let transaction: Transaction
    do { transaction = try Transaction(self, writing: true) } catch { throw mapping(error) }
    let result = try body(transaction)
    do throws(LMDBError) { try transaction.commit() } catch { throw mapping(stopWriting(error)) }
    return result
  }

  /// Makes the commits durable that `syncsRoot: false` has let wait. Failing, it ends all writing.
  package func sync() throws(LMDBError) {
    if let failure = failure.withLock({ $0 }) { throw failure }
    do throws(LMDBError) { try check(mdb_env_sync(handle, 1), "sync", path) } catch {
      throw stopWriting(error)
    }
  }

  /// Remembers a failed commit or sync, after which it is unknown what the disk holds. Not so of
  /// one that the disk had no room for: its transaction has left no trace.
  private func stopWriting(_ error: LMDBError) -> LMDBError {
    var error = error
    // LMDB says so of a write that was cut short, which is how a disk becomes full.
    if error.code == EIO, let fullness = fullness() { error.code = fullness }
    if !error.isHarmless { failure.withLock { $0 = $0 ?? error } }
    return error
  }

  /// Why the file cannot grow by a page: the disk, the quota or the limit is used up; nil where it
  /// can. Pages behind the end mean nothing to LMDB.
  private func fullness() -> Int32? {
    let page = [UInt8](repeating: 0, count: 4_096)
    do throws(IOFailure) {
      let file = try LocalDisk().open(path, .readWrite)
      try file.write(page, at: try file.size())
    } catch {
      if error.isOutOfSpace { return error.code }
    }
    return nil
  }

  /// What is done now and then behind a commit.
  private func committed() {
    let size = sizes
    if size.used > size.map / 2, AddressSpace.has(size.map) {
      // Better now than in the middle of a transaction, which would have to begin anew.
      gate.ifAlone { try? setMapSize(size.map * 2) }
    }
    if residency.committed(usedBytes: size.used) {
      // A reader that was killed would keep pages from being used again for ever.
      mdb_reader_check(handle, nil)
    }
  }

  /// Bytes of the file that are in use, free pages within included, and of the map.
  package var sizes: (used: Int, map: Int) {
    var information = MDB_envinfo()
    var statistics = MDB_stat()
    mdb_env_info(handle, &information)
    mdb_env_stat(handle, &statistics)
    return (
      (information.me_last_pgno + 1) * Int(statistics.ms_psize), information.me_mapsize
    )
  }

  /// How many transactions have been committed in the file's life.
  package var commits: Int {
    var information = MDB_envinfo()
    mdb_env_info(handle, &information)
    return information.me_last_txnid
  }

  func database(_ name: String) throws(LMDBError) -> MDB_dbi {
    for (known, database) in databases where known == name { return database }
    throw LMDBError(operation: "find the database \(name) in", path: path, code: MDB_NOTFOUND)
  }

  var hasMetMapEnd: Bool { mapEnd.load(ordering: .relaxed) }

  /// An error of a call inside a transaction.
  func failed(_ code: Int32, _ operation: String) -> LMDBError {
    if code == MDB_MAP_FULL { mapEnd.store(true, ordering: .relaxed) }
    return LMDBError(operation: operation, path: path, code: code)
  }

  /// Doubles the map once no transaction of this process is open.
  private func growMap() throws(LMDBError) {
    try alone { () throws(LMDBError) in
      let size = sizes.map
      // Twice as much if that can be had, else what can.
      for larger in [size * 2, size + size / 2, size + size / 4, size + size / 16]
      where AddressSpace.has(larger - size) {
        return try setMapSize(larger)
      }
      throw LMDBError(operation: "grow the map of", path: path, code: ENOMEM)
    }
  }

  /// Makes the map as large as a file that another process has made larger.
  func followMap() throws(LMDBError) {
    try alone { () throws(LMDBError) in
      let size = sizes
      // Another thread may have been faster.
      if size.used <= size.map { return }
      try setMapSize(AddressSpace.has(size.used * 2 - size.map) ? size.used * 2 : size.used)
    }
  }

  private func alone(_ body: () throws(LMDBError) -> Void) throws(LMDBError) {
    var outcome = Result<Void, LMDBError>.success(())
    gate.alone { outcome = Result { () throws(LMDBError) in try body() } }
    try outcome.get()
  }

  /// Moves the map, which nothing must be using. Where the system refuses there is none any more.
  private func setMapSize(_ size: Int) throws(LMDBError) {
    do throws(LMDBError) {
      try check(mdb_env_set_mapsize(handle, size), "grow the map of", path)
      residency.find(path)
    } catch {
      hasLostMap.store(true, ordering: .releasing)
      throw error
    }
  }

  /// Thrown: there is no map to read or write by.
  func checkMap() throws(LMDBError) {
    if hasLostMap.load(ordering: .acquiring) {
      throw LMDBError(operation: "grow the map of", path: path, code: ENOMEM)
    }
  }
}

/// Turns a return code into an error that names the operation.
func check(_ code: Int32, _ operation: String, _ path: String) throws(LMDBError) {
  guard code == MDB_SUCCESS else { throw LMDBError(operation: operation, path: path, code: code) }
}

internal import Bytes
internal import CQL
internal import LMDB
package import Machine
internal import Synchronization

/// Tables in the manner of Cassandra, kept in one LMDB file (see FORMAT.md).
///
/// Statements run at once on the calling thread, which they may hold up for the time of a disk
/// sync. One write at a time, others wait; reads never wait. Open a directory once a process.
package final class Tables: Sendable {
  /// The version of the format that this program writes.
  static let formatVersion = 3
  static let databases = ["meta", "schema", "rows", "indexes", "state"]

  package let path: String
  let environment: Environment
  let clock: Clock
  private let loaded: Mutex<Schema>
  /// Held by the one that writes; the timestamp given last, microseconds since 1970.
  private let writing = Mutex(Int64.min)
  private let isReadOnly: Bool
  /// Held as long as the tables are open for writing.
  private let lock: DirectoryLock?

  /// How the tables are opened.
  package struct Options: Sendable {
    package var isReadOnly = false
    /// False: a crash of the machine may lose the last commit, but damages nothing.
    package var syncsEachCommit = true
    /// Bytes that the file may grow to.
    package var mapSize = Limits.mapSize
    /// The caller's right to write there; the tables keep it while they are open.
    package var lock: DirectoryLock?

    package init() {}
  }

  /// Opens `directory`, making it unless for reading only.
  package init(
    _ directory: String, clock: Clock = .system, options: Options = Options()
  ) throws(TableError) {
    path = Path.join(directory, "data.mdb")
    self.clock = clock
    isReadOnly = options.isReadOnly
    lock = options.lock
    if !options.isReadOnly {
      do { try LocalDisk().createDurableDirectory(directory) } catch {
        throw TableError(.serverError, "\(error)")
      }
    }
    let opened = try stored { [path] () throws(LMDBError) in
      try Environment(
        path, databases: Tables.databases,
        options: .init(
          mapSize: options.mapSize, readOnly: options.isReadOnly,
          syncsEachCommit: options.syncsEachCommit))
    }
    environment = opened
    let path = self.path
    let found = try opened.read(mapping: TableError.init) { transaction throws(TableError) in
      let version = try Format.check(transaction, path)
      return (version, try SchemaStore.load(transaction))
    }
    if found.0 == 1 { try Format.checkFirstVersion(found.1, path) }
    if let version = found.0, version < 3 { try Format.checkKeys(opened, version, found.1, path) }
    if found.0 != Tables.formatVersion, !options.isReadOnly {
      try opened.write(mapping: TableError.init) { transaction throws(TableError) in
        try Format.write(transaction)
      }
    }
    loaded = Mutex(found.1)
  }

  /// The definitions as they are now.
  package var schema: Schema { loaded.withLock { $0 } }

  /// Parses and plans a statement, to be executed any number of times. `keyspace` is the one in
  /// use.
  package func prepare(
    _ text: String, keyspace: String? = nil
  ) throws(TableError) -> PreparedStatement {
    try PreparedStatement(try parse(text), schema, keyspace, clock)
  }

  /// Executes one statement without markers.
  package func execute(_ text: String, keyspace: String? = nil) throws(TableError) -> Page {
    try execute(try prepare(text, keyspace: keyspace), BoundValues())
  }

  /// Executes a prepared statement. A SELECT gives at most `pageRows` rows and where to go on.
  package func execute(
    _ statement: PreparedStatement, _ values: borrowing BoundValues,
    pageRows: Int = Limits.pageRows, from state: PagingState? = nil
  ) throws(TableError) -> Page {
    switch statement.plan {
    case .select:
      let statement = try statement.current(schema, clock)
      return try environment.read(mapping: TableError.init) { transaction throws(TableError) in
        try statement.select(
          try Databases(transaction), values, clock, pageRows: pageRows, state)
      }
    case .modify, .batch:
      return try write { transaction throws(TableError) in
        try transaction.execute(statement, values)
      }
    case .define(let definition):
      return try define(definition, statement.keyspace)
    case .nothing: return Page(columns: [], rows: [])
    case .describe(let rows): return rows
    }
  }

  /// Lets `body` read and write in one transaction, committed and durable when this returns; when
  /// `body` throws, nothing has changed. `body` may go on after a statement that failed, unless the
  /// statement had changed something by then: then its error is thrown in the end. `body` must not
  /// call other methods of this object.
  package func write<Result>(
    _ body: (WriteTransaction) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    guard !isReadOnly else {
      throw TableError(.serverError, "the tables are open for reading only")
    }
    return try exclusively { last throws(TableError) in
      let schema = self.schema
      return try environment.write(mapping: TableError.init) { transaction throws(TableError) in
        let open = try WriteTransaction(
          transaction, schema, clock, environment.maxKeySize, lastTimestamp: last)
        let result = try body(open)
        if let failure = open.failure { throw failure }
        last = open.lastTimestamp
        return result
      }
    }
  }

  /// Runs `body` while nobody else writes, so that a writer and the definitions it sees agree.
  private func exclusively<Result>(
    _ body: (inout Int64) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    var outcome: Swift.Result<Result, TableError>?
    writing.withLock { last in
      outcome = Swift.Result { () throws(TableError) in try body(&last) }
    }
    // Always set: the closure has run.
    guard let outcome else { throw TableError(.serverError, "the write did not run") }
    return try outcome.get()
  }

  /// The bytes kept under a name in `state`, such as a query's checkpoint.
  package func state(_ name: String) throws(TableError) -> [UInt8]? {
    try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      return try stored { () throws(LMDBError) in
        try transaction.database("state").get(Array(name.utf8))
      }
    }
  }

  /// The names in `state` that begin with `prefix`, sorted, with their bytes.
  package func states(
    withPrefix prefix: String
  ) throws(TableError) -> [(name: String, bytes: [UInt8])] {
    try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      return try stored { () throws(LMDBError) in
        let cursor = try transaction.database("state").cursor()
        var found: [(name: String, bytes: [UInt8])] = []
        var entry = try cursor.first()
        while let next = entry {
          let name = String(decoding: next.key, as: UTF8.self)
          if name.hasPrefix(prefix) { found.append((name, [UInt8](next.value))) }
          entry = try cursor.next()
        }
        return found
      }
    }
  }

  private func parse(_ text: String) throws(TableError) -> Statement {
    do throws(CQLSyntaxError) { return try CQLParser.parse(text) } catch {
      throw TableError(.syntaxError, "\(error)")
    }
  }

  private func define(_ statement: Statement, _ keyspace: String?) throws(TableError) -> Page {
    guard !isReadOnly else {
      throw TableError(.serverError, "the tables are open for reading only")
    }
    return try exclusively { _ throws(TableError) in
      var change = SchemaChange(schema: schema, keyspace: keyspace)
      change.schema.version += 1
      try environment.write(mapping: TableError.init) { transaction throws(TableError) in
        try change.apply(statement, transaction, environment.maxKeySize)
      }
      loaded.withLock { $0 = change.schema }
      return Page(columns: [], rows: [])
    }
  }
}

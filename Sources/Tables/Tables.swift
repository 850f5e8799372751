internal import Bytes
internal import CQL
internal import LMDB
package import Machine

/// Tables in the manner of Cassandra, kept in one LMDB file (see FORMAT.md).
///
/// A SELECT runs at once on the calling thread and never waits for a write. All writes run on one
/// thread, and those that wait at the same time share a sync; who calls waits for it, but for the
/// asynchronous `execute`, which occupies no thread. A directory is open once a process.
package final class Tables: Sendable {
  /// The version of the format that this program writes.
  static let formatVersion = 2
  static let databases = ["meta", "schema", "rows", "indexes", "state"]

  package let path: String
  let environment: Environment
  private let clock: Clock
  private let definitions: CurrentSchema
  /// Nil where the tables are open for reading only.
  let writer: WriterThread?
  /// Held as long as the tables are open for writing.
  private let lock: DirectoryLock?

  /// When a write is acknowledged.
  package enum Durability: Hashable, Sendable {
    /// When it is on the disk.
    case batch
    /// When it is on the disk but for the root that leads to it, which follows with the next commit
    /// or after so many milliseconds. A crash of the machine (not of the process) may lose the last
    /// commit, and damages nothing.
    case interval(milliseconds: Int)
  }

  /// How the tables are opened.
  package struct Options: Sendable {
    package var isReadOnly = false
    package var durability = Durability.batch
    /// Bytes of LMDB's map to begin with; nil: much more than is needed. For tests of its growth.
    package var mapSize: Int?
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
          isReadOnly: options.isReadOnly, syncsRoot: options.durability == .batch,
          mapSize: options.mapSize))
    }
    environment = opened
    let path = self.path
    let found = try opened.read(mapping: TableError.init) { transaction throws(TableError) in
      let version = try Format.check(transaction, path)
      return (version, try SchemaStore.load(transaction))
    }
    if found.0 == 1 { try Format.checkFirstVersion(found.1, path) }
    if found.0 != Tables.formatVersion, !options.isReadOnly {
      try opened.write(mapping: TableError.init) { transaction throws(TableError) in
        try Format.write(transaction)
      }
    }
    definitions = CurrentSchema(found.1)
    writer =
      options.isReadOnly ? nil : WriterThread(opened, definitions, clock, options.durability)
  }

  deinit { writer?.stop() }

  /// The definitions as they are now.
  package var schema: Schema { definitions.current }

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
    case .modify, .batch:
      return try write { transaction throws(TableError) in
        try transaction.execute(statement, values)
      }
    case .define(let definition):
      if let failure = try writing.perform(.define(definition, keyspace: statement.keyspace)) {
        throw failure
      }
      return Page(columns: [], rows: [])
    case .select, .nothing, .describe: return try read(statement, values, pageRows, state)
    }
  }

  /// Executes a statement that changes nothing.
  private func read(
    _ statement: PreparedStatement, _ values: borrowing BoundValues, _ pageRows: Int,
    _ state: PagingState?
  ) throws(TableError) -> Page {
    if case .describe(let rows) = statement.plan { return rows }
    guard case .select = statement.plan else { return Page(columns: [], rows: []) }
    let statement = try statement.current(schema, clock)
    return try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      try statement.select(
        try Databases(transaction), values, clock, pageRows: pageRows, state)
    }
  }

  /// Executes a prepared statement without occupying the thread while it is written.
  package func execute(
    _ statement: PreparedStatement, _ values: consuming BoundValues,
    pageRows: Int = Limits.pageRows, from state: PagingState? = nil
  ) async throws(TableError) -> Page {
    switch statement.plan {
    case .modify, .batch:
      let values = Values(values)
      return try await writing.write { transaction throws(TableError) in
        try transaction.execute(statement, values.bound)
      }
    case .define(let definition):
      let request = WriteRequest.Work.define(definition, keyspace: statement.keyspace)
      if let failure = try await writing.whenDone(request) { throw failure }
      return Page(columns: [], rows: [])
    case .select, .nothing, .describe: return try read(statement, values, pageRows, state)
    }
  }

  /// Bound values that outlive the call that has bound them.
  private final class Values: Sendable {
    let bound: BoundValues
    init(_ bound: consuming BoundValues) { self.bound = bound }
  }

  /// Lets `body` read and write in one transaction, committed and durable when this returns; when
  /// `body` throws, nothing has changed. `body` may go on after a statement that failed, unless the
  /// statement had changed something by then: then its error is thrown in the end.
  ///
  /// `body` runs on the thread that writes, while the caller waits. It must not call other methods
  /// of this object, and what it leaves elsewhere must not add up: where LMDB's map was too small
  /// for it, it runs again from the beginning.
  package func write<Result>(
    _ body: (WriteTransaction) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    try writing.write(body)
  }

  private var writing: WriterThread {
    get throws(TableError) {
      if let writer { return writer }
      throw TableError(.serverError, "the tables are open for reading only")
    }
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
}

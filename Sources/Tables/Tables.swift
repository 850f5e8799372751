internal import Bytes
internal import CQL
internal import LMDB
package import Machine

/// Tables in the manner of Cassandra, kept in one LMDB file (see FORMAT.md).
///
/// Statements run at once on the calling thread, which they may hold up for the time of a disk
/// sync. One write at a time, others wait; reads never wait. Open a directory once a process.
package final class Tables: Sendable {
  /// The version of the format that this program writes.
  static let formatVersion = 2
  static let databases = ["meta", "schema", "rows", "indexes", "state"]

  package let path: String
  let environment: Environment
  private let clock: Clock
  private let definitions: Definitions
  let definer: Definer
  private let housekeeper: Housekeeper
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
    /// What clients are told of this node.
    package var node = NodeDescription()
    /// How many rows one step of work that may wait looks at.
    var stepRows = Limits.stepRows
    /// False: work that may wait is not done unless a test does it.
    var doesHousekeeping = true

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
    if found.0 != Tables.formatVersion, !options.isReadOnly {
      try opened.write(mapping: TableError.init) { transaction throws(TableError) in
        try Format.write(transaction)
      }
    }
    definitions = Definitions(found.1)
    definer = Definer(
      environment: opened, definitions: definitions, clock: clock, node: options.node,
      stepRows: options.stepRows)
    let mayContinue = options.doesHousekeeping
    housekeeper = Housekeeper { [definer] in
      // What fails now, such as for a full disk, is done after the next change or opening.
      mayContinue ? (try? definer.continueWork()) ?? false : false
    }
    if !options.isReadOnly {
      try definer.bringUpToDate()
      housekeeper.wake()
    }
  }

  deinit { housekeeper.stop() }

  /// The definitions as they are now.
  package var schema: Schema { definitions.schema }

  /// Parses and plans a statement, to be executed any number of times. `keyspace` is the one in
  /// use.
  package func prepare(
    _ text: String, keyspace: String? = nil
  ) throws(TableError) -> PreparedStatement {
    let statement = try parse(text)
    try SystemKeyspace.checkWrites(statement, current: keyspace)
    return try PreparedStatement(statement, schema, keyspace, clock)
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
      return try read { schema, transaction throws(TableError) in
        try statement.current(schema, clock).select(
          try Databases(transaction), values, clock, pageRows: pageRows, state)
      }
    case .modify, .batch:
      return try write { transaction throws(TableError) in
        try transaction.execute(statement, values)
      }
    case .define(let definition):
      return try define(definition, statement.keyspace)
    case .nothing: return Page(columns: [], rows: [])
    case .describe(let describe):
      let description = Description(describe, schema, statement.keyspace, definer.node)
      return try description.page(describe.element)
    }
  }

  /// Lets `body` read one consistent state, with the definitions that it has.
  func read<Result>(
    _ body: (Schema, borrowing Transaction) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    while true {
      let schema = definitions.schema
      let result: Result? = try environment.read(mapping: TableError.init) {
        transaction throws(TableError) in
        // Definitions are replaced after their commit. Where they are the same before and after the
        // state was taken, nothing of the state is newer than they are but what came with a commit
        // that is about to replace them; and that removes nothing (see `Definer`).
        guard definitions.schema.version == schema.version else { return nil }
        return try body(schema, transaction)
      }
      if let result { return result }
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
    return try definitions.exclusively { last throws(TableError) in
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
    try definer.execute(statement, keyspace: keyspace)
    housekeeper.wake()
    return Page(columns: [], rows: [])
  }
}

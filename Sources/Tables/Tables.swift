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
  static let formatVersion = 4

  package let path: String
  let environment: Environment
  let clock: Clock
  private let node: NodeDescription
  private let transactionKeys: Int
  private let definitions: CurrentSchema
  /// Nil where the tables are open for reading only.
  let writer: WriterThread?
  /// Nil where the tables are open for reading only.
  let definer: Definer?
  private let housekeeper: Housekeeper?
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
    /// What clients are told of this node.
    package var node = NodeDescription()
    /// How many rows one step of work that may wait looks at.
    var stepRows = Limits.stepRows
    /// How many keys one transaction of a SELECT looks at.
    var transactionKeys = Limits.transactionKeys
    /// False: work that may wait is not done unless a test does it.
    var doesHousekeeping = true

    package init() {}
  }

  /// Opens `directory`, making it unless for reading only.
  package init(
    _ directory: String, clock: Clock = .system, options: Options = Options()
  ) throws(TableError) {
    path = Path.join(directory, Tables.fileName)
    self.clock = clock
    node = options.node
    transactionKeys = options.transactionKeys
    lock = options.lock
    if !options.isReadOnly {
      try onDisk { () throws(IOFailure) in try LocalDisk().createDurableDirectory(directory) }
      try Tables.removeUnfinished(in: directory)
    }
    let opened = try stored { [path] () throws(LMDBError) in
      try Environment(
        path, databases: Databases.names,
        options: .init(
          isReadOnly: options.isReadOnly, syncsRoot: options.durability == .batch,
          mapSize: options.mapSize))
    }
    environment = opened
    let path = self.path
    let found = try opened.read(mapping: TableError.init) { transaction throws(TableError) in
      let version = try Format.check(transaction, path)
      return (
        version, try SchemaStore.load(transaction), try Format.lastTimestamp(transaction) ?? .min
      )
    }
    if let version = found.0, version < Tables.formatVersion {
      try FormerFormat(version: version, path: path, schema: found.1).check(opened)
    }
    if found.0 != Tables.formatVersion, !options.isReadOnly {
      try opened.write(mapping: TableError.init) { transaction throws(TableError) in
        try Format.write(transaction)
      }
    }
    let definitions = CurrentSchema(found.1)
    self.definitions = definitions
    guard !options.isReadOnly else {
      writer = nil
      definer = nil
      housekeeper = nil
      return
    }
    let writer = WriterThread(
      opened, definitions, clock, options.durability, lastTimestamp: found.2)
    if found.2 > 0 { TimeUUID.resume(after: found.2, clock) }
    self.writer = writer
    let definer = Definer(
      environment: opened, definitions: definitions, writer: writer, clock: clock,
      node: options.node, stepRows: options.stepRows)
    self.definer = definer
    let mayContinue = options.doesHousekeeping
    housekeeper = Housekeeper {
      // What fails now, such as for a full disk, is done after the next change or opening.
      mayContinue ? (try? definer.continueWork()) ?? false : false
    }
    try definer.bringUpToDate()
    housekeeper?.wake()
  }

  /// Takes away what was dropped or truncated and finishes indexes, as far as the disk allows.
  func finishHousekeeping() { housekeeper?.finish() }

  deinit {
    housekeeper?.stop()
    writer?.stop()
  }

  /// The definitions as they are now.
  package var schema: Schema { definitions.current }

  /// Parses and plans a statement, to be executed any number of times. `keyspace` is the one in
  /// use.
  package func prepare(
    _ text: String, keyspace: String? = nil
  ) throws(TableError) -> PreparedStatement {
    let statement = try parse(text)
    try SystemKeyspace.checkWrites(statement, current: keyspace)
    if writer == nil { try read { _, _ in } }
    return try PreparedStatement(statement, schema, keyspace, clock)
  }

  /// Executes one statement without markers.
  package func execute(_ text: String, keyspace: String? = nil) throws(TableError) -> Page {
    let statement = try prepare(text, keyspace: keyspace)
    // Cassandra's `QueryProcessor.process`.
    guard statement.markers.isEmpty else { throw .invalid("Invalid amount of bind variables") }
    return try execute(statement, BoundValues())
  }

  /// Executes a prepared statement. A SELECT gives at most `pageRows` rows and where to go on; it
  /// asks now and then, every some hundredths of a second, whether it is to end with
  /// `TableError.cancelled`. Nothing else is cancelled: a write is done or not.
  package func execute(
    _ statement: PreparedStatement, _ values: borrowing BoundValues,
    pageRows: Int = Limits.pageRows, from state: PagingState? = nil,
    isCancelled: () -> Bool = { false }
  ) throws(TableError) -> Page {
    switch statement.plan {
    case .modify, .batch:
      return try write { transaction throws(TableError) in
        try transaction.execute(statement, values)
      }
    case .define(let definition):
      return try define(definition, statement.keyspace)
    case .select, .nothing, .describe:
      return try read(statement, values, pageRows, state, isCancelled)
    }
  }

  /// Executes a statement that changes nothing.
  private func read(
    _ statement: PreparedStatement, _ values: borrowing BoundValues, _ pageRows: Int,
    _ state: PagingState?, _ isCancelled: () -> Bool
  ) throws(TableError) -> Page {
    if case .describe(let describe) = statement.plan {
      let description = Description(describe, schema, statement.keyspace, node)
      return try description.page(describe.element)
    }
    guard case .select = statement.plan else { return .nothing }
    return try select(statement, values, pageRows, state, isCancelled)
  }

  /// Reads a page. Where that takes several transactions and the definitions change between two,
  /// the page is read from its beginning, as they are now.
  private func select(
    _ statement: PreparedStatement, _ values: borrowing BoundValues, _ pageRows: Int,
    _ state: PagingState?, _ isCancelled: () -> Bool
  ) throws(TableError) -> Page {
    while true {
      let planned = try statement.current(definitions.shared.value, clock)
      var isCurrent = true
      let request = PageRequest(
        rows: pageRows, state: state, transactionKeys: transactionKeys)
      let page = try planned.select(values, clock, request) { advance throws(TableError) in
        guard !isCancelled() else { throw .cancelled }
        return try read { schema, transaction throws(TableError) in
          isCurrent = planned.isCurrent(schema)
          guard isCurrent else { return true }
          return try advance(Databases(transaction))
        }
      }
      if isCurrent { return page }
    }
  }

  /// Lets `body` read one consistent state, with the definitions that it has.
  func read<Result>(
    _ body: (Schema, borrowing Transaction) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    while true {
      let schema = definitions.shared
      let result: Result? = try environment.read(mapping: TableError.init) {
        transaction throws(TableError) in
        // Definitions are replaced after their commit. Where they are the same before and after the
        // state was taken, nothing of the state is newer than they are but what came with a commit
        // that is about to replace them; and that removes nothing (see `Definer`).
        guard definitions.version == schema.value.version else { return nil }
        if writer == nil, try follow(transaction) { return nil }
        return try body(schema.value, transaction)
      }
      if let result { return result }
    }
  }

  /// Takes up what another process, which has the tables open for writing, has defined since; false
  /// where that is nothing.
  private func follow(_ transaction: borrowing Transaction) throws(TableError) -> Bool {
    let known = definitions.shared.value
    guard try SchemaStore.changeTime(transaction) != known.changedAt else { return false }
    var loaded = try SchemaStore.load(transaction)
    loaded.version = known.version + 1
    definitions.current = loaded
    return true
  }

  /// Carries out a change of definitions; waits until it is done.
  private func define(_ statement: Statement, _ keyspace: String?) throws(TableError) -> Page {
    guard let definer else { throw Tables.readOnly }
    var page = Page.nothing
    page.change = try definer.execute(statement, keyspace: keyspace)
    housekeeper?.wake()
    return page
  }

  /// Executes a prepared statement without occupying the thread while it is written.
  package func execute(
    _ statement: PreparedStatement, _ values: consuming BoundValues,
    pageRows: Int = Limits.pageRows, from state: PagingState? = nil
  ) async throws(TableError) -> Page {
    switch statement.plan {
    case .modify, .batch:
      let values = HeldValues(values)
      return try await writing.write { transaction throws(TableError) in
        try transaction.execute(statement, values.bound)
      }
    case .define(let definition):
      // It may take several commits, each of which is waited for: on a thread that may wait.
      let outcome = await withCheckedContinuation { continuation in
        _ = Worker { [self] in
          continuation.resume(
            returning: Swift.Result { () throws(TableError) in
              try define(definition, statement.keyspace)
            })
        }
      }
      return try outcome.get()
    case .select, .nothing, .describe:
      return try read(statement, values, pageRows, state) { false }
    }
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

  var writing: WriterThread {
    get throws(TableError) {
      if let writer { return writer }
      throw Tables.readOnly
    }
  }

  private static let readOnly = TableError(.serverError, "the tables are open for reading only")

  /// The bytes kept under a name in `state`, such as a query's checkpoint.
  package func state(_ name: String) throws(TableError) -> [UInt8]? {
    try state(Array(name.utf8))
  }

  /// The same for a name that is no text.
  package func state(_ name: [UInt8]) throws(TableError) -> [UInt8]? {
    try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      return try stored { () throws(LMDBError) in
        try transaction.database("state").get(name)
      }
    }
  }

  /// The names in `state` that begin with `prefix`, sorted, with their bytes.
  package func states(
    withPrefix prefix: String
  ) throws(TableError) -> [(name: String, bytes: [UInt8])] {
    // No name in UTF-8 goes on with this byte.
    try states(from: Array(prefix.utf8), to: Array(prefix.utf8) + [0xFF])
      .map { (String(decoding: $0.name, as: UTF8.self), $0.bytes) }
  }

  /// What lies in `state` under the first `limit` names from `lower` up to, not including, `upper`.
  package func states(
    from lower: [UInt8], to upper: [UInt8], limit: Int = .max
  ) throws(TableError) -> [(name: [UInt8], bytes: [UInt8])] {
    try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      return try stored { () throws(LMDBError) in
        let cursor = try transaction.database("state").cursor()
        var found: [(name: [UInt8], bytes: [UInt8])] = []
        var entry = try lower.borrowed { lower throws(LMDBError) in
          lower.isEmpty ? try cursor.first() : try cursor.seek(lower)
        }
        while let next = entry, found.count < limit {
          let name = [UInt8](next.key)
          guard name.lexicographicallyPrecedes(upper) else { break }
          found.append((name, [UInt8](next.value)))
          entry = try cursor.next()
        }
        return found
      }
    }
  }

  private func parse(_ text: String) throws(TableError) -> Statement {
    do throws(CQLSyntaxError) { return try CQLParser.parse(text) } catch {
      throw TableError(error)
    }
  }
}

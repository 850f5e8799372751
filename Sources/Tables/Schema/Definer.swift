internal import CQL
internal import LMDB
internal import Machine

/// Carries out statements that change definitions: the definition, the system's rows about it, and
/// what there is of the work that follows from it, in one transaction.
///
/// What is too much for one transaction is noted in it: the rows of a dropped table to be removed
/// (`AbandonedRows`), the entries of a new index to be made (`IndexBuild`). A crash leaves the
/// notes, and the next opening goes on where the last step ended.
struct Definer: Sendable {
  let environment: Environment
  let definitions: CurrentSchema
  let writer: WriterThread
  let clock: Clock
  let node: NodeDescription
  /// How many rows one step of the work looks at.
  let stepRows: Int

  /// Returns when the change is durable and a new index is complete: what has changed, nil where
  /// nothing has.
  func execute(
    _ statement: Statement, keyspace: String?
  ) throws(TableError) -> DefinitionChange? {
    let (change, unfinished) = try begin(statement, keyspace: keyspace)
    _ = try purgeStep()
    for index in unfinished {
      do throws(TableError) {
        while try buildStep(index) {}
      } catch {
        // It cannot be made: then it is as if it had not been asked for.
        try forget(index)
        throw error
      }
    }
    return change
  }

  /// Makes the change durable, with the first step of what follows from it. Returns the indexes
  /// that are not complete.
  func begin(
    _ statement: Statement, keyspace: String?
  ) throws(TableError) -> (change: DefinitionChange?, unfinished: [UInt32]) {
    try change { schema, last, _ throws(TableError) in
      // Not before anything that has been written.
      let now = max(clock.microseconds, last)
      var change = SchemaChange(schema: schema, keyspace: keyspace, timestamp: now)
      try change.apply(statement)
      schema = change.schema
      // What is written to a column that was dropped and added again must be younger.
      if case .alterTable(let alter) = statement, case .drop = alter.change { last = now }
    }
  }

  /// Lets the two tables of each pair take each other's names, all in the transaction in which
  /// `body` may change the state; nothing is done where it says false.
  func exchange(
    _ pairs: [(TableName, TableName)], _ body: (StateEditor) throws(TableError) -> Bool
  ) throws(TableError) -> Bool {
    var isDone = false
    _ = try change { schema, _, transaction throws(TableError) in
      isDone = try body(StateEditor(Databases(transaction).state))
      guard isDone else { return }
      for (one, other) in pairs {
        guard var first = schema.tables[one], var second = schema.tables[other] else {
          throw .invalid("table \(schema.tables[one] == nil ? one : other) does not exist")
        }
        (first.keyspace, first.name) = (other.keyspace ?? "", other.table)
        (second.keyspace, second.name) = (one.keyspace ?? "", one.table)
        if first.indexes.count == second.indexes.count {
          // Their names are the tables', so that a table made anew finds its own free.
          for place in first.indexes.indices {
            let name = first.indexes[place].name
            first.indexes[place].name = second.indexes[place].name
            second.indexes[place].name = name
          }
        }
        (schema.tables[one], schema.tables[other]) = (second, first)
      }
    }
    return isDone
  }

  /// Brings a file's system rows to what this program has of them, and this node's description.
  func bringUpToDate() throws(TableError) {
    let note = Array("\(node)".utf8)
    let known = try environment.read(mapping: TableError.init) { transaction throws(TableError) in
      try SchemaStore.get("node", transaction)
    }
    let isNew = definitions.current.systemLayout != SystemTables.layout
    guard isNew || known != note else { return }
    try writer.define { schema, _, transaction throws(TableError) in
      if schema.generation == 0 {
        schema.hostID = .random()
        schema.generation = Int32(clamping: clock.microseconds / 1_000_000)
      }
      schema.changedAt = moment(schema)
      let databases = Databases(transaction)
      if isNew {
        schema.versionID = .random()
        schema.systemLayout = SystemTables.layout
        for name in SystemTables.written {
          guard let table = schema.tables[name] else { continue }
          var all = Int.max
          _ = try AbandonedRows.remove(table.id, databases, &all)
        }
      }
      let system = try systemWriter(schema, transaction)
      defer { system.close() }
      if isNew { try system.update(SchemaDifference(from: Schema(), to: schema)) }
      try system.write(node.systemRow(schema))
      try SchemaStore.set("node", note, transaction)
      try SchemaStore.saveState(schema, transaction)
    }
  }

  /// Does one step of the work that is noted; false where there is none.
  func continueWork() throws(TableError) -> Bool {
    if try purgeStep() { return true }
    let unbuilt = definitions.current.userTables.flatMap(\.indexes).first { !$0.isBuilt }
    guard let unbuilt else { return false }
    do throws(TableError) { _ = try buildStep(unbuilt.id) } catch {
      // An error of the disk's may pass; one of a row's will not.
      guard error.code == .invalid else { throw error }
      try forget(unbuilt.id)
    }
    return true
  }

  /// Removes some of what is noted; true where there is more.
  ///
  /// Never in the transaction of the change that left it: who reads by the older definitions finds
  /// all that they are about, and by the time it is removed, those are no longer to be had.
  private func purgeStep() throws(TableError) -> Bool {
    let noted = try environment.read(mapping: TableError.init) {
      transaction throws(TableError) in
      try SchemaStore.numbers(noted: "purge", transaction)
    }
    if noted.isEmpty { return false }
    return try writer.define { _, _, transaction throws(TableError) in
      let databases = Databases(transaction)
      var left = stepRows
      for id in noted {
        guard try AbandonedRows.remove(id, databases, &left) else { return true }
        try SchemaStore.set("purge/\(id)", nil, transaction)
      }
      return false
    }
  }

  /// Fills an index some way on; false where it is complete or gone.
  private func buildStep(_ id: UInt32) throws(TableError) -> Bool {
    // Nothing but what every change does with an index that is not complete.
    try change { _, _, _ throws(TableError) in }.unfinished.contains(id)
  }

  private func forget(_ id: UInt32) throws(TableError) {
    _ = try change { schema, _, _ throws(TableError) in
      for (name, table) in schema.tables where table.indexes.contains(where: { $0.id == id }) {
        schema.tables[name]?.indexes.removeAll { $0.id == id }
      }
    }
  }

  /// Lets `body` make another schema of the present one and brings it into the file. Returns what
  /// has changed, and the indexes that are not complete.
  private func change(
    _ body: (inout Schema, inout Int64, borrowing Transaction) throws(TableError) -> Void
  ) throws(TableError) -> (change: DefinitionChange?, unfinished: [UInt32]) {
    try writer.define { schema, last, transaction throws(TableError) in
      let old = schema
      try body(&schema, &last, transaction)
      let hasWork = schema.userTables.contains { $0.indexes.contains { !$0.isBuilt } }
      guard hasWork || !SchemaDifference(from: old, to: schema).isEmpty else { return (nil, []) }
      schema = try write(schema, over: old, transaction)
      return (
        DefinitionChange(SchemaDifference(from: old, to: schema)),
        schema.userTables.flatMap(\.indexes).filter { !$0.isBuilt }.map(\.id)
      )
    }
  }

  private func write(
    _ changed: Schema, over old: Schema, _ transaction: borrowing Transaction
  ) throws(TableError) -> Schema {
    let databases = Databases(transaction)
    var new = changed
    try build(&new, databases, transaction)
    let difference = SchemaDifference(from: old, to: new)
    if difference.isEmpty { return old }
    new.version += 1
    new.changedAt = moment(old)
    // What clients are not told, such as a TRUNCATE, is no other version to them.
    if difference.isTold { new.versionID = .random() }
    let writer = try systemWriter(new, transaction)
    defer { writer.close() }
    try writer.update(difference)
    if difference.isTold {
      try writer.write(
        SystemRow(
          "system", "local",
          ["key": Array("local".utf8), "schema_version": new.versionID.bytes]))
    }
    for id in difference.abandoned.sorted() {
      try SchemaStore.set("purge/\(id)", [], transaction)
      try SchemaStore.set("build/\(id)", nil, transaction)
      try RecordPresence(table: id).admit(databases.meta)
    }
    for id in difference.made.sorted() { try RecordPresence(table: id).exclude(databases.meta) }
    try SchemaStore.save(SchemaDifference(from: old, to: new), transaction)
    return new
  }

  /// Does one step on every index that is not complete.
  private func build(
    _ schema: inout Schema, _ databases: Databases, _ transaction: borrowing Transaction
  ) throws(TableError) {
    for table in schema.userTables {
      for index in table.indexes where !index.isBuilt {
        let build = IndexBuild(
          table: table, index: index, now: clock.microseconds / 1_000_000,
          maxKeySize: environment.maxKeySize)
        let key = "build/\(index.id)"
        let last = try build.step(
          after: try SchemaStore.get(key, transaction), databases, limit: stepRows)
        try SchemaStore.set(key, last, transaction)
        if last == nil { schema.updateIndex(index.id) { $0.isBuilt = true } }
      }
    }
  }

  private func systemWriter(
    _ schema: Schema, _ transaction: borrowing Transaction
  ) throws(TableError) -> SystemWriter {
    SystemWriter(
      try WriteTransaction(
        transaction, schema, clock, environment.maxKeySize, lastTimestamp: schema.changedAt),
      at: schema.changedAt)
  }

  /// A time later than that of the change before, whatever the clock says.
  private func moment(_ schema: Schema) -> Int64 {
    max(clock.microseconds, schema.changedAt &+ 1)
  }
}

extension Schema {
  mutating func updateIndex(_ id: UInt32, _ change: (inout Index) -> Void) {
    for (name, var table) in tables {
      guard let place = table.indexes.firstIndex(where: { $0.id == id }) else { continue }
      change(&table.indexes[place])
      tables[name] = table
    }
  }
}

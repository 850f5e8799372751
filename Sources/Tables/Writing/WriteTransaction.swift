internal import Bytes
internal import LMDB
internal import Machine

/// A write transaction: statements and the application's own state, committed together or not at
/// all. Valid only inside the scope of `Tables.write`.
package final class WriteTransaction {
  private let databases: Databases
  private var writer: RowWriter
  /// Where the application's state is put: what is written together mostly lies together.
  private var statePlace: WriteCursor
  private let schema: Schema
  private let clock: Clock
  /// The error of a statement that failed when it had changed something: not to be committed.
  private var statementFailure: TableError?
  /// Why it must not be committed.
  var failure: TableError? { statementFailure ?? writer.failure }
  var lastTimestamp: Int64 { writer.lastTimestamp }

  init(
    _ transaction: borrowing Transaction, _ schema: Schema, _ clock: Clock, _ maxKeySize: Int,
    lastTimestamp: Int64
  ) throws(TableError) {
    let databases = Databases(transaction)
    let rowPlace = try stored { () throws(LMDBError) in try databases.rows.writeCursor() }
    let entryPlace = try stored { () throws(LMDBError) in try databases.indexes.writeCursor() }
    statePlace = try stored { () throws(LMDBError) in try databases.state.writeCursor() }
    self.databases = databases
    writer = RowWriter(
      databases, rowPlace: rowPlace, entryPlace: entryPlace, clock: clock, maxKeySize: maxKeySize,
      lastTimestamp: lastTimestamp)
    self.schema = schema
    self.clock = clock
  }

  /// Sees to it that all that has been written is in the tree.
  func flush() throws(TableError) { try writer.flush() }

  /// Ends it, before what it writes is committed.
  func close() {
    writer.close()
    statePlace.close()
  }

  /// Executes a prepared INSERT, UPDATE, DELETE, BATCH or SELECT. A conditional statement gives a
  /// row with the column `[applied]`. A SELECT sees what this transaction has written so far, and
  /// returns all rows, not a page.
  @discardableResult
  package func execute(
    _ statement: PreparedStatement, _ values: borrowing BoundValues
  ) throws(TableError) -> Page {
    let changesBefore = writer.changes
    do throws(TableError) {
      // What is as it was when it was prepared is not copied.
      if statement.isCurrent(schema) { return try run(statement, values) }
      return try run(try statement.current(schema, clock), values)
    } catch {
      if writer.changes != changesBefore { statementFailure = error }
      throw error
    }
  }

  private func run(
    _ statement: PreparedStatement, _ values: borrowing BoundValues
  ) throws(TableError) -> Page {
    try statement.check(values)
    guard statement.takesSets else { return try run(statement.plan, values, statement) }
    return try run(statement.plan, try statement.sorted(values), statement)
  }

  private func run(
    _ plan: PreparedStatement.Plan, _ values: borrowing BoundValues, _ statement: PreparedStatement
  ) throws(TableError) -> Page {
    switch plan {
    case .select(let selection):
      try writer.flush()
      if let probe = selection.value.probe, try probe.isAbsent(values, databases) {
        return selection.value.nothing
      }
      return try statement.select(values, clock, PageRequest(rows: .max)) {
        advance throws(TableError) in
        try advance(databases)
      }
    case .modify(let plan):
      return try plan.operands.withOperands(values, clock) { operands throws(TableError) in
        if plan.condition.isNone {
          try writer.execute(plan, operands)
          return .nothing
        }
        try writer.flush()
        var check = ConditionCheck(
          plan.table, databases.rows, now: clock.microseconds / 1_000_000, isInBatch: false)
        try check.add(plan, operands, at: 0)
        try check.look { _, body throws(TableError) in try body(operands) }
        if check.isMet { try writer.execute(plan, operands) }
        return try check.page()
      }
    case .batch(let plan): return try run(plan.value, values)
    case .define, .describe, .nothing:
      throw .invalid("Only INSERT, UPDATE, DELETE, BATCH and SELECT can run in a transaction")
    }
  }

  /// Runs a BATCH.
  private func run(
    _ batch: BatchPlan, _ values: borrowing BoundValues
  ) throws(TableError) -> Page {
    var timestamp: Int64?
    if let operand = batch.timestamp {
      timestamp = try batch.operands.withOperands(values, clock) { operands throws(TableError) in
        try Modification.timestamp(operand, operands)
      }
    }
    return try run(batch.statements, timestamp: timestamp) { place, body throws(TableError) in
      try batch.statements[place].operands.withOperands(values, clock, body)
    }
  }

  /// Executes statements that were bound one by one as one batch.
  @discardableResult
  package func execute(_ batch: BoundBatch) throws(TableError) -> Page {
    let changesBefore = writer.changes
    do throws(TableError) {
      let plans = try batch.plans(schema, clock)
      return try run(plans, timestamp: batch.timestamp) { place, body throws(TableError) in
        let (statement, values) = batch.items[place]
        guard statement.takesSets else {
          return try plans[place].operands.withOperands(values.bound, clock, body)
        }
        try plans[place].operands.withOperands(try statement.sorted(values.bound), clock, body)
      }
    } catch {
      if writer.changes != changesBefore { statementFailure = error }
      throw error
    }
  }

  /// Runs the statements of a batch where its conditions are met: with one timestamp but for those
  /// that name their own, each on what there was before the batch.
  private func run(
    _ statements: [Modification], timestamp: Int64?, _ withOperands: WithOperands
  ) throws(TableError) -> Page {
    var page = Page.nothing
    let given = writer.nextTimestamp()
    var timestamp = timestamp ?? given
    if let table = statements.first?.table, statements.contains(where: { !$0.condition.isNone }) {
      timestamp = given
      try writer.flush()
      var check = ConditionCheck(
        table, databases.rows, now: clock.microseconds / 1_000_000, isInBatch: true)
      for (place, plan) in statements.enumerated() {
        try withOperands(place) { operands throws(TableError) in
          try check.add(plan, operands, at: place)
        }
      }
      try check.look(withOperands)
      page = try check.page()
      if !check.isMet { return page }
    }
    defer { writer.listsBefore = nil }
    for (place, plan) in statements.enumerated() where plan.readsLists {
      try withOperands(place) { operands throws(TableError) in
        try writer.readLists(plan, operands, now: clock.microseconds / 1_000_000)
      }
    }
    for (place, plan) in statements.enumerated() {
      try withOperands(place) { operands throws(TableError) in
        try writer.execute(plan, operands, timestamp: timestamp)
      }
    }
    return page
  }

  /// Takes away what can go at the keys, looking again; returns how many it changed.
  func purge(
    _ candidates: [(table: Table, key: [UInt8])], now: Int64
  ) throws(TableError) -> Int {
    try writer.flush()
    var purged = 0
    var purger: RowPurger?
    for (table, key) in candidates {
      // A definition may have changed since.
      guard schema.tables[table.fullName] == table else { continue }
      if purger?.table.id != table.id { purger = RowPurger(table, databases.rows, now: now) }
      if try purge(table, key, purger) { purged += 1 }
    }
    return purged
  }

  private func purge(
    _ table: Table, _ key: [UInt8], _ purger: RowPurger?
  ) throws(TableError) -> Bool {
    let outcome = try key.borrowed { key throws(TableError) in
      let value = try stored { () throws(LMDBError) in try databases.rows.get(key) }
      purger?.leave()
      return try value.flatMap { value throws(TableError) in try purger?.outcome((key, value)) }
    }
    switch outcome {
    case nil, .stays: return false
    case .shrinks(let remains): try writer.replace(table, key, with: remains)
    case .goes:
      try writer.replace(table, key, with: nil)
      let length = key.borrowed { RowKey.partitionLength($0) }
      if key[length - 1] == RowKey.Class.range {
        // The record promises range tombstones only as long as there are some.
        let record = Array(key[..<(length - 1)]) + [RowKey.Class.record]
        _ = try purge(table, record, purger)
      }
    }
    return true
  }

  /// Keeps bytes under a name, beside the tables, such as a query's checkpoint.
  package func setState(_ name: String, _ bytes: [UInt8]) throws(TableError) {
    try setState(Array(name.utf8), bytes)
  }

  /// The same for a name that is no text; nil takes away what is there.
  package func setState(_ name: [UInt8], _ bytes: [UInt8]?) throws(TableError) {
    try stored { () throws(LMDBError) in
      if let bytes {
        try name.borrowed { name throws(LMDBError) in
          try bytes.borrowed { bytes throws(LMDBError) in try statePlace.put(name, bytes) }
        }
      } else {
        _ = try databases.state.remove(name)
      }
    }
  }

  /// The bytes kept under a name.
  package func state(_ name: String) throws(TableError) -> [UInt8]? {
    try state(Array(name.utf8))
  }

  /// The same for a name that is no text.
  package func state(_ name: [UInt8]) throws(TableError) -> [UInt8]? {
    try stored { () throws(LMDBError) in try databases.state.get(name) }
  }
}

/// The databases that statements work on, inside one transaction.
struct Databases {
  let meta: Database
  let rows: Database
  let indexes: Database
  let state: Database

  /// The names of all databases of the file, in this order.
  static let names = Place.allCases.map { "\($0)" }

  private enum Place: Int, CaseIterable { case meta, schema, rows, indexes, state }

  init(_ transaction: borrowing Transaction) {
    meta = transaction.database(at: Place.meta.rawValue)
    rows = transaction.database(at: Place.rows.rawValue)
    indexes = transaction.database(at: Place.indexes.rawValue)
    state = transaction.database(at: Place.state.rawValue)
  }
}

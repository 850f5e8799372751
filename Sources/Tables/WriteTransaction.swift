internal import Bytes
internal import LMDB
internal import Machine

/// A write transaction: statements and the application's own state, committed together or not at
/// all. Valid only inside the scope of `Tables.write`.
package final class WriteTransaction {
  private let databases: Databases
  private var writer: RowWriter
  private let schema: Schema
  private let clock: Clock
  /// The error of a statement that failed when it had changed something: not to be committed.
  private(set) var failure: TableError?
  var lastTimestamp: Int64 { writer.lastTimestamp }

  init(
    _ transaction: borrowing Transaction, _ schema: Schema, _ clock: Clock, _ maxKeySize: Int,
    lastTimestamp: Int64
  ) throws(TableError) {
    databases = try Databases(transaction)
    writer = RowWriter(
      databases, clock: clock, maxKeySize: maxKeySize, lastTimestamp: lastTimestamp)
    self.schema = schema
    self.clock = clock
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
      return try run(try statement.current(schema, clock), values)
    } catch {
      if writer.changes != changesBefore { failure = error }
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
    case .select:
      return try statement.select(values, clock, pageRows: .max, nil) {
        advance throws(TableError) in
        try advance(databases)
      }
    case .modify(let plan):
      return try plan.operands.withOperands(values, clock) { operands throws(TableError) in
        if plan.condition.isNone {
          let timestamp = plan.timestamp == nil ? writer.nextTimestamp() : 0
          try writer.execute(plan, operands, timestamp: timestamp)
          return Page(columns: [], rows: [])
        }
        var check = ConditionCheck(
          plan.table, databases.rows, now: clock.microseconds / 1_000_000, isInBatch: false)
        try check.add(plan, operands)
        if check.isMet {
          try writer.execute(plan, operands, timestamp: writer.nextTimestamp())
        }
        return try check.page()
      }
    case .batch(let plan): return try run(plan.value, values)
    case .define, .describe, .nothing:
      throw .invalid("Only INSERT, UPDATE, DELETE, BATCH and SELECT can run in a transaction")
    }
  }

  /// Runs a batch: all of its statements with one timestamp, where its conditions are met.
  private func run(
    _ batch: BatchPlan, _ values: borrowing BoundValues
  ) throws(TableError) -> Page {
    var timestamp = writer.nextTimestamp()
    if let operand = batch.timestamp {
      timestamp = try batch.operands.withOperands(values, clock) { operands throws(TableError) in
        try Modification.timestamp(operand, operands) ?? timestamp
      }
    }
    var page = Page(columns: [], rows: [])
    if batch.hasConditions {
      var check = ConditionCheck(
        batch.statements[0].table, databases.rows, now: clock.microseconds / 1_000_000,
        isInBatch: true)
      for plan in batch.statements {
        try plan.operands.withOperands(values, clock) { operands throws(TableError) in
          try check.add(plan, operands)
        }
      }
      page = try check.page()
      if !check.isMet { return page }
    }
    for plan in batch.statements {
      try plan.operands.withOperands(values, clock) { operands throws(TableError) in
        try writer.execute(plan, operands, timestamp: timestamp)
      }
    }
    return page
  }

  /// Takes away what can go at the keys, looking again; returns how many it changed.
  func purge(
    _ candidates: [(table: Table, key: [UInt8])], now: Int64
  ) throws(TableError) -> Int {
    var purged = 0
    var purger: RowPurger?
    for (table, key) in candidates {
      // A definition may have changed since.
      guard schema.tables.values.contains(where: { $0 == table }) else { continue }
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
    try stored { () throws(LMDBError) in try databases.state.put(Array(name.utf8), bytes) }
  }

  /// The bytes kept under a name.
  package func state(_ name: String) throws(TableError) -> [UInt8]? {
    try stored { () throws(LMDBError) in try databases.state.get(Array(name.utf8)) }
  }
}

/// The databases that statements work on, inside one transaction.
struct Databases {
  let rows: Database
  let indexes: Database
  let state: Database

  init(_ transaction: borrowing Transaction) throws(TableError) {
    rows = try stored { () throws(LMDBError) in try transaction.database("rows") }
    indexes = try stored { () throws(LMDBError) in try transaction.database("indexes") }
    state = try stored { () throws(LMDBError) in try transaction.database("state") }
  }
}

internal import Bytes
internal import CQL
internal import Machine
internal import Synchronization

/// A value behind one reference, so that handing a statement around does not copy all of its plan.
final class Shared<Value: Sendable>: Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}

/// A statement parsed and brought onto the schema, ready to be executed many times, from any
/// thread. Where its table's definition has changed since, each execution plans it anew: prepare it
/// again.
package final class PreparedStatement: Sendable {
  enum Plan: Sendable {
    case select(Shared<Selection>)
    case modify(Modification)
    case batch(Shared<BatchPlan>)
    case define(Statement)
    case describe(Describe)
    case nothing
  }

  let statement: Statement
  let keyspace: String?
  let plan: Plan
  /// The version of the definitions that it was last seen to be planned by.
  private let schemaVersion: Atomic<Int>
  /// The names and types of the markers, in order.
  package let markers: [ResultColumn]
  /// Whether a value that is bound must be sorted before it is used.
  let takesSets: Bool

  init(
    _ statement: Statement, _ schema: Schema, _ keyspace: String?, _ clock: Clock
  ) throws(TableError) {
    self.statement = statement
    schemaVersion = Atomic(schema.version)
    self.keyspace = keyspace
    var found: [Int: StatementOperands.Marker] = [:]
    switch statement {
    case .select(let select):
      let table = try schema.table(select.table, current: keyspace)
      var planner = SelectionPlanner(
        table: table, scope: schema.scope(table.keyspace), clock: clock)
      let selection = try planner.plan(select)
      found = selection.markers.mapValues { .init(column: $0.name, type: $0.type) }
      plan = .select(Shared(selection))
    case .insert, .insertJSON, .update, .delete:
      let modification = try PreparedStatement.modification(statement, schema, keyspace, clock)
      found = modification.operands.markers
      plan = .modify(modification)
    case .batch(let batch):
      var statements: [Modification] = []
      for statement in batch.statements {
        statements.append(
          try PreparedStatement.modification(statement, schema, keyspace, clock))
      }
      let batch = try BatchPlan(
        batch, statements,
        OperandTable(nil, scope: TypeScope(keyspace: keyspace ?? ""), clock: clock))
      found = batch.markers
      plan = .batch(Shared(batch))
    case .describe(let describe):
      plan = .describe(describe)
    case .use(let name):
      guard schema.keyspaces[name] != nil else {
        throw .invalid("Keyspace '\(name)' does not exist")
      }
      plan = .nothing
    case .createKeyspace, .createTable, .createIndex, .createType, .alterKeyspace, .alterTable,
      .alterType, .drop, .truncate:
      plan = .define(statement)
    case .unsupported(let statement): throw .unsupported(statement.kind.rawValue)
    }
    markers = found.sorted { $0.key < $1.key }
      .map { ResultColumn(name: $0.value.column, type: $0.value.type) }
    takesSets = markers.contains { $0.type.hasOrderInside }
    guard found.keys.sorted() == Array(0..<found.count) else {
      throw .invalid("A bind marker stands where none is supported")
    }
  }

  private static func modification(
    _ statement: Statement, _ schema: Schema, _ keyspace: String?, _ clock: Clock
  ) throws(TableError) -> Modification {
    func planner(_ name: TableName) throws(TableError) -> ModificationPlanner {
      let table = try schema.table(name, current: keyspace)
      return ModificationPlanner(
        table: table,
        operands: OperandTable(table, scope: schema.scope(table.keyspace), clock: clock))
    }
    switch statement {
    case .insert(let insert):
      var planner = try planner(insert.table)
      return try planner.plan(insert)
    case .insertJSON(let insert):
      var planner = try planner(insert.table)
      return try planner.plan(insert)
    case .update(let update):
      var planner = try planner(update.table)
      return try planner.plan(update)
    case .delete(let delete):
      var planner = try planner(delete.table)
      return try planner.plan(delete)
    default: throw .invalid("The statement changes no rows")
    }
  }

  /// The keyspace that a USE names.
  package var usedKeyspace: String? {
    if case .use(let name) = statement { return name }
    return nil
  }

  /// Whether it is a SELECT that sorts partitions' rows together, which it does only for all of
  /// them at once: with `Int.max` rows a page.
  package var needsWholeResult: Bool {
    if case .select(let selection) = plan { return !selection.value.sorting.isEmpty }
    return false
  }

  func check(_ values: borrowing BoundValues) throws(TableError) {
    guard values.ranges.count == markers.count else {
      throw .invalid(
        "there were \(markers.count) markers(?) in CQL but \(values.ranges.count) bound variables")
    }
  }

  /// The statement as it must be executed now: planned anew where a table of it has another
  /// definition than when it was prepared.
  func current(_ schema: Schema, _ clock: Clock) throws(TableError) -> PreparedStatement {
    isCurrent(schema) ? self : try PreparedStatement(statement, schema, keyspace, clock)
  }

  /// Whether the tables of the statement are defined as they were when it was planned.
  func isCurrent(_ schema: Schema) -> Bool {
    if schema.version == schemaVersion.load(ordering: .relaxed) { return true }
    let tables: [Table]
    switch plan {
    case .select(let selection): tables = [selection.value.table]
    case .modify(let modification): tables = [modification.table]
    case .batch(let batch): tables = batch.value.statements.map(\.table)
    case .define, .describe, .nothing: return true
    }
    let isCurrent = tables.allSatisfy { table in
      schema.tables[TableName(keyspace: table.keyspace, table: table.name)] == table
    }
    // Changes of other tables are not looked at again each time.
    if isCurrent { schemaVersion.store(schema.version, ordering: .relaxed) }
    return isCurrent
  }
}

extension [UInt8] {
  /// `withUnsafeBytes` that throws what its body throws.
  func borrowed<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var outcome: Swift.Result<Result, Failure>?
    withUnsafeBytes { bytes in
      outcome = Swift.Result { () throws(Failure) in try body(bytes) }
    }
    // Always set: the closure has run.
    guard let outcome else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return try outcome.get()
  }
}

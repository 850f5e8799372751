internal import Bytes
internal import CQL
internal import Machine

/// A value behind one reference, so that handing a statement around does not copy all of its plan.
final class Shared<Value: Sendable>: Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}

/// A statement parsed and brought onto the schema, ready to be executed many times, from any
/// thread. Where its table's definition has changed since, each execution plans it anew: prepare it
/// again.
package struct PreparedStatement: Sendable {
  enum Plan: Sendable {
    case select(Shared<Selection>)
    case modify(Shared<Modification>)
    case batch([PreparedStatement])
    case define(Statement)
    case describe(Describe)
    case nothing
  }

  let statement: Statement
  let keyspace: String?
  let plan: Plan
  private let schemaVersion: Int
  /// The names and types of the markers, in order.
  package let markers: [ResultColumn]
  /// Whether a value that is bound must be sorted before it is used.
  let takesSets: Bool

  init(
    _ statement: Statement, _ schema: Schema, _ keyspace: String?, _ clock: Clock
  ) throws(TableError) {
    self.statement = statement
    schemaVersion = schema.version
    self.keyspace = keyspace
    func planner(_ name: TableName) throws(TableError) -> ModificationPlanner {
      ModificationPlanner(
        table: try schema.table(name, current: keyspace), operands: OperandTable(clock: clock))
    }
    var found: [Int: OperandTable.Marker] = [:]
    switch statement {
    case .select(let select):
      var planner = SelectionPlanner(
        table: try schema.table(select.table, current: keyspace),
        operands: OperandTable(clock: clock))
      let selection = try planner.plan(select)
      found = selection.markers
      plan = .select(Shared(selection))
    case .insert(let insert):
      var planner = try planner(insert.table)
      let modification = try planner.plan(insert)
      found = modification.markers
      plan = .modify(Shared(modification))
    case .update(let update):
      var planner = try planner(update.table)
      let modification = try planner.plan(update)
      found = modification.markers
      plan = .modify(Shared(modification))
    case .delete(let delete):
      var planner = try planner(delete.table)
      let modification = try planner.plan(delete)
      found = modification.markers
      plan = .modify(Shared(modification))
    case .batch(let batch):
      plan = .batch(try PreparedStatement.plan(batch, schema, keyspace, clock))
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
    case .insertJSON: throw .unsupported("INSERT JSON")
    case .unsupported(let statement): throw .unsupported(statement.kind.rawValue)
    }
    markers = found.sorted { $0.key < $1.key }
      .map { ResultColumn(name: $0.value.column, type: $0.value.type) }
    takesSets = markers.contains { $0.type.hasOrderInside }
    guard found.keys.sorted() == Array(0..<found.count) else {
      throw .invalid("A bind marker stands where none is supported")
    }
  }

  private static func plan(
    _ batch: Batch, _ schema: Schema, _ keyspace: String?, _ clock: Clock
  ) throws(TableError) -> [PreparedStatement] {
    guard batch.kind != .counter else {
      throw .invalid("Counter batches are not supported: there are no counters")
    }
    guard batch.using == Using() else {
      throw .invalid("USING belongs to the statements of a batch, not to the batch")
    }
    var planned: [PreparedStatement] = []
    for statement in batch.statements {
      let prepared = try PreparedStatement(statement, schema, keyspace, clock)
      guard prepared.markers.isEmpty else {
        throw .invalid("Markers in a BATCH are not supported: prepare its statements")
      }
      if case .modify(let modification) = prepared.plan, case .none = modification.value.condition {
        planned.append(prepared)
      } else {
        throw .invalid("Conditions in a BATCH are not supported")
      }
    }
    return planned
  }

  /// The keyspace that a USE names.
  package var usedKeyspace: String? {
    if case .use(let name) = statement { return name }
    return nil
  }

  func check(_ values: borrowing BoundValues) throws(TableError) {
    guard values.ranges.count == markers.count else {
      throw .invalid(
        "there were \(markers.count) markers(?) in CQL but \(values.ranges.count) bound variables")
    }
  }

  /// The statement as it must be executed now: planned anew where its table has another definition
  /// than when it was prepared, and where it calls functions such as `now()`.
  func current(_ schema: Schema, _ clock: Clock) throws(TableError) -> PreparedStatement {
    let table: Table
    switch plan {
    case .select(let selection) where !selection.value.isVolatile:
      if schema.version == schemaVersion { return self }
      table = selection.value.table
    case .modify(let modification) where !modification.value.isVolatile:
      if schema.version == schemaVersion { return self }
      table = modification.value.table
    case .select, .modify: return try PreparedStatement(statement, schema, keyspace, clock)
    case .batch, .define, .describe, .nothing: return self
    }
    let name = TableName(keyspace: table.keyspace, table: table.name)
    if schema.tables[name] == table { return self }
    return try PreparedStatement(statement, schema, keyspace, clock)
  }

  func select(
    _ databases: Databases, _ values: borrowing BoundValues, _ clock: Clock,
    pageRows: Int, _ state: PagingState?
  ) throws(TableError) -> Page {
    guard case .select(let selection) = plan else { throw .invalid("The statement is no SELECT") }
    try check(values)
    guard takesSets else { return try page(selection, databases, values, clock, pageRows, state) }
    return try page(selection, databases, try sorted(values), clock, pageRows, state)
  }

  private func page(
    _ selection: Shared<Selection>, _ databases: Databases, _ values: borrowing BoundValues,
    _ clock: Clock, _ pageRows: Int, _ state: PagingState?
  ) throws(TableError) -> Page {
    let ranges = values.ranges
    return try values.bytes.withBytes { bound throws(TableError) in
      try selection.value.constants.borrowed { constants throws(TableError) in
        var run = try SelectionRun(
          selection, Operands(constants: constants, bound: bound, ranges: ranges),
          now: clock.microseconds / 1_000_000, pageRows: max(pageRows, 1), state: state)
        let page = try run.run(databases)
        guard selection.value.isJSON else { return page }
        return Page(
          columns: [ResultColumn(name: "[json]", type: .text)],
          rows: page.rows.map { [Array(page.json($0).utf8)] }, next: page.next)
      }
    }
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

internal import CQL

/// A BATCH brought onto its tables, with Cassandra's rules for what may stand together.
struct BatchPlan: Sendable {
  var statements: [Modification] = []
  /// USING TIMESTAMP of the batch, and its own operands.
  var timestamp: Operand?
  var operands = StatementOperands()

  var hasConditions: Bool { statements.contains { !$0.condition.isNone } }

  /// The markers of the batch and of its statements, which are numbered through.
  var markers: [Int: StatementOperands.Marker] {
    statements.reduce(into: operands.markers) { all, statement in
      all.merge(statement.operands.markers) { first, _ in first }
    }
  }

  init(
    _ batch: Batch, _ statements: [Modification], _ table: OperandTable
  ) throws(TableError) {
    self.statements = statements
    var table = table
    if batch.using.ttl != nil {
      throw .invalid("Global TTL on the BATCH statement is not supported.")
    }
    timestamp = try batch.using.timestamp.map { term throws(TableError) in
      try table.add(term, .bigint, column: "[timestamp]")
    }
    operands = table.statement
    try BatchPlan.check(batch.kind, statements, hasTimestamp: timestamp != nil)
  }

  /// Cassandra's `BatchStatement.validate`.
  static func check(
    _ kind: Batch.Kind, _ statements: [Modification], hasTimestamp: Bool
  ) throws(TableError) {
    let hasConditions = statements.contains { !$0.condition.isNone }
    if hasTimestamp {
      if hasConditions { throw .invalid("Cannot provide custom timestamp for conditional BATCH") }
      if kind == .counter { throw .invalid("Cannot provide custom timestamp for counter BATCH") }
      if statements.contains(where: { $0.timestamp != nil }) {
        throw .invalid("Timestamp must be set either on BATCH or individual statements")
      }
    }
    let hasCounters = statements.contains { $0.table.isCounter }
    let hasOthers = statements.contains { !$0.table.isCounter }
    if hasTimestamp, hasCounters {
      throw .invalid("Cannot provide custom timestamp for a BATCH containing counters")
    }
    if kind == .counter, hasOthers {
      throw .invalid("Cannot include non-counter statement in a counter batch")
    }
    if hasCounters, hasOthers {
      throw .invalid("Counter and non-counter mutations cannot exist in the same batch")
    }
    if kind == .logged, hasCounters {
      throw .invalid("Cannot include a counter statement in a logged batch")
    }
    if hasConditions, statements.contains(where: { $0.table.id != statements[0].table.id }) {
      throw .invalid("Batch with conditions cannot span multiple tables")
    }
  }
}

internal import CQL

/// An INSERT, UPDATE or DELETE brought onto its table, ready to be executed many times.
struct Modification: Sendable {
  enum Effect: Sendable {
    /// Rows of whole keys get cells; INSERT also sets the row's marker.
    case upsert(marker: Bool)
    /// Whole rows go: those of whole keys, or all in a range.
    case deleteRows
  }

  struct Assignment: Sendable {
    var column: Column
    /// Nil deletes the cell, as does a null operand.
    var operand: Operand?
  }

  enum Condition: Sendable {
    case none, notExists, exists
    case relations([(column: Column, comparison: Comparison, operand: Operand)])
  }

  var table: Table
  var effect: Effect
  /// Of regular columns, by rising column id.
  var assignments: [Assignment]
  /// The restrictions on the key; for an INSERT equalities of all key columns.
  var restrictions: Restrictions
  /// An INSERT's key operands in key order: the fast way past `restrictions`.
  var key: [Operand]
  var timestamp: Operand?
  var ttl: Operand?
  var condition: Condition
  var constants: [UInt8]
  var markers: [Int: OperandTable.Marker]
  var isVolatile: Bool

  /// The operand that an INSERT has for a column.
  func operand(of column: Column) -> Operand? {
    switch column.kind {
    case .partitionKey: key[column.position]
    case .clustering: key[table.partitionKey.count + column.position]
    case .regular, .static: assignments.first { $0.column.id == column.id }?.operand
    }
  }
}

/// Makes modifications out of statements.
struct ModificationPlanner {
  let table: Table
  var operands: OperandTable

  mutating func plan(_ insert: Insert) throws(TableError) -> Modification {
    guard insert.columns.count == insert.values.count else {
      throw .invalid("Unmatched column names/values")
    }
    guard Set(insert.columns).count == insert.columns.count else {
      throw .invalid("The column names contains duplicates")
    }
    let terms = Dictionary(zip(insert.columns, insert.values)) { first, _ in first }
    let keys = Array(table.partitionKey + table.clusteringKey)
    var key: [Operand] = []
    for column in keys {
      guard let term = terms[column.name] else { throw missing(column) }
      key.append(try operands.add(term, column.type, column: column.name))
    }
    var assignments: [Modification.Assignment] = []
    for name in insert.columns {
      let column = try table.required(name)
      guard column.kind == .regular, let term = terms[name] else { continue }
      let operand = try operands.add(term, column.type, column: name)
      assignments.append(.init(column: column, operand: operand))
    }
    return try finish(
      .upsert(marker: true), assignments, [], key, insert.using,
      insert.ifNotExists ? .notExists : .none)
  }

  mutating func plan(_ update: Update) throws(TableError) -> Modification {
    var assignments: [Modification.Assignment] = []
    for assignment in update.assignments {
      guard case .set(let name, let term) = assignment else {
        throw .invalid(
          "Only SET column = value is supported: collections are frozen and there are no counters")
      }
      let column = try regular(name)
      let operand = try operands.add(term, column.type, column: name)
      assignments.append(.init(column: column, operand: operand))
    }
    guard Set(assignments.map(\.column)).count == assignments.count else {
      throw .invalid("Multiple incompatible setting of one column")
    }
    let plan = try finish(
      .upsert(marker: false), assignments, update.relations, [], update.using,
      try condition(update.condition))
    try requireWholeKey(plan.restrictions)
    try requireOneRow(plan)
    return plan
  }

  mutating func plan(_ delete: Delete) throws(TableError) -> Modification {
    var assignments: [Modification.Assignment] = []
    for target in delete.targets {
      guard case .column(let name) = target else {
        throw .invalid("Deleting a part of a collection is not supported: collections are frozen")
      }
      assignments.append(.init(column: try regular(name), operand: nil))
    }
    if delete.using.ttl != nil { throw .invalid("TTL is not supported by DELETE") }
    let condition = try condition(delete.condition)
    let plan = try finish(
      delete.targets.isEmpty ? .deleteRows : .upsert(marker: false), assignments,
      delete.relations, [], delete.using, condition)
    if !delete.targets.isEmpty { try requireWholeKey(plan.restrictions) }
    if case .none = condition {} else { try requireWholeKey(plan.restrictions) }
    try requireOneRow(plan)
    guard plan.restrictions.fixesPartition else {
      let open = table.partitionKey.first { plan.restrictions.fixing($0) == nil }
      throw .invalid("Some partition key parts are missing: \(open?.name ?? "")")
    }
    return plan
  }

  private mutating func finish(
    _ effect: Modification.Effect, _ assignments: [Modification.Assignment],
    _ relations: [Relation], _ key: [Operand], _ using: Using, _ condition: Modification.Condition
  ) throws(TableError) -> Modification {
    let restrictions = try Restrictions(relations, table, &operands)
    if let wrong = restrictions.all.first(where: { $0.column.kind == .regular }) {
      throw .invalid("Non PRIMARY KEY columns found in where clause: \(wrong.column.name)")
    }
    if !restrictions.tokens.isEmpty {
      throw .invalid("The token function cannot be used in WHERE clauses for modifications")
    }
    let timestamp = try using.timestamp.map { term throws(TableError) in
      try operands.add(term, .bigint, column: "[timestamp]")
    }
    let ttl = try using.ttl.map { term throws(TableError) in
      try operands.add(term, .int, column: "[ttl]")
    }
    return Modification(
      table: table, effect: effect,
      assignments: assignments.sorted { $0.column.id < $1.column.id }, restrictions: restrictions,
      key: key, timestamp: timestamp, ttl: ttl, condition: condition,
      constants: operands.constants, markers: operands.markers, isVolatile: operands.isVolatile)
  }

  private mutating func condition(
    _ condition: CQL.Condition
  ) throws(TableError) -> Modification.Condition {
    switch condition {
    case .none: return .none
    case .exists: return .exists
    case .relations(let relations):
      var found: [(column: Column, comparison: Comparison, operand: Operand)] = []
      for relation in relations {
        guard case .column(let name, let comparison, let term) = relation,
          ![.in, .contains, .containsKey, .like].contains(comparison)
        else { throw .invalid("Only conditions of the form column = value are supported") }
        let column = try regular(name)
        let hasOrder = comparison != .equal && comparison != .notEqual
        if hasOrder, column.type.containsDuration {
          throw .invalid("Slice conditions are not supported on \(column.type.durationHolder)")
        }
        found.append((column, comparison, try operands.add(term, column.type, column: name)))
      }
      return .relations(found)
    }
  }

  private func regular(_ name: String) throws(TableError) -> Column {
    let column = try table.required(name)
    guard column.kind == .regular else {
      throw .invalid("PRIMARY KEY part \(name) found in SET part")
    }
    return column
  }

  private func requireWholeKey(_ restrictions: Restrictions) throws(TableError) {
    for column in table.partitionKey + table.clusteringKey
    where restrictions.fixing(column) == nil {
      throw missing(column)
    }
  }

  /// A condition is about one row, which must be found met or not as a whole.
  private func requireOneRow(_ plan: Modification) throws(TableError) {
    if case .none = plan.condition { return }
    guard plan.restrictions.all.allSatisfy({ $0.comparison == .equal }) else {
      throw .invalid("IN restrictions are not supported with conditional updates and deletions")
    }
  }

  private func missing(_ column: Column) -> TableError {
    column.kind == .partitionKey
      ? .invalid("Some partition key parts are missing: \(column.name)")
      : .invalid("Some clustering keys are missing: \(column.name)")
  }
}

internal import CQL

/// Makes modifications out of statements, with Cassandra's rules for what it refuses.
struct ModificationPlanner {
  let table: Table
  var operands: OperandTable

  mutating func plan(_ insert: Insert) throws(TableError) -> Modification {
    guard !table.isCounter else {
      throw .invalid("INSERT statements are not allowed on counter tables, use UPDATE instead")
    }
    guard insert.columns.count == insert.values.count else {
      throw .invalid("Unmatched column names/values")
    }
    guard Set(insert.columns).count == insert.columns.count else {
      throw .invalid("The column names contains duplicates")
    }
    var values: [String: Operand] = [:]
    var operations: [Modification.Operation] = []
    for (name, term) in zip(insert.columns, insert.values) {
      let column = try table.required(name)
      let operand = try operands.add(term, column.type, column: name)
      values[name] = operand
      guard column.isPartOfKey else {
        operations.append(.init(column: column, action: .set(operand)))
        continue
      }
    }
    return try plan(
      insert: values, operations, insert.using, insert.ifNotExists ? .notExists : .none)
  }

  /// An INSERT of columns whose operands are known, by name.
  mutating func plan(
    insert values: [String: Operand], _ operations: [Modification.Operation], _ using: Using,
    _ condition: ModificationCondition
  ) throws(TableError) -> Modification {
    var keys = ModificationKeys(table: table, single: [])
    for column in table.partitionKey {
      guard let operand = values[column.name] else { throw missing([column]) }
      keys.partition.append(
        .init(columns: [column], alternatives: [.each([operand])], isIn: false))
    }
    let absent = table.clusteringKey.filter { values[$0.name] == nil }
    let isStaticOnly =
      absent.count == table.clusteringKey.count && !operations.isEmpty
      && operations.allSatisfy { $0.column.kind == .static }
    if !absent.isEmpty, !isStaticOnly { throw missing(absent) }
    if !isStaticOnly {
      for column in table.clusteringKey {
        guard let operand = values[column.name] else { continue }
        keys.clustering.append(
          .init(columns: [column], alternatives: [.each([operand])], isIn: false))
      }
    }
    if !isStaticOnly || table.clusteringKey.isEmpty {
      keys.single = (table.partitionKey + table.clusteringKey).compactMap { values[$0.name] }
    }
    return try finish(.insert, operations, keys, using, condition)
  }

  mutating func plan(_ update: Update) throws(TableError) -> Modification {
    var operations: [Modification.Operation] = []
    for assignment in update.assignments {
      let column = try table.required(assignment.column)
      guard !column.isPartOfKey else {
        throw .invalid("PRIMARY KEY part \(column.name) found in SET part")
      }
      operations.append(
        .init(column: column, action: try action(assignment, column)))
    }
    let condition = try condition(update.condition, update.using)
    var keys = try KeyPlanner(table: table, statement: .update).plan(
      update.relations, &operands)
    try checkKeys(keys, .update, operations, condition)
    keys.single = keys.singleRow
    return try finish(.update, operations, keys, update.using, condition)
  }

  mutating func plan(_ delete: Delete) throws(TableError) -> Modification {
    var operations: [Modification.Operation] = []
    for target in delete.targets {
      let column = try table.required(target.column)
      guard !column.isPartOfKey else {
        throw .invalid(
          "Invalid identifier \(column.name) for deletion (should not be a PRIMARY KEY part)")
      }
      operations.append(.init(column: column, action: try action(target, column)))
    }
    let condition = try condition(delete.condition, delete.using)
    var keys = try KeyPlanner(table: table, statement: .delete).plan(
      delete.relations, &operands)
    try checkKeys(keys, .delete, operations, condition)
    keys.single = keys.singleRow
    return try finish(.delete, operations, keys, delete.using, condition)
  }

  private mutating func finish(
    _ kind: Modification.Kind, _ operations: [Modification.Operation], _ keys: ModificationKeys,
    _ using: Using, _ condition: ModificationCondition
  ) throws(TableError) -> Modification {
    if !condition.isNone {
      if table.isCounter {
        throw .invalid("Conditional updates are not supported on counter tables")
      }
      if using.timestamp != nil {
        throw .invalid("Cannot provide custom timestamp for conditional updates")
      }
    }
    if table.isCounter {
      if using.timestamp != nil {
        throw .invalid("Cannot provide custom timestamp for counter updates")
      }
      if using.ttl != nil { throw .invalid("Cannot provide custom TTL for counter updates") }
    }
    let timestamp = try using.timestamp.map { term throws(TableError) in
      try operands.add(term, .bigint, column: "[timestamp]")
    }
    let ttl = try using.ttl.map { term throws(TableError) in
      try operands.add(term, .int, column: "[ttl]")
    }
    return Modification(
      table, kind, operations, keys, timestamp: timestamp, ttl: ttl, condition,
      operands.statement)
  }

  /// Cassandra's rules for which key columns a statement must name.
  private func checkKeys(
    _ keys: ModificationKeys, _ kind: Modification.Kind, _ operations: [Modification.Operation],
    _ condition: ModificationCondition
  ) throws(TableError) {
    var conditions: [Column] = []
    if case .columns(let found) = condition { conditions = found.map(\.column) }
    let touched = operations.map(\.column) + conditions
    let isStaticOnly = !touched.isEmpty && touched.allSatisfy { $0.kind == .static }
    let hasClustering = !keys.clustering.isEmpty || !keys.bounds.isEmpty
    if isStaticOnly, hasClustering {
      throw .invalid(
        "Invalid restrictions on clustering columns since the \(kind.rawValue) statement modifies "
          + "only static columns")
    }
    if kind == .update {
      if !keys.bounds.isEmpty {
        throw .invalid(
          "Slice restrictions are not supported on the clustering columns in UPDATE statements")
      }
      if !isStaticOnly, !keys.namesWholeRows {
        throw missing(
          table.clusteringKey.filter { column in
            !keys.clustering.contains { $0.columns.contains(column) }
          })
      }
    }
    if !keys.nonKeyColumns.isEmpty {
      throw .invalid(
        "Non PRIMARY KEY columns found in where clause: "
          + "\(keys.nonKeyColumns.joined(separator: ", ")) ")
    }
    if kind == .delete, !keys.namesWholeRows || !keys.bounds.isEmpty {
      let refusal =
        "DELETE statements must restrict all PRIMARY KEY columns with equality relations in order "
      if !condition.isNone {
        if operations.contains(where: { $0.column.kind == .regular }) {
          throw .invalid(refusal + "to delete non static columns")
        }
        if conditions.contains(where: { $0.kind == .regular })
          || conditions.isEmpty && !isStaticOnly
        {
          throw .invalid(refusal + "to use IF condition on non static columns")
        }
      }
      if operations.contains(where: { $0.column.kind == .regular }) {
        throw .invalid("Range deletions are not supported for specific columns")
      }
    }
    if !condition.isNone {
      let what = kind == .delete ? "deletions" : "updates"
      if keys.hasPartitionIn {
        throw .invalid("IN on the partition key is not supported with conditional \(what)")
      }
      if keys.hasClusteringIn {
        throw .invalid("IN on the clustering key columns is not supported with conditional \(what)")
      }
    }
  }

  private func missing(_ columns: [Column]) -> TableError {
    let names = columns.map(\.name).joined(separator: ", ")
    return columns.first?.kind == .partitionKey
      ? .invalid("Some partition key parts are missing: \(names)")
      : .invalid("Some clustering keys are missing: \(names)")
  }
}

extension Column {
  var isPartOfKey: Bool { kind == .partitionKey || kind == .clustering }
}

extension Assignment {
  var column: String {
    switch self {
    case .set(let column, _), .add(let column, _), .subtract(let column, _),
      .prepend(let column, _), .element(let column, _, _), .field(let column, _, _):
      column
    }
  }
}

extension Delete.Target {
  var column: String {
    switch self {
    case .column(let column), .element(let column, _), .field(let column, _): column
    }
  }
}

extension ModificationKeys {
  /// A value for each key column where one row is named by equalities alone.
  var singleRow: [Operand] {
    guard bounds.isEmpty, namesWholeRows else { return [] }
    var operands: [Operand?] = []
    for column in table.partitionKey + table.clusteringKey {
      let fixed = (partition + clustering).first { $0.columns.contains(column) }
      guard let fixed, !fixed.isIn, fixed.alternatives.count == 1,
        case .each(let values) = fixed.alternatives[0],
        let place = fixed.columns.firstIndex(of: column)
      else { return [] }
      operands.append(values[place])
    }
    return operands.compactMap { $0 }
  }
}

internal import Bytes
internal import CQL
internal import Machine

/// Makes selections out of statements, with Cassandra's rules for what it refuses
/// (`SelectStatement.RawStatement`).
struct SelectionPlanner {
  let table: Table
  private var expressions: ExpressionPlanner

  init(table: Table, scope: TypeScope, clock: Clock) {
    self.table = table
    expressions = ExpressionPlanner(table: table, scope: scope, clock: clock)
  }

  mutating func plan(_ select: Select) throws(TableError) -> Selection {
    var outputs: [Expression] = []
    var columns: [ResultColumn] = []
    if select.selectors.isEmpty {
      outputs = table.columns.map { .column($0) }
      columns = table.columns.map { ResultColumn(name: $0.name, type: $0.type) }
    }
    for selector in select.selectors {
      let planned = try expressions.plan(selector.expression)
      outputs.append(planned.expression)
      columns.append(ResultColumn(name: selector.alias ?? planned.name, type: planned.type))
    }
    let shown = select.selectors.isEmpty ? table.columns : columnsShown(outputs)
    let restrictions = try StatementRestrictions(
      select.relations, table, allowFiltering: select.allowFiltering,
      selectsOnlyStatics: !select.selectors.isEmpty && isStatic(shown), &expressions)
    let isAggregate = expressions.gatherers.contains { gatherer in
      if case .first = gatherer { false } else { true }
    }
    if select.distinct { try checkDistinct(select, shown, restrictions) }
    let grouping = try grouping(select, restrictions, isAggregate: isAggregate)
    if case .everything = grouping, select.perPartitionLimit != nil {
      throw .invalid("PER PARTITION LIMIT is not allowed with aggregate queries.")
    }
    let isReversed = try isReversed(select.orderBy, restrictions)
    if !select.allowFiltering, restrictions.isKeyRange || restrictions.index != nil,
      restrictions.needsFiltering
    {
      throw .invalid(StatementRestrictions.filteringMessage)
    }
    var gatherers = expressions.gatherers
    if case .none = grouping {
    } else {
      var gathered: [Expression] = []
      for output in outputs { gathered.append(output.gathered(&gatherers)) }
      outputs = gathered
    }
    let limit = try limit(select.limit, "[limit]")
    let perPartition = try self.limit(select.perPartitionLimit, "[per_partition_limit]")
    let plainColumns = plainColumns(outputs)
    // Where one row is asked for by its key, that is known.
    let showsKey = plainColumns?.contains { $0.kind == .partitionKey || $0.kind == .clustering }
    let readsKeys = restrictions.key == nil || showsKey ?? true || !restrictions.others.isEmpty
    var selection = Selection(
      table: table, columns: columns, outputs: outputs, plainColumns: plainColumns,
      gatherers: gatherers, grouping: grouping, restrictions: restrictions,
      sorting: try sorting(select.orderBy, restrictions), isReversed: isReversed,
      isDistinct: select.distinct, isJSON: select.json, limit: limit,
      perPartitionLimit: perPartition, markers: expressions.markers,
      fingerprint: fingerprint(select),
      readers: IdleRowReaders(
        table, shown + restrictions.others.all.flatMap(\.columns),
        showsStaticRows: restrictions.showsStaticContent, readsKeys: readsKeys))
    selection.probe = IndexProbe(selection)
    return selection
  }

  private func fingerprint(_ select: Select) -> UInt32 {
    let text = Array(Statement.select(select).cql.utf8)
    // Unlike its id, a table's UUID stays when it is truncated.
    return CRC32C.checksum(table.uuid.bytes + text)
  }

  private func plainColumns(_ outputs: [Expression]) -> [ColumnPlace]? {
    var columns: [ColumnPlace] = []
    for output in outputs {
      guard case .column(let column) = output else { return nil }
      columns.append(ColumnPlace(column))
    }
    return columns
  }

  /// The columns that the result shows something of.
  private func columnsShown(_ outputs: [Expression]) -> [Column] {
    var columns: [Column] = []
    for output in outputs { output.forEachColumn { columns.append($0) } }
    for case .aggregate(_, _, let argument) in expressions.gatherers {
      argument.forEachColumn { columns.append($0) }
    }
    return columns
  }

  private func isStatic(_ shown: [Column]) -> Bool {
    shown.contains { $0.kind == .static }
      && shown.allSatisfy { $0.kind == .static || $0.kind == .partitionKey }
  }

  private func checkDistinct(
    _ select: Select, _ shown: [Column], _ restrictions: StatementRestrictions
  ) throws(TableError) {
    guard select.perPartitionLimit == nil else {
      throw .invalid("PER PARTITION LIMIT is not allowed with SELECT DISTINCT queries")
    }
    guard restrictions.showsStaticContent else {
      throw .invalid(
        "SELECT DISTINCT with WHERE clause only supports restriction by partition key and/or static "
          + "columns.")
    }
    for column in shown where column.kind != .partitionKey && column.kind != .static {
      throw .invalid(
        "SELECT DISTINCT queries must only request partition key columns and/or static columns "
          + "(not \(column.name))")
    }
    guard restrictions.isKeyRange else { return }
    for column in table.partitionKey where !shown.contains(column) {
      throw .invalid(
        "SELECT DISTINCT queries must request all the partition key columns (missing "
          + "\(column.name))")
    }
  }

  private mutating func limit(_ term: Term?, _ name: String) throws(TableError) -> Expression? {
    guard let term else { return nil }
    return try expressions.plan(term, .int, for: name)
  }

  private func grouping(
    _ select: Select, _ restrictions: StatementRestrictions, isAggregate: Bool
  ) throws(TableError) -> Selection.Grouping {
    guard !select.groupBy.isEmpty else { return isAggregate ? .everything : .none }
    let order =
      "Group by currently only support groups of columns following their declared order in the "
      + "PRIMARY KEY"
    var key = table.partitionKey + table.clusteringKey
    var clusteringColumns = 0
    for name in select.groupBy {
      let column = try table.required(name)
      guard column.kind == .partitionKey || column.kind == .clustering else {
        throw .invalid(
          "Group by is currently only supported on the columns of the PRIMARY KEY, got \(name)")
      }
      while true {
        guard let next = key.popFirst() else { throw .invalid(order) }
        if next.kind == .clustering { clusteringColumns += 1 }
        if next == column { break }
        guard restrictions.isFixed(next) else { throw .invalid(order) }
      }
    }
    if key.first?.kind == .partitionKey {
      throw .invalid("Group by is not supported on only a part of the partition key")
    }
    if clusteringColumns > 0, select.distinct {
      throw .invalid("Grouping on clustering columns is not allowed for SELECT DISTINCT queries")
    }
    return .prefix(clusteringColumns: clusteringColumns)
  }

  /// Whether the rows come in the reverse of the table's order; refuses any other order.
  private func isReversed(
    _ orderBy: [Ordering], _ restrictions: StatementRestrictions
  ) throws(TableError) -> Bool {
    guard !orderBy.isEmpty else { return false }
    if restrictions.index != nil {
      throw .invalid("ORDER BY with 2ndary indexes is not supported.")
    }
    if restrictions.isKeyRange {
      throw .invalid(
        "ORDER BY is only supported when the partition key is restricted by an EQ or an IN.")
    }
    var open = table.clusteringKey
    var flips: Set<Bool> = []
    for ordering in orderBy {
      let column = try table.required(ordering.column)
      guard column.kind == .clustering else {
        throw .invalid(
          "Order by is currently only supported on the clustered columns of the PRIMARY KEY, got "
            + ordering.column)
      }
      // A column fixed by = orders nothing and may be left out.
      while let next = open.popFirst(), next != column {
        guard restrictions.isFixed(next), open.contains(column) else {
          throw .invalid(
            "Order by currently only supports the ordering of columns following their declared "
              + "order in the PRIMARY KEY")
        }
      }
      flips.insert(ordering.descending != column.isDescending)
    }
    guard flips.count <= 1 else { throw .invalid("Unsupported order by relation") }
    return flips.first ?? false
  }

  private func sorting(
    _ orderBy: [Ordering], _ restrictions: StatementRestrictions
  ) throws(TableError) -> [Column] {
    guard restrictions.hasPartitionIn else { return [] }
    var columns: [Column] = []
    for ordering in orderBy { columns.append(try table.required(ordering.column)) }
    return columns
  }
}

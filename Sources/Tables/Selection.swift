internal import Bytes
internal import CQL
internal import Machine

/// A SELECT brought onto its table, ready to be executed many times.
struct Selection: Sendable {
  /// What one result column shows.
  enum Output: Sendable {
    case column(Column)
    case token
    case writetime(Column)
    case ttl(Column)
    case countRows
    case count(Column)
    case minimum(Column)
    case maximum(Column)
    case sum(Column)
    case average(Column)

    var isAggregate: Bool {
      switch self {
      case .column, .token, .writetime, .ttl: false
      default: true
      }
    }
  }

  var table: Table
  var outputs: [Output]
  var columns: [ResultColumn]
  var restrictions: Restrictions
  /// The secondary index that finds the rows, and the value it is asked for.
  var index: (index: Index, column: Column, operand: Operand)?
  var isReversed: Bool
  var isDistinct: Bool
  var isJSON: Bool
  var limit: Operand?
  var perPartitionLimit: Operand?
  var operands: StatementOperands

  var isAggregate: Bool { outputs.contains(where: \.isAggregate) }
}

/// Makes selections out of statements, with Cassandra's rules for what it refuses.
struct SelectionPlanner {
  let table: Table
  var operands: OperandTable

  mutating func plan(_ select: Select) throws(TableError) -> Selection {
    guard select.groupBy.isEmpty else { throw .invalid("GROUP BY is not supported") }
    var outputs: [Selection.Output] = []
    var columns: [ResultColumn] = []
    if select.selectors.isEmpty {
      outputs = table.columns.map { .column($0) }
      columns = table.columns.map { ResultColumn(name: $0.name, type: $0.type) }
    }
    for selector in select.selectors {
      let output = try output(selector.expression)
      outputs.append(output)
      columns.append(
        ResultColumn(
          name: selector.alias ?? name(selector.expression), type: try type(output)))
    }
    if outputs.contains(where: \.isAggregate), !outputs.allSatisfy(\.isAggregate) {
      throw .invalid("Aggregates and plain columns cannot be mixed in one SELECT")
    }
    if select.distinct { try checkDistinct(outputs) }
    if select.perPartitionLimit != nil {
      guard !select.distinct else {
        throw .invalid("PER PARTITION LIMIT is not allowed with SELECT DISTINCT queries")
      }
      guard !outputs.contains(where: \.isAggregate) else {
        throw .invalid("PER PARTITION LIMIT is not allowed with aggregate queries.")
      }
    }
    let restrictions = try Restrictions(select.relations, table, &operands)
    let isByKey = restrictions.fixesPartition || !restrictions.tokens.isEmpty
    let index = isByKey ? nil : usableIndex(restrictions)
    let answered = index != nil && restrictions.all.count == 1
    if restrictions.needsFiltering, !answered, !select.allowFiltering {
      throw .invalid(
        "Cannot execute this query as it might involve data filtering and thus may have "
          + "unpredictable performance. If you want to execute this query despite the performance "
          + "unpredictability, use ALLOW FILTERING")
    }
    let limit = try limit(select.limit, "LIMIT")
    let perPartition = try self.limit(select.perPartitionLimit, "PER PARTITION LIMIT")
    return Selection(
      table: table, outputs: outputs, columns: columns, restrictions: restrictions, index: index,
      isReversed: try isReversed(select.orderBy, restrictions), isDistinct: select.distinct,
      isJSON: select.json, limit: limit, perPartitionLimit: perPartition,
      operands: operands.statement)
  }

  private func usableIndex(
    _ restrictions: Restrictions
  ) -> (index: Index, column: Column, operand: Operand)? {
    for restriction in restrictions.all where restriction.comparison == .equal {
      if let index = table.indexes.first(where: {
        $0.columnID == restriction.column.id && $0.isBuilt
      }) {
        return (index, restriction.column, restriction.operands[0])
      }
    }
    return nil
  }

  private func checkDistinct(_ outputs: [Selection.Output]) throws(TableError) {
    for output in outputs {
      guard case .column(let column) = output, column.kind == .partitionKey else {
        throw .invalid(
          "SELECT DISTINCT queries must only request partition key columns and/or static columns")
      }
    }
  }

  private mutating func limit(_ term: Term?, _ name: String) throws(TableError) -> Operand? {
    guard let term else { return nil }
    let operand = try operands.add(term, .int, column: "[limit]")
    if case .integer(let digits) = term, (Int32(digits) ?? 0) <= 0 {
      throw .invalid("\(name) must be strictly positive")
    }
    return operand
  }

  /// Whether the rows come in the reverse of the table's order; refuses any other order.
  private func isReversed(
    _ orderBy: [Ordering], _ restrictions: Restrictions
  ) throws(TableError) -> Bool {
    guard !orderBy.isEmpty else { return false }
    guard restrictions.fixesPartition else {
      throw .invalid(
        "ORDER BY is only supported when the partition key is restricted by an EQ or an IN.")
    }
    for column in table.partitionKey where (restrictions.fixing(column)?.operands.count ?? 0) > 1 {
      throw .invalid(
        "Cannot page queries with both ORDER BY and a IN restriction on the partition key; you "
          + "must either remove the ORDER BY or the IN and sort client side, or disable paging for "
          + "this query")
    }
    let fixed = Set(restrictions.clusteringPrefix.map(\.column.position))
    var next = 0
    var flips: Set<Bool> = []
    for ordering in orderBy {
      let column = try table.required(ordering.column)
      guard column.kind == .clustering else {
        throw .invalid(
          "Order by is currently only supported on the clustered columns of the PRIMARY KEY, got "
            + ordering.column)
      }
      // A column fixed by = orders nothing and may be left out.
      while next < column.position, fixed.contains(next) { next += 1 }
      guard next == column.position else {
        throw .invalid(
          "Order by currently only supports the ordering of columns following their "
            + "declared order in the PRIMARY KEY")
      }
      flips.insert(ordering.descending != column.isDescending)
      next += 1
    }
    guard flips.count <= 1 else {
      throw .invalid("Unsupported order by relation: it is neither the table's nor its reverse")
    }
    return flips.first ?? false
  }

  private func output(
    _ expression: Selector.Expression
  ) throws(TableError) -> Selection.Output {
    switch expression {
    case .column(let name): return .column(try table.required(name))
    case .countRows: return .countRows
    case .function(_, "token", let arguments):
      let key = table.partitionKey.map { Selector.Expression.column($0.name) }
      guard arguments == key else {
        throw .invalid(
          "The token function takes the columns of the partition key: "
            + table.partitionKey.map(\.name).joined(separator: ", "))
      }
      return .token
    case .function(_, let name, let arguments):
      guard arguments.count == 1, case .column(let argument) = arguments[0] else { break }
      let column = try table.required(argument)
      switch name {
      case "count": return .count(column)
      case "min": return .minimum(column)
      case "max": return .maximum(column)
      case "sum" where column.type.hasSum: return .sum(column)
      case "avg" where column.type.hasSum: return .average(column)
      default: break
      }
      throw .invalid("Unknown function '\(name)' for \(argument) of type \(column.type.name)")
    case .writetime(let name): return .writetime(try regular(name, "writetime"))
    case .ttl(let name): return .ttl(try regular(name, "ttl"))
    case .cast: throw .unsupported("CAST")
    case .typeHint: throw .unsupported("A type hint")
    case .part(_, let parts):
      if case .field = parts.first { throw .unsupported("Selecting a field") }
      throw .unsupported("Selecting an element or a slice")
    case .arithmetic, .negation: throw .unsupported("Arithmetic")
    case .term, .list, .set, .map, .tuple: break
    }
    throw .invalid(
      "Only columns, count, min, max, sum, avg, token, writetime and ttl can be selected")
  }

  private func regular(_ name: String, _ function: String) throws(TableError) -> Column {
    let column = try table.required(name)
    guard column.kind == .regular else {
      throw .invalid("Cannot use selection function \(function) on PRIMARY KEY part \(name)")
    }
    return column
  }

  private func name(_ expression: Selector.Expression) -> String {
    switch expression {
    case .column(let name): name
    case .countRows: "count"
    case .function(_, "token", _):
      "system.token(\(table.partitionKey.map(\.name).joined(separator: ", ")))"
    case .function(_, let name, let arguments):
      "system.\(name)(\(arguments.map(self.name).joined(separator: ", ")))"
    case .writetime(let column): "writetime(\(column))"
    case .ttl(let column): "ttl(\(column))"
    default: expression.cql
    }
  }

  private func type(_ output: Selection.Output) throws(TableError) -> DataType {
    switch output {
    case .column(let column), .minimum(let column), .maximum(let column), .sum(let column),
      .average(let column):
      column.type
    case .token, .writetime, .countRows, .count: .bigint
    case .ttl: .int
    }
  }
}

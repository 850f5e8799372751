internal import CQL

/// An INSERT, UPDATE or DELETE brought onto its table, ready to be executed many times. A class, so
/// that handing it around copies nothing.
final class Modification: Sendable {
  enum Kind: String, Sendable {
    case insert = "INSERT"
    case update = "UPDATE"
    case delete = "DELETE"
  }

  /// What becomes of one column.
  struct Operation: Sendable {
    enum Action: Sendable {
      /// The whole value is replaced; null deletes it.
      case set(Operand)
      case delete
      /// The elements of a value are added: to a list at its end.
      case add(Operand)
      /// The elements of a value are put before those of a list.
      case prepend(Operand)
      /// The elements of a value go: from a list all that are equal, from a map those of the keys.
      case remove(Operand)
      /// A map's value by its key or a list's by its place; null deletes it.
      case setElement(key: Operand, Operand)
      case removeElement(key: Operand)
      case setField(Int, Operand)
      case removeField(Int)
      case increment(Operand, isNegative: Bool)
    }

    var column: Column
    var action: Action

    /// Whether what there is must be known: a list's places and values, a counter's value.
    var needsRow: Bool {
      if case .increment = action { return true }
      return readsList
    }

    /// Whether a list's places or values must be known.
    var readsList: Bool {
      switch action {
      case .remove, .setElement, .removeElement:
        if case .list = column.type.whole { return true }
        return false
      default: return false
      }
    }
  }

  let table: Table
  let kind: Kind
  /// Of regular columns, by rising column id.
  let operations: [Operation]
  /// Of static columns, by rising column id.
  let staticOperations: [Operation]
  let keys: ModificationKeys
  let timestamp: Operand?
  let ttl: Operand?
  let condition: ModificationCondition
  let operands: StatementOperands
  /// An INSERT makes a row that is there though all its columns are null.
  let setsMarker: Bool
  /// Whether any operation depends on a list's places or values.
  let readsLists: Bool
  /// Whether what it writes may wait for others. The lists that others depend on have been read
  /// before; of counters it matters what came first, so that only increments wait for increments.
  var mayWait: Bool { !isOfCounters || increments }
  /// Whether any operation adds to a counter.
  let increments: Bool
  private let isOfCounters: Bool
  /// The columns of the key where one row is named by values alone.
  let key: [WrittenColumn]
  /// The cells of a row, where each operation replaces a column that is one: then it is written
  /// down at once.
  let cells: [WrittenColumn]?
  /// The indexes of a new row; nil where the row itself must be looked at.
  let indexes: [WrittenIndex]?

  init(
    _ table: Table, _ kind: Kind, _ operations: [Operation], _ keys: ModificationKeys,
    timestamp: Operand?, ttl: Operand?, _ condition: ModificationCondition,
    _ operands: StatementOperands
  ) {
    self.table = table
    self.kind = kind
    let sorted = operations.sorted { $0.column.id < $1.column.id }
    self.operations = sorted.filter { $0.column.kind == .regular }
    staticOperations = sorted.filter { $0.column.kind == .static }
    self.keys = keys
    self.timestamp = timestamp
    self.ttl = ttl
    self.condition = condition
    self.operands = operands
    readsLists = operations.contains(where: \.readsList)
    increments = operations.contains { $0.needsRow && !$0.readsList }
    isOfCounters = table.isCounter
    setsMarker = kind == .insert && !isOfCounters
    key = zip(table.partitionKey + table.clusteringKey, keys.single)
      .map { WrittenColumn($0, $1, table) }
    let hasStatics = !staticOperations.isEmpty
    let cells = Modification.cells(self.operations, table)
    self.cells = cells
    indexes =
      kind == .insert && cells != nil && !hasStatics
      ? Modification.indexes(table, self.operations, keys.single) : nil
  }

  private static func cells(_ operations: [Operation], _ table: Table) -> [WrittenColumn]? {
    var cells: [WrittenColumn] = []
    for (operation, before) in zip(operations, [nil] + operations) {
      // DELETE a, a is no mistake to Cassandra.
      if operation.column.id == before?.column.id { return nil }
      if case .multiCell = operation.column.type { return nil }
      switch operation.action {
      case .set(let operand): cells.append(WrittenColumn(operation.column, operand, table))
      case .delete: cells.append(WrittenColumn(operation.column, .null, table))
      default: return nil
      }
    }
    return cells
  }

  private static func indexes(
    _ table: Table, _ operations: [Operation], _ key: [Operand]
  ) -> [WrittenIndex]? {
    // What is older than the drop of a column that was added again is not there, even when it is
    // written only now.
    guard table.droppedColumns.isEmpty, !key.isEmpty else { return nil }
    return table.indexes.compactMap { index in
      guard let column = table.column(id: index.columnID) else { return nil }
      let operand: Operand? =
        switch column.kind {
        case .partitionKey: key[column.position]
        case .clustering: key[table.partitionKey.count + column.position]
        case .static: nil
        case .regular:
          if case .set(let operand)? = operations.first(where: { $0.column.id == column.id })?
            .action
          {
            operand
          } else {
            nil
          }
        }
      return operand.map { WrittenIndex(index: index, column: column, operand: $0) }
    }
  }

  /// Whether rows, not only static columns, are written.
  var writesRows: Bool { kind == .delete ? !operations.isEmpty || isRowDeletion : !isStaticOnly }
  /// A DELETE of rows, not of columns.
  var isRowDeletion: Bool {
    kind == .delete && operations.isEmpty && staticOperations.isEmpty
  }
  /// An INSERT or UPDATE of a partition's static columns, without clustering columns.
  var isStaticOnly: Bool { !staticOperations.isEmpty && keys.namesPartitionOnly }
}

/// What must be met for a modification to be applied.
enum ModificationCondition: Sendable {
  case none, notExists, exists
  case columns([ColumnCondition])

  var isNone: Bool {
    if case .none = self { return true }
    return false
  }
}

/// One relation of an IF.
struct ColumnCondition: Sendable {
  enum Part: Sendable {
    case whole
    case element(Operand)
    case field(Int)
  }

  var column: Column
  var part: Part
  var comparison: Comparison
  /// One operand, or those of an IN.
  var operands: [Operand]
  /// A marker for the whole list of an IN.
  var list: Operand?
}

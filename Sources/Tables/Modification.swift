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
      switch action {
      case .increment: return true
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
  /// Whether each operation replaces a column of its own that is one cell: then a row is written
  /// down at once.
  let isPlain: Bool

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
    // DELETE a, a is no mistake to Cassandra.
    let isDistinct = zip(sorted, sorted.dropFirst()).allSatisfy { $0.column.id != $1.column.id }
    isPlain =
      isDistinct
      && operations.allSatisfy { operation in
        if case .multiCell = operation.column.type { return false }
        switch operation.action {
        case .set, .delete: return true
        default: return false
        }
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
  /// An INSERT makes a row that is there though all its columns are null.
  var setsMarker: Bool { kind == .insert && !table.isCounter }
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

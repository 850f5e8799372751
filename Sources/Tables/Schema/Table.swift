internal import CQL

/// A column of a table.
package struct Column: Hashable, Sendable {
  /// The part a column plays in the primary key.
  package enum Kind: UInt8, Sendable {
    case partitionKey = 0
    case clustering = 1
    case regular = 2
    /// One value for all rows of a partition.
    case `static` = 3
  }

  /// The number its cells carry; only a column of the same name and kind gets it again.
  var id: UInt32
  package var name: String
  package var type: DataType
  package var kind: Kind
  /// The place within its key; 0 for a column outside the key.
  package var position: Int
  package var isDescending: Bool

  /// Whether the column is part of the primary key.
  package var isKey: Bool { kind == .partitionKey || kind == .clustering }
}

/// A column that a table had: its cells are there no longer, wherever they still lie.
package struct DroppedColumn: Hashable, Sendable {
  /// The column; user-defined types in its type are written out as tuples, as they may be gone.
  package var column: Column
  /// Microseconds since 1970: cells that are not younger went with the column.
  package var time: Int64
}

/// A secondary index on one column.
package struct Index: Hashable, Sendable {
  /// What of its column's values an index finds rows by.
  package enum Target: UInt8, Sendable {
    /// The value, or each value in a collection that is not frozen.
    case values = 0
    /// Each key of a map that is not frozen.
    case keys = 1
    /// Each key with its value of a map that is not frozen.
    case entries = 2
    /// A frozen collection as a whole.
    case full = 3
  }

  /// The number its entries begin with; never given again.
  var id: UInt32
  package var name: String
  var columnID: UInt32
  package var target: Target
  /// False while rows older than the index may be missing in it: writers keep it, and no reader
  /// asks it.
  package var isBuilt = true
}

/// A table's definition.
package struct Table: Hashable, Sendable {
  package var keyspace: String
  package var name: String
  /// The number its rows' keys begin with; never given again. A table that is truncated gets
  /// another.
  var id: UInt32
  /// The identifier that Cassandra's clients know it by.
  package var uuid: UniqueID
  /// Partition key, clustering columns, static ones by name, then the regular ones by name: the
  /// order of `SELECT *`.
  package var columns: [Column]
  package var indexes: [Index] = []
  /// By name; a column that was added again is still among them.
  package var droppedColumns: [DroppedColumn] = []
  package var options = TableOptions()

  /// The columns that decide which partition a row is in, in order.
  package var partitionKey: ArraySlice<Column> { columns.prefix { $0.kind == .partitionKey } }
  /// The columns that order the rows of a partition, in order; may be empty.
  package var clusteringKey: ArraySlice<Column> {
    columns[partitionKey.endIndex...].prefix { $0.kind == .clustering }
  }
  /// The columns that all rows of a partition share, by name.
  package var staticColumns: ArraySlice<Column> {
    columns[clusteringKey.endIndex...].prefix { $0.kind == .static }
  }
  /// The columns that each row has of its own, by name.
  package var regularColumns: ArraySlice<Column> { columns[staticColumns.endIndex...] }

  /// Whether its columns outside the key are counters, and were if there are none left.
  package var isCounter: Bool {
    // Where there is one counter, nothing else stands behind the key.
    if case .counter? = columns.last?.type { return true }
    return droppedColumns.contains { $0.column.type == .counter }
  }

  /// The name by which a schema knows it.
  var fullName: TableName { TableName(keyspace: keyspace, table: name) }

  func column(_ name: String) -> Column? { columns.first { $0.name == name } }
  func column(id: UInt32) -> Column? { columns.first { $0.id == id } }

  /// A column that a statement names. Thrown: Cassandra's error for one there is not.
  func required(_ name: String) throws(TableError) -> Column {
    guard let found = column(name) else { throw .invalid("Undefined column name \(name)") }
    return found
  }

  /// Whether a cell went with its column when that was dropped. Only where `droppedColumns` is not
  /// empty is there a need to ask.
  func hasDropped(_ column: UInt32, timestamp: Int64) -> Bool {
    guard let dropped = droppedColumns.first(where: { $0.column.id == column }) else {
      return false
    }
    return timestamp <= dropped.time || self.column(id: column) == nil
  }
}

extension Row {
  /// Leaves out, for good, the cells that went with a column.
  mutating func purgeDropped(of table: Table) {
    cells.removeAll { cell in
      // Those that are younger come back when the column does.
      table.droppedColumns.contains {
        $0.column.id == cell.column && cell.timestamp <= $0.time
      }
    }
  }

  /// Leaves out the cells that went with a column.
  mutating func removeDropped(of table: Table) {
    cells.removeAll { table.hasDropped($0.column, timestamp: $0.timestamp) }
  }
}

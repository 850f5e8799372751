internal import Bytes

/// What reading a table's rows needs to know of it, worked out once for all of its executions.
final class RowLayout: Sendable {
  let table: Table
  let clustering: ClusteringReader
  let partitionColumns: Int
  let hasDroppedColumns: Bool
  /// The columns of the primary key, in order.
  let keyColumns: [KeyColumn]

  init(_ table: Table) {
    self.table = table
    clustering = ClusteringReader(table)
    partitionColumns = table.partitionKey.count
    hasDroppedColumns = !table.droppedColumns.isEmpty
    keyColumns = (table.partitionKey + table.clusteringKey).map(KeyColumn.init)
  }
}

/// A column of the primary key, as values for it are checked and brought into keys.
final class KeyColumn: Sendable {
  let column: Column
  private let fixed: FixedComponent?
  /// Whether every value of the right size is one of the type.
  private let isAnyOfSize: Bool

  init(_ column: Column) {
    self.column = column
    fixed = FixedComponent(column)
    isAnyOfSize = fixed != nil && column.type != .time
  }

  /// Whether bytes are a value that the column may have.
  func takes(_ value: UnsafeRawBufferPointer) -> Bool {
    if isAnyOfSize { return value.count == fixed?.size }
    do throws(TableError) {
      try column.type.validate(value, column: column.name)
      return true
    } catch { return false }
  }

  /// Appends the component of a value that has been validated.
  func appendComponent(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    if let fixed, value.count == fixed.size {
      fixed.append(value, to: &key)
    } else {
      column.type.appendComponent(value, descending: column.isDescending, to: &key)
    }
  }
}

/// Puts the key of a row together of its columns' values, in memory that stays.
struct RowKeyBuilder: ~Copyable {
  private(set) var key = ByteBuffer(capacity: 256)
  private var partition = ByteBuffer(capacity: 128)

  mutating func removeAll() {
    key.removeAll()
    partition.removeAll()
  }

  /// Appends the value of the next column, which is that at `place`.
  mutating func append(
    _ value: UnsafeRawBufferPointer, at place: Int, _ layout: RowLayout
  ) throws(TableError) {
    if place >= layout.partitionColumns {
      if place == layout.partitionColumns { try endPartition(layout) }
      layout.keyColumns[place].appendComponent(value, to: &key)
    } else if layout.partitionColumns == 1 {
      partition.append(value)
    } else {
      partition.append(bigEndian: UInt16(truncatingIfNeeded: value.count))
      partition.append(value)
      partition.append(0)
    }
  }

  /// Ends the key behind its last value.
  mutating func finish(_ layout: RowLayout) throws(TableError) {
    if layout.keyColumns.count == layout.partitionColumns { try endPartition(layout) }
  }

  private mutating func endPartition(_ layout: RowLayout) throws(TableError) {
    try Evaluation.checkKey(partition.count)
    partition.withBytes { RowKey.appendPartition(table: layout.table.id, $0, to: &key) }
  }
}

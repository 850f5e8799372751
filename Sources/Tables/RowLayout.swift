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

  func validate(_ value: UnsafeRawBufferPointer, name: String) throws(TableError) {
    if isAnyOfSize, value.count == fixed?.size { return }
    try column.type.validate(value, column: name, inKey: true)
  }

  /// Appends the component of a value that has been validated.
  func appendComponent(_ value: UnsafeRawBufferPointer, to key: inout ByteBuffer) {
    if let fixed, value.count == fixed.size, let source = value.baseAddress {
      key.extend(by: fixed.size) { fixed.flip(source, to: $0) }
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

  /// Appends the value of the next column of the partition key.
  mutating func append(partition value: UnsafeRawBufferPointer, isOnly: Bool) {
    if isOnly { return partition.append(value) }
    partition.append(bigEndian: UInt16(truncatingIfNeeded: value.count))
    partition.append(value)
    partition.append(0)
  }

  /// Ends the partition key.
  mutating func endPartition(_ table: UInt32) throws(TableError) {
    try Evaluation.checkKey(partition.count)
    partition.withBytes { RowKey.appendPartition(table: table, $0, to: &key) }
  }

  /// Appends the value of the next clustering column.
  mutating func append(_ value: UnsafeRawBufferPointer, of column: KeyColumn) {
    column.appendComponent(value, to: &key)
  }
}

/// One live row while it is being looked at: key and cells are borrowed from the map, so it ends
/// with the call that shows it.
///
/// Where a partition has static cells and no row, and the reader shows such partitions, it is the
/// static columns alone: all others are null.
struct LiveRow {
  // Unsafe: whoever shows the row holds its reader; counting it at each row and column would cost
  // more than reading them.
  unowned(unsafe) let reader: RowReader
  let key: UnsafeRawBufferPointer
  let value: UnsafeRawBufferPointer

  var table: Table { reader.layout.table }
  var row: Row { reader.row }
  var now: Int64 { reader.now }
  /// The static columns alone: the partition has no row among those asked for.
  var isStaticOnly: Bool { reader.isStaticOnly }

  /// A column's bytes; nil where it is null.
  subscript(column: Column) -> UnsafeRawBufferPointer? {
    self[ColumnPlace(column)]
  }

  /// The bytes of the column at a place; nil where it is null.
  @inline(__always)
  subscript(place: ColumnPlace) -> UnsafeRawBufferPointer? {
    switch place.kind {
    case .partitionKey: reader.keyPart(Int(place.position))
    case .clustering:
      isStaticOnly ? nil : reader.keyPart(reader.layout.partitionColumns + Int(place.position))
    case .regular: isStaticOnly ? nil : reader.regularValue(place, value)
    case .static: reader.staticValue(place)
    }
  }

  /// When a column's cell was written, microseconds since 1970; nil where it is null.
  func writetime(_ column: Column) -> Int64? { reader.cell(column)?.timestamp }

  /// Seconds that a column's cell has left; nil where it is null or stays.
  func ttl(_ column: Column) -> Int64? {
    guard let cell = reader.cell(column), cell.expiry != 0 else { return nil }
    return cell.expiry - now
  }

  /// The parts of a set or map; nil where it is null.
  func parts(of column: Column) -> CollectionParts? {
    if let known = reader.parts[column.id] { return known }
    let parts = self[column].flatMap { CollectionParts($0, column.type) }
    reader.parts[column.id] = parts
    return parts
  }

  /// Calls `body` with the path and the value of each live element of a column, in order.
  func forEachElement(
    _ column: Column,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(TableError) -> Void
  ) throws(TableError) {
    let isStatic = column.kind == .static
    if isStaticOnly && !isStatic { return }
    let row = isStatic ? reader.staticRow : reader.row
    let bytes = isStatic ? reader.staticBytes : value
    for cell in row.elements(column.id, at: now) {
      try body(cell.path(in: bytes), cell.value(in: bytes))
    }
  }
}

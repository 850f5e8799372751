/// Where a row has a column's value: what of a column matters row by row, without its name and
/// type, whose copying would cost more than the value's.
struct ColumnPlace: Sendable {
  let id: UInt32
  let position: Int32
  let kind: Column.Kind
  /// The value is put together out of cells.
  let isMultiCell: Bool

  init(_ column: Column) {
    id = column.id
    position = Int32(truncatingIfNeeded: column.position)
    kind = column.kind
    if case .multiCell = column.type { isMultiCell = true } else { isMultiCell = false }
  }
}

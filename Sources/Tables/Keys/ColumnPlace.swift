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

/// Some of a table's columns, by the numbers that their cells carry; those from 128 on are always
/// in it.
struct ColumnSet: Sendable {
  private var low: UInt64
  private var high: UInt64

  static let all = ColumnSet(low: .max, high: .max)

  private init(low: UInt64, high: UInt64) {
    (self.low, self.high) = (low, high)
  }

  init(_ columns: [Column]) {
    (low, high) = (0, 0)
    for column in columns where column.id < 128 {
      let bit: UInt64 = 1 << UInt64(column.id & 63)
      if column.id < 64 { low |= bit } else { high |= bit }
    }
  }

  @inline(__always)
  func contains(_ id: UInt32) -> Bool {
    id >= 128 || (id < 64 ? low : high) >> UInt64(id & 63) & 1 != 0
  }
}

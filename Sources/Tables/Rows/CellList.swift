internal import Bytes

/// The cells that a statement writes to one row, with their bytes, in memory that is reused.
struct CellList: ~Copyable {
  private var bytes = ByteBuffer(capacity: 1_024)
  private var cells: [Cell] = []

  var isEmpty: Bool { cells.isEmpty }

  mutating func removeAll() {
    bytes.removeAll()
    cells.removeAll(keepingCapacity: true)
  }

  /// Adds a cell; an element has a path.
  mutating func append(
    _ cell: Cell, path: UnsafeRawBufferPointer? = nil,
    _ value: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) {
    var cell = cell
    if let path {
      cell.isElement = true
      cell.pathStart = bytes.count
      cell.pathCount = path.count
      bytes.append(path)
    }
    cell.start = bytes.count
    cell.count = value.count
    bytes.append(value)
    cells.append(cell)
  }

  /// Takes the last cell away where it is a counter's, such as one that is incremented twice;
  /// returns its value.
  mutating func takeCounter(_ column: Column) -> Int64? {
    guard let last = cells.last, last.column == column.id, last.count == 8 else { return nil }
    cells.removeLast()
    return bytes.withBytes { bytes in
      Int64(bigEndian: last.value(in: bytes).loadUnaligned(as: Int64.self))
    }
  }

  /// Shows the cells of counters: their columns and values.
  func visitCounters(_ body: (UInt32, Int64) -> Void) {
    bytes.withBytes { bytes in
      for cell in cells where cell.count == 8 {
        body(cell.column, Int64(bigEndian: cell.value(in: bytes).loadUnaligned(as: Int64.self)))
      }
    }
  }

  /// Writes the row's value with all cells in their order, of two that are one the winner.
  mutating func encode(_ header: RowHeader, _ table: Table, to value: inout ByteBuffer) {
    sort(table)
    let encoder = RowEncoder(header, cells: cells.count, to: &value)
    bytes.withBytes { bytes in
      for cell in cells {
        encoder.append(cell, path: cell.path(in: bytes), cell.value(in: bytes), to: &value)
      }
    }
  }

  private mutating func sort(_ table: Table) {
    var sorted: [Cell] = []
    bytes.withBytes { bytes in
      func order(_ left: Cell, _ right: Cell) -> Int {
        if left.column != right.column { return left.column < right.column ? -1 : 1 }
        if left.isColumnDeletion != right.isColumnDeletion { return left.isColumnDeletion ? -1 : 1 }
        guard left.isElement, right.isElement else { return 0 }
        let (first, second) = (left.path(in: bytes), right.path(in: bytes))
        return table.column(id: left.column)?.type.comparePaths(first, second)
          ?? ByteOrder.compare(first, second)
      }
      let isSorted = zip(cells, cells.dropFirst()).allSatisfy { order($0, $1) < 0 }
      sorted = isSorted ? cells : cells.sorted { order($0, $1) < 0 }
      if isSorted { return }
      var distinct: [Cell] = []
      for cell in sorted {
        guard let last = distinct.last, order(last, cell) == 0 else {
          distinct.append(cell)
          continue
        }
        if RowMerger.wins(cell, bytes, over: last, bytes, false) {
          distinct[distinct.count - 1] = cell
        }
      }
      sorted = distinct
    }
    cells = sorted
  }
}

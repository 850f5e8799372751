internal import Bytes

/// Keys with their values that are to be put into a tree, gathered so that they go there in order:
/// rows that come newest first would else leave each page half empty.
struct PendingRun: ~Copyable {
  private struct Item {
    var start: Int
    var keyCount: Int
    var valueCount: Int
  }

  private enum Order { case rising, falling, mixed }

  private var bytes = ByteBuffer()
  private var items: [Item] = []
  private var order = Order.rising

  var count: Int { items.count }
  var byteCount: Int { bytes.count }

  mutating func removeAll() {
    bytes.removeAll()
    items.removeAll(keepingCapacity: true)
    order = .rising
  }

  mutating func append(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    if let last = items.last, order != .mixed {
      let step = bytes.withBytes { ByteOrder.compare(PendingRun.key(last, in: $0), key) }
      if items.count == 1, step > 0 { order = .falling }
      if step == 0 || (step < 0) != (order == .rising) { order = .mixed }
    }
    items.append(Item(start: bytes.count, keyCount: key.count, valueCount: value.count))
    bytes.append(key)
    bytes.append(value)
  }

  /// The numbers of what was appended, sorted by keys; of one key in the order in which they came.
  func sorted() -> [Int] {
    switch order {
    case .rising: return Array(items.indices)
    case .falling: return items.indices.reversed()
    case .mixed:
      return bytes.withBytes { bytes in
        items.indices.sorted { left, right in
          let step = ByteOrder.compare(
            PendingRun.key(items[left], in: bytes), PendingRun.key(items[right], in: bytes))
          return step == 0 ? left < right : step < 0
        }
      }
    }
  }

  /// Where in `sorted` the numbers end that have the key of the one at `place`.
  func end(of place: Int, in sorted: [Int]) -> Int {
    var end = place + 1
    // In the other orders each key is there once.
    guard case .mixed = order else { return end }
    bytes.withBytes { bytes in
      let key = PendingRun.key(items[sorted[place]], in: bytes)
      while end < sorted.count,
        KeyEncoding.isEqual(PendingRun.key(items[sorted[end]], in: bytes), key)
      {
        end += 1
      }
    }
    return end
  }

  /// Shows `body` the key and value of a number.
  @inline(__always)
  func visit<Failure: Error>(
    _ number: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let item = items[number]
    try bytes.withBytes { bytes throws(Failure) in
      let end = item.start + item.keyCount
      try body(
        PendingRun.key(item, in: bytes),
        UnsafeRawBufferPointer(rebasing: bytes[end..<(end + item.valueCount)]))
    }
  }

  private static func key(
    _ item: Item, in bytes: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[item.start..<(item.start + item.keyCount)])
  }
}

/// Rows of one table that are to be put, with the index entries that they have unless there is a
/// row already.
struct PendingRows: ~Copyable {
  private(set) var rows = PendingRun()
  private(set) var entries = PendingRun()
  /// Where the entries of each row begin.
  private var firstEntries: [Int] = []

  var byteCount: Int { rows.byteCount + entries.byteCount }

  mutating func removeAll() {
    rows.removeAll()
    entries.removeAll()
    firstEntries.removeAll(keepingCapacity: true)
  }

  mutating func append(
    _ key: borrowing ByteBuffer, _ value: borrowing ByteBuffer, _ added: borrowing IndexEntries
  ) {
    firstEntries.append(entries.count)
    key.withBytes { key in value.withBytes { value in rows.append(key, value) } }
    added.show { entries.append($0, UnsafeRawBufferPointer(start: nil, count: 0)) }
  }

  /// The numbers of a row's entries.
  func entries(of row: Int) -> Range<Int> {
    firstEntries[row]..<(row + 1 < firstEntries.count ? firstEntries[row + 1] : entries.count)
  }
}

/// A table's rows that wait, and what may be dropped of them.
final class PendingTable {
  let table: Table
  let purge: Purge
  var rows = PendingRows()

  init(_ table: Table, _ purge: Purge) {
    self.table = table
    self.purge = purge
  }
}

/// The rows that wait, each table's for themselves: those of one mostly come in an order.
struct PendingTables: ~Copyable {
  private var tables: [PendingTable] = []
  private var places: [UInt32: Int] = [:]
  /// The place of the table whose row came last.
  private var last: Int?
  private(set) var isEmpty = true

  /// Whether there is enough to be put.
  var isFull: Bool { tables.reduce(0) { $0 + $1.rows.byteCount } > 4 << 20 }

  mutating func append(
    _ table: Table, _ purge: Purge, _ key: borrowing ByteBuffer, _ value: borrowing ByteBuffer,
    _ added: borrowing IndexEntries
  ) {
    let place = place(of: table, purge)
    tables[place].rows.append(key, value, added)
    isEmpty = false
  }

  private mutating func place(of table: Table, _ purge: Purge) -> Int {
    if let last, tables[last].table.id == table.id { return last }
    let place = places[table.id] ?? tables.count
    if place == tables.count {
      tables.append(PendingTable(table, purge))
      places[table.id] = place
    }
    last = place
    return place
  }

  /// The tables in the order of their keys, whose rows the caller takes away; they keep their
  /// memory.
  mutating func take() -> [PendingTable] {
    isEmpty = true
    return tables.sorted { $0.table.id < $1.table.id }
  }
}

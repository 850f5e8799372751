internal import Bytes
internal import LMDB

/// One live row while it is being looked at: key and cells are borrowed from the map.
struct LiveRow {
  let table: Table
  let key: UnsafeRawBufferPointer
  let value: UnsafeRawBufferPointer
  let row: Row
  let now: Int64
  /// The key columns' values, and where each stands in them.
  let keyValues: UnsafeRawBufferPointer
  let keyRanges: [Range<Int>]

  /// A column's bytes; nil where it is null.
  subscript(column: Column) -> UnsafeRawBufferPointer? {
    switch column.kind {
    case .partitionKey: return keyPart(column.position)
    case .clustering: return keyPart(table.partitionKey.count + column.position)
    case .regular, .static:
      guard let cell = row.cell(column.id, at: now) else { return nil }
      return UnsafeRawBufferPointer(rebasing: value[cell.start..<(cell.start + cell.count)])
    }
  }

  /// The row's entry in an index; nil where the indexed column is null.
  func indexKey(_ index: Index, _ column: Column) -> [UInt8]? {
    guard let bytes = self[column] else { return nil }
    var entry = ByteBuffer(capacity: 256)
    entry.append(bigEndian: index.id)
    column.type.appendComponent(bytes, descending: false, exact: false, to: &entry)
    entry.append(key)
    return entry.toArray()
  }

  private func keyPart(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: keyValues[keyRanges[index]])
  }
}

/// Walks over a table's live rows.
final class RowReader {
  private let table: Table
  /// Seconds since 1970.
  private let now: Int64
  private var row = Row()
  private var keyValues = ByteBuffer(capacity: 256)
  private var keyRanges: [Range<Int>] = []

  init(_ table: Table, now: Int64) {
    self.table = table
    self.now = now
  }

  /// Shows `body` the live rows of a key range in order or in reverse, until it returns false.
  func scan(
    _ rows: Database, _ range: KeyRange, reversed: Bool,
    _ body: (LiveRow) throws(TableError) -> Bool
  ) throws(TableError) {
    let cursor = try stored { () throws(LMDBError) in try rows.cursor() }
    var entry = try stored { () throws(LMDBError) in try first(cursor, range, reversed) }
    while let found = entry, range.contains(found.key) {
      guard try show(found.key, found.value, body) else { return }
      entry = try stored { () throws(LMDBError) in
        reversed ? try cursor.previous() : try cursor.next()
      }
    }
  }

  private func first(
    _ cursor: borrowing Cursor, _ range: KeyRange, _ reversed: Bool
  ) throws(LMDBError) -> Cursor.Entry? {
    let target = reversed ? range.end ?? [UInt8](repeating: 0xFF, count: 511) : range.start
    return try target.borrowed { target throws(LMDBError) in
      reversed ? try cursor.seek(before: target) : try cursor.seek(target)
    }
  }

  /// Shows `body` one row where it is live; returns what `body` did, true where it was not called.
  func show(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    _ body: (LiveRow) throws(TableError) -> Bool
  ) throws(TableError) -> Bool {
    do throws(ByteError) {
      try row.decode(value)
    } catch {
      throw damaged("\(error)")
    }
    if !table.droppedColumns.isEmpty { row.removeDropped(of: table) }
    guard row.isLive(at: now) else { return true }
    keyValues.removeAll()
    keyRanges.removeAll(keepingCapacity: true)
    guard RowKey.decode(key, table, into: &keyValues, &keyRanges) else {
      throw damaged("its key is not one of this table")
    }
    return try keyValues.withBytes { values throws(TableError) in
      try body(
        LiveRow(
          table: table, key: key, value: value, row: row, now: now, keyValues: values,
          keyRanges: keyRanges))
    }
  }

  private func damaged(_ what: String) -> TableError {
    TableError(.serverError, "a row of \(table.keyspace).\(table.name) is damaged: \(what)")
  }
}

internal import Bytes
internal import LMDB

// The index entries of rows.
extension RowWriter {
  /// Gathers the index entries of a row. Expiry is left to readers, which look at the row itself.
  static func gather(
    _ table: Table, _ rows: Database, _ key: borrowing ByteBuffer, _ value: borrowing ByteBuffer,
    into entries: inout IndexEntries, _ maxKeySize: Int
  ) throws(TableError) {
    let reader = RowReader(table, rows, now: .min)
    reader.showsHidden = true
    try key.withBytes { key throws(TableError) in
      try value.withBytes { value throws(TableError) in
        _ = try reader.show(key, value: value) { row throws(TableError) in
          try entries.append(row, maxKeySize: maxKeySize)
        }
      }
    }
  }

  /// Gathers the index entries of a row that is new: an INSERT's without taking it apart again.
  mutating func gatherNew(
    _ plan: Modification, _ operands: Operands
  ) throws(TableError) {
    added.removeAll()
    if plan.table.indexes.isEmpty { return }
    guard let indexes = plan.indexes else {
      try Self.gather(plan.table, rows, key, value, into: &added, maxKeySize)
      return try added.check()
    }
    for written in indexes {
      guard let bytes = operands[written.operand] else { continue }
      key.withBytes {
        added.append(written.index, written.column, bytes, key: $0, maxKeySize: maxKeySize)
      }
    }
    try added.check()
  }
}

internal import Bytes
internal import LMDB

// Rows that wait for others, to be put in the order of their keys.
extension RowWriter {
  /// Lets the row of `key` wait, with its `value` and index entries.
  mutating func wait(_ table: Table, _ purge: Purge) throws(TableError) {
    pending.append(key, value, added)
    if pendingTable == nil { pendingTable = (table, purge) }
    changes += 1
    if pending.isFull { try flush() }
  }

  /// Puts the rows that wait. Whatever looks into the tree comes behind this.
  mutating func flush() throws(TableError) {
    guard let (table, purge) = pendingTable else { return }
    pendingTable = nil
    // They have been counted when they came.
    let counted = changes
    defer { changes = counted }
    var waiting = PendingRows()
    swap(&waiting, &pending)
    do throws(TableError) {
      let present = try stored { () throws(LMDBError) in try putNew(waiting) }
      for number in present {
        key.removeAll()
        value.removeAll()
        waiting.rows.visit(number) { key, value in
          self.key.append(key)
          self.value.append(value)
        }
        added.removeAll()
        if !table.indexes.isEmpty {
          try Self.gather(table, rows, key, value, into: &added, maxKeySize)
        }
        try apply(table, purge)
      }
    } catch {
      failure = error
      throw error
    }
    waiting.removeAll()
    swap(&waiting, &pending)
  }

  /// Puts the rows there are none of, and their entries; returns the numbers of the others.
  private func putNew(_ pending: borrowing PendingRows) throws(LMDBError) -> [Int] {
    var present: [Int] = []
    for number in pending.rows.sorted() {
      try pending.rows.visit(number) { key, value throws(LMDBError) in
        if try rowPlace.insert(key, value) != nil { present.append(number) }
      }
    }
    var dropped: Set<Int> = []
    for number in present { dropped.formUnion(pending.entries(of: number)) }
    for number in pending.entries.sorted() where !dropped.contains(number) {
      try pending.entries.visit(number) { entry, nothing throws(LMDBError) in
        try entryPlace.put(entry, nothing)
      }
    }
    return present
  }
}

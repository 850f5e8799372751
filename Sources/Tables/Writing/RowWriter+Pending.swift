internal import Bytes
internal import LMDB

// Rows that wait for others, to be put in the order of their keys.
extension RowWriter {
  /// Brings `value` to the row of `key`, now or later.
  mutating func waitOrApply(_ table: Table, _ purge: Purge) throws(TableError) {
    // The first row does not wait: mostly it is the only one.
    guard changes > 0, mayWait else { return try apply(table, purge) }
    try wait(table, purge)
  }

  /// Lets the row of `key` wait, with its `value` and index entries.
  private mutating func wait(_ table: Table, _ purge: Purge) throws(TableError) {
    pending.append(table, purge, key, value, added)
    changes += 1
    if pending.isFull { try flush() }
  }

  /// Puts the rows that wait. Whatever looks into the tree comes behind this.
  mutating func flush() throws(TableError) {
    counters.removeAll()
    if pending.isEmpty { return }
    // They have been counted when they came.
    let counted = changes
    defer { changes = counted }
    do throws(TableError) {
      for waiting in pending.take() {
        let left = try stored { () throws(LMDBError) in try putNew(waiting.rows) }
        for numbers in left { try merge(numbers, of: waiting) }
        waiting.rows.removeAll()
      }
    } catch {
      failure = error
      throw error
    }
  }

  /// Brings what waits for a row that is there already, or waits several times, to it.
  private mutating func merge(
    _ numbers: [Int], of waiting: PendingTable
  ) throws(TableError) {
    key.removeAll()
    waiting.rows.rows.visit(numbers[0]) { key, _ in self.key.append(key) }
    let whole: [UInt8]
    do throws(ByteError) {
      whole = try fold(numbers[...], of: waiting.rows, waiting.table)
    } catch {
      throw damaged(waiting.table, error)
    }
    value.removeAll()
    value.append(whole)
    added.removeAll()
    try gatherWaiting(waiting.table)
    try apply(waiting.table, waiting.purge)
  }

  /// Gathers the index entries of the row, or partition record, of `key`, to be put should there be
  /// none.
  mutating func gatherWaiting(_ table: Table) throws(TableError) {
    if table.indexes.isEmpty { return }
    // With a digest the record is there already, with the key, and the merge gathers.
    let isKept = key.withBytes { key in
      RowKey.hasDigest(key) && key[RowKey.partitionLength(key) - 1] == RowKey.Class.record
    }
    if isKept { return }
    try Self.gather(table, rows, key, value, into: &added, maxKeySize)
    try added.check()
  }

  /// Merges the values that wait for one row, in halves: one by one, the row would be written as
  /// often as it grows.
  private mutating func fold(
    _ numbers: ArraySlice<Int>, of waiting: borrowing PendingRows, _ table: Table
  ) throws(ByteError) -> [UInt8] {
    if numbers.count == 1 {
      var found: [UInt8] = []
      waiting.rows.visit(numbers[numbers.startIndex]) { _, value in found = [UInt8](value) }
      return found
    }
    let middle = numbers.startIndex + numbers.count / 2
    let first = try fold(numbers[..<middle], of: waiting, table)
    let second = try fold(numbers[middle...], of: waiting, table)
    scratch.removeAll()
    _ = try first.borrowed { first throws(ByteError) in
      try second.borrowed { second throws(ByteError) in
        try merger.merge(first, second, table, into: &scratch)
      }
    }
    return scratch.toArray()
  }

  /// Puts the rows there are none of that wait alone, and their entries; returns the numbers of the
  /// others, those of one row together.
  private func putNew(_ pending: borrowing PendingRows) throws(LMDBError) -> [[Int]] {
    var left: [[Int]] = []
    let order = pending.rows.sorted()
    var place = 0
    while place < order.count {
      let end = pending.rows.end(of: place, in: order)
      let number = order[place]
      if end - place > 1 {
        left.append(Array(order[place..<end]))
      } else {
        try pending.rows.visit(number) { key, value throws(LMDBError) in
          if try rowPlace.insert(key, value) != nil { left.append([number]) }
        }
      }
      place = end
    }
    var dropped: Set<Int> = []
    for numbers in left {
      for number in numbers { dropped.formUnion(pending.entries(of: number)) }
    }
    for number in pending.entries.sorted() where !dropped.contains(number) {
      try pending.entries.visit(number) { entry, nothing throws(LMDBError) in
        try entryPlace.put(entry, nothing)
      }
    }
    return left
  }
}

internal import Bytes
internal import LMDB

/// Says what of a row, a partition's record or a range tombstone can go.
final class RowPurger {
  enum Outcome: Equatable {
    case stays, goes
    case shrinks([UInt8])
  }

  let table: Table
  private let purge: Purge
  private var partition: PartitionReader
  private var merger = RowMerger()
  private var row = Row()
  private var purged = ByteBuffer(capacity: 1_024)
  private let rows: Database
  /// More rows than these are not looked at to see whether a deletion still hides one: one that is
  /// over more of them stays, as long as there are so many.
  private static let coveredRows = 10_000

  init(_ table: Table, _ rows: Database, now: Int64) {
    self.table = table
    self.rows = rows
    purge = Purge(table, now: now)
    partition = PartitionReader(RowLayout(table), rows, now: now)
  }

  /// What becomes of a key's value.
  func outcome(_ entry: Cursor.Entry) throws(TableError) -> Outcome {
    let length = RowKey.partitionLength(entry.key)
    guard length <= entry.key.count, length > RowKey.partitionStart else { return .stays }
    switch entry.key[length - 1] {
    case RowKey.Class.range:
      let span = try RangeTombstones.read(entry, length)
      guard purge.drops(span.deletion) else { return .stays }
      return try covers(span, entry.key, length) ? .stays : .goes
    case RowKey.Class.record: return try record(entry, length)
    default:
      if !partition.holds(entry.key) {
        try partition.enter(entry.key, record: nil, isKnown: false)
      }
      let covering = try partition.deletion(of: entry.key)
      return try outcome(entry.value, coveredBy: covering, purge, [])
    }
  }

  /// Forgets the partition it is in, which may have changed.
  func leave() { partition.leave() }

  private func outcome(
    _ value: UnsafeRawBufferPointer, coveredBy covering: Deletion?, _ purge: Purge,
    _ leaving: RowMerger.Leaving
  ) throws(TableError) -> Outcome {
    purged.removeAll()
    do throws(ByteError) {
      let remains = try merger.purge(
        value, coveredBy: covering, table, purge, leaving: leaving, into: &purged)
      if !remains { return .goes }
    } catch { throw partition.damaged("\(error)") }
    // What only looks different, such as another base, stays.
    let isSame = leaving.isEmpty && purged.count >= value.count
    return isSame ? .stays : .shrinks(purged.toArray())
  }

  /// A record's deletion stays as long as it hides rows, its promise of range tombstones as long as
  /// there are some, its key as long as there is anything.
  private func record(_ entry: Cursor.Entry, _ length: Int) throws(TableError) -> Outcome {
    do throws(ByteError) { try row.decode(entry.value) } catch {
      throw partition.damaged("\(error)")
    }
    // Looking for what the deletion hides decodes other rows in this one's place.
    let (hasRanges, hasKey) = (row.hasRanges, row.partitionKey != nil)
    var purge = self.purge
    if let deletion = row.deletion, purge.drops(deletion) {
      let span = RangeTombstones.Span(start: [], end: nil, deletion: deletion)
      // What is kept of it is the deletion; its own cells are expired all the same.
      if try covers(span, entry.key, length) { purge.before = .min }
    }
    var leaving: RowMerger.Leaving = []
    let head = [UInt8](entry.key[..<(length - 1)])
    if hasRanges, try !hasKeys(head + [RowKey.Class.range]) { leaving.insert(.ranges) }
    if hasKey, try !hasKeys(head + [RowKey.Class.row]),
      try !hasKeys(head + [RowKey.Class.range])
    {
      leaving.insert(.partitionKey)
    }
    return try outcome(entry.value, coveredBy: nil, purge, leaving)
  }

  /// Whether there is a key that begins so.
  private func hasKeys(_ head: [UInt8]) throws(TableError) -> Bool {
    try stored { () throws(LMDBError) in
      let cursor = try rows.cursor()
      return try head.borrowed { bytes throws(LMDBError) in
        try cursor.seek(bytes).map { KeyEncoding.hasPrefix($0.key, bytes) } ?? false
      }
    }
  }

  /// Whether a deletion still hides something of a row in its span, or more rows lie there than are
  /// looked at.
  private func covers(
    _ span: RangeTombstones.Span, _ key: UnsafeRawBufferPointer, _ length: Int
  ) throws(TableError) -> Bool {
    let head = [UInt8](key[..<(length - 1)]) + [RowKey.Class.row]
    let end = span.end.map { head + $0 } ?? KeyEncoding.successor(of: head)
    let range = KeyRange(start: head + span.start, end: end)
    let cursor = try stored { () throws(LMDBError) in try rows.cursor() }
    var entry = try stored { () throws(LMDBError) in
      try range.start.borrowed { start throws(LMDBError) in try cursor.seek(start) }
    }
    var count = 0
    while let found = entry, range.contains(found.key) {
      count += 1
      if count > RowPurger.coveredRows { return true }
      do throws(ByteError) { try row.decode(found.value) } catch {
        throw partition.damaged("\(error)")
      }
      let limit = span.deletion.timestamp
      if row.marker.map({ $0.timestamp <= limit }) ?? false
        || row.cells.contains(where: { $0.timestamp <= limit })
      {
        return true
      }
      entry = try stored { () throws(LMDBError) in try cursor.next() }
    }
    return false
  }
}

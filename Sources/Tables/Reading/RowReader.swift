internal import Bytes
internal import LMDB

/// Walks over a table's live rows, inside one transaction.
final class RowReader {
  let layout: RowLayout
  /// Seconds since 1970.
  private(set) var now: Int64
  /// Whether a partition that is asked for as a whole and has static cells but no row is shown all
  /// the same, after its place would have been passed.
  var showsStaticRows = false
  /// Whether a partition's static columns are shown also where it has rows, before them: an index
  /// has both.
  var showsStaticRecords = false
  /// The columns outside the key that are asked for.
  var columns = ColumnSet.all
  /// Whether rows and cells are shown that a deletion around them, or the drop of a column, hides:
  /// what an index holds depends on a row's bytes alone, and what changes without them is left to
  /// those who read by it.
  var showsHidden: Bool {
    get { partition.showsDropped }
    set { partition.showsDropped = newValue }
  }
  // A row is shown while nothing of this changes: the accesses need no check at run time, which
  // would cost a third of a scan.
  @exclusivity(unchecked) fileprivate(set) var row = Row()
  @exclusivity(unchecked) fileprivate(set) var isStaticOnly = false
  private var rows: Database
  @exclusivity(unchecked) private var partition: PartitionReader
  @exclusivity(unchecked) private var elements = AssembledValues()
  /// What has been taken apart of the row that is being shown.
  @exclusivity(unchecked) var parts: [UInt32: CollectionParts] = [:]
  /// Whether a row of the partition has been shown, or must be thought to have been.
  @exclusivity(unchecked) private var hasShown = true

  /// The key of the row that is asked for by all of its columns, while that is put together.
  @exclusivity(unchecked) var wanted = RowKeyBuilder()
  /// How many keys scans and look-ups may yet look at in this transaction, dead rows included.
  @exclusivity(unchecked) private(set) var budget = Int.max
  /// Where the last scan stopped for want of budget.
  private(set) var stop: Stop?

  struct Stop {
    /// The last key that was looked at.
    var key: [UInt8]
    /// Whether the partition has yet to be shown for its static columns alone, if no row comes.
    var owesStatic = false
  }

  init(_ layout: RowLayout, _ rows: Database, now: Int64) {
    self.layout = layout
    self.rows = rows
    self.now = now
    partition = PartitionReader(layout, rows, now: now)
  }

  convenience init(_ table: Table, _ rows: Database, now: Int64) {
    self.init(RowLayout(table), rows, now: now)
  }

  /// Goes on in another transaction, with what memory it has, and looks at about so many keys.
  func move(to rows: Database, now: Int64, budget: Int, mayHaveRecords: Bool) {
    self.rows = rows
    self.now = now
    self.budget = budget
    partition.move(to: rows, now: now, mayHaveRecords: mayHaveRecords)
  }

  /// False: no value of the key is asked for, and none taken out of keys.
  var readsKeys: Bool {
    get { partition.readsKeys }
    set { partition.readsKeys = newValue }
  }

  /// Bytes of memory that do not have to be made for another use.
  var capacity: Int {
    partition.capacity + elements.capacity + row.capacity
  }

  /// Shows `body` the live rows of a key range in order or in reverse, until it returns false or
  /// the budget is used up.
  ///
  /// A range lies in one partition, or holds whole partitions but for the first one; in reverse, it
  /// lies in one. `owesStatic` is what the stop before said where the range goes on behind it.
  func scan(
    _ range: KeyRange, reversed: Bool, owesStatic: Bool = false,
    _ body: (LiveRow) throws(TableError) -> Bool
  ) throws(TableError) {
    stop = nil
    try enterFirst(range)
    if owesStatic { hasShown = false }
    let cursor = try stored { () throws(LMDBError) in try rows.cursor() }
    var entry = try stored { () throws(LMDBError) in try first(cursor, range, reversed) }
    while let found = entry, range.contains(found.key) {
      if !partition.holds(found.key) {
        guard try finish(body) else { return }
        if budget <= 0, partition.prefix.count > 0 {
          stop = Stop(key: partition.prefix.toArray() + [RowKey.partitionEnd])
          return
        }
        try enter(found)
        if showsStaticRecords, !(try showStatic(body) ?? true) { return }
      }
      budget -= 1
      let place = partition.prefix.count
      switch found.key[place] {
      case RowKey.Class.row:
        guard try show(found.key, found.value, body) else { return }
        if budget <= 0 {
          stop = Stop(key: [UInt8](found.key), owesStatic: showsStaticRows && !hasShown)
          return
        }
      case RowKey.Class.range:
        entry = try passRanges(cursor, reversed)
        continue
      default: break
      }
      entry = try stored { () throws(LMDBError) in
        reversed ? try cursor.previous() : try cursor.next()
      }
    }
    _ = try finish(body)
  }

  private func first(
    _ cursor: borrowing Cursor, _ range: KeyRange, _ reversed: Bool
  ) throws(LMDBError) -> Cursor.Entry? {
    let target = reversed ? range.end ?? [UInt8](repeating: 0xFF, count: 511) : range.start
    return try target.borrowed { target throws(LMDBError) in
      reversed ? try cursor.seek(before: target) : try cursor.seek(target)
    }
  }

  /// A range that begins inside a partition passes by its record.
  private func enterFirst(_ range: KeyRange) throws(TableError) {
    partition.leave()
    hasShown = true
    try range.start.borrowed { start throws(TableError) in
      let length = RowKey.partitionLength(start)
      guard start.count > RowKey.partitionStart + 1, length <= start.count,
        (RowKey.Class.record...RowKey.Class.range).contains(start[length - 1])
      else { return }
      let isWhole =
        length == start.count && start[length - 1] == RowKey.Class.row
        && range.end == KeyEncoding.successor(of: range.start)
      // A digest without its record is a partition that there is not.
      if RowKey.hasDigest(start),
        try stored({ () throws(LMDBError) in
          try RowKey.record(of: start).borrowed { key throws(LMDBError) in
            try rows.get(key) == nil
          }
        })
      {
        return
      }
      try partition.enter(start, record: nil, isKnown: false)
      hasShown = !isWhole
    }
  }

  private func enter(_ entry: Cursor.Entry) throws(TableError) {
    let length = RowKey.partitionLength(entry.key)
    let isRecord = length > 0 && entry.key[length - 1] == RowKey.Class.record
    // A record comes before all else of its partition.
    try partition.enter(entry.key, record: isRecord ? entry.value : nil, isKnown: true)
    hasShown = false
  }

  /// Range tombstones are looked up when a row needs them, not walked over.
  private func passRanges(
    _ cursor: borrowing Cursor, _ reversed: Bool
  ) throws(TableError) -> Cursor.Entry? {
    let bound =
      partition.prefix.toArray() + [reversed ? RowKey.Class.range : RowKey.Class.end]
    return try stored { () throws(LMDBError) in
      try bound.borrowed { bound throws(LMDBError) in
        reversed ? try cursor.seek(before: bound) : try cursor.seek(bound)
      }
    }
  }

  /// Leaves the partition, showing its static columns where that is due.
  private func finish(_ body: (LiveRow) throws(TableError) -> Bool) throws(TableError) -> Bool {
    guard showsStaticRows, !hasShown, partition.prefix.count > 0 else { return true }
    hasShown = true
    return try showStatic(body) ?? true
  }

  /// Shows `body` the static columns of the partition; nil where they are all null.
  private func showStatic<Result>(
    _ body: (LiveRow) throws(TableError) -> Result
  ) throws(TableError) -> Result? {
    guard partition.record.cells.contains(where: { partition.record.isLive($0, at: now) }) else {
      return nil
    }
    isStaticOnly = true
    defer { (isStaticOnly, parts) = (false, [:]) }
    row.removeAll()
    let key = partition.prefix.toArray() + [RowKey.Class.record]
    return try key.borrowed { key throws(TableError) in
      try body(
        LiveRow(reader: self, key: key, value: UnsafeRawBufferPointer(start: nil, count: 0)))
    }
  }

  /// Shows `body` one row where it is live; returns what `body` did, true where it was not called.
  private func show(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    _ body: (LiveRow) throws(TableError) -> Bool
  ) throws(TableError) -> Bool {
    do throws(ByteError) { try row.decode(value, columns: columns) } catch {
      throw partition.damaged("\(error)")
    }
    if layout.hasDroppedColumns, !showsHidden { row.removeDropped(of: layout.table) }
    if !showsHidden, let outer = try partition.deletion(of: key) {
      row.deletion = Deletion.later(row.deletion, outer)
    }
    guard row.isLive(at: now) else { return true }
    hasShown = true
    try partition.readClustering(
      key, spellings: UnsafeRawBufferPointer(rebasing: value[row.spellings ?? 0..<0]))
    elements.removeAll()
    defer { if !parts.isEmpty { parts = [:] } }
    if row.hasElements {
      for column in layout.table.regularColumns { elements.append(column, row, at: now, value) }
    }
    return try body(LiveRow(reader: self, key: key, value: value))
  }

  /// Shows `body` the row of a key, or a partition's record's static columns; nil where there is
  /// none or it is not live.
  func find<Result>(
    _ key: UnsafeRawBufferPointer, _ body: (LiveRow) throws(TableError) -> Result
  ) throws(TableError) -> Result? {
    let length = RowKey.partitionLength(key)
    guard length > RowKey.partitionStart else { return nil }
    budget -= 1
    let value = try stored { () throws(LMDBError) in try rows.get(key) }
    let isRecord = key[length - 1] == RowKey.Class.record
    if value == nil && (isRecord || !showsStaticRows) { return nil }
    return try find(key, value, isRecord: isRecord, body)
  }

  /// Shows `body` a row that is not, or not yet, in the table; nil where it is not live.
  func show<Result>(
    _ key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer,
    _ body: (LiveRow) throws(TableError) -> Result
  ) throws(TableError) -> Result? {
    partition.leave()
    let isRecord = key[RowKey.partitionLength(key) - 1] == RowKey.Class.record
    return try find(key, value, isRecord: isRecord, body)
  }

  private func find<Result>(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?, isRecord: Bool,
    _ body: (LiveRow) throws(TableError) -> Result
  ) throws(TableError) -> Result? {
    if !partition.holds(key) {
      if value == nil, RowKey.hasDigest(key) {
        let record = RowKey.record(of: key)
        guard
          try stored({ () throws(LMDBError) in
            try record.borrowed { key throws(LMDBError) in try rows.get(key) != nil }
          })
        else { return nil }
      }
      try partition.enter(key, record: isRecord ? value : nil, isKnown: isRecord)
    }
    var result: Result?
    if let value, !isRecord {
      _ = try show(key, value) { row throws(TableError) in
        result = try body(row)
        return true
      }
    }
    if result == nil, isRecord || showsStaticRows { return try showStatic(body) }
    return result
  }

  // What a row shows.

  var staticRow: Row { partition.record }
  var staticBytes: UnsafeRawBufferPointer { partition.recordBytes }

  func keyPart(_ index: Int) -> UnsafeRawBufferPointer? {
    let range = partition.keyRanges[index]
    return partition.keyValues.withBytes { UnsafeRawBufferPointer(rebasing: $0[range]) }
  }

  func regularValue(
    _ column: ColumnPlace, _ value: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    if column.isMultiCell { return elements.value(of: column.id) }
    return row.cell(column.id, at: now)?.value(in: value)
  }

  func staticValue(_ column: ColumnPlace) -> UnsafeRawBufferPointer? {
    if column.isMultiCell { return partition.statics.value(of: column.id) }
    return partition.record.cell(column.id, at: now)?.value(in: partition.recordBytes)
  }

  func cell(_ column: Column) -> Cell? {
    switch column.kind {
    case .partitionKey, .clustering: nil
    case .regular: isStaticOnly ? nil : row.cell(column.id, at: now)
    case .static: partition.record.cell(column.id, at: now)
    }
  }
}

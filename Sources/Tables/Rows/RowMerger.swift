internal import Bytes

/// What a merge may leave behind for good: cells that have expired, and deletions that are older
/// than the grace they are kept for.
struct Purge {
  /// Seconds since 1970.
  var now: Int64
  /// Deletions written before this are dropped, seconds since 1970.
  var before: Int64

  /// Drops nothing.
  static let none = Purge(now: .min, before: .min)

  init(now: Int64, before: Int64) {
    self.now = now
    self.before = before
  }

  init(_ table: Table, now: Int64) {
    self.now = now
    before = now &- table.options.gcGraceSeconds
  }

  func drops(_ deletion: Deletion) -> Bool { deletion.time < before }

  /// A cell as it is kept: an expired one without its value, nil where nothing has to be kept. As
  /// in Cassandra's `AbstractCell.purge`, what has expired is a deletion from when it was written.
  func kept(_ cell: Cell) -> Cell? {
    var cell = cell
    if !cell.isDeleted {
      guard cell.expiry != 0, cell.expiry <= now else { return cell }
      cell.isDeleted = true
      cell.count = 0
    }
    return cell.expiry - cell.ttl < before ? nil : cell
  }
}

/// Merges two versions of a row, keeping its working memory between uses.
struct RowMerger {
  private var old = Row()
  private var new = Row()
  /// The cells that stay, and whether each is of the new version.
  private var winners: [(cell: Cell, isNew: Bool)] = []

  /// Writes the merge of two values of a row of `table` to `merged`, without what `covering`
  /// deletes, a deletion of the rows around; false where nothing is left. The result does not
  /// depend on the order, but for counters: there the second is what was made of the first.
  mutating func merge(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ table: Table,
    coveredBy covering: Deletion? = nil, purge: Purge = .none, into merged: inout ByteBuffer
  ) throws(ByteError) -> Bool {
    try old.decode(left)
    try new.decode(right)
    old.deletion = Deletion.later(old.deletion, covering)
    return finish(left, right, table, purge, covering: covering, into: &merged)
  }

  /// What a purge takes out of a partition's record.
  struct Leaving: OptionSet {
    let rawValue: Int

    static let ranges = Leaving(rawValue: 1)
    static let partitionKey = Leaving(rawValue: 2)
  }

  /// Writes a row's value to `purged` without what `purge` drops and what `covering` deletes, a
  /// deletion of the rows around; false where nothing is left.
  mutating func purge(
    _ value: UnsafeRawBufferPointer, coveredBy covering: Deletion?, _ table: Table,
    _ purge: Purge, leaving: Leaving, into purged: inout ByteBuffer
  ) throws(ByteError) -> Bool {
    try old.decode(value)
    if !table.droppedColumns.isEmpty { old.purgeDropped(of: table) }
    new.removeAll()
    old.deletion = Deletion.later(old.deletion, covering)
    if leaving.contains(.ranges) { old.hasRanges = false }
    if leaving.contains(.partitionKey) { old.partitionKey = nil }
    return finish(value, value, table, purge, covering: covering, into: &purged)
  }

  private mutating func finish(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, _ table: Table,
    _ purge: Purge, covering: Deletion?, into merged: inout ByteBuffer
  ) -> Bool {
    var deletion = Deletion.later(old.deletion, new.deletion)
    let limit = deletion?.timestamp ?? .min
    let marker = RowMerger.marker(old.marker, new.marker, after: limit, purge)
    winners.removeAll(keepingCapacity: true)
    var index = (old: 0, new: 0)
    while index.old < old.cells.count || index.new < new.cells.count {
      let first = index.old < old.cells.count ? old.cells[index.old].column : .max
      let second = index.new < new.cells.count ? new.cells[index.new].column : .max
      mergeColumn(min(first, second), &index, (left, right), table, after: limit, purge)
    }
    // What covers the row is kept where it stands, not in the row.
    if let found = deletion, found == covering || purge.drops(found) { deletion = nil }
    let partitionKey = old.partitionKey ?? new.partitionKey
    let hasRanges = old.hasRanges || new.hasRanges
    if marker == nil, deletion == nil, winners.isEmpty, partitionKey == nil, !hasRanges {
      return false
    }
    let base = marker?.timestamp ?? winners.first?.cell.timestamp ?? deletion?.timestamp ?? 0
    let key = old.partitionKey.map { UnsafeRawBufferPointer(rebasing: left[$0]) }
    var header = RowHeader(marker: marker, deletion: deletion, hasRanges: hasRanges, base: base)
    // As in Cassandra's `Rows.merge`, the row that was there keeps its clustering.
    header.spellings =
      old.spellings.map { UnsafeRawBufferPointer(rebasing: left[$0]) }
      ?? new.spellings.map { UnsafeRawBufferPointer(rebasing: right[$0]) }
    let encoder = RowEncoder(
      header,
      partitionKey: key ?? new.partitionKey.map { UnsafeRawBufferPointer(rebasing: right[$0]) },
      cells: winners.count, to: &merged)
    for (cell, isNew) in winners {
      let bytes = isNew ? right : left
      encoder.append(cell, path: cell.path(in: bytes), cell.value(in: bytes), to: &merged)
    }
    return true
  }

  /// Cassandra's `LivenessInfo.supersedes`.
  private static func marker(
    _ left: Row.Marker?, _ right: Row.Marker?, after limit: Int64, _ purge: Purge
  ) -> Row.Marker? {
    var winner: Row.Marker?
    for marker in [left, right] {
      guard let marker, marker.timestamp > limit else { continue }
      if marker.expiry != 0, marker.expiry <= purge.now, marker.expiry < purge.before { continue }
      let rank = (marker.timestamp, marker.expiry, marker.ttl)
      if winner.map({ rank > ($0.timestamp, $0.expiry, $0.ttl) }) ?? true { winner = marker }
    }
    return winner
  }

  /// Merges the cells of one column: of both rows, from the places on that `index` says.
  private mutating func mergeColumn(
    _ id: UInt32, _ index: inout (old: Int, new: Int),
    _ bytes: (old: UnsafeRawBufferPointer, new: UnsafeRawBufferPointer), _ table: Table,
    after limit: Int64, _ purge: Purge
  ) {
    var limit = limit
    func isThere(_ row: Row, _ place: Int) -> Bool {
      place < row.cells.count && row.cells[place].column == id
    }
    func isDeletion(_ row: Row, _ place: Int) -> Bool {
      isThere(row, place) && row.cells[place].isColumnDeletion
    }
    var deletion: (cell: Cell, isNew: Bool)?
    if isDeletion(old, index.old) {
      deletion = (old.cells[index.old], false)
      index.old += 1
    }
    if isDeletion(new, index.new) {
      let cell = new.cells[index.new]
      let isLater = deletion.map {
        (cell.timestamp, cell.expiry) > ($0.cell.timestamp, $0.cell.expiry)
      }
      if isLater ?? true { deletion = (cell, true) }
      index.new += 1
    }
    if let deletion, deletion.cell.timestamp > limit {
      limit = deletion.cell.timestamp
      if deletion.cell.expiry >= purge.before { winners.append(deletion) }
    }
    let isElement =
      isThere(old, index.old) && old.cells[index.old].isElement
      || isThere(new, index.new) && new.cells[index.new].isElement
    let type = isElement ? table.column(id: id)?.type : nil
    let isCounter = !isElement && table.isCounter
    while isThere(old, index.old) || isThere(new, index.new) {
      var order = isThere(old, index.old) ? -1 : 1
      if isThere(old, index.old), isThere(new, index.new) {
        let (first, second) = (old.cells[index.old], new.cells[index.new])
        order = first.isElement != second.isElement ? (first.isElement ? 1 : -1) : 0
        if first.isElement, second.isElement {
          let (left, right) = (first.path(in: bytes.old), second.path(in: bytes.new))
          order = type?.comparePaths(left, right) ?? ByteOrder.compare(left, right)
        }
      }
      // What is hidden wins over nothing, which a deleted counter otherwise does.
      let isNew =
        order == 0
        ? old.cells[index.old].timestamp <= limit
          || RowMerger.wins(
            new.cells[index.new], bytes.new, over: old.cells[index.old], bytes.old, isCounter)
        : order > 0
      let winner = isNew ? new.cells[index.new] : old.cells[index.old]
      if order <= 0 { index.old += 1 }
      if order >= 0 { index.new += 1 }
      if winner.timestamp > limit, let kept = purge.kept(winner) { winners.append((kept, isNew)) }
    }
  }

  /// Cassandra's reconciliation of two cells of one column (`Cells.resolveRegular` and
  /// `resolveCounter`).
  static func wins(
    _ left: Cell, _ leftBytes: UnsafeRawBufferPointer, over right: Cell,
    _ rightBytes: UnsafeRawBufferPointer, _ isCounter: Bool
  ) -> Bool {
    if isCounter {
      // Whatever the times, a deleted counter stays deleted.
      return left.isDeleted || !right.isDeleted
    }
    if left.timestamp != right.timestamp { return left.timestamp > right.timestamp }
    if left.isTombstone != right.isTombstone { return left.isTombstone }
    if (left.expiry == 0) != (right.expiry == 0) { return left.expiry != 0 }
    if left.expiry != right.expiry { return left.expiry > right.expiry }
    let order = ByteOrder.compare(left.value(in: leftBytes), right.value(in: rightBytes))
    if order != 0 { return order > 0 }
    if left.ttl != right.ttl { return left.ttl > right.ttl }
    return left.isDeleted && !right.isDeleted
  }
}

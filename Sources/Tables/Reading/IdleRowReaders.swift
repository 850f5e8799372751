internal import LMDB
internal import Synchronization

/// The readers of a statement that nobody uses at the moment: an execution that takes one finds its
/// memory made.
final class IdleRowReaders: Sendable {
  /// Used by one execution at a time, the one that has taken it.
  private struct Idle: @unchecked Sendable { let reader: RowReader }

  private static let most = 8
  /// One that has read larger values than this is not kept.
  private static let bytes = 64 << 10

  private let idle = Mutex<[Idle]>([])
  private let layout: RowLayout
  private let showsStaticRows: Bool
  private let readsKeys: Bool
  private let columns: ColumnSet
  private let records: RecordPresence

  init(_ table: Table, _ columns: [Column], showsStaticRows: Bool, readsKeys: Bool) {
    layout = RowLayout(table)
    // What was dropped tells itself by its cells' timestamps: none is passed over.
    self.columns = layout.hasDroppedColumns ? .all : ColumnSet(columns)
    self.showsStaticRows = showsStaticRows
    self.readsKeys = readsKeys
    records = RecordPresence(table: table.id)
  }

  /// Lets `body` use a reader in one transaction.
  func withReader<Result>(
    _ databases: Databases, now: Int64, budget: Int,
    _ body: (RowReader) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    let rows = databases.rows
    let reader = take() ?? make(rows)
    reader.move(
      to: rows, now: now, budget: budget, mayHaveRecords: try records.isPossible(databases.meta))
    defer {
      let passed = budget - reader.budget
      // Not after every point read, which would all meet at one lock.
      if passed >= 100 { rows.passed(entries: passed) }
      keep(reader)
    }
    return try body(reader)
  }

  private func take() -> RowReader? { idle.withLock { $0.popLast() }?.reader }

  private func make(_ rows: Database) -> RowReader {
    let reader = RowReader(layout, rows, now: 0)
    reader.showsStaticRows = showsStaticRows
    reader.readsKeys = readsKeys
    reader.columns = columns
    return reader
  }

  private func keep(_ reader: RowReader) {
    guard reader.capacity <= Self.bytes else { return }
    let idle = Idle(reader: reader)
    self.idle.withLock { if $0.count < Self.most { $0.append(idle) } }
  }
}

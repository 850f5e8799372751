internal import Bytes
internal import CQL
internal import LMDB
internal import Machine

/// Carries out modifications inside one write transaction, with buffers that are reused from row to
/// row.
struct RowWriter: ~Copyable {
  let meta: Database
  let rows: Database
  private let indexes: Database
  /// Where rows, and index entries, are put: one mostly belongs near the last.
  var rowPlace: WriteCursor
  var entryPlace: WriteCursor
  /// Rows that are not in the tree yet.
  var pending = PendingTables()
  /// Why rows that had waited could not be put: their statements have succeeded.
  var failure: TableError?
  let clock: Clock
  let maxKeySize: Int
  /// The key of the row, or partition record, that is written.
  var key = ByteBuffer(capacity: 512)
  /// What the row keeps of its clustering columns beside the key.
  var spellings = ByteBuffer()
  /// What is written to it.
  var value = ByteBuffer(capacity: 2_048)
  private var old = ByteBuffer(capacity: 2_048)
  var scratch = ByteBuffer(capacity: 2_048)
  /// The partition that was written last: rows mostly come one behind the other.
  var lastPartition = LastPartition()
  var cells = CellList()
  var added = IndexEntries()
  private var removed = IndexEntries()
  var merger = RowMerger()
  /// While a batch is written: the lists that its statements look into.
  var listsBefore: ListsBefore?
  /// What counters have become since the last flush.
  var counters = CounterValues()
  /// The partitions whose long keys are known to be kept.
  var longKeys = LongKeys()
  /// Whether what the statement writes may wait.
  private(set) var mayWait = false
  /// How many rows have been changed.
  var changes = 0
  /// The timestamp given to the statement before, microseconds since 1970.
  private(set) var lastTimestamp: Int64

  init(
    _ databases: Databases, rowPlace: consuming WriteCursor, entryPlace: consuming WriteCursor,
    clock: Clock, maxKeySize: Int, lastTimestamp: Int64
  ) {
    meta = databases.meta
    rows = databases.rows
    indexes = databases.indexes
    self.rowPlace = rowPlace
    self.entryPlace = entryPlace
    self.clock = clock
    self.maxKeySize = maxKeySize
    self.lastTimestamp = lastTimestamp
  }

  /// Ends writing, before the transaction ends.
  mutating func close() {
    rowPlace.close()
    entryPlace.close()
  }

  /// A timestamp for a statement, or a batch, that names none: never twice the same, so that of
  /// two the later one wins.
  mutating func nextTimestamp() -> Int64 { nextTimestamp(at: clock.microseconds) }

  private mutating func nextTimestamp(at present: Int64) -> Int64 {
    lastTimestamp = max(present, lastTimestamp &+ 1)
    return lastTimestamp
  }

  /// Carries out one modification, whose condition has been found met; `timestamp` is a batch's.
  mutating func execute(
    _ plan: Modification, _ operands: Operands, timestamp: Int64? = nil
  ) throws(TableError) {
    let isAlone = listsBefore == nil
    // Read once, however many of its assignments look into them.
    if isAlone, plan.readsLists {
      try readLists(plan, operands, now: clock.microseconds / 1_000_000)
    }
    defer { if isAlone { listsBefore = nil } }
    mayWait = plan.mayWait
    if !mayWait { try flush() }
    let present = clock.microseconds
    if timestamp == nil, plan.timestamp.map({ operands.isUnset($0) }) ?? true {
      _ = nextTimestamp(at: present)
    }
    let times = try plan.times(
      operands, at: present, timestamp: timestamp ?? lastTimestamp)
    if !plan.key.isEmpty {
      try setKey(plan, operands)
      try writeRow(plan, operands, times)
      if plan.staticOperations.isEmpty { return }
      try toRecord()
      return try writeStatics(plan, operands, times)
    }
    for partition in try plan.keys.partitions(operands) {
      try execute(plan, operands, times, partition)
    }
  }

  private mutating func execute(
    _ plan: Modification, _ operands: Operands, _ times: WriteTimes,
    _ partition: ModificationKeys.Partition
  ) throws(TableError) {
    setKey(partition.prefix)
    try keepLongKey(plan.table, partition)
    if plan.isRowDeletion, !plan.keys.namesWholeRows || !plan.keys.bounds.isEmpty {
      return try deleteRange(plan, operands, times, partition)
    }
    if !plan.isStaticOnly {
      for clustering in try plan.keys.clusterings(operands) {
        setKey(partition.prefix)
        key.append(clustering.key)
        spellings.append(clustering.spellings)
        try checkKey(plan.table)
        try writeRow(plan, operands, times)
      }
    }
    if plan.staticOperations.isEmpty { return }
    setKey(partition.prefix)
    try toRecord()
    try writeStatics(plan, operands, times)
  }

  // Deletions of more than a row.

  private mutating func deleteRange(
    _ plan: Modification, _ operands: Operands, _ times: WriteTimes,
    _ partition: ModificationKeys.Partition
  ) throws(TableError) {
    var header = RowHeader(base: times.timestamp)
    if plan.keys.namesPartitionOnly {
      header.deletion = times.deletion
    } else {
      let spans = try plan.keys.spans(operands)
      if spans.isEmpty { return }
      for span in spans where partition.prefix.count + span.start.count > maxKeySize {
        throw tooLong(plan.table, partition.prefix.count + span.start.count)
      }
      key.truncate(to: key.count - 1)
      for span in spans {
        try RangeTombstones.add(
          .init(start: span.start, end: span.end, deletion: times.deletion), key, rows)
      }
      changes += 1
      header.hasRanges = true
      key.append(RowKey.Class.row)
    }
    try toRecord()
    value.removeAll()
    _ = RowEncoder(header, cells: 0, to: &value)
    added.removeAll()
    try waitOrApply(plan.table, times.purge)
  }

  // One row.

  private mutating func writeRow(
    _ plan: Modification, _ operands: Operands, _ times: WriteTimes
  ) throws(TableError) {
    var header = RowHeader(base: times.timestamp)
    if spellings.count > 0 { header.spellings = spellings.withBytes { $0 } }
    if plan.isRowDeletion {
      added.removeAll()
      value.removeAll()
      header.deletion = times.deletion
      _ = RowEncoder(header, cells: 0, to: &value)
      return try waitOrApply(plan.table, times.purge)
    }
    if plan.setsMarker {
      header.marker = Row.Marker(
        timestamp: times.timestamp, expiry: times.expiry, ttl: times.ttl)
    }
    value.removeAll()
    if let columns = plan.cells {
      let count = try encode(columns, plan.table, operands, times, header)
      if count == 0, header.marker == nil { return }
    } else {
      try gather(plan.operations, plan.table, operands, times)
      if cells.isEmpty, header.marker == nil { return }
      cells.encode(header, plan.table, to: &value)
    }
    try gatherNew(plan, operands)
    try waitOrApply(plan.table, times.purge)
    if plan.increments { keepCounters() }
  }

  private mutating func writeStatics(
    _ plan: Modification, _ operands: Operands, _ times: WriteTimes
  ) throws(TableError) {
    try gather(plan.staticOperations, plan.table, operands, times)
    if cells.isEmpty { return }
    value.removeAll()
    cells.encode(RowHeader(base: times.timestamp), plan.table, to: &value)
    added.removeAll()
    try gatherWaiting(plan.table)
    try waitOrApply(plan.table, times.purge)
    if plan.increments { keepCounters() }
  }

  /// Writes a row whose columns are one cell each at once; returns the number of cells.
  private mutating func encode(
    _ columns: [WrittenColumn], _ table: Table, _ operands: Operands, _ times: WriteTimes,
    _ header: RowHeader
  ) throws(TableError) -> Int {
    var count = columns.count
    for column in columns where operands.isUnset(column.operand) { count -= 1 }
    let encoder = RowEncoder(header, cells: count, to: &value)
    for column in columns where !operands.isUnset(column.operand) {
      if let bytes = operands[column.operand] {
        try column.check(bytes, table)
        if times.ttl == 0 {
          encoder.append(staying: column.id, bytes, to: &value)
        } else {
          encoder.append(times.cell(column.id), bytes, to: &value)
        }
      } else {
        encoder.append(
          times.tombstone(column.id), UnsafeRawBufferPointer(start: nil, count: 0), to: &value)
      }
    }
    return count
  }

  static func check(_ bytes: UnsafeRawBufferPointer, _ column: Column) throws(TableError) {
    try column.type.validate(bytes, column: column.name)
    guard bytes.count <= Limits.cellBytes else {
      throw .invalid(
        "The value of \(column.name) has \(bytes.count) bytes, more than the limit of "
          + "\(Limits.cellBytes)")
    }
  }

  /// Brings `value`, whose index entries are in `added`, to the row of `key`: as it is where there
  /// is none, merged where there is one. Nothing has been changed where a value is found too long.
  mutating func apply(_ table: Table, _ purge: Purge) throws(TableError) {
    let existing = try stored { () throws(LMDBError) in
      try key.withBytes { key throws(LMDBError) in
        try value.withBytes { value throws(LMDBError) in try rowPlace.insert(key, value) }
      }
    }
    guard let existing else {
      changes += 1
      return try putEntries()
    }
    try put(remains: try merge(existing, table, purge))
  }

  /// Brings `value` to the row of `key`, or takes that away, with what is to go and to come of its
  /// index entries.
  mutating func put(remains: Bool) throws(TableError) {
    changes += 1
    try stored { () throws(LMDBError) in
      try key.withBytes { key throws(LMDBError) in
        if !remains { _ = try rows.remove(key) }
        if remains {
          try value.withBytes { value throws(LMDBError) in try rowPlace.put(key, value) }
        }
      }
    }
    let indexes = self.indexes
    try removed.visit { entry throws(LMDBError) in _ = try indexes.remove(entry) }
    try putEntries()
  }

  private mutating func putEntries() throws(TableError) {
    try added.visit { entry throws(LMDBError) in
      try entryPlace.put(entry, UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }

  /// Merges `value` with the row there is, and gathers the index entries of both; false where
  /// nothing is left.
  mutating func merge(
    _ existing: UnsafeRawBufferPointer, _ table: Table, _ purge: Purge
  ) throws(TableError) -> Bool {
    // The bytes are LMDB's until the next change: copied before it.
    old.removeAll()
    old.append(existing)
    scratch.removeAll()
    let covering = table.isCounter ? try covering(table) : nil
    var remains = true
    do throws(ByteError) {
      remains = try old.withBytes { old throws(ByteError) in
        try value.withBytes { new throws(ByteError) in
          try merger.merge(
            old, new, table, coveredBy: covering, purge: purge, into: &scratch)
        }
      }
    } catch { throw damaged(table, error) }
    swap(&value, &scratch)
    // Also where the table has no index: what stands there belongs to another table's row.
    removed.removeAll()
    added.removeAll()
    if table.indexes.isEmpty { return remains }
    try Self.gather(table, rows, key, old, into: &removed, maxKeySize)
    if remains { try Self.gather(table, rows, key, value, into: &added, maxKeySize) }
    // What an index has passed over when it was made stays without an entry.
    if removed.refusal == nil { try added.check() }
    return remains
  }

  /// Puts what is left of a row, partition record or range tombstone in its place, or takes it
  /// away, with its index entries.
  mutating func replace(
    _ table: Table, _ key: [UInt8], with remains: [UInt8]?
  ) throws(TableError) {
    try flush()
    longKeys.removeAll()
    setKey(key)
    value.removeAll()
    value.append(remains ?? [])
    removed.removeAll()
    added.removeAll()
    let isRange = key[key.borrowed { RowKey.partitionLength($0) } - 1] == RowKey.Class.range
    if !table.indexes.isEmpty, !isRange {
      let rows = self.rows
      let existing = try stored { () throws(LMDBError) in
        try key.borrowed { key throws(LMDBError) in try rows.get(key) }
      }
      old.removeAll()
      if let existing {
        old.append(existing)
        try Self.gather(table, rows, self.key, old, into: &removed, maxKeySize)
      }
      if remains != nil { try Self.gather(table, rows, self.key, value, into: &added, maxKeySize) }
    }
    try put(remains: remains != nil)
  }

  func damaged(_ table: Table, _ error: ByteError) -> TableError {
    TableError(.serverError, "a row of \(table.keyspace).\(table.name) is damaged: \(error)")
  }
}

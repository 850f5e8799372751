internal import Bytes
internal import LMDB

/// What is known of the partition that a reader is in, apart from its rows: the record with the
/// partition's deletion and static cells, and the range tombstones.
///
/// A table that may have some pays one look-up for a partition whose record is not met on the way.
struct PartitionReader: ~Copyable {
  private let layout: RowLayout
  private var rows: Database
  private var now: Int64
  /// Whether a partition's record is looked for.
  private var mayHaveRecords = true
  /// The keys' common beginning, without the class.
  private(set) var prefix = ByteBuffer(capacity: 64)
  /// The partition's record; empty where it has none.
  private(set) var record = Row()
  private(set) var recordBytes = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The values of the partition key's columns, and room for a row's clustering columns behind.
  var keyValues = ByteBuffer(capacity: 64)
  var keyRanges: [Range<Int>] = []
  private(set) var partitionKeyBytes = 0
  /// The values of static columns that are made of cells.
  private(set) var statics = AssembledValues()
  private var ranges = RangeTombstones.Place()

  /// Whether static cells are shown that went with their column.
  var showsDropped = false
  /// Whether the key's values are wanted, which takes time.
  var readsKeys = true

  init(_ layout: RowLayout, _ rows: Database, now: Int64) {
    self.layout = layout
    self.rows = rows
    self.now = now
  }

  /// Goes on in another transaction, knowing of nothing.
  mutating func move(to rows: Database, now: Int64, mayHaveRecords: Bool) {
    self.rows = rows
    self.now = now
    self.mayHaveRecords = mayHaveRecords
    leave()
  }

  /// Whether a key is one of this partition.
  @inline(__always)
  borrowing func holds(_ key: UnsafeRawBufferPointer) -> Bool {
    let count = prefix.count
    guard count > 0, key.count > count else { return false }
    return prefix.withBytes { KeyEncoding.hasPrefix(key, $0) }
  }

  /// Bytes of memory that do not have to be made for another use.
  var capacity: Int {
    statics.capacity + record.capacity + keyValues.count + keyValues.room
  }

  mutating func leave() { prefix.removeAll() }

  /// Comes to the partition of a key; `value` is the record's where it has been met, and
  /// `isKnown` says that there is none else.
  mutating func enter(
    _ key: UnsafeRawBufferPointer, record value: UnsafeRawBufferPointer?, isKnown: Bool
  ) throws(TableError) {
    prefix.removeAll()
    prefix.append(UnsafeRawBufferPointer(rebasing: key[..<(RowKey.partitionLength(key) - 1)]))
    ranges.forget()
    var value = value
    if value == nil, !isKnown, mayHaveRecords { value = try find() }
    record.removeAll()
    recordBytes = value ?? UnsafeRawBufferPointer(start: nil, count: 0)
    if let value {
      do throws(ByteError) { try record.decode(value) } catch { throw damaged("\(error)") }
      if layout.hasDroppedColumns, !showsDropped { record.removeDropped(of: layout.table) }
    }
    if readsKeys { try readPartitionKey(key) }
    statics.removeAll()
    if record.hasElements {
      for column in layout.table.staticColumns {
        statics.append(column, record, at: now, recordBytes)
      }
    }
  }

  private mutating func readPartitionKey(_ key: UnsafeRawBufferPointer) throws(TableError) {
    keyValues.removeAll()
    keyRanges.removeAll(keepingCapacity: true)
    if RowKey.hasDigest(key) {
      guard let place = record.partitionKey else {
        throw damaged("the partition's key is missing")
      }
      keyValues.append(UnsafeRawBufferPointer(rebasing: recordBytes[place]))
    } else if !RowKey.readPartitionKey(key, into: &keyValues) {
      throw damaged("its key is not one of this table")
    }
    guard
      RowKey.splitPartitionKey(layout.partitionColumns, keyValues, from: 0, &keyRanges)
    else {
      throw damaged("its key is not one of this table")
    }
    partitionKeyBytes = keyValues.count
    for _ in 0..<layout.clustering.count { keyRanges.append(0..<0) }
  }

  private mutating func find() throws(TableError) -> UnsafeRawBufferPointer? {
    prefix.append(RowKey.Class.record)
    defer { prefix.truncate(to: prefix.count - 1) }
    let rows = self.rows
    return try stored { () throws(LMDBError) in
      try prefix.withBytes { key throws(LMDBError) in try rows.get(key) }
    }
  }

  /// Takes the clustering columns' values out of a row's key and what the row has beside it.
  mutating func readClustering(
    _ key: UnsafeRawBufferPointer, spellings: UnsafeRawBufferPointer
  ) throws(TableError) {
    guard readsKeys else { return }
    keyValues.truncate(to: partitionKeyBytes)
    guard
      layout.clustering.read(
        key, from: prefix.count + 1, spellings: spellings, into: &keyValues, &keyRanges,
        at: layout.partitionColumns)
    else { throw damaged("its key is not one of this table") }
  }

  /// What deletes a row from outside: the partition's deletion or a range tombstone.
  mutating func deletion(of key: UnsafeRawBufferPointer) throws(TableError) -> Deletion? {
    guard record.hasRanges else { return record.deletion }
    let suffix = UnsafeRawBufferPointer(rebasing: key[(prefix.count + 1)...])
    return Deletion.later(record.deletion, try ranges.covering(suffix, prefix, rows))
  }

  func damaged(_ what: String) -> TableError {
    TableError(
      .serverError, "a row of \(layout.table.keyspace).\(layout.table.name) is damaged: \(what)")
  }
}

/// Values that are put together out of cells, as long as a row is being looked at.
struct AssembledValues: ~Copyable {
  private var bytes = ByteBuffer(capacity: 16)
  private var ranges: [(column: UInt32, range: Range<Int>)] = []

  /// Bytes of memory that it keeps.
  var capacity: Int { bytes.count + bytes.room }

  mutating func removeAll() {
    guard !ranges.isEmpty else { return }
    bytes.removeAll()
    ranges.removeAll(keepingCapacity: true)
  }

  mutating func append(
    _ column: Column, _ row: Row, at now: Int64, _ value: UnsafeRawBufferPointer
  ) {
    guard case .multiCell = column.type else { return }
    let start = bytes.count
    if row.assemble(column, at: now, from: value, into: &bytes) {
      ranges.append((column.id, start..<bytes.count))
    }
  }

  /// A column's value; valid until the next one is appended.
  borrowing func value(of column: UInt32) -> UnsafeRawBufferPointer? {
    for (id, range) in ranges where id == column {
      return bytes.withBytes { UnsafeRawBufferPointer(rebasing: $0[range]) }
    }
    return nil
  }
}

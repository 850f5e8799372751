internal import Bytes
internal import LMDB

/// Reads everything that one table has: rows, partition records and range tombstones, and looks up
/// their index entries.
struct TableCheck {
  /// Rows, partition records and range tombstones.
  private(set) var keys = 0
  /// Rows that a SELECT shows.
  private(set) var rows = 0
  /// Deletions, and rows that are deleted or expired.
  var tombstones: Int { faults.isEmpty ? keys - rows - records : 0 }
  /// Partition records that do more than delete.
  private var records = 0
  private(set) var entries = 0
  private(set) var missingEntries = 0
  private(set) var faults: [String] = []
  private let table: Table
  private let databases: Databases
  private let maxKeySize: Int
  private let reader: RowReader
  private var row = Row()
  private var partition: [UInt8] = []
  private var promisesRanges = false
  private var hasRanges = false
  /// The end of the range tombstone before; nil: it has none.
  private var lastEnd: [UInt8]? = []

  init(_ table: Table, _ databases: Databases, maxKeySize: Int) {
    self.table = table
    self.maxKeySize = maxKeySize
    self.databases = databases
    // Everything counts as live: what is expired or deleted must be readable too.
    reader = RowReader(table, databases.rows, now: .min)
    reader.showsHidden = true
  }

  /// `now`: seconds since 1970, by which rows are live or not.
  mutating func run(at now: Int64, _ progress: (Int) -> Void) throws(TableError) {
    let range = KeyRange.all(table)
    let cursor = try stored { () throws(LMDBError) in try databases.rows.cursor() }
    var entry = try stored { () throws(LMDBError) in
      try range.start.borrowed { start throws(LMDBError) in try cursor.seek(start) }
    }
    while let found = entry, range.contains(found.key) {
      keys += 1
      progress(keys)
      do throws(TableError) { try check(found) } catch {
        faults.append("\(error) (row \(keys) in order of keys)")
      }
      entry = try stored { () throws(LMDBError) in try cursor.next() }
    }
    finishPartition()
    // What cannot be read has been found above.
    do throws(TableError) { try countRows(range, at: now) } catch {
      if faults.isEmpty { throw error }
    }
  }

  private mutating func countRows(_ range: KeyRange, at now: Int64) throws(TableError) {
    let reader = RowReader(table, databases.rows, now: now)
    reader.readsKeys = false
    var count = 0
    defer { rows = count }
    try reader.scan(range, reversed: false) { _ throws(TableError) in
      count += 1
      return true
    }
  }

  private mutating func check(_ entry: Cursor.Entry) throws(TableError) {
    let length = RowKey.partitionLength(entry.key)
    guard length > RowKey.partitionStart, length <= entry.key.count else {
      throw damaged("its key is too short")
    }
    let prefix = [UInt8](entry.key[..<(length - 1)])
    if prefix != partition {
      finishPartition()
      partition = prefix
    }
    switch entry.key[length - 1] {
    case RowKey.Class.record:
      try checkRow(entry)
      guard try RecordPresence(table: table.id).isPossible(databases.meta) else {
        throw damaged("its table is marked as one without partition records")
      }
      promisesRanges = row.hasRanges
      if row.deletion == nil || !row.cells.isEmpty { records += 1 }
      if let place = row.partitionKey { try checkDigest(entry, place) }
    case RowKey.Class.row: try checkRow(entry)
    case RowKey.Class.range: try checkRange(entry, length)
    default: throw damaged("its key has an unknown class")
    }
  }

  private mutating func finishPartition() {
    if promisesRanges != hasRanges {
      faults.append(
        "\(damaged("its record \(promisesRanges ? "promises" : "denies") range tombstones"))")
    }
    (promisesRanges, hasRanges, lastEnd) = (false, false, [])
  }

  private func damaged(_ what: String) -> TableError {
    TableError(.serverError, "a row of \(table.keyspace).\(table.name) is damaged: \(what)")
  }

  private mutating func checkRow(_ entry: Cursor.Entry) throws(TableError) {
    do throws(ByteError) { try row.decode(entry.value) } catch { throw damaged("\(error)") }
    try checkOrder(entry.value)
    var found = IndexEntries()
    try reader.show(entry.key, value: entry.value) { row throws(TableError) in
      try validate(row)
      try found.append(row, maxKeySize: maxKeySize)
    }
    var keys: Set<[UInt8]> = []
    try found.visit { keys.insert([UInt8]($0)) }
    entries += keys.count
    for key in keys {
      let isThere = try stored { () throws(LMDBError) in try databases.indexes.get(key) != nil }
      if isThere { continue }
      // An index that is being built may not have come to this row yet.
      let id = key.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
      if table.indexes.contains(where: { $0.id == id && !$0.isBuilt }) {
        entries -= 1
      } else {
        missingEntries += 1
      }
    }
  }

  /// Cells must stand in order, and none that another deletion in the row hides.
  private func checkOrder(_ bytes: UnsafeRawBufferPointer) throws(TableError) {
    var limit = row.deletion?.timestamp ?? .min
    var last: Cell?
    for cell in row.cells {
      defer { last = cell }
      if cell.column != last?.column { limit = row.deletion?.timestamp ?? .min }
      if cell.timestamp <= limit { throw damaged("a deleted cell is still there") }
      if cell.isColumnDeletion { limit = cell.timestamp }
      guard let last, last.column >= cell.column else { continue }
      guard last.column == cell.column, cell.isElement, !cell.isColumnDeletion else {
        throw damaged("its cells are not in order")
      }
      guard last.isElement, let type = table.column(id: cell.column)?.type else { continue }
      if type.comparePaths(last.path(in: bytes), cell.path(in: bytes)) >= 0 {
        throw damaged("its elements are not in order")
      }
    }
    if let marker = row.marker, marker.timestamp <= row.deletion?.timestamp ?? .min {
      throw damaged("a deleted marker is still there")
    }
  }

  private func validate(_ row: LiveRow) throws(TableError) {
    for column in row.table.columns {
      if let bytes = row[column] { try column.type.validate(bytes, column: column.name) }
    }
    var values: [UnsafeRawBufferPointer] = []
    for column in row.table.partitionKey {
      if let bytes = row[column] { values.append(bytes) }
    }
    var serialized = ByteBuffer(capacity: 64)
    RowKey.serialize(values, into: &serialized)
    guard serialized.withBytes({ KeyEncoding.token($0) }) == RowKey.token(row.key) else {
      throw damaged("its token is not its key's")
    }
    if row.isStaticOnly { return }
    var clustering = ByteBuffer(capacity: 64)
    for column in row.table.clusteringKey {
      if let bytes = row[column] {
        column.type.appendComponent(bytes, descending: column.isDescending, to: &clustering)
      }
    }
    let place = row.key[RowKey.partitionLength(row.key)...]
    guard clustering.withBytes({ $0.elementsEqual(place) }) else {
      throw damaged("its clustering columns are not its key's")
    }
  }

  private func checkDigest(_ entry: Cursor.Entry, _ place: Range<Int>) throws(TableError) {
    var key = ByteBuffer(capacity: 64)
    RowKey.appendPartition(
      table: table.id, UnsafeRawBufferPointer(rebasing: entry.value[place]), to: &key)
    let digested = key.toArray().dropLast() + [RowKey.Class.record]
    guard entry.key.elementsEqual(digested) else {
      throw damaged("its digest is not its key's")
    }
  }

  private mutating func checkRange(_ entry: Cursor.Entry, _ length: Int) throws(TableError) {
    hasRanges = true
    let span = try RangeTombstones.read(entry, length)
    guard let before = lastEnd, !span.start.lexicographicallyPrecedes(before) else {
      throw damaged("a range tombstone overlaps another")
    }
    if let end = span.end, !span.start.lexicographicallyPrecedes(end) {
      throw damaged("a range tombstone ends before it begins")
    }
    lastEnd = span.end
  }
}

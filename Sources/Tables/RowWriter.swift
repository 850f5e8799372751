internal import Bytes
internal import CQL
internal import LMDB
internal import Machine

/// Carries out modifications inside one write transaction, with buffers that are reused from row to
/// row.
struct RowWriter: ~Copyable {
  private let rows: Database
  private let indexes: Database
  private let clock: Clock
  private let maxKeySize: Int
  private var key = ByteBuffer(capacity: 512)
  private var value = ByteBuffer(capacity: 2_048)
  private var old = ByteBuffer(capacity: 2_048)
  private var scratch = ByteBuffer(capacity: 2_048)
  private var added = IndexEntries()
  private var removed = IndexEntries()
  private var merger = RowMerger()
  private var row = Row()
  /// How many rows have been changed.
  private(set) var changes = 0
  /// The timestamp given to the statement before, microseconds since 1970.
  private(set) var lastTimestamp: Int64

  init(_ databases: Databases, clock: Clock, maxKeySize: Int, lastTimestamp: Int64) {
    rows = databases.rows
    indexes = databases.indexes
    self.clock = clock
    self.maxKeySize = maxKeySize
    self.lastTimestamp = lastTimestamp
  }

  /// Carries out one modification; false where its condition was not met and nothing changed.
  mutating func execute(
    _ plan: Modification, _ operands: Operands
  ) throws(TableError) -> Bool {
    let timestamp = try self.timestamp(plan, operands)
    if !plan.key.isEmpty {
      try setKey(plan.table, plan.key, operands)
      return try modifyKeyedRow(plan, operands, timestamp)
    }
    try plan.restrictions.validate(operands)
    let wholeKeys = plan.table.clusteringKey.allSatisfy { plan.restrictions.fixing($0) != nil }
    if wholeKeys {
      var applied = false
      for key in try keys(plan.restrictions, operands) {
        self.key.removeAll()
        self.key.append(key)
        applied = try modifyKeyedRow(plan, operands, timestamp)
      }
      return applied
    }
    for key in try liveKeys(plan.restrictions, operands) {
      self.key.removeAll()
      self.key.append(key)
      try deleteRow(plan.table, timestamp)
    }
    return true
  }

  private mutating func timestamp(
    _ plan: Modification, _ operands: Operands
  ) throws(TableError) -> Int64 {
    guard let operand = plan.timestamp else {
      // Never twice the same, so that of two statements the later one wins.
      lastTimestamp = max(clock.microseconds, lastTimestamp &+ 1)
      return lastTimestamp
    }
    guard let bytes = operands[operand], bytes.count == 8 else {
      throw .invalid("The timestamp must be a bigint: microseconds since 1970")
    }
    let timestamp = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    guard timestamp != .min else {
      throw .invalid(
        "Out of bound timestamp, must be in range [\(Int64.min + 1), \(Int64.max)]")
    }
    return timestamp
  }

  private mutating func setKey(
    _ table: Table, _ key: [Operand], _ operands: Operands
  ) throws(TableError) {
    self.key.removeAll()
    scratch.removeAll()
    let partitionColumns = table.partitionKey.count
    if partitionColumns == 1 {
      let column = table.columns[0]
      let bytes = try operands.required(key[0], column)
      try column.type.validate(bytes, column: column.name)
      RowKey.appendPartition(table: table.id, bytes, to: &self.key)
    } else {
      for index in 0..<partitionColumns {
        let column = table.columns[index]
        let bytes = try operands.required(key[index], column)
        try column.type.validate(bytes, column: column.name)
        guard bytes.count <= Int(UInt16.max) else { throw tooLong(table, bytes.count) }
        scratch.append(bigEndian: UInt16(bytes.count))
        scratch.append(bytes)
        scratch.append(0)
      }
      scratch.withBytes { RowKey.appendPartition(table: table.id, $0, to: &self.key) }
    }
    for index in partitionColumns..<key.count {
      let column = table.columns[index]
      let bytes = try operands.required(key[index], column)
      try column.type.validate(bytes, column: column.name)
      column.type.appendComponent(bytes, descending: column.isDescending, to: &self.key)
    }
    guard self.key.count <= maxKeySize else { throw tooLong(table, self.key.count) }
  }

  private func tooLong(_ table: Table, _ count: Int) -> TableError {
    .invalid(
      "The primary key of a row of \(table.name) needs \(count) bytes, more than the limit of "
        + "\(maxKeySize)")
  }

  /// The row keys of an UPDATE or DELETE that names whole keys, IN expanded.
  private func keys(
    _ restrictions: Restrictions, _ operands: Operands
  ) throws(TableError) -> [[UInt8]] {
    var keys = try restrictions.partitions(operands)
    for column in restrictions.table.clusteringKey {
      guard let restriction = restrictions.fixing(column) else { return [] }
      var longer: [[UInt8]] = []
      for operand in restriction.operands {
        let bytes = try operands.required(operand, column)
        var component = ByteBuffer(capacity: 64)
        column.type.appendComponent(bytes, descending: column.isDescending, to: &component)
        let tail = component.toArray()
        for key in keys { longer.append(key + tail) }
      }
      keys = longer
    }
    for key in keys where key.count > maxKeySize {
      throw tooLong(restrictions.table, key.count)
    }
    return keys
  }

  /// The rows that a DELETE of a range meets.
  private mutating func liveKeys(
    _ restrictions: Restrictions, _ operands: Operands
  ) throws(TableError) -> [[UInt8]] {
    let reader = RowReader(restrictions.table, now: clock.microseconds / 1_000_000)
    var keys: [[UInt8]] = []
    for range in try restrictions.ranges(operands) {
      try reader.scan(rows, range, reversed: false) { row throws(TableError) in
        if restrictions.accepts(operands, { row[$0] }) { keys.append([UInt8](row.key)) }
        return true
      }
    }
    return keys
  }

  private mutating func modifyKeyedRow(
    _ plan: Modification, _ operands: Operands, _ timestamp: Int64
  ) throws(TableError) -> Bool {
    guard try isMet(plan.condition, plan.table, operands) else { return false }
    switch plan.effect {
    case .deleteRows: try deleteRow(plan.table, timestamp)
    case .upsert(let marker):
      try encode(plan, operands, timestamp, marker: marker)
      try gatherNew(plan, operands)
      try apply(plan.table)
    }
    return true
  }

  private mutating func deleteRow(_ table: Table, _ timestamp: Int64) throws(TableError) {
    added.removeAll()
    value.removeAll()
    _ = RowEncoder(marker: nil, deletion: timestamp, base: timestamp, cells: 0, to: &value)
    try apply(table)
  }

  private mutating func encode(
    _ plan: Modification, _ operands: Operands, _ timestamp: Int64, marker: Bool
  ) throws(TableError) {
    var ttl: Int64 = 0
    var expiry: Int64 = 0
    if let operand = plan.ttl, let bytes = operands[operand] {
      try DataType.int.validate(bytes, column: "[ttl]")
      ttl = Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
      guard ttl >= 0 else { throw .invalid("A TTL must be greater or equal to 0, but was \(ttl)") }
      guard ttl <= Limits.ttlSeconds else {
        throw .invalid("ttl is too large. requested (\(ttl)) maximum (\(Limits.ttlSeconds))")
      }
      if ttl > 0 { expiry = clock.microseconds / 1_000_000 + ttl }
    }
    value.removeAll()
    let encoder = RowEncoder(
      marker: marker ? Row.Marker(timestamp: timestamp, expiry: expiry, ttl: ttl) : nil,
      deletion: nil, base: timestamp, cells: plan.assignments.count, to: &value)
    for assignment in plan.assignments {
      var cell = Cell(column: assignment.column.id, timestamp: timestamp)
      if let bytes = assignment.operand.flatMap({ operands[$0] }) {
        try assignment.column.type.validate(bytes, column: assignment.column.name)
        guard bytes.count <= Limits.cellBytes else {
          throw .invalid(
            "The value of \(assignment.column.name) has \(bytes.count) bytes, more than the "
              + "limit of \(Limits.cellBytes)")
        }
        cell.expiry = expiry
        cell.ttl = ttl
        encoder.append(cell, bytes, to: &value)
      } else {
        cell.isDeleted = true
        encoder.append(cell, UnsafeRawBufferPointer(start: nil, count: 0), to: &value)
      }
    }
  }

  /// Brings `value`, whose index entries are in `added`, to the row of `key`: as it is where there
  /// is none, merged where there is one. Nothing has been changed where a value is found too long.
  private mutating func apply(_ table: Table) throws(TableError) {
    let existing = try stored { () throws(LMDBError) in
      try withKeyAndValue { key, value throws(LMDBError) in try rows.insert(key, value) }
    }
    if let existing {
      try merge(existing, table)
      changes += 1
      try stored { () throws(LMDBError) in
        try withKeyAndValue { key, value throws(LMDBError) in try rows.put(key, value) }
      }
      let indexes = self.indexes
      try removed.visit { entry throws(LMDBError) in _ = try indexes.remove(entry) }
    } else {
      changes += 1
    }
    let indexes = self.indexes
    try added.visit { entry throws(LMDBError) in
      try indexes.put(entry, UnsafeRawBufferPointer(start: nil, count: 0))
    }
  }

  /// Merges `value` with the row there is, and gathers the index entries of both.
  private mutating func merge(
    _ existing: UnsafeRawBufferPointer, _ table: Table
  ) throws(TableError) {
    // The bytes are LMDB's until the next change: copied before it.
    old.removeAll()
    old.append(existing)
    scratch.removeAll()
    do throws(ByteError) {
      try old.withBytes { old throws(ByteError) in
        try value.withBytes { new throws(ByteError) in
          try merger.merge(old, new, into: &scratch)
        }
      }
    } catch {
      throw TableError(
        .serverError, "a row of \(table.keyspace).\(table.name) is damaged: \(error)")
    }
    swap(&value, &scratch)
    // Also where the table has no index: what stands there belongs to another table's row.
    removed.removeAll()
    added.removeAll()
    if table.indexes.isEmpty { return }
    try Self.gather(table, key, old, into: &removed, maxKeySize)
    try Self.gather(table, key, value, into: &added, maxKeySize)
  }

  /// Gathers the index entries of a row. Expiry is left to readers, which look at the row itself.
  private static func gather(
    _ table: Table, _ key: borrowing ByteBuffer, _ value: borrowing ByteBuffer,
    into entries: inout IndexEntries, _ maxKeySize: Int
  ) throws(TableError) {
    let reader = RowReader(table, now: .min)
    try key.withBytes { key throws(TableError) in
      try value.withBytes { value throws(TableError) in
        _ = try reader.show(key, value) { row throws(TableError) in
          try entries.append(row, maxKeySize: maxKeySize)
          return true
        }
      }
    }
  }

  /// Gathers the index entries of a row that is new: an INSERT's without taking it apart again.
  private mutating func gatherNew(
    _ plan: Modification, _ operands: Operands
  ) throws(TableError) {
    added.removeAll()
    if plan.table.indexes.isEmpty { return }
    // What is older than the drop of a column that was added again is not there, even when it is
    // written only now.
    guard !plan.key.isEmpty, plan.table.droppedColumns.isEmpty else {
      return try Self.gather(plan.table, key, value, into: &added, maxKeySize)
    }
    for index in plan.table.indexes {
      guard let column = plan.table.column(id: index.columnID),
        let bytes = plan.operand(of: column).flatMap({ operands[$0] })
      else { continue }
      try key.withBytes { key throws(TableError) in
        try added.append(index, column, bytes, key: key, maxKeySize: maxKeySize)
      }
    }
  }

  private func withKeyAndValue<Result>(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(LMDBError) -> Result
  ) throws(LMDBError) -> Result {
    try key.withBytes { key throws(LMDBError) in
      try value.withBytes { value throws(LMDBError) in try body(key, value) }
    }
  }

  private mutating func isMet(
    _ condition: Modification.Condition, _ table: Table, _ operands: Operands
  ) throws(TableError) -> Bool {
    if case .none = condition { return true }
    let now = clock.microseconds / 1_000_000
    let exists: Bool
    do {
      let found = try key.withBytes { key throws(LMDBError) in
        try rows.get(key).map { [UInt8]($0) }
      }
      if let found {
        value.removeAll()
        value.append(found)
        try value.withBytes { bytes throws(ByteError) in try row.decode(bytes) }
        if !table.droppedColumns.isEmpty { row.removeDropped(of: table) }
      }
      exists = found != nil && row.isLive(at: now)
    } catch {
      throw TableError(.serverError, "\(error)")
    }
    switch condition {
    case .none: return true
    case .exists: return exists
    case .notExists: return !exists
    case .relations(let relations):
      guard exists else { return false }
      return value.withBytes { bytes in
        relations.allSatisfy { relation in
          let cell = row.cell(relation.column.id, at: now)
          guard let wanted = operands[relation.operand] else {
            return (cell == nil) == (relation.comparison == .equal)
          }
          guard let cell else { return relation.comparison == .notEqual }
          let value = UnsafeRawBufferPointer(
            rebasing: bytes[cell.start..<(cell.start + cell.count)])
          return relation.comparison.holds(value, wanted, relation.column.type)
        }
      }
    }
  }
}

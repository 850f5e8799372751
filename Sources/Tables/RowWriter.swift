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
  private var merged = ByteBuffer(capacity: 2_048)
  private var scratch = ByteBuffer(capacity: 512)
  private var merger = RowMerger()
  private var row = Row()

  init(_ databases: Databases, clock: Clock, maxKeySize: Int) {
    rows = databases.rows
    indexes = databases.indexes
    self.clock = clock
    self.maxKeySize = maxKeySize
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
    let ranges = try plan.restrictions.ranges(operands)
    let wholeKeys = plan.table.clusteringKey.allSatisfy { plan.restrictions.fixing($0) != nil }
    if wholeKeys {
      var applied = false
      for key in try keys(plan.restrictions, operands, ranges) {
        self.key.removeAll()
        self.key.append(key)
        applied = try modifyKeyedRow(plan, operands, timestamp)
      }
      return applied
    }
    for key in try liveKeys(in: ranges, plan.restrictions, operands) {
      self.key.removeAll()
      self.key.append(key)
      try deleteRow(plan.table, timestamp)
    }
    return true
  }

  private func timestamp(
    _ plan: Modification, _ operands: Operands
  ) throws(TableError) -> Int64 {
    guard let operand = plan.timestamp else { return clock.microseconds }
    guard let bytes = operands[operand], bytes.count == 8 else {
      throw .invalid("The timestamp must be a bigint: microseconds since 1970")
    }
    return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
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
    _ restrictions: Restrictions, _ operands: Operands, _ ranges: [KeyRange]
  ) throws(TableError) -> [[UInt8]] {
    var keys = try restrictions.partitions(operands)
    for column in restrictions.table.clusteringKey {
      guard let restriction = restrictions.fixing(column) else { return [] }
      var longer: [[UInt8]] = []
      for operand in restriction.operands {
        let bytes = try operands.required(operand, column)
        try column.type.validate(bytes, column: column.name)
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
    in ranges: [KeyRange], _ restrictions: Restrictions, _ operands: Operands
  ) throws(TableError) -> [[UInt8]] {
    let reader = RowReader(restrictions.table, now: clock.microseconds / 1_000_000)
    var keys: [[UInt8]] = []
    for range in ranges {
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
    guard try isMet(plan.condition, operands) else { return false }
    switch plan.effect {
    case .deleteRows: try deleteRow(plan.table, timestamp)
    case .upsert(let marker):
      try encode(plan, operands, timestamp, marker: marker)
      try apply(plan.table)
    }
    return true
  }

  private mutating func deleteRow(_ table: Table, _ timestamp: Int64) throws(TableError) {
    value.removeAll()
    _ = RowEncoder(marker: nil, deletion: timestamp, base: timestamp, cells: 0, to: &value)
    try apply(table)
  }

  private mutating func encode(
    _ plan: Modification, _ operands: Operands, _ timestamp: Int64, marker: Bool
  ) throws(TableError) {
    var ttl: Int64 = 0
    var expiry: Int64 = 0
    if let operand = plan.ttl, let bytes = operands[operand], bytes.count == 4 {
      ttl = Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
      guard ttl >= 0 else { throw .invalid("A TTL must be greater or equal to 0, but was \(ttl)") }
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

  /// Brings `value` to the row of `key`: as it is where there is none, merged where there is one;
  /// indexes follow.
  private mutating func apply(_ table: Table) throws(TableError) {
    let existing = try stored { () throws(LMDBError) in
      try withKeyAndValue { key, value throws(LMDBError) in try rows.insert(key, value) }
    }
    guard let existing else {
      if !table.indexes.isEmpty { try index(table, .add) }
      return
    }
    // The bytes are LMDB's until the next change: copied before it.
    merged.removeAll()
    merged.append(existing)
    scratch.removeAll()
    do throws(ByteError) {
      try merged.withBytes { old throws(ByteError) in
        try value.withBytes { new throws(ByteError) in
          try merger.merge(old, new, into: &scratch)
        }
      }
    } catch {
      throw TableError(
        .serverError, "a row of \(table.keyspace).\(table.name) is damaged: \(error)")
    }
    // Take the old entries out, then put the new ones in: cheap, and right in every case.
    swap(&value, &merged)
    if !table.indexes.isEmpty { try index(table, .remove) }
    swap(&value, &scratch)
    try stored { () throws(LMDBError) in
      try withKeyAndValue { key, value throws(LMDBError) in try rows.put(key, value) }
    }
    if !table.indexes.isEmpty { try index(table, .add) }
  }

  private enum IndexChange { case add, remove }

  /// Adds or removes the index entries of the row in `key` and `value`. Expiry is left to readers,
  /// which look at the row itself.
  private mutating func index(_ table: Table, _ change: IndexChange) throws(TableError) {
    let reader = RowReader(table, now: .min)
    let indexes = self.indexes
    let maxKeySize = self.maxKeySize
    try key.withBytes { key throws(TableError) in
      try value.withBytes { value throws(TableError) in
        _ = try reader.show(key, value) { row throws(TableError) in
          for index in table.indexes {
            guard let column = table.column(id: index.columnID),
              let entry = row.indexKey(index, column)
            else { continue }
            guard entry.count <= maxKeySize else {
              throw .invalid("The value of the indexed column \(column.name) is too long")
            }
            try stored { () throws(LMDBError) in
              switch change {
              case .add: try indexes.put(entry, [])
              case .remove: _ = try indexes.remove(entry)
              }
            }
          }
          return true
        }
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
    _ condition: Modification.Condition, _ operands: Operands
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

/// When a statement writes, and for how long.
struct WriteTimes {
  /// Microseconds since 1970.
  var timestamp: Int64
  /// Seconds since 1970.
  var now: Int64
  /// Seconds; 0: for ever.
  var ttl: Int64 = 0
  /// Deletions written before this are dropped, seconds since 1970.
  var purgeBefore: Int64

  var expiry: Int64 { ttl == 0 ? 0 : now + ttl }
  var deletion: Deletion { Deletion(timestamp: timestamp, time: now) }
  var purge: Purge { Purge(now: now, before: purgeBefore) }

  /// A cell without bytes.
  func tombstone(_ column: Column) -> Cell { tombstone(column.id) }

  /// A cell with a value to come.
  func cell(_ column: Column) -> Cell { cell(column.id) }

  func tombstone(_ column: UInt32) -> Cell {
    var cell = Cell(column: column, timestamp: timestamp)
    cell.isDeleted = true
    cell.expiry = now
    return cell
  }

  func cell(_ column: UInt32) -> Cell {
    var cell = Cell(column: column, timestamp: timestamp)
    cell.expiry = expiry
    cell.ttl = ttl
    return cell
  }

  /// The deletion of all elements of a column; one that makes room for new ones is a microsecond
  /// older than they (Cassandra's `UpdateParameters.setComplexDeletionTimeForOverwrite`).
  func columnDeletion(_ column: Column, isOverwrite: Bool) -> Cell {
    var cell = tombstone(column)
    cell.isColumnDeletion = true
    if isOverwrite { cell.timestamp -= 1 }
    return cell
  }
}

extension Modification {
  /// The last second that an expiry may have: Cassandra keeps it in 31 bits.
  private static let lastExpiry = Int64(Int32.max) - 1

  /// The times of an execution `at` so many microseconds since 1970; `timestamp` is for a statement
  /// that names none.
  func times(
    _ operands: Operands, at present: Int64, timestamp: Int64
  ) throws(TableError) -> WriteTimes {
    let now = present / 1_000_000
    return WriteTimes(
      timestamp: try self.timestamp(operands) ?? timestamp, now: now,
      ttl: try timeToLive(operands, now), purgeBefore: now &- table.options.gcGraceSeconds)
  }

  private func timestamp(_ operands: Operands) throws(TableError) -> Int64? {
    guard let timestamp else { return nil }
    return try Modification.timestamp(timestamp, operands)
  }

  /// The value of USING TIMESTAMP; nil where it is unset.
  static func timestamp(_ operand: Operand, _ operands: Operands) throws(TableError) -> Int64? {
    if operands.isUnset(operand) { return nil }
    guard let bytes = operands[operand] else { throw .invalid("Invalid null value of timestamp") }
    guard bytes.count == 8 else { throw .invalid("Invalid timestamp value: 0x\(Hex.text(bytes))") }
    let timestamp = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    guard timestamp != .min else {
      throw .invalid(
        "Out of bound timestamp, must be in range [\(Int64.min + 1), \(Int64.max)]")
    }
    return timestamp
  }

  private func timeToLive(_ operands: Operands, _ now: Int64) throws(TableError) -> Int64 {
    guard let ttl, !operands.isUnset(ttl) else {
      try checkExpiry(table.options.defaultTimeToLive, now, isDefault: true)
      return table.options.defaultTimeToLive
    }
    guard let bytes = operands[ttl], !bytes.isEmpty else { return 0 }
    try DataType.int.validate(bytes, column: "[ttl]")
    let seconds = Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
    guard seconds >= 0 else {
      throw .invalid("A TTL must be greater or equal to 0, but was \(seconds)")
    }
    guard seconds <= Limits.ttlSeconds else {
      throw .invalid("ttl is too large. requested (\(seconds)) maximum (\(Limits.ttlSeconds))")
    }
    try checkExpiry(seconds, now, isDefault: false)
    return seconds
  }

  /// Cassandra's policy REJECT for what would expire after 2038-01-19.
  private func checkExpiry(
    _ ttl: Int64, _ now: Int64, isDefault: Bool
  ) throws(TableError) {
    guard ttl > 0, now + ttl > Modification.lastExpiry else { return }
    throw .invalid(
      "Request on table \(table.keyspace).\(table.name) with \(isDefault ? "default " : "")ttl of "
        + "\(ttl) seconds exceeds maximum supported expiration date of 2038-01-19T03:14:06+00:00. "
        + "In order to avoid this use a lower TTL, change the expiration date overflow policy or "
        + "upgrade to a version where this limitation is fixed. See CASSANDRA-14092 for more "
        + "details.")
  }
}

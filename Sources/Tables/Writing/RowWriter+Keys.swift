internal import Bytes
internal import LMDB

// The keys of what is written.
extension RowWriter {
  mutating func setKey(_ bytes: [UInt8]) {
    key.removeAll()
    spellings.removeAll()
    key.append(bytes)
  }

  /// From a key in a partition to that of its record, which is to be written.
  mutating func toRecord() throws(TableError) {
    try RecordPresence(table: key.withBytes { RowKey.table($0) }).admit(meta)
    let length = key.withBytes { RowKey.partitionLength($0) }
    key.truncate(to: length - 1)
    key.append(RowKey.Class.record)
  }

  /// Sets the key of the one row that a modification names.
  mutating func setKey(_ plan: Modification, _ operands: Operands) throws(TableError) {
    let table = plan.table
    key.removeAll()
    spellings.removeAll()
    scratch.removeAll()
    let partitionColumns = plan.keys.partition.count
    for column in plan.key[..<partitionColumns] {
      let bytes = try column.keyValue(operands, table)
      if partitionColumns == 1 {
        scratch.append(bytes)
        break
      }
      guard bytes.count <= Int(UInt16.max) else { throw ModificationKeys.tooLong(bytes.count) }
      scratch.append(bigEndian: UInt16(bytes.count))
      scratch.append(bytes)
      scratch.append(0)
    }
    try ModificationKeys.check(scratch.count)
    lastPartition.appendPrefix(table: table.id, scratch, to: &key)
    if scratch.count > RowKey.partitionKeyBytes / 2, key.withBytes({ RowKey.hasDigest($0) }) {
      let partition = ModificationKeys.Partition(prefix: key.toArray(), key: scratch.toArray())
      try keepLongKey(table, partition)
      setKey(partition.prefix)
    }
    for column in plan.key[partitionColumns...] {
      let value = try column.keyValue(operands, table)
      column.appendComponent(value, table, to: &key)
      if column.hasSpellings { spellings.append(spelling: value) }
    }
    try checkKey(table)
  }

  func checkKey(_ table: Table) throws(TableError) {
    guard key.count <= maxKeySize else { throw tooLong(table, key.count) }
  }

  func tooLong(_ table: Table, _ count: Int) -> TableError {
    .invalid(
      "The clustering key of a row of \(table.name) is too long: with its partition's it needs "
        + "\(count) bytes, more than the limit of \(maxKeySize)")
  }

  /// Sees to it that a partition whose keys have a digest has a record with the whole key.
  mutating func keepLongKey(
    _ table: Table, _ partition: ModificationKeys.Partition
  ) throws(TableError) {
    guard partition.prefix.borrowed({ RowKey.hasDigest($0) }) else { return }
    if longKeys.contains(partition) { return }
    let place = RowKey.partitionStart
    setKey(partition.prefix)
    try toRecord()
    let rows = self.rows
    let found = try stored { () throws(LMDBError) in
      try key.withBytes { key throws(LMDBError) in try rows.get(key) }
    }
    if let found {
      var record = Row()
      do throws(ByteError) { try record.decode(found) } catch { throw damaged(table, error) }
      let isSame = record.partitionKey.map { found[$0].elementsEqual(partition.key) } ?? false
      guard isSame else {
        throw TableError(
          .serverError,
          "two partition keys of \(table.name) have one digest, which begins with "
            + Hex.text(partition.prefix[place..<(place + 8)]))
      }
    } else {
      value.removeAll()
      partition.key.borrowed { bytes in
        _ = RowEncoder(RowHeader(base: 0), partitionKey: bytes, cells: 0, to: &value)
      }
      added.removeAll()
      try apply(table, .none)
    }
    longKeys.insert(partition)
    setKey(partition.prefix)
  }
}

/// Partitions whose records are in the tree with their long keys, so that a transaction looks them
/// up once.
struct LongKeys {
  private var keys: [[UInt8]: [UInt8]] = [:]
  private var byteCount = 0

  func contains(_ partition: ModificationKeys.Partition) -> Bool {
    keys[partition.prefix] == partition.key
  }

  mutating func insert(_ partition: ModificationKeys.Partition) {
    if byteCount > 4 << 20 { removeAll() }
    byteCount += partition.prefix.count + partition.key.count
    keys[partition.prefix] = partition.key
  }

  mutating func removeAll() {
    if keys.isEmpty { return }
    keys.removeAll()
    byteCount = 0
  }
}

/// The beginning that the keys of one partition have in common.
struct LastPartition: ~Copyable {
  private var table: UInt32?
  private var partitionKey = ByteBuffer()
  private var prefix = ByteBuffer()

  /// Appends a partition's prefix, made anew only where it is another partition than the last one.
  mutating func appendPrefix(
    table: UInt32, _ partitionKey: borrowing ByteBuffer, to key: inout ByteBuffer
  ) {
    partitionKey.withBytes { wanted in
      let isSame = self.partitionKey.withBytes { KeyEncoding.isEqual($0, wanted) }
      if !isSame || self.table != table {
        self.table = table
        self.partitionKey.removeAll()
        self.partitionKey.append(wanted)
        prefix.removeAll()
        RowKey.appendPartition(table: table, wanted, to: &prefix)
      }
      prefix.withBytes { key.append($0) }
    }
  }
}

internal import Bytes

/// Which page of a result is wanted.
struct PageRequest {
  /// At most so many rows.
  var rows: Int
  var state: PagingState?
  /// How many keys one transaction looks at.
  var transactionKeys = Int.max
}

/// Where a page of a result ended: give it back to get the next one, at any later time.
///
/// It holds the key of the last row and how many rows LIMIT and PER PARTITION LIMIT leave; what has
/// been written or deleted since, that row included, is no matter.
package struct PagingState: Hashable, Sendable {
  private static let version: UInt8 = 1

  /// The key of the last row.
  var lastKey: [UInt8]
  /// The rows left of LIMIT, Int.max for no limit; at least one.
  var rowsLeft: Int
  /// The rows left of PER PARTITION LIMIT in the last row's partition.
  var rowsLeftInPartition: Int
  /// Tells the statement that it belongs to.
  var statement: UInt32

  init(lastKey: [UInt8], rowsLeft: Int, rowsLeftInPartition: Int, statement: UInt32) {
    self.lastKey = lastKey
    self.rowsLeft = rowsLeft
    self.rowsLeftInPartition = rowsLeftInPartition
    self.statement = statement
  }

  /// How much of the ring of tokens lies behind, from 0 to 1: of a scan of a table with many
  /// partitions, about how much of it is done.
  package var share: Double {
    let token = lastKey.dropFirst(RowKey.partitionStart - 8).prefix(8)
    return Double(token.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) / 0x1p64
  }

  /// The state as clients keep it.
  package var bytes: [UInt8] {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(PagingState.version)
    bytes.append(bigEndian: statement)
    bytes.append(varint: UInt64(clamping: rowsLeft))
    bytes.append(varint: UInt64(clamping: rowsLeftInPartition))
    bytes.append(varint: UInt64(lastKey.count))
    bytes.append(lastKey)
    let checksum = bytes.withBytes { CRC32C.checksum($0) }
    bytes.append(bigEndian: checksum)
    return bytes.toArray()
  }

  /// Takes a state that a client gave back. Thrown: Cassandra's error for what is none.
  package init(_ bytes: [UInt8]) throws(TableError) {
    let state = bytes.withUnsafeBytes { try? PagingState.read($0) }
    guard let state else { throw PagingState.invalid }
    self = state
  }

  private static func read(_ bytes: UnsafeRawBufferPointer) throws -> PagingState {
    var reader = ByteReader(bytes)
    guard try reader.integer(UInt8.self) == version else { throw invalid }
    let statement = try reader.integer(UInt32.self)
    let rows = Int(clamping: try reader.varint())
    let rowsInPartition = Int(clamping: try reader.varint())
    let key = [UInt8](try reader.run(Int(clamping: try reader.varint())))
    let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<reader.offset]))
    guard try reader.integer(UInt32.self) == checksum, reader.remaining == 0, rows > 0 else {
      throw invalid
    }
    return PagingState(
      lastKey: key, rowsLeft: rows, rowsLeftInPartition: rowsInPartition, statement: statement)
  }

  static let invalid = TableError(.protocolError, "Invalid value for the paging state")
}

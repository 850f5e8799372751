internal import Bytes

/// What stands before a row's cells.
struct RowHeader {
  var marker: Row.Marker?
  var deletion: Deletion?
  var hasRanges = false
  /// How the clustering columns' values were written that have several spellings; nil: there is
  /// none.
  var spellings: UnsafeRawBufferPointer?
  /// The timestamp that others are told from.
  var base: Int64
}

/// Writes rows' values (see FORMAT.md). Cells must come by rising column id, in a column its
/// deletion first, then its elements by their paths.
struct RowEncoder {
  private let base: Int64

  /// Begins a row's value with its header; `cells` is the number of cells to come.
  init(
    _ header: RowHeader, partitionKey: UnsafeRawBufferPointer? = nil, cells: Int,
    to value: inout ByteBuffer
  ) {
    base = header.base
    value.append(Row.version)
    let expires = (header.marker?.expiry ?? 0) != 0
    let isTimed = header.deletion.map { $0.time != Row.seconds($0.timestamp) } ?? false
    var flags: UInt8 = 0
    if header.marker != nil { flags |= Row.Flag.marker }
    if header.deletion != nil { flags |= Row.Flag.deleted }
    if expires { flags |= Row.Flag.markerExpires }
    if partitionKey != nil { flags |= Row.Flag.partitionKey }
    if isTimed { flags |= Row.Flag.deletionTime }
    if header.hasRanges { flags |= Row.Flag.ranges }
    if header.spellings != nil { flags |= Row.Flag.spellings }
    value.append(flags)
    value.append(zigzag: base)
    if let marker = header.marker {
      value.append(zigzag: marker.timestamp &- base)
      if expires {
        value.append(varint: UInt64(clamping: marker.expiry))
        value.append(varint: UInt64(clamping: marker.ttl))
      }
    }
    if let deletion = header.deletion {
      value.append(zigzag: deletion.timestamp &- base)
      if isTimed { value.append(varint: UInt64(clamping: deletion.time)) }
    }
    if let partitionKey {
      value.append(varint: UInt64(partitionKey.count))
      value.append(partitionKey)
    }
    if let spellings = header.spellings {
      value.append(varint: UInt64(spellings.count))
      value.append(spellings)
    }
    value.append(varint: UInt64(cells))
  }

  /// Appends a whole cell of the base timestamp that is there to stay: what most are.
  @inline(__always)
  func append(
    staying column: UInt32, _ bytes: UnsafeRawBufferPointer, to value: inout ByteBuffer
  ) {
    if column < 0x80, bytes.count < 0x80 {
      // Neither flags nor a difference of timestamps; all varints have one byte.
      let header = UInt32(column) << 24 | UInt32(truncatingIfNeeded: bytes.count)
      value.append(bigEndian: header)
    } else {
      value.append(varint: UInt64(column))
      value.append(bigEndian: UInt16(0))
      value.append(varint: UInt64(bytes.count))
    }
    value.append(bytes)
  }

  /// Appends one cell with its bytes; `path` is an element's.
  func append(
    _ cell: Cell, path: UnsafeRawBufferPointer = .init(start: nil, count: 0),
    _ bytes: UnsafeRawBufferPointer, to value: inout ByteBuffer
  ) {
    value.append(varint: UInt64(cell.column))
    let isTimed =
      cell.isTombstone ? cell.expiry != Row.seconds(cell.timestamp) : cell.expiry != 0
    value.append(
      (cell.isDeleted ? Row.CellFlag.deleted : 0) | (isTimed ? Row.CellFlag.timed : 0)
        | (cell.isDeleted && !cell.isTombstone ? Row.CellFlag.expired : 0)
        | (cell.isElement ? Row.CellFlag.element : 0)
        | (cell.isColumnDeletion ? Row.CellFlag.columnDeletion : 0))
    value.append(zigzag: cell.timestamp &- base)
    if isTimed {
      value.append(varint: UInt64(clamping: cell.expiry))
      if !cell.isTombstone { value.append(varint: UInt64(clamping: cell.ttl)) }
    }
    if cell.isElement {
      value.append(varint: UInt64(path.count))
      value.append(path)
    }
    guard !cell.isDeleted else { return }
    value.append(varint: UInt64(bytes.count))
    value.append(bytes)
  }
}

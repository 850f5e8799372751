internal import Bytes

/// One cell as it stands in a row's value: where its bytes are, and when it was written.
struct Cell: Equatable {
  var column: UInt32
  /// Microseconds since 1970.
  var timestamp: Int64
  var isDeleted = false
  /// Not a value but the deletion of all elements that a column had.
  var isColumnDeletion = false
  /// One element of a collection or field of a user-defined type; its path says which.
  var isElement = false
  /// Seconds since 1970 after which the cell is gone; 0: never. Of what is deleted: when that was.
  var expiry: Int64 = 0
  /// Seconds it was to live when it was written. What is deleted and has some has expired: it ranks
  /// as it did before its value was dropped.
  var ttl: Int64 = 0
  /// Where its value stands in the row's bytes.
  var start = 0
  var count = 0
  /// Where its path stands in the row's bytes.
  var pathStart = 0
  var pathCount = 0

  /// Whether it is a deletion, not a value that is there or has expired.
  var isTombstone: Bool { isDeleted && ttl == 0 }

  /// The cell's value in the bytes it was decoded from.
  func value(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
  }

  /// The cell's path in the bytes it was decoded from.
  func path(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[pathStart..<(pathStart + pathCount)])
  }
}

/// A deletion: what is not younger than its timestamp is gone.
struct Deletion: Equatable {
  /// Microseconds since 1970.
  var timestamp: Int64
  /// Seconds since 1970 at which it was written.
  var time: Int64

  /// Cassandra's `DeletionTime.supersedes`.
  func supersedes(_ other: Deletion) -> Bool { (timestamp, time) > (other.timestamp, other.time) }

  static func later(_ left: Deletion?, _ right: Deletion?) -> Deletion? {
    guard let left, let right else { return left ?? right }
    return right.supersedes(left) ? right : left
  }
}

/// A row's value taken apart (see FORMAT.md): cells by reference into the bytes they came from.
/// A partition's record is one, too.
struct Row: Equatable {
  struct Marker: Equatable {
    var timestamp: Int64
    var expiry: Int64 = 0
    var ttl: Int64 = 0
  }

  /// What stands before the cells.
  enum Flag {
    static let marker: UInt8 = 1
    static let deleted: UInt8 = 2
    static let markerExpires: UInt8 = 4
    static let partitionKey: UInt8 = 8
    static let deletionTime: UInt8 = 16
    static let ranges: UInt8 = 32
    static let spellings: UInt8 = 64
    static let known: UInt8 = 127
  }

  /// What stands before a cell's value.
  enum CellFlag {
    static let deleted: UInt8 = 1
    static let timed: UInt8 = 2
    static let element: UInt8 = 4
    static let columnDeletion: UInt8 = 8
    static let expired: UInt8 = 16
    static let known: UInt8 = 31
  }

  static let version: UInt8 = 1

  var marker: Marker?
  var deletion: Deletion?
  /// Of a partition's record: whether the partition has range tombstones.
  var hasRanges = false
  /// Of the record of a partition whose key is too long for a row's key: where it stands.
  var partitionKey: Range<Int>?
  /// Where it stands how the clustering columns' values were written that have several spellings.
  var spellings: Range<Int>?
  var cells: [Cell] = []
  /// Bytes of memory that do not have to be made for another use.
  var capacity: Int { cells.capacity * MemoryLayout<Cell>.stride }
  /// Whether any cell is an element.
  private(set) var hasElements = false
  /// The timestamp of the youngest value that was left out as nobody has asked for its column.
  private var leftOut: Int64?

  /// An empty row.
  init() {}

  /// Becomes an empty row, keeping its memory.
  mutating func removeAll() {
    cells.removeAll(keepingCapacity: true)
    marker = nil
    deletion = nil
    hasRanges = false
    partitionKey = nil
    spellings = nil
    hasElements = false
    leftOut = nil
  }

  /// Takes a row's value apart, reusing this row's memory. Cells of other columns than `columns`
  /// may be left out.
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, columns: ColumnSet = .all
  ) throws(ByteError) {
    removeAll()
    var reader = ByteReader(bytes)
    guard try reader.integer(UInt8.self) == Row.version else { throw .truncated(offset: 0) }
    let flags = try reader.integer(UInt8.self)
    guard flags & ~Flag.known == 0 else { throw .truncated(offset: 1) }
    let base = try reader.zigzag()
    if flags & Flag.marker != 0 {
      var found = Marker(timestamp: base &+ (try reader.zigzag()))
      if flags & Flag.markerExpires != 0 {
        found.expiry = Int64(clamping: try reader.varint())
        found.ttl = Int64(clamping: try reader.varint())
      }
      marker = found
    }
    if flags & Flag.deleted != 0 {
      let timestamp = base &+ (try reader.zigzag())
      let hasTime = flags & Flag.deletionTime != 0
      let time = hasTime ? Int64(clamping: try reader.varint()) : Row.seconds(timestamp)
      deletion = Deletion(timestamp: timestamp, time: time)
    }
    hasRanges = flags & Flag.ranges != 0
    if flags & Flag.partitionKey != 0 { partitionKey = try Row.place(&reader) }
    if flags & Flag.spellings != 0 { spellings = try Row.place(&reader) }
    let count = try reader.varint()
    guard count <= UInt64(bytes.count) else { throw .truncated(offset: reader.offset) }
    cells.reserveCapacity(Int(count))
    for _ in 0..<count {
      if !decodePlainCell(&reader, base, columns) { try decodeCell(&reader, base) }
    }
  }

  /// Passes over bytes that have their length before them; returns where they stand.
  private static func place(_ reader: inout ByteReader) throws(ByteError) -> Range<Int> {
    let count = Int(clamping: try reader.varint())
    let start = reader.offset
    _ = try reader.run(count)
    return start..<reader.offset
  }

  /// Decodes a cell that is a value and no more, with one byte for each number before it, as most
  /// are; false where it is another.
  @inline(__always)
  private mutating func decodePlainCell(
    _ reader: inout ByteReader, _ base: Int64, _ columns: ColumnSet
  ) -> Bool {
    guard reader.remaining >= 4 else { return false }
    let head = UInt32(
      littleEndian: reader.bytes.loadUnaligned(fromByteOffset: reader.offset, as: UInt32.self))
    // Column, flags, timestamp and length, of which the flags are none.
    guard head & 0x8080_FF80 == 0 else { return false }
    let count = Int(head >> 24)
    guard reader.remaining >= 4 + count else { return false }
    let raw = Int64(head >> 16 & 0x7F)
    let timestamp = base &+ (raw >> 1 ^ -(raw & 1))
    if columns.contains(head & 0x7F) {
      var cell = Cell(column: head & 0x7F, timestamp: timestamp)
      cell.start = reader.offset + 4
      cell.count = count
      cells.append(cell)
    } else {
      leftOut = max(leftOut ?? .min, timestamp)
    }
    reader.offset += 4 + count
    return true
  }

  private mutating func decodeCell(_ reader: inout ByteReader, _ base: Int64) throws(ByteError) {
    var cell = Cell(column: UInt32(truncatingIfNeeded: try reader.varint()), timestamp: 0)
    let flags = try reader.integer(UInt8.self)
    guard flags & ~CellFlag.known == 0 else { throw .truncated(offset: reader.offset - 1) }
    cell.isDeleted = flags & CellFlag.deleted != 0
    cell.timestamp = base &+ (try reader.zigzag())
    if flags & CellFlag.timed != 0 {
      cell.expiry = Int64(clamping: try reader.varint())
      if !cell.isDeleted || flags & CellFlag.expired != 0 {
        cell.ttl = Int64(clamping: try reader.varint())
      }
    } else if cell.isDeleted {
      cell.expiry = Row.seconds(cell.timestamp)
    }
    if flags & (CellFlag.element | CellFlag.columnDeletion) != 0 {
      cell.isColumnDeletion = flags & CellFlag.columnDeletion != 0
      if flags & CellFlag.element != 0 {
        cell.isElement = true
        hasElements = true
        cell.pathCount = Int(clamping: try reader.varint())
        cell.pathStart = reader.offset
        _ = try reader.run(cell.pathCount)
      }
    }
    if !cell.isDeleted {
      cell.count = Int(clamping: try reader.varint())
      cell.start = reader.offset
      _ = try reader.run(cell.count)
    }
    cells.append(cell)
  }

  /// When a deletion was written that does not say it: at its timestamp.
  static func seconds(_ timestamp: Int64) -> Int64 { max(timestamp / 1_000_000, 0) }

  /// Whether a reader at `now` (seconds since 1970) sees the row at all.
  func isLive(at now: Int64) -> Bool {
    if hasLiveMarker(at: now) { return true }
    if let leftOut, leftOut > deletion?.timestamp ?? .min { return true }
    return cells.contains { isLive($0, at: now) }
  }

  func hasLiveMarker(at now: Int64) -> Bool {
    guard let marker, marker.timestamp > deletion?.timestamp ?? .min else { return false }
    return marker.expiry == 0 || marker.expiry > now
  }

  /// Whether a reader at `now` sees the cell's value.
  func isLive(_ cell: Cell, at now: Int64) -> Bool {
    !cell.isDeleted && (cell.expiry == 0 || cell.expiry > now)
      && cell.timestamp > deletion?.timestamp ?? .min
  }

  /// The live cell of a column that is kept whole.
  func cell(_ column: UInt32, at now: Int64) -> Cell? {
    // Rows are narrow and cells sorted: a walk beats a search.
    for index in cells.indices where cells[index].column >= column {
      let cell = cells[index]
      return cell.column == column && !cell.isElement && isLive(cell, at: now) ? cell : nil
    }
    return nil
  }
}

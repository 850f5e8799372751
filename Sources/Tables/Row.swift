internal import Bytes

/// One cell as it stands in a row's value: where its bytes are, and when it was written.
struct Cell: Equatable {
  var column: UInt32
  /// Microseconds since 1970.
  var timestamp: Int64
  var isDeleted = false
  /// Seconds since 1970 after which the cell is gone; 0: never.
  var expiry: Int64 = 0
  /// Seconds it was to live when it was written.
  var ttl: Int64 = 0
  /// Where its value stands in the row's bytes.
  var start = 0
  var count = 0
}

/// A row's value taken apart (see FORMAT.md): cells by reference into the bytes they came from.
struct Row: Equatable {
  struct Marker: Equatable {
    var timestamp: Int64
    var expiry: Int64 = 0
    var ttl: Int64 = 0
  }

  static let version: UInt8 = 1

  var marker: Marker?
  /// The time of the row's deletion.
  var deletion: Int64?
  var cells: [Cell] = []

  /// An empty row.
  init() {}

  /// Takes a row's value apart, reusing this row's memory.
  mutating func decode(_ bytes: UnsafeRawBufferPointer) throws(ByteError) {
    cells.removeAll(keepingCapacity: true)
    marker = nil
    deletion = nil
    var reader = ByteReader(bytes)
    guard try reader.integer(UInt8.self) == Row.version else { throw .truncated(offset: 0) }
    let flags = try reader.integer(UInt8.self)
    let base = try reader.zigzag()
    if flags & 1 != 0 {
      var found = Marker(timestamp: base &+ (try reader.zigzag()))
      if flags & 4 != 0 {
        found.expiry = Int64(clamping: try reader.varint())
        found.ttl = Int64(clamping: try reader.varint())
      }
      marker = found
    }
    if flags & 2 != 0 { deletion = base &+ (try reader.zigzag()) }
    let count = try reader.varint()
    guard count <= UInt64(bytes.count) else { throw .truncated(offset: reader.offset) }
    for _ in 0..<count {
      var cell = Cell(column: UInt32(truncatingIfNeeded: try reader.varint()), timestamp: 0)
      let flags = try reader.integer(UInt8.self)
      cell.isDeleted = flags & 1 != 0
      cell.timestamp = base &+ (try reader.zigzag())
      if flags & 2 != 0 {
        cell.expiry = Int64(clamping: try reader.varint())
        cell.ttl = Int64(clamping: try reader.varint())
      }
      if !cell.isDeleted {
        cell.count = Int(clamping: try reader.varint())
        cell.start = reader.offset
        _ = try reader.run(cell.count)
      }
      cells.append(cell)
    }
  }

  /// Whether a reader at `now` (seconds since 1970) sees the row at all.
  func isLive(at now: Int64) -> Bool {
    if let marker, marker.timestamp > deletion ?? .min, marker.expiry == 0 || marker.expiry > now {
      return true
    }
    return cells.contains { isLive($0, at: now) }
  }

  /// Whether a reader at `now` sees the cell's value.
  func isLive(_ cell: Cell, at now: Int64) -> Bool {
    !cell.isDeleted && (cell.expiry == 0 || cell.expiry > now)
      && cell.timestamp > deletion ?? .min
  }

  /// The live cell of a column.
  func cell(_ column: UInt32, at now: Int64) -> Cell? {
    // Rows are narrow and cells sorted: a walk beats a search.
    for cell in cells where cell.column >= column {
      return cell.column == column && isLive(cell, at: now) ? cell : nil
    }
    return nil
  }
}

/// Writes rows' values (see FORMAT.md). Cells must come by rising column id.
struct RowEncoder {
  private var base: Int64

  /// Begins a row's value with its header; `cells` is the number of cells to come.
  init(
    marker: Row.Marker?, deletion: Int64?, base: Int64, cells: Int, to value: inout ByteBuffer
  ) {
    self.base = base
    value.append(Row.version)
    let expires = (marker?.expiry ?? 0) != 0
    value.append((marker == nil ? 0 : 1) | (deletion == nil ? 0 : 2) | (expires ? 4 : 0))
    value.append(zigzag: base)
    if let marker {
      value.append(zigzag: marker.timestamp &- base)
      if expires {
        value.append(varint: UInt64(clamping: marker.expiry))
        value.append(varint: UInt64(clamping: marker.ttl))
      }
    }
    if let deletion { value.append(zigzag: deletion &- base) }
    value.append(varint: UInt64(cells))
  }

  /// Appends one cell with its bytes.
  func append(_ cell: Cell, _ bytes: UnsafeRawBufferPointer, to value: inout ByteBuffer) {
    value.append(varint: UInt64(cell.column))
    value.append((cell.isDeleted ? 1 : 0) | (cell.expiry == 0 ? 0 : 2))
    value.append(zigzag: cell.timestamp &- base)
    if cell.expiry != 0 {
      value.append(varint: UInt64(clamping: cell.expiry))
      value.append(varint: UInt64(clamping: cell.ttl))
    }
    guard !cell.isDeleted else { return }
    value.append(varint: UInt64(bytes.count))
    value.append(bytes)
  }
}

/// Merges two versions of a row, keeping its working memory between uses.
struct RowMerger {
  private var old = Row()
  private var new = Row()

  /// Writes the merge of two values to `merged`; the older comes first only by custom, the result
  /// does not depend on the order.
  mutating func merge(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, into merged: inout ByteBuffer
  ) throws(ByteError) {
    try old.decode(left)
    try new.decode(right)
    let deletion = [old.deletion, new.deletion].compactMap { $0 }.max()
    func survives(_ timestamp: Int64) -> Bool { timestamp > deletion ?? .min }
    let marker = [old.marker, new.marker].compactMap { $0 }.filter { survives($0.timestamp) }
      .max { ($0.timestamp, $0.expiry, $0.ttl) < ($1.timestamp, $1.expiry, $1.ttl) }
    var winners: [(cell: Cell, bytes: UnsafeRawBufferPointer)] = []
    winners.reserveCapacity(old.cells.count + new.cells.count)
    var index = (old: 0, new: 0)
    while index.old < old.cells.count || index.new < new.cells.count {
      let first = index.old < old.cells.count ? old.cells[index.old] : nil
      let second = index.new < new.cells.count ? new.cells[index.new] : nil
      let column = min(first?.column ?? .max, second?.column ?? .max)
      var winner: (cell: Cell, bytes: UnsafeRawBufferPointer)?
      if let first, first.column == column {
        winner = (first, Self.bytes(first, left))
        index.old += 1
      }
      if let second, second.column == column {
        let rival = (cell: second, bytes: Self.bytes(second, right))
        if winner.map({ Self.wins(rival, over: $0) }) ?? true { winner = rival }
        index.new += 1
      }
      if let winner, survives(winner.cell.timestamp) { winners.append(winner) }
    }
    let base = marker?.timestamp ?? winners.first?.cell.timestamp ?? deletion ?? 0
    let encoder = RowEncoder(
      marker: marker, deletion: deletion, base: base, cells: winners.count, to: &merged)
    for winner in winners { encoder.append(winner.cell, winner.bytes, to: &merged) }
  }

  private static func bytes(
    _ cell: Cell, _ row: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: row[cell.start..<(cell.start + cell.count)])
  }

  /// Cassandra's reconciliation of two cells of one column (`Cells.reconcile`).
  private static func wins(
    _ left: (cell: Cell, bytes: UnsafeRawBufferPointer),
    over right: (cell: Cell, bytes: UnsafeRawBufferPointer)
  ) -> Bool {
    if left.cell.timestamp != right.cell.timestamp {
      return left.cell.timestamp > right.cell.timestamp
    }
    if left.cell.isDeleted != right.cell.isDeleted { return left.cell.isDeleted }
    if (left.cell.expiry == 0) != (right.cell.expiry == 0) { return left.cell.expiry != 0 }
    let order = KeyEncoding.compare(left.bytes, right.bytes)
    if order != 0 { return order > 0 }
    return (left.cell.expiry, left.cell.ttl) > (right.cell.expiry, right.cell.ttl)
  }
}

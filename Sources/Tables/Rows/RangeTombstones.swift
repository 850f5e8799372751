internal import Bytes
internal import LMDB

/// Deletions of runs of rows of a partition (see FORMAT.md): spans of clustering bytes that do not
/// overlap, each with the deletion that is in force there. One look-up finds the span around a row.
enum RangeTombstones {
  /// From `start` up to but without `end`, in clustering bytes; no end: to the partition's end.
  struct Span: Equatable {
    var start: [UInt8]
    var end: [UInt8]?
    var deletion: Deletion

    func reaches(behind start: [UInt8]) -> Bool {
      end.map { start.lexicographicallyPrecedes($0) } ?? true
    }
  }

  static func encode(_ span: Span, to value: inout ByteBuffer) {
    value.append(1)
    value.append(zigzag: span.deletion.timestamp)
    value.append(varint: UInt64(clamping: span.deletion.time))
    if let end = span.end { value.append(end) }
  }

  /// The end and the deletion of a span's value.
  static func decode(
    _ value: UnsafeRawBufferPointer
  ) throws(TableError) -> (end: UnsafeRawBufferPointer?, deletion: Deletion) {
    do throws(ByteError) {
      var reader = ByteReader(value)
      guard try reader.integer(UInt8.self) == 1 else { throw .truncated(offset: 0) }
      let timestamp = try reader.zigzag()
      let time = Int64(clamping: try reader.varint())
      let end = try reader.run(reader.remaining)
      return (end.isEmpty ? nil : end, Deletion(timestamp: timestamp, time: time))
    } catch {
      throw TableError(.serverError, "a range tombstone is damaged: \(error)")
    }
  }

  /// Adds a span to those of the partition of `prefix`, a key without its class.
  static func add(
    _ span: Span, _ prefix: borrowing ByteBuffer, _ rows: Database
  ) throws(TableError) {
    let found = try overlapping(span, prefix, rows)
    var pieces: [Span] = []
    func append(_ start: [UInt8], _ end: [UInt8]?, _ deletion: Deletion) {
      if let end, !start.lexicographicallyPrecedes(end) { return }
      if let last = pieces.last, last.deletion == deletion, last.end == start {
        pieces[pieces.count - 1].end = end
      } else {
        pieces.append(Span(start: start, end: end, deletion: deletion))
      }
    }
    var place: [UInt8]? = span.start
    for other in found {
      if other.start.lexicographicallyPrecedes(span.start) {
        append(other.start, span.start, other.deletion)
      }
      let start = max(other.start, span.start)
      if let from = place { append(from, start, span.deletion) }
      let end = least(other.end, span.end)
      append(start, end, Deletion.later(other.deletion, span.deletion) ?? span.deletion)
      place = end
      if let end = span.end, other.reaches(behind: end) {
        append(end, other.end, other.deletion)
        place = nil
      }
    }
    if let place, span.reaches(behind: place) { append(place, span.end, span.deletion) }
    // Mostly little changes: an older deletion only fills the gaps between the others.
    let starts = Set(pieces.map(\.start))
    let former = Dictionary(found.map { ($0.start, $0) }) { $1 }
    for other in found where !starts.contains(other.start) {
      try write(nil, at: other.start, prefix, rows)
    }
    for piece in pieces where former[piece.start] != piece {
      var value = ByteBuffer(capacity: 64)
      encode(piece, to: &value)
      try write(value.toArray(), at: piece.start, prefix, rows)
    }
  }

  /// The spans that meet one, in order.
  private static func overlapping(
    _ span: Span, _ prefix: borrowing ByteBuffer, _ rows: Database
  ) throws(TableError) -> [Span] {
    let head = key(prefix, [])
    let start = key(prefix, span.start)
    let cursor = try stored { () throws(LMDBError) in try rows.cursor() }
    var found: [Span] = []
    let before = try stored { () throws(LMDBError) in
      try start.borrowed { start throws(LMDBError) in try cursor.seek(before: start) }
    }
    if let before, before.key.starts(with: head) {
      let other = try read(before, head.count)
      if other.reaches(behind: span.start) { found.append(other) }
    }
    var entry = try stored { () throws(LMDBError) in
      try start.borrowed { start throws(LMDBError) in try cursor.seek(start) }
    }
    while let next = entry, next.key.starts(with: head) {
      let other = try read(next, head.count)
      if !span.reaches(behind: other.start) { break }
      found.append(other)
      entry = try stored { () throws(LMDBError) in try cursor.next() }
    }
    return found
  }

  static func read(_ entry: Cursor.Entry, _ headCount: Int) throws(TableError) -> Span {
    let (end, deletion) = try decode(entry.value)
    return Span(
      start: [UInt8](entry.key[headCount...]), end: end.map { [UInt8]($0) }, deletion: deletion)
  }

  private static func least(_ left: [UInt8]?, _ right: [UInt8]?) -> [UInt8]? {
    guard let left, let right else { return left ?? right }
    return left.lexicographicallyPrecedes(right) ? left : right
  }

  private static func max(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    left.lexicographicallyPrecedes(right) ? right : left
  }

  private static func key(_ prefix: borrowing ByteBuffer, _ suffix: [UInt8]) -> [UInt8] {
    prefix.toArray() + [RowKey.Class.range] + suffix
  }

  private static func write(
    _ value: [UInt8]?, at start: [UInt8], _ prefix: borrowing ByteBuffer, _ rows: Database
  ) throws(TableError) {
    let key = key(prefix, start)
    try stored { () throws(LMDBError) in
      if let value { try rows.put(key, value) } else { _ = try rows.remove(key) }
    }
  }

  /// Where a reader is among the spans of a partition: what it knows holds from `low` up to `high`.
  struct Place {
    private var isKnown = false
    private var low: [UInt8] = []
    private var high: [UInt8]?
    private var deletion: Deletion?

    mutating func forget() { isKnown = false }

    /// The deletion around a row of the partition of `prefix`.
    mutating func covering(
      _ suffix: UnsafeRawBufferPointer, _ prefix: borrowing ByteBuffer, _ rows: Database
    ) throws(TableError) -> Deletion? {
      if isKnown, !suffix.lexicographicallyPrecedes(low),
        high.map({ suffix.lexicographicallyPrecedes($0) }) ?? true
      {
        return deletion
      }
      let head = prefix.toArray() + [RowKey.Class.range]
      let target = head + [UInt8](suffix)
      let cursor = try stored { () throws(LMDBError) in try rows.cursor() }
      var entry = try stored { () throws(LMDBError) in
        try target.borrowed { target throws(LMDBError) in try cursor.seek(target) }
      }
      if let next = entry, !next.key.starts(with: head) { entry = nil }
      isKnown = true
      (low, high, deletion) = ([], entry.map { [UInt8]($0.key[head.count...]) }, nil)
      if let next = entry, next.key.count == target.count, next.key.elementsEqual(target) {
        take(try RangeTombstones.read(next, head.count))
        return deletion
      }
      let before = try stored { () throws(LMDBError) in
        try target.borrowed { target throws(LMDBError) in try cursor.seek(before: target) }
      }
      guard let before, before.key.starts(with: head) else { return nil }
      let span = try RangeTombstones.read(before, head.count)
      let isInside = span.end.map { suffix.lexicographicallyPrecedes($0) } ?? true
      if isInside { take(span) } else { low = span.end ?? [] }
      return deletion
    }

    private mutating func take(_ span: Span) {
      (low, high, deletion) = (span.start, span.end, span.deletion)
    }
  }
}

import Bytes

/// The fields of one CSV row, unquoted (RFC 4180), in storage that is reused row after row.
///
/// As lenient as spreadsheets: a quote inside an unquoted field, and text behind a closing quote,
/// stand for themselves. One line break at the row's end is not part of it.
package struct CSVRow: ~Copyable, Sendable {
  private var storage = ByteBuffer(capacity: 1024)
  private var ends: [Int] = []

  package init() {}

  /// How many fields the row has; an empty row has one empty field.
  package var count: Int { ends.count }

  /// Replaces the fields by those of `record`.
  package mutating func read(_ record: UnsafeRawBufferPointer) throws(PostError) {
    storage.removeAll()
    ends.removeAll(keepingCapacity: true)
    guard record.count <= Limits.recordBytes else {
      throw PostError(.recordTooLong, at: Limits.recordBytes)
    }
    try UTF8Check.validate(record)
    guard let base = record.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      ends.append(0)
      return
    }
    var count = record.count
    if count > 0, base[count - 1] == UInt8(ascii: "\n") { count -= 1 }
    if count > 0, base[count - 1] == UInt8(ascii: "\r") { count -= 1 }
    var offset = 0
    while true {
      if offset < count, base[offset] == UInt8(ascii: "\"") {
        offset = try readQuoted(base, from: offset, to: count)
      }
      let comma = Words.first(UInt8(ascii: ","), in: base, from: offset, to: count)
      storage.append(UnsafeRawBufferPointer(start: base + offset, count: comma - offset))
      guard ends.count < Limits.columns else { throw PostError(.tooManyColumns, at: offset) }
      ends.append(storage.count)
      if comma == count { return }
      offset = comma + 1
    }
  }

  /// Stores what stands in the quotes that open at `start`; returns the offset behind them.
  private mutating func readQuoted(
    _ base: UnsafePointer<UInt8>, from start: Int, to count: Int
  ) throws(PostError) -> Int {
    var offset = start + 1
    while true {
      let quote = Words.first(UInt8(ascii: "\""), in: base, from: offset, to: count)
      storage.append(UnsafeRawBufferPointer(start: base + offset, count: quote - offset))
      guard quote < count else { throw PostError(.unterminatedQuote, at: start) }
      offset = quote + 1
      guard offset < count, base[offset] == UInt8(ascii: "\"") else { return offset }
      storage.append(UInt8(ascii: "\""))
      offset += 1
    }
  }

  /// A field's UTF-8; empty where the row has no such column. Valid until the next `read`.
  package borrowing func bytes(_ column: Int) -> UnsafeRawBufferPointer {
    let field = field(column)
    return storage.withBytes { all in
      UnsafeRawBufferPointer(rebasing: all[Int(field.start)..<Int(field.start + field.count)])
    }
  }

  /// A field as a string; empty where the row has no such column.
  package borrowing func string(_ column: Int) -> String {
    String(decoding: bytes(column), as: UTF8.self)
  }

  /// Where a field stands from `base`.
  borrowing func field(_ column: Int) -> RawField {
    guard ends.indices.contains(column) else { return RawField() }
    let start = column == 0 ? 0 : ends[column - 1]
    return RawField(start: Int32(start), count: Int32(ends[column] - start), kind: .text)
  }

  /// The memory of the unquoted fields.
  var base: UnsafePointer<UInt8>? {
    storage.withBytes { $0.baseAddress?.assumingMemoryBound(to: UInt8.self) }
  }
}

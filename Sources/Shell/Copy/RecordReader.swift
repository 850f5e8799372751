/// Bytes as they come: none at the end.
package typealias ByteSource = () throws -> [UInt8]

/// One row of a file.
struct CopyRecord: Equatable {
  struct Field: Equatable {
    var bytes: [UInt8] = []
    var isQuoted = false

    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  var fields: [Field] = []
  /// As it stands in the file, without the end of its line.
  var raw: [UInt8] = []
  /// The line that it begins on, from 1.
  var line = 0
  /// The number of the row, from 1, the header not counted.
  var number = 0
  /// Whether a quote was open when the file ended.
  var isUnterminated = false
}

/// Reads the rows of a file for COPY FROM.
///
/// `Posts` reads CSV too, as RFC 4180 has it; here the signs are the user's to choose, a quoted
/// field is told from a bare one (only the bare one can be null), and bad rows are kept as written.
struct RecordReader {
  private let format: FieldFormat
  private let source: ByteSource
  /// Whether a line with nothing but a dot, or a backslash and a dot, is the end.
  private let endsAtDot: Bool
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  private var line = 1

  init(_ format: FieldFormat, endsAtDot: Bool, source: @escaping ByteSource) {
    self.format = format
    self.endsAtDot = endsAtDot
    self.source = source
  }

  /// What has been read and not used, behind the end of the rows.
  var rest: [UInt8] { Array(buffer[position...]) }

  /// The next row; nil at the end. Empty lines are passed over.
  mutating func next() throws -> CopyRecord? {
    while !isAtEnd {
      guard let record = try readRecord() else { return nil }
      if endsAtDot, record.raw == Array(".".utf8) || record.raw == Array("\\.".utf8) {
        isAtEnd = true
        return nil
      }
      if !record.raw.isEmpty { return record }
    }
    return nil
  }

  private mutating func readRecord() throws -> CopyRecord? {
    guard var byte = try take() else { return nil }
    var record = CopyRecord()
    record.line = line
    var field = CopyRecord.Field()
    var isInQuotes = false
    var isAtStart = true
    while true {
      if byte == 0x0A { line += 1 }
      if byte == 0x0A, !isInQuotes { break }
      record.raw.append(byte)
      if byte == format.quote, isInQuotes || isAtStart {
        if isInQuotes, try peek() == format.quote {
          // A quote that stands doubled is itself, whatever the escape.
          field.bytes.append(byte)
          if let second = try take() { record.raw.append(second) }
        } else {
          isInQuotes.toggle()
          field.isQuoted = true
        }
      } else if byte == format.escape, let next = try peek(), next != 0x0A || isInQuotes {
        if next == 0x0A { line += 1 }
        _ = try take()
        record.raw.append(next)
        field.bytes.append(next)
      } else if byte == format.delimiter, !isInQuotes {
        record.fields.append(field)
        field = CopyRecord.Field()
        isAtStart = true
        guard let next = try take() else { break }
        byte = next
        continue
      } else {
        field.bytes.append(byte)
      }
      isAtStart = false
      guard let next = try take() else {
        record.isUnterminated = isInQuotes
        break
      }
      byte = next
    }
    if record.raw.last == 0x0D, !record.isUnterminated {
      record.raw.removeLast()
      if field.bytes.last == 0x0D { field.bytes.removeLast() }
    }
    record.fields.append(field)
    return record
  }

  private mutating func peek() throws -> UInt8? {
    if position == buffer.count {
      buffer = try source()
      position = 0
    }
    return position < buffer.count ? buffer[position] : nil
  }

  private mutating func take() throws -> UInt8? {
    guard let byte = try peek() else { return nil }
    position += 1
    return byte
  }
}

/// The dump that people call Sentiment140: six columns that no header names, in Latin-1.
package enum Sentiment140 {
  /// The header that it lacks. The polarity is 0 (negative), 2 or 4 (positive).
  package static let header = "polarity,id,date,query,user,text"

  /// Whether a file that begins so is one: its first row has such values.
  static func begins(_ firstBytes: UnsafeRawBufferPointer) -> Bool {
    let line = UnsafeRawBufferPointer(
      rebasing: firstBytes.prefix { $0 != UInt8(ascii: "\n") })
    guard line.first == UInt8(ascii: "\"") || line.first.map(isPolarity) == true else {
      return false
    }
    var row = CSVRow()
    do throws(PostError) { try Latin1.read(line, into: &row) } catch { return false }
    guard row.count == 6, row.bytes(0).count == 1, row.bytes(0).allSatisfy(isPolarity),
      !row.bytes(1).isEmpty, row.bytes(1).allSatisfy({ $0 &- UInt8(ascii: "0") < 10 })
    else { return false }
    let date = row.bytes(2)
    // `Mon Apr 06 …`: a time that begins with letters.
    return date.first.map { $0 > UInt8(ascii: "9") } == true && PostTime.parse(date) != nil
  }

  private static func isPolarity(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "0"), UInt8(ascii: "2"), UInt8(ascii: "4")].contains(byte)
  }
}

/// Latin-1 (ISO 8859-1), each of whose bytes is the Unicode scalar of its number.
package enum Latin1 {
  /// The bytes as UTF-8; nil where they are that already.
  package static func utf8(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    do throws(PostError) {
      try UTF8Check.validate(bytes)
      return nil
    } catch {
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count + bytes.count / 8)
      for byte in bytes {
        if byte < 0x80 {
          text.append(byte)
        } else {
          text.append(0xC0 | byte >> 6)
          text.append(0x80 | byte & 0x3F)
        }
      }
      return text
    }
  }

  fileprivate static func read(
    _ line: UnsafeRawBufferPointer, into row: inout CSVRow
  ) throws(PostError) {
    guard let text = utf8(line) else { return try row.read(line) }
    let outcome = text.withUnsafeBytes { bytes in
      Result { () throws(PostError) in try row.read(bytes) }
    }
    try outcome.get()
  }
}

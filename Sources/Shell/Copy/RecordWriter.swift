/// Writes the rows of a file for COPY TO.
struct RecordWriter {
  private let format: FieldFormat
  private(set) var bytes: [UInt8] = []

  init(_ format: FieldFormat) { self.format = format }

  /// Adds a row; nil is null. A text that reads like null stands in quotes.
  mutating func append(_ fields: [String?]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(format.delimiter) }
      if let field { append(field) } else { bytes += format.null.utf8 }
    }
    bytes.append(0x0A)
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  private mutating func append(_ text: String) {
    let isDoubling = format.quote == format.escape
    let needsQuotes =
      text == format.null || text.isEmpty || text == "." || text == "\\."
      || text.utf8.contains { byte in
        byte == format.delimiter || byte == 0x0A || byte == 0x0D
          || isDoubling && byte == format.quote
      }
    if needsQuotes { bytes.append(format.quote) }
    for byte in text.utf8 {
      if byte == format.quote || byte == format.escape { bytes.append(format.escape) }
      bytes.append(byte)
    }
    if needsQuotes { bytes.append(format.quote) }
  }
}

package import Posts
package import Records

/// How a record of the topic says what format its bytes are in: by headers, so that any record can
/// be read again by itself. JSON, the usual case, has none.
package enum RecordFormatHeaders {
  private static let format = "format"
  private static let columns = "columns"
  private static let handle = "handle"

  /// The headers for records of a file; `header` is a CSV file's first row, as it stands there.
  package static func make(_ format: FileFormat, header: [UInt8]?) -> [RecordHeader] {
    switch format {
    case .jsonLines, .jsonDocument: []
    case .text: [RecordHeader(Self.format, "text")]
    case .csv: [RecordHeader(Self.format, "csv"), RecordHeader(columns, header)]
    case .sentiment140: make(.csv, header: Array(Sentiment140.header.utf8))
    }
  }

  /// The header of a record whose bytes do not say by which handle its author goes.
  package static func naming(_ handle: String) -> RecordHeader { RecordHeader(Self.handle, handle) }

  /// The author's handle, where a header says it.
  static func handle(in headers: [RecordHeader]) -> [UInt8]? {
    headers.first { $0.name == handle }?.value
  }

  /// Reads the formats of records, keeping the CSV headers it has met.
  package struct Reader: Sendable {
    private var known: [[UInt8]: CSVHeader] = [:]

    package init() {}

    /// The format that a record's headers name. Thrown: `PostError` for a CSV header without text.
    package mutating func format(of headers: [RecordHeader]) throws -> RecordFormat {
      var format: RecordFormat = .json
      for header in headers {
        switch header.name {
        case RecordFormatHeaders.format where header.value == Array("text".utf8): format = .text
        case RecordFormatHeaders.columns:
          guard let bytes = header.value else { continue }
          if known[bytes] == nil {
            // A topic fed from ever new files must not make this grow without end.
            if known.count >= 64 { known.removeAll() }
            known[bytes] = try bytes.withUnsafeBytes { try CSVHeader($0) }
          }
          if let header = known[bytes] { format = .csv(header) }
        default: break
        }
      }
      return format
    }
  }
}

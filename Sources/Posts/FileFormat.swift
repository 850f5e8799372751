/// How a file of posts is written.
package enum FileFormat: Equatable, Sendable, CaseIterable {
  /// One JSON text a line.
  case jsonLines
  /// Whole JSON: an array of records, or one or more objects, over any number of lines.
  case jsonDocument
  /// Comma-separated values under a header row.
  case csv
  /// Sentiment140's dump: CSV of six known columns without a header, in Latin-1.
  case sentiment140
  /// One post a line.
  case text

  /// The format that a file's name and first bytes (a few KiB suffice) tell.
  ///
  /// `.jsonl`, `.ndjson` and `.txt` decide alone; `.csv` may be Sentiment140's dump, `.json` may be
  /// JSON lines; for any other name the content decides, and what looks like nothing else is text.
  /// The ending of a compressed file is passed over.
  package static func detect(
    fileName: String, firstBytes: UnsafeRawBufferPointer
  ) -> FileFormat {
    var suffix = fileName.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    if suffix.count > 2, ["gz", "zst"].contains(suffix.last) { suffix.removeLast() }
    switch suffix.count > 1 ? suffix.last : nil {
    case "csv": return Sentiment140.begins(firstBytes) ? .sentiment140 : .csv
    case "jsonl", "ndjson": return .jsonLines
    case "txt": return .text
    case "json": return json(firstBytes)
    default: return content(firstBytes)
    }
  }

  private static func content(_ bytes: UnsafeRawBufferPointer) -> FileFormat {
    let significant = trimmed(bytes[...])
    let second = trimmed(significant.dropFirst()).first
    switch (significant.first, second) {
    case (UInt8(ascii: "{"), UInt8(ascii: "\"")), (UInt8(ascii: "{"), UInt8(ascii: "}")),
      (UInt8(ascii: "["), UInt8(ascii: "{")), (UInt8(ascii: "["), UInt8(ascii: "]")):
      return json(bytes)
    default:
      if Sentiment140.begins(bytes) { return .sentiment140 }
      return isHeader(significant) ? .csv : .text
    }
  }

  /// JSON lines where the first line is a whole object and more follows, else a document.
  private static func json(_ bytes: UnsafeRawBufferPointer) -> FileFormat {
    let significant = trimmed(bytes[...])
    guard let end = significant.firstIndex(of: UInt8(ascii: "\n")),
      !trimmed(significant[end...]).isEmpty,
      var scanner = JSONScanner(UnsafeRawBufferPointer(rebasing: significant[..<end])),
      significant.first == UInt8(ascii: "{"), (try? scanner.skipValue()) != nil, scanner.isAtEnd()
    else { return .jsonDocument }
    return .jsonLines
  }

  /// Whether the first line is a CSV header with a column of text.
  private static func isHeader(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    guard line.contains(UInt8(ascii: ",")),
      let header = try? CSVHeader(UnsafeRawBufferPointer(rebasing: line))
    else { return false }
    return header.hasText
  }

  private static func trimmed(
    _ bytes: Slice<UnsafeRawBufferPointer>
  ) -> Slice<UnsafeRawBufferPointer> {
    let marked = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
    return marked.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}

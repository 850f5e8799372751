internal import Posts

/// Reads text and label of one row after the other from a file or a pipe, in bounded memory.
package struct RowTextReader: ~Copyable {
  /// One row.
  package struct Row: Sendable {
    package var text: String
    package var label: String?
    package var group: String?
    /// Nil where no topic was asked for or the row has none.
    package var topic: String?
    /// Where the row begins, counted from 1.
    package var line: Int
  }

  private let path: String
  private let columns: Dataset.Columns
  private var format: FileFormat = .text
  private var scanner = RecordScanner(format: .text)
  private var row = CSVRow()
  private var columnCount = Int.max
  private var textColumn = 0
  private var labelColumn: Int?
  private var groupColumn: Int?
  private var topicColumn: Int?

  package init(path: String, _ columns: Dataset.Columns) {
    self.path = path
    self.columns = columns
  }

  /// Tells the format from the file's name (where it is one) and its first bytes; call once, before
  /// the first `feed`.
  package mutating func begin(
    firstBytes: UnsafeRawBufferPointer, isFile: Bool
  ) throws(DatasetError) {
    format = FileFormat.detect(
      fileName: isFile ? path : "-",
      firstBytes: UnsafeRawBufferPointer(rebasing: firstBytes.prefix(4_096)))
    // From a pipe a table tells itself by its header alone.
    if !isFile, format == .text, let text = columns.text, Self.looksLikeHeader(firstBytes, text) {
      format = .csv
    }
    if format == .text, firstBytes.isEmpty { throw .empty(path: path) }
    if format == .text, columns.label != nil { throw .labelsNeeded(path: path) }
    scanner = RecordScanner(format: format)
  }

  private static func looksLikeHeader(_ bytes: UnsafeRawBufferPointer, _ column: String) -> Bool {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard let header = try? CSVHeader(UnsafeRawBufferPointer(rebasing: line)) else { return false }
    return header.count > 1 && header.column(named: column) != nil
  }

  /// Takes the next bytes of the file, copied; then call `next` until nil.
  package mutating func feed(_ bytes: UnsafeRawBufferPointer) { scanner.feed(bytes) }

  /// Says that no more bytes come; then call `next` until nil once more.
  package mutating func finish() { scanner.finish() }

  /// The next row that is whole; nil when more bytes are needed, or after the last.
  package mutating func next() throws(DatasetError) -> Row? {
    while let item = scanner.next() {
      switch item {
      case .header(let bytes): try setColumns(bytes)
      case .record(let bytes, let line): return try read(bytes, line)
      case .failure(let failure):
        throw .unreadable(path: path, line: failure.line, reason: "\(failure)")
      }
    }
    return nil
  }

  private mutating func setColumns(_ bytes: UnsafeRawBufferPointer) throws(DatasetError) {
    let header: CSVHeader
    do throws(PostError) { header = try CSVHeader(bytes) } catch {
      throw .unreadable(path: path, line: 1, reason: "\(error)")
    }
    func find(_ name: String) throws(DatasetError) -> Int {
      guard let column = header.column(named: name) else {
        throw .noColumn(path: path, column: name, known: header.names)
      }
      guard header.names.count(where: { $0 == header.names[column] }) == 1 else {
        throw .unreadable(
          path: path, line: 1, reason: "two columns are named \"\(header.names[column])\"")
      }
      return column
    }
    columnCount = header.count
    textColumn = try find(columns.text ?? "text")
    if let label = columns.label { labelColumn = try find(label) }
    if let group = columns.group { groupColumn = try find(group) }
    switch columns.topic {
    case .none: break
    case .wherePresent(let name): topicColumn = header.column(named: name)
    case .required(let name): topicColumn = try find(name)
    }
  }

  private mutating func read(
    _ record: UnsafeRawBufferPointer, _ line: Int
  ) throws(DatasetError) -> Row {
    switch format {
    case .text: return Row(text: String(decoding: record, as: UTF8.self), label: nil, line: line)
    case .csv:
      do throws(PostError) { try row.read(record) } catch {
        throw .unreadable(path: path, line: line, reason: "\(error)")
      }
      guard row.count <= columnCount else {
        let reason = PostError(.columnCount(expected: columnCount, found: row.count))
        throw .unreadable(path: path, line: line, reason: "\(reason)")
      }
      guard textColumn < row.count, labelColumn ?? 0 < row.count else {
        throw .missingField(path: path, line: line, column: columns.text ?? "text")
      }
      if let groupColumn, groupColumn >= row.count {
        throw .missingField(path: path, line: line, column: columns.group ?? "")
      }
      // A row that ends before its topic has none.
      let topic = topicColumn.flatMap { $0 < row.count ? row.string($0) : nil }
      return Row(
        text: row.string(textColumn), label: labelColumn.map { row.string($0) },
        group: groupColumn.map { row.string($0) }, topic: topic?.isEmpty == true ? nil : topic,
        line: line)
    case .jsonLines, .jsonDocument:
      let object = JSONObject(record)
      func field(_ name: String) throws(DatasetError) -> String {
        let value: String?
        do throws(PostError) { value = try object.topLevelField(named: name) } catch {
          throw .unreadable(path: path, line: line, reason: "\(error)")
        }
        guard let value else { throw .missingField(path: path, line: line, column: name) }
        return value
      }
      let topic = columns.topic.name.flatMap { try? object.topLevelField(named: $0) }
      return Row(
        text: try field(columns.text ?? "text"), label: try columns.label.map(field),
        group: try columns.group.map(field), topic: topic?.isEmpty == true ? nil : topic,
        line: line)
    }
  }
}

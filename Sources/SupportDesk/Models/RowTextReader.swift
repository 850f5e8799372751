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
  private var posts: PostsOfRecord?
  /// Rows of the last record that are still to be given.
  private var pending: [Row] = []

  package init(path: String, _ columns: Dataset.Columns) {
    self.path = path
    self.columns = columns
    if columns.findsPosts { posts = PostsOfRecord() }
  }

  /// Tells the format from the file's name (where it is one) and its first bytes; call once, before
  /// the first `feed`.
  package mutating func begin(
    firstBytes: UnsafeRawBufferPointer, isFile: Bool
  ) throws(DatasetError) {
    if let form = ForeignForm(firstBytes) { throw .foreign(path: path, form.description) }
    format = FileFormat.detect(
      fileName: isFile ? path : "-",
      firstBytes: UnsafeRawBufferPointer(rebasing: firstBytes.prefix(4_096)))
    // From a pipe a table tells itself by its header alone.
    if !isFile, format == .text, let text = columns.text, Self.looksLikeHeader(firstBytes, text) {
      format = .csv
    }
    if format == .text, isTabbed(firstBytes, isFile) {
      throw .foreign(
        path: path, "a table with tabs between its columns; put commas, or a JSON object a line")
    }
    if format == .text, firstBytes.isEmpty { throw .empty(path: path) }
    if format == .text, columns.label != nil { throw .labelsNeeded(path: path) }
    scanner = RecordScanner(format: format)
    if format == .sentiment140 {
      let header = Array(Sentiment140.header.utf8)
      let outcome = header.withUnsafeBytes { bytes in
        Result { () throws(DatasetError) in try setColumns(bytes) }
      }
      try outcome.get()
    }
  }

  /// Whether it says of itself that it is a table, of which this reads none.
  private func isTabbed(_ bytes: UnsafeRawBufferPointer, _ isFile: Bool) -> Bool {
    let tab = UInt8(ascii: "\t")
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard line.contains(tab) else { return false }
    let name = path.lowercased()
    if isFile, name.hasSuffix(".tsv") || name.hasSuffix(".tab") { return true }
    let wanted = columns.text ?? "text"
    return line.split(separator: tab).contains { String(decoding: $0, as: UTF8.self) == wanted }
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
    if !pending.isEmpty { return pending.removeFirst() }
    while let item = scanner.next() {
      switch item {
      case .header(let bytes): try setColumns(bytes)
      case .record(let bytes, let line):
        if let row = try read(bytes, line) { return row }
      case .failure(let failure):
        throw .unreadable(path: path, line: failure.line, reason: "\(failure)")
      }
    }
    return nil
  }

  private mutating func setColumns(_ bytes: UnsafeRawBufferPointer) throws(DatasetError) {
    let header: CSVHeader
    do throws(PostError) { header = try CSVHeader(bytes) } catch {
      throw .badHeader(path: path, reason: "\(error)")
    }
    func find(_ name: String) throws(DatasetError) -> Int {
      guard let column = header.column(named: name) else {
        throw .noColumn(path: path, column: name, known: header.names)
      }
      guard header.names.count(where: { $0 == header.names[column] }) == 1 else {
        throw .badHeader(
          path: path, reason: "two columns are named \"\(header.names[column])\"")
      }
      return column
    }
    columnCount = header.count
    let wanted = columns.text ?? "text"
    if columns.findsPosts, header.column(named: wanted) == nil, let column = header.textColumn {
      textColumn = column
    } else {
      textColumn = try find(wanted)
    }
    if let label = columns.label { labelColumn = try find(label) }
    if let group = columns.group { groupColumn = try find(group) }
    switch columns.topic {
    case .none: break
    case .wherePresent(let name):
      topicColumn = header.column(named: name) == nil ? nil : try find(name)
    case .required(let name): topicColumn = try find(name)
    }
  }

  /// Nil for a record that is known to hold no posts.
  private mutating func read(
    _ record: UnsafeRawBufferPointer, _ line: Int
  ) throws(DatasetError) -> Row? {
    switch format {
    case .text: return Row(text: String(decoding: record, as: UTF8.self), label: nil, line: line)
    case .csv, .sentiment140:
      let text = format == .sentiment140 ? Latin1.utf8(record) : nil
      do throws(PostError) { try read(record, orText: text) } catch {
        throw .unreadable(path: path, line: line, reason: "\(error)")
      }
      guard row.count <= columnCount else {
        let reason = PostError(.columnCount(expected: columnCount, found: row.count))
        throw .unreadable(path: path, line: line, reason: "\(reason)")
      }
      guard textColumn < row.count else {
        throw .missingField(path: path, line: line, column: columns.text ?? "text")
      }
      if let labelColumn, labelColumn >= row.count {
        throw .missingField(path: path, line: line, column: columns.label ?? "label")
      }
      if let groupColumn, groupColumn >= row.count {
        throw .missingField(path: path, line: line, column: columns.group ?? "")
      }
      // A row that ends before its topic has none.
      let topic = topicColumn.flatMap { $0 < row.count ? row.string($0) : nil }
      return Row(
        text: row.string(textColumn), label: labelColumn.map { Self.trimmed(row.string($0)) },
        group: groupColumn.map { row.string($0) }, topic: Self.topic(topic), line: line)
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
      if columns.findsPosts { return try readPosts(record, line) }
      let topic = columns.topic.name.flatMap { try? object.topLevelField(named: $0) }
      return Row(
        text: try field(columns.text ?? "text"),
        label: try columns.label.map(field).map(Self.trimmed),
        group: try columns.group.map(field), topic: Self.topic(topic), line: line)
    }
  }

  /// Reads a row; `text` is the row where its bytes had to be made UTF-8.
  private mutating func read(
    _ record: UnsafeRawBufferPointer, orText text: [UInt8]?
  ) throws(PostError) {
    guard let text else { return try row.read(record) }
    let outcome = text.withUnsafeBytes { bytes in
      Result { () throws(PostError) in try row.read(bytes) }
    }
    try outcome.get()
  }

  /// The texts of a JSON record: its field, or those of the posts in it.
  private mutating func readPosts(
    _ record: UnsafeRawBufferPointer, _ line: Int
  ) throws(DatasetError) -> Row? {
    var texts: [String] = []
    do throws(PostError) {
      if let text = try? JSONObject(record).topLevelField(named: columns.text ?? "text") {
        texts = [text]
      } else {
        texts = try posts?.texts(of: record) ?? []
      }
    } catch {
      throw .unreadable(path: path, line: line, reason: "\(error)")
    }
    pending = texts.map { Row(text: $0, label: nil, line: line) }
    return pending.isEmpty ? nil : pending.removeFirst()
  }

  private static func topic(_ text: String?) -> String? {
    text.map(trimmed).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Without the blanks around it, which nobody means.
  private static func trimmed(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}

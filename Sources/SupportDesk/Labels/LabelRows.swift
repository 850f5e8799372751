internal import Bytes
internal import Machine
internal import Posts

/// The labelled rows of a file, read one after the other in bounded memory.
struct LabelRows {
  /// One post with what a column says of it.
  struct Row {
    /// The post's id, as collecting it gives.
    var id: String
    var text: String
    var label: String
    var topic: String?
    var note: String?
    var labeller: String?
    /// When it was judged, in milliseconds since 1970.
    var time: Int64?
    var provenance: PostProvenance
  }

  /// Names of columns of labels, the likeliest first: those of our own files, of Grouse's
  /// predecessors, of Airline Tweets and of Sentiment140.
  private static let labelNames = [
    "label", "sentiment", "is_complaint", "airline_sentiment", "polarity",
  ]
  private static let chunkBytes = 1 << 20

  let path: String
  let columns: LabelImport.Columns
  let disk: any FileSystem

  /// Gives each row to `body`; nil for one that has no text or no label.
  func visit(_ body: (Row?) throws -> Void) throws {
    let file: any File
    do { file = try disk.open(path, .readPlain) } catch { throw DatasetError.io(error) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.chunkBytes, alignment: 16)
    defer { chunk.deallocate() }
    var count = try file.read(into: chunk, at: 0)
    var position = Int64(count)
    let firstBytes = UnsafeRawBufferPointer(rebasing: chunk[..<count])
    if let form = ForeignForm(firstBytes) {
      throw DatasetError.foreign(path: path, form.description)
    }
    let format = FileFormat.detect(fileName: path, firstBytes: firstBytes)
    guard format != .text else { throw DatasetError.labelsNeeded(path: path) }
    var scanner = RecordScanner(format: format)
    var reader = RowReader(path: path, columns: columns)
    if format == .sentiment140 { try reader.setHeader(names: CSVHeader.sentiment140) }
    while true {
      if count == 0 {
        scanner.finish()
      } else {
        scanner.feed(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      }
      while let item = scanner.next() {
        switch item {
        case .header(let bytes): try reader.setHeader(bytes)
        case .failure(let failure):
          throw DatasetError.unreadable(path: path, line: failure.line, reason: "\(failure)")
        case .record(let bytes, let line):
          do {
            if format == .jsonLines || format == .jsonDocument {
              try body(try reader.readObject(bytes))
            } else {
              try body(try reader.readRow(bytes))
            }
          } catch let error as PostError {
            throw DatasetError.unreadable(path: path, line: line, reason: "\(error)")
          }
        }
      }
      if count == 0 { return }
      count = try file.read(into: chunk, at: position)
      position += Int64(count)
    }
  }

  /// Reads rows under one header.
  private struct RowReader: ~Copyable {
    let path: String
    let columns: LabelImport.Columns
    private var header = CSVHeader(names: [])
    private var label = 0
    private var topic, note, labeller, time: Int?
    private var row = CSVRow()
    private var parser = PostParser()
    private var posts = PostBatch(capacity: 4_096)

    init(path: String, columns: LabelImport.Columns) {
      self.path = path
      self.columns = columns
    }

    mutating func setHeader(_ bytes: UnsafeRawBufferPointer) throws {
      do { try setHeader(names: CSVHeader(bytes).names) } catch let error as PostError {
        throw DatasetError.badHeader(path: path, reason: "\(error)")
      }
    }

    mutating func setHeader(names: [String]) throws(DatasetError) {
      let found = CSVHeader(names: names)
      func column(_ name: String) throws(DatasetError) -> Int {
        guard let column = found.column(named: name) else {
          throw .noColumn(path: path, column: name, known: names)
        }
        return column
      }
      let known = LabelRows.labelNames.lazy.compactMap { found.column(named: $0) }.first
      guard let label = try columns.label.map(column) ?? known else {
        throw .noLabels(path: path, known: names)
      }
      self.label = label
      guard let text = try columns.text.map(column) ?? found.textColumn else {
        throw .noColumn(path: path, column: "text", known: names)
      }
      topic = try columns.topic.map(column) ?? found.column(named: "topic")
      note = found.column(named: "note") ?? found.column(named: "negativereason")
      labeller = found.column(named: "labeller")
      time = found.column(named: "when")
      // The text is in the column that was named, whatever the others are called.
      header = CSVHeader(
        names: names.indices.map { index in
          if index == text { return "text" }
          return CSVHeader(names: [names[index]]).hasText ? "" : names[index]
        })
    }

    mutating func readRow(_ record: UnsafeRawBufferPointer) throws(PostError) -> Row? {
      guard let text = Latin1.utf8(record) else { return try readUTF8(record) }
      // Only one dump is known to be in it; elsewhere these bytes are a mistake.
      guard header.names.first == CSVHeader.sentiment140.first else {
        throw PostError(.invalidUTF8)
      }
      return try text.withUnsafeBytes { bytes in
        Result { () throws(PostError) in try readUTF8(bytes) }
      }.get()
    }

    private mutating func readUTF8(_ record: UnsafeRawBufferPointer) throws(PostError) -> Row? {
      guard let post = try parse(record, .csv(header)) else { return nil }
      try row.read(record)
      func field(_ column: Int?) -> String? {
        column.flatMap { LabelRows.value(row.string($0)) }
      }
      guard let label = field(label) else { return nil }
      let time = time.flatMap { PostTime.parse(row.bytes($0)) }
      return Row(
        id: post.id, text: post.text, label: label, topic: field(topic), note: field(note),
        labeller: field(labeller), time: time, provenance: post.provenance)
    }

    mutating func readObject(_ record: UnsafeRawBufferPointer) throws(PostError) -> Row? {
      let object = JSONObject(record)
      var names = LabelRows.labelNames
      if let asked = columns.label { names = [asked] }
      var label: String?
      for name in names where label == nil { label = try object.topLevelField(named: name) }
      var found: Parsed?
      if let field = columns.text {
        // As a post of its own, so that it gets the id that it would get otherwise.
        var parts = try object.topLevelField(named: field).map {
          ["\"text\":\(JSONString.quote($0))"]
        }
        if let id = try object.topLevelField(named: "id") {
          parts?.append("\"id\":\(JSONString.quote(id))")
        }
        guard let parts else { return nil }
        found = try Array("{\(parts.joined(separator: ","))}".utf8).withUnsafeBytes { bytes in
          Result { () throws(PostError) in try parse(bytes, .json) }
        }.get()
        // Apart, since the id of a post without one is made of its author, too.
        found?.provenance.author = try object.topLevelField(named: "author_id")
        var name = try object.topLevelField(named: "username")
        if name == nil { name = try object.topLevelField(named: "screen_name") }
        found?.provenance.handle = name
      } else {
        found = try parse(record, .json)
      }
      guard let found, let label = label.flatMap(LabelRows.value) else { return nil }
      func field(_ name: String) throws(PostError) -> String? {
        try object.topLevelField(named: name).flatMap(LabelRows.value)
      }
      let time = try field("when").flatMap { text in
        Array(text.utf8).withUnsafeBytes { PostTime.parse($0) }
      }
      return Row(
        id: found.id, text: found.text, label: label,
        topic: try field(columns.topic ?? "topic"), note: try field("note"),
        labeller: try field("labeller"), time: time, provenance: found.provenance)
    }

    private struct Parsed {
      var id: String
      var text: String
      var provenance: PostProvenance
    }

    /// The only post of a record; nil where it has no text to read.
    private mutating func parse(
      _ record: UnsafeRawBufferPointer, _ format: RecordFormat
    ) throws(PostError) -> Parsed? {
      posts.removeAll()
      do throws(PostError) {
        guard case .posts(1) = try parser.parse(record, as: format, into: &posts),
          let post = posts.posts.first
        else { return nil }
        return Parsed(
          id: posts.string(post.id), text: posts.string(post.text),
          provenance: PostProvenance(
            root: posts.string(post.rootID), author: posts.string(post.authorID),
            handle: posts.string(post.screenName), createdAt: post.createdAt))
      } catch {
        if error.reason == .blankText || error.reason == .noText { return nil }
        throw error
      }
    }
  }

  /// Without the blanks around it; nil where nothing is left.
  private static func value(_ text: String) -> String? {
    let start = text.drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return nil }
    return String(start[...end])
  }
}

extension CSVHeader {
  fileprivate static let sentiment140 = Sentiment140.header.split(separator: ",").map(String.init)
}

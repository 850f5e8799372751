internal import Bytes
package import Machine

/// Rows of a CSV, JSON lines or text file: a text each and, where asked for, a label.
package struct Dataset: Sendable {
  /// Which columns are read.
  package struct Columns: Sendable {
    package var text: String?
    package var label: String?
    /// What tells which rows belong together, such as a fold or an author.
    package var group: String?
    package var topic: TopicColumn
    /// Whether posts are found in rows without that text as `run` finds them.
    package var findsPosts = false

    package init(
      text: String? = nil, label: String? = nil, group: String? = nil, topic: TopicColumn = .none
    ) {
      self.text = text
      self.label = label
      self.group = group
      self.topic = topic
    }
  }

  /// The column with what a post is about.
  package enum TopicColumn: Sendable {
    case none
    /// Read where the file has it.
    case wherePresent(String)
    /// A table without it is refused.
    case required(String)

    var name: String? {
      switch self {
      case .none: nil
      case .wherePresent(let name), .required(let name): name
      }
    }
  }

  package let path: String
  package private(set) var texts: [String] = []
  /// As many as texts where a label column was asked for, else none.
  package private(set) var labels: [String] = []
  /// Where each label stands first.
  package private(set) var lines: [String: Int] = [:]
  /// As many as texts where a column of groups was asked for, else none.
  package private(set) var groups: [String] = []
  /// Each text's topic; nil where it has none.
  package private(set) var topics: [String?] = []

  /// Reads the whole file, whose format is told by its name and content.
  package init(
    _ path: String, _ columns: Columns, disk: any FileSystem = LocalDisk()
  ) throws(DatasetError) {
    self.path = path
    let bytes = try Self.read(path, disk)
    (texts, labels, lines, groups, topics) = try bytes.withUnsafeBytes { raw in
      Result { () throws(DatasetError) in try Self.rows(raw, path, columns) }
    }.get()
    guard !texts.isEmpty else { throw .empty(path: path) }
  }

  private static func read(
    _ path: String, _ disk: any FileSystem
  ) throws(DatasetError) -> [UInt8] {
    let size: Int64
    let bytes: [UInt8]
    do throws(IOFailure) {
      size = try disk.open(path, .readPlain).size()
      bytes = try disk.readAll(path, .readPlain, limit: Limits.datasetBytes)
    } catch {
      throw .io(error)
    }
    guard size <= Int64(Limits.datasetBytes) else { throw .tooLarge(path: path) }
    return bytes
  }

  private static func rows(
    _ bytes: UnsafeRawBufferPointer, _ path: String, _ columns: Columns
  ) throws(DatasetError) -> (
    texts: [String], labels: [String], lines: [String: Int], groups: [String], topics: [String?]
  ) {
    var texts: [String] = []
    var labels: [String] = []
    var lines: [String: Int] = [:]
    var groups: [String] = []
    var topics: [String?] = []
    var reader = RowTextReader(path: path, columns)
    try reader.begin(firstBytes: bytes, isFile: true)
    reader.feed(bytes)
    reader.finish()
    while let row = try reader.next() {
      if row.label?.isEmpty == true {
        throw .missingField(path: path, line: row.line, column: columns.label ?? "label")
      }
      texts.append(row.text)
      topics.append(row.topic)
      if let label = row.label {
        labels.append(label)
        if lines[label] == nil { lines[label] = row.line }
      }
      if let group = row.group { groups.append(group) }
    }
    return (texts, labels, lines, groups, topics)
  }
}

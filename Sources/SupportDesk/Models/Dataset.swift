internal import Bytes
package import Machine
package import TextClassification

/// What is wrong with a file of posts to learn from or to classify.
package enum DatasetError: Error, CustomStringConvertible {
  case io(IOFailure)
  case empty(path: String)
  case tooLarge(path: String)
  case noColumn(path: String, column: String, known: [String])
  case unreadable(path: String, line: Int, reason: String)
  case missingField(path: String, line: Int, column: String)
  case labelsNeeded(path: String)
  case notTwoLabels(path: String, labels: [String])
  case unknownPositive(path: String, value: String, labels: [String])

  package var description: String {
    switch self {
    case .io(let failure): "\(failure)"
    case .empty(let path): "\(path) holds no posts"
    case .tooLarge(let path): "\(path) is larger than \(Limits.datasetBytes >> 30) GiB"
    case .noColumn(let path, let column, let known):
      "\(path):1: there is no column \"\(column)\"; the header has: "
        + known.joined(separator: ", ")
    case .unreadable(let path, let line, let reason): "\(path):\(line): \(reason)"
    case .missingField(let path, let line, let column):
      "\(path):\(line): the row has no \"\(column)\""
    case .labelsNeeded(let path):
      "\(path) is plain text and has no labels; give CSV or JSON lines with --text and --label"
    case .notTwoLabels(let path, let labels):
      "\(path) must have exactly two labels, but has \(labels.count): "
        + labels.prefix(8).joined(separator: ", ")
        + "; name the one to look for with --positive"
    case .unknownPositive(let path, let value, let labels):
      "\(path): no row has the label \"\(value)\"; there are: "
        + labels.prefix(8).joined(separator: ", ")
    }
  }
}

/// Rows of a CSV, JSON lines or text file: a text each and, where asked for, a label.
package struct Dataset: Sendable {
  /// Which columns are read.
  package struct Columns: Sendable {
    package var text: String?
    package var label: String?
    /// What tells which rows belong together, such as a fold or an author.
    package var group: String?
    package var topic: TopicColumn

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
    (texts, labels, groups, topics) = try bytes.withUnsafeBytes { raw in
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
    texts: [String], labels: [String], groups: [String], topics: [String?]
  ) {
    var texts: [String] = []
    var labels: [String] = []
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
      if let label = row.label { labels.append(label) }
      if let group = row.group { groups.append(group) }
    }
    return (texts, labels, groups, topics)
  }

  /// The rows as examples. `positive` names the label to look for; without it, it is that of
  /// `known` labels, such as a model's, where the file has them, else the one of two that says so
  /// itself (1, true, yes, complaint …), else the rarer one.
  package func examples(
    positive: String?, known: ClassLabels? = nil
  ) throws(DatasetError) -> (examples: [LabelledText], labels: ClassLabels) {
    guard labels.count == texts.count else { throw .labelsNeeded(path: path) }
    let counts = labels.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    let names = counts.keys.sorted()
    let chosen: String
    if let known, positive == known.positive || positive == nil && names.count <= 2,
      counts[known.positive] != nil || counts[known.negative] != nil
    {
      chosen = known.positive
    } else if let positive {
      guard counts[positive] != nil else {
        throw .unknownPositive(path: path, value: positive, labels: names)
      }
      chosen = positive
    } else {
      guard names.count == 2 else { throw .notTwoLabels(path: path, labels: names) }
      let telling = ["1", "1.0", "true", "yes", "complaint", "positive"]
      chosen =
        names.first { telling.contains($0.lowercased()) }
        ?? names.min { (counts[$0] ?? 0, $0) < (counts[$1] ?? 0, $1) } ?? names[0]
    }
    let rest = names.filter { $0 != chosen }
    let examples = texts.indices.map {
      LabelledText(text: texts[$0], isPositive: labels[$0] == chosen, topic: topics[$0])
    }
    return (examples, ClassLabels(negative: rest.count == 1 ? rest[0] : "other", positive: chosen))
  }
}

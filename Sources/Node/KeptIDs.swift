internal import Bytes
internal import CommitLog
internal import Machine
internal import Records
package import SupportDesk
internal import Tables

/// The ids of all posts, or of all users, that a data directory holds and X may know: in the
/// tables, the labels, and all topics of the log, which has also what the filter has dropped.
package struct KeptIDs: Sendable {
  private let directory: DataDirectory
  private let configuration: Configuration
  private let kind: RecordIDs.Kind

  package init(
    _ kind: RecordIDs.Kind, in directory: DataDirectory, _ configuration: Configuration
  ) {
    self.kind = kind
    self.directory = directory
    self.configuration = configuration
  }

  /// The `limit` smallest ids above `last`, rising, in memory for twice as many.
  package func next(_ limit: Int, above last: UInt64) throws -> [UInt64] {
    let path = Path.join(directory.path, DataDirectory.workbenchName)
    let hasLog = LocalDisk().exists(directory.logPath)
    return try Self.next(
      limit, above: last, kind,
      in: try directory.readTables().map { EmbeddedTableStore($0) },
      try LabelBook(reading: path, except: .never),
      hasLog ? try directory.readLog(configuration) : nil)
  }

  static func next(
    _ limit: Int, above last: UInt64, _ kind: RecordIDs.Kind, in store: EmbeddedTableStore?,
    _ labels: LabelBook, _ log: CommitLog?
  ) throws -> [UInt64] {
    var smallest = SmallestNumbers(limit, above: last)
    if let store { try visit(kind, in: store) { smallest.offer($0) } }
    try labels.forEachPost { id, author in
      let text = kind == .users ? author ?? "" : id
      if let number = RecordIDs.number(text.utf8) { smallest.offer(number) }
    }
    if let log { try visit(kind, in: log) { smallest.offer($0) } }
    return smallest.sorted()
  }

  private static func visit(
    _ kind: RecordIDs.Kind, in store: EmbeddedTableStore, _ body: (UInt64) -> Void
  ) throws {
    let column = kind == .users ? "author_id" : "id"
    for table in try Forgetting(store).tablesOfPosts() {
      let select = try store.prepare("SELECT \(column) FROM \(table)")
      var page: PagingState?
      repeat {
        let found = try store.execute(select, BoundValues(), from: page)
        for row in found.rows { if let id = row[0].flatMap(RecordIDs.number) { body(id) } }
        page = found.next
      } while page != nil
    }
  }

  private static func visit(
    _ kind: RecordIDs.Kind, in log: CommitLog, _ body: (UInt64) -> Void
  ) throws {
    let ids = RecordIDs(kind)
    var buffer = ByteBuffer(capacity: 1 << 16)
    for topic in log.topics.map(\.name) where !topic.hasPrefix("__") {
      for partition in try log.partitions(of: topic) {
        var next = partition.startOffset
        let end = partition.endOffset
        while next < end {
          buffer.removeAll()
          try partition.read(from: next, maxBytes: 1 << 20, into: &buffer)
          let start = next
          next = try buffer.withBytes { bytes throws in
            try RecordBatches.forEach(bytes, from: start) { ids.visit($0, body) }
          }
          if next == start { break }
        }
      }
    }
  }
}

/// The smallest of many numbers, each once.
struct SmallestNumbers {
  private let limit: Int
  private let last: UInt64
  /// Whatever is larger is none of them.
  private var most = UInt64.max
  private var numbers: [UInt64] = []

  /// The `limit` smallest ones above `last`.
  init(_ limit: Int, above last: UInt64) {
    self.limit = limit
    self.last = last
  }

  /// How many are kept in memory.
  var count: Int { numbers.count }

  mutating func offer(_ number: UInt64) {
    guard number > last, number <= most else { return }
    numbers.append(number)
    if numbers.count >= limit * 2 { settle() }
  }

  private mutating func settle() {
    numbers.sort()
    var kept = 0
    for place in numbers.indices where kept == 0 || numbers[kept - 1] != numbers[place] {
      numbers[kept] = numbers[place]
      kept += 1
      if kept == limit { break }
    }
    numbers.removeLast(numbers.count - kept)
    if kept == limit { most = numbers[kept - 1] }
  }

  func sorted() -> [UInt64] {
    var copy = self
    copy.settle()
    return copy.numbers
  }
}

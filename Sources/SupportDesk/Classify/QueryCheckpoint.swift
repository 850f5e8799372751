package import Records
internal import Tables

/// What a query keeps beside its rows, in the same transaction: `query/<name>/offsets/<topic>-<n>`,
/// the next offset to read of each partition, `query/<name>/dead`, the end of the dead letters that
/// belong to committed batches (both int64, big-endian), and `query/<name>/topic/<topic>`, the
/// identifier of the topic that the offsets are of.
package struct QueryCheckpoint: Sendable {
  private let name: String
  private let topic: String

  package init(name: String, topic: String) {
    self.name = name
    self.topic = topic
  }

  /// What the names of all queries' states begin with.
  package static let prefix = "query/"

  /// Reads one of a query's offsets; nil where the state is something else.
  package static func offset(
    named name: String, _ bytes: [UInt8]
  ) -> (query: String, place: TopicPartition, offset: Int64)? {
    let parts = name.split(separator: "/", maxSplits: 3).map(String.init)
    guard parts.count == 4, parts[0] == "query", parts[2] == "offsets", bytes.count == 8,
      let place = TopicPartition(folder: parts[3])
    else { return nil }
    return (parts[1], place, bytes.bigEndianInteger())
  }

  private func offsetName(_ partition: Int) -> String {
    "query/\(name)/offsets/\(topic)-\(partition)"
  }

  private var deadName: String { "query/\(name)/dead" }

  private var topicName: String { "query/\(name)/topic/\(topic)" }

  /// The next offset of each partition; 0 where nothing was committed, and where the offsets are of
  /// another topic of the same name: that was deleted, and its successor begins anew. Where the log
  /// has lost its end, to a power cut without `durability: batch`, what comes next is read.
  func positions(in store: any TableStore, of log: any EventLog) throws -> [Int64] {
    let partitions = try log.partitionCount(of: topic)
    let kept = try store.state(topicName).map { String(decoding: $0, as: UTF8.self) }
    guard try kept == log.identifier(of: topic) else {
      return Array(repeating: 0, count: partitions)
    }
    return try (0..<partitions).map { number in
      let kept = try store.state(offsetName(number))?.bigEndianInteger() ?? 0
      return min(kept, try log.bounds(of: TopicPartition(topic, number)).upperBound)
    }
  }

  func deadEnd(in store: any TableStore) throws -> Int64 {
    try store.state(deadName)?.bigEndianInteger() ?? 0
  }

  func set(
    _ positions: [Int64], deadEnd: Int64, topicIdentifier: String,
    in transaction: any TableTransaction
  ) throws {
    try transaction.setState(topicName, Array(topicIdentifier.utf8))
    for (partition, position) in positions.enumerated() {
      try transaction.setState(offsetName(partition), bigEndian(position))
    }
    try transaction.setState(deadName, bigEndian(deadEnd))
  }

  /// Moves the query to other offsets of some partitions; its next run goes on from there.
  package func move(
    _ offsets: [Int: Int64], in store: any TableStore, of log: any EventLog
  ) throws {
    var positions = try positions(in: store, of: log)
    for (partition, offset) in offsets where positions.indices.contains(partition) {
      positions[partition] = offset
    }
    let (moved, deadEnd) = (positions, try deadEnd(in: store))
    let identifier = try log.identifier(of: topic)
    try store.commit { transaction in
      try set(moved, deadEnd: deadEnd, topicIdentifier: identifier, in: transaction)
    }
  }

  /// Sends the query back to the beginning: its next run reads every record again.
  package func rewind(in store: any TableStore, of log: any EventLog) throws {
    let start = (0..<(try log.partitionCount(of: topic))).map { ($0, Int64(0)) }
    try move(Dictionary(uniqueKeysWithValues: start), in: store, of: log)
  }
}

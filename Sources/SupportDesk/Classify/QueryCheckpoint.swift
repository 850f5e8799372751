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

  private func offsetName(_ partition: Int) -> String {
    "query/\(name)/offsets/\(topic)-\(partition)"
  }

  private var deadName: String { "query/\(name)/dead" }

  private var topicName: String { "query/\(name)/topic/\(topic)" }

  /// The next offset of each partition; 0 where nothing was committed, and where the offsets are of
  /// another topic of the same name: that was deleted, and its successor begins anew.
  func positions(in store: any TableStore, of log: any EventLog) throws -> [Int64] {
    let partitions = try log.partitionCount(of: topic)
    let kept = try store.state(topicName).map { String(decoding: $0, as: UTF8.self) }
    guard try kept == log.identifier(of: topic) else {
      return Array(repeating: 0, count: partitions)
    }
    return try (0..<partitions).map { try store.state(offsetName($0))?.bigEndianInteger() ?? 0 }
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

  /// Sends the query back to the beginning: its next run reads every record again.
  package func rewind(in store: any TableStore, of log: any EventLog) throws {
    let start = Array(repeating: Int64(0), count: try log.partitionCount(of: topic))
    let deadEnd = try deadEnd(in: store)
    let identifier = try log.identifier(of: topic)
    try store.commit { transaction in
      try set(start, deadEnd: deadEnd, topicIdentifier: identifier, in: transaction)
    }
  }
}

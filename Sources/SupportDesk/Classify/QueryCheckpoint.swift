internal import Tables

/// What a query keeps beside its rows, in the same transaction: `query/<name>/offsets/<topic>-<n>`,
/// the next offset to read of each partition, and `query/<name>/dead`, the end of the dead letters
/// that belong to committed batches. Both are int64, big-endian.
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

  /// The next offset of each partition; 0 where nothing was committed.
  package func positions(in store: any TableStore, partitions: Int) throws -> [Int64] {
    try (0..<partitions).map { try store.state(offsetName($0))?.bigEndianInteger() ?? 0 }
  }

  func deadEnd(in store: any TableStore) throws -> Int64 {
    try store.state(deadName)?.bigEndianInteger() ?? 0
  }

  func set(
    _ positions: [Int64], deadEnd: Int64, in transaction: any TableTransaction
  ) throws {
    for (partition, position) in positions.enumerated() {
      try transaction.setState(offsetName(partition), bigEndian(position))
    }
    try transaction.setState(deadName, bigEndian(deadEnd))
  }

  /// Sends the query back to the beginning: its next run reads every record again.
  package func rewind(in store: any TableStore, partitions: Int) throws {
    let deadEnd = try deadEnd(in: store)
    try store.commit { transaction in
      try set(Array(repeating: 0, count: partitions), deadEnd: deadEnd, in: transaction)
    }
  }
}

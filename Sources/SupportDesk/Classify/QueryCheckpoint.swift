internal import Streams

/// Where a query that reads one topic stands: for those who look, and for those who move it.
package struct QueryCheckpoint: Sendable {
  private let name: String
  private let topic: String

  package init(name: String, topic: String) {
    self.name = name
    self.topic = topic
  }

  /// The next offset of each partition; 0 where nothing was committed.
  package func positions(in store: any TableStore, of log: any EventLog) throws -> [Int64] {
    let position = try QueryPosition(of: name, in: TableStateStore(store))
    let isSame = try position?.identity(of: topic) == log.identifier(of: topic)
    let kept = isSame ? position?.offsets(of: topic) ?? [] : []
    return try (0..<log.partitionCount(of: topic)).map { number in
      number < kept.count ? kept[number] : 0
    }
  }

  /// Moves the query to other offsets of some partitions; its next run goes on from there.
  package func move(
    _ offsets: [Int: Int64], in store: any TableStore, of log: any EventLog
  ) throws {
    var positions = try positions(in: store, of: log)
    for (partition, offset) in offsets where positions.indices.contains(partition) {
      positions[partition] = offset
    }
    let states = TableStateStore(store)
    var position = try QueryPosition(of: name, in: states) ?? QueryPosition(beginning: name)
    position.move(topic, identity: try log.identifier(of: topic), to: positions)
    try position.write(to: states)
  }

  /// Sends the query back to the beginning: its next run reads every record again.
  package func rewind(in store: any TableStore, of log: any EventLog) throws {
    let start = (0..<(try log.partitionCount(of: topic))).map { ($0, Int64(0)) }
    try move(Dictionary(uniqueKeysWithValues: start), in: store, of: log)
  }
}

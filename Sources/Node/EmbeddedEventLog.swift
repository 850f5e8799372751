package import Bytes
package import CommitLog
package import Machine
package import Records
internal import SupportDesk

/// The application's event log, embedded: the commit log in the data directory.
package struct EmbeddedEventLog: EventLog {
  private let log: CommitLog
  let offsets: ConsumerOffsets
  private let clock: Clock

  package init(_ log: CommitLog, clock: Clock = .system) throws {
    self.log = log
    self.clock = clock
    offsets = try ConsumerOffsets(log)
  }

  package var arrivals: Signal { log.arrivals }

  package func ensureTopic(_ name: String, partitions: Int, isCompacted: Bool) throws {
    guard try !hasTopic(name) else { return }
    do {
      try log.createTopic(
        name, partitions: partitions, settings: isCompacted ? ["cleanup.policy": "compact"] : [:])
    } catch LogError.topicExists {
      // Another thread of this process was faster.
    }
  }

  package func hasTopic(_ name: String) throws -> Bool {
    log.topics.contains { $0.name == name }
  }

  package func identifier(of topic: String) throws -> String { try log.identifier(of: topic) }

  package func partitionCount(of topic: String) throws -> Int {
    try log.partitions(of: topic).count
  }

  package func bounds(of partition: TopicPartition) throws -> Range<Int64> {
    let found = try log.partition(partition)
    let end = found.endOffset
    return min(found.startOffset, end)..<end
  }

  @discardableResult
  package func append(
    _ batch: UnsafeMutableRawBufferPointer, to partition: TopicPartition
  ) throws -> Int64 {
    try log.partition(partition).append(batch, from: .builder).firstOffset
  }

  package func read(
    _ partition: TopicPartition, from offset: Int64, maxBytes: Int, into buffer: inout ByteBuffer
  ) throws {
    try log.partition(partition).read(from: offset, maxBytes: maxBytes, into: &buffer)
  }

  package func commit(group: String, _ committed: [TopicPartition: Int64]) throws {
    let now = clock.milliseconds
    try offsets.commit(
      group: group,
      committed.mapValues { CommittedOffset(offset: $0, committedAt: now) })
  }
}

package import Bytes
package import Machine
package import Records

/// Where posts are kept before anything is made of them: the first of the application's two ports.
///
/// Implemented by the embedded commit log and by Apache Kafka. Batches are Kafka record batches
/// (see Records/FORMAT.md). All methods may be called from any thread and may block on the disk.
package protocol EventLog: Sendable {
  /// Raised whenever records are added to any partition.
  var arrivals: Signal { get }
  /// Makes a topic where it is missing; one that is there stays as it is. Of a compacted one the
  /// last record of each key is kept.
  func ensureTopic(_ name: String, partitions: Int, isCompacted: Bool) throws
  /// Whether there is a topic of this name.
  func hasTopic(_ name: String) throws -> Bool
  /// What tells a topic from another one of the same name, made after the first was deleted.
  func identifier(of topic: String) throws -> String
  /// How many partitions a topic has; throws where there is no such topic.
  func partitionCount(of topic: String) throws -> Int
  /// The offsets that can be read now.
  func bounds(of partition: TopicPartition) throws -> Range<Int64>
  /// Appends one batch that a builder has just finished, and puts its offsets into it; returns the
  /// first one once it is acknowledged.
  @discardableResult
  func append(_ batch: UnsafeMutableRawBufferPointer, to partition: TopicPartition) throws -> Int64
  /// Appends to `buffer` whole batches from the one that holds `offset` on, at least one where
  /// there is any. The first may begin before `offset`.
  func read(
    _ partition: TopicPartition, from offset: Int64, maxBytes: Int, into buffer: inout ByteBuffer
  ) throws
  /// Commits a consumer group's offsets: those of the next records to read.
  func commit(group: String, _ offsets: [TopicPartition: Int64]) throws
}

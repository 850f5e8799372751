/// The limits of the log.
package enum Limits {
  /// Partitions of one topic: each costs open files and a folder.
  package static let partitionsPerTopic = 1_024
  /// Characters of a topic's name, as in Kafka.
  package static let topicNameLength = 249
  /// A segment's positions must fit the index's int32.
  package static let segmentBytes = 1 << 30
  /// Idempotent producers that one partition remembers; past it those that were silent longest
  /// are forgotten. A producer takes some 200 bytes.
  package static let producersPerPartition = 100_000
  /// Batches of a producer among which a repeated one is recognised, as in Kafka.
  package static let batchesPerProducer = 5
  /// Bytes of a file with settings or offsets; a longer one is not ours.
  package static let textFileBytes = 16 << 20
  /// Bytes of the batches that wait together for a sync; more are written while it runs.
  static let stagedBytes = 1 << 20
  /// Bytes that a partition keeps for them.
  static let stagedBytesKept = 1 << 16
  /// Bytes that a compaction may use to remember keys, at least: so many that it gets on.
  package static let smallestDedupeBytes = 1 << 10
}

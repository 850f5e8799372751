/// When an append is acknowledged.
package enum Durability: Hashable, Sendable {
  /// After `fdatasync`; writers that wait at the same time share one.
  case batch
  /// Once the operating system has it; synced at most this many milliseconds later by
  /// `CommitLog.maintain`, with the next append, or when the log is closed. A crash of the machine
  /// (not of the process) may lose it.
  case interval(milliseconds: Int)
}

/// Settings of a whole log: Kafka's broker settings, as far as one machine has them.
package struct LogConfiguration: Hashable, Sendable {
  /// What holds for topics that say nothing else.
  package var topicDefaults: TopicConfiguration
  package var durability: Durability
  /// Memory in which one compaction remembers keys (`log.cleaner.dedupe.buffer.size`): 24 bytes a
  /// key. A log with more keys is compacted in several rounds.
  package var dedupeBytes = 16 << 20
  /// Milliseconds after which a silent idempotent producer is forgotten
  /// (`producer.id.expiration.ms`).
  package var producerExpiration: Int64 = 86_400_000
  /// Milliseconds for which a group's offsets are kept after its last commit
  /// (`offsets.retention.minutes`).
  package var offsetsRetention: Int64 = 7 * 86_400_000
  /// The identifier kept in `meta.properties`; nil: one is made up.
  package var clusterID: String?

  package init(
    segmentBytes: Int = Limits.segmentBytes, indexIntervalBytes: Int = 4_096,
    durability: Durability = .batch
  ) {
    topicDefaults = TopicConfiguration()
    topicDefaults.segmentBytes = min(max(segmentBytes, 1), Limits.segmentBytes)
    topicDefaults.indexIntervalBytes = indexIntervalBytes
    self.durability = durability
  }
}

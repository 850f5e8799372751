/// The limits of the log.
package enum Limits {
  /// Partitions of one topic: each costs open files and a folder.
  package static let partitionsPerTopic = 1_024
  /// Characters of a topic's name, as in Kafka.
  package static let topicNameLength = 249
  /// A segment's positions must fit the index's int32.
  package static let segmentBytes = 1 << 30
}

/// When an append is acknowledged.
package enum Durability: Hashable, Sendable {
  /// After `fdatasync`; writers that wait at the same time share one.
  case batch
  /// Once the operating system has it; synced at most this many milliseconds later, with the next
  /// append or when the log is closed. A crash of the machine (not of the process) may lose it.
  case interval(milliseconds: Int)
}

/// Settings of a log, with Kafka's defaults.
package struct LogConfiguration: Hashable, Sendable {
  /// Bytes after which a new segment is begun (`segment.bytes`).
  package var segmentBytes: Int
  /// Bytes of log between two index entries (`index.interval.bytes`).
  package var indexIntervalBytes: Int
  package var durability: Durability

  package init(
    segmentBytes: Int = Limits.segmentBytes, indexIntervalBytes: Int = 4_096,
    durability: Durability = .batch
  ) {
    self.segmentBytes = min(max(segmentBytes, 1), Limits.segmentBytes)
    self.indexIntervalBytes = indexIntervalBytes
    self.durability = durability
  }
}

package import Records

/// A topic's settings, with Kafka's names and defaults. `max.message.bytes` alone is larger than
/// Kafka's 1,048,588: a dump's longest line must fit.
package struct TopicConfiguration: Hashable, Sendable {
  /// `compression.type`.
  package enum Compression: Hashable, Sendable {
    /// Batches stay as the producer made them.
    case producer
    case codec(Codec)
  }

  /// Old segments are deleted by time and size (`cleanup.policy` has `delete`).
  package var deletesOld = true
  /// Of the records with one key the last one is kept (`cleanup.policy` has `compact`).
  package var compacts = false
  package var compression = Compression.producer
  package var deleteRetention: Int64 = 86_400_000
  package var indexIntervalBytes = 4_096
  package var maxCompactionLag = Int64.max
  package var minCompactionLag: Int64 = 0
  package var maxMessageBytes = Records.Limits.batchBytes
  /// Records get the time at which the log took them (`message.timestamp.type=LogAppendTime`).
  package var usesAppendTime = false
  package var timestampBeforeMax = Int64.max
  package var timestampAfterMax: Int64 = 3_600_000
  package var minCleanableDirtyRatio = 0.5
  /// -1: no limit.
  package var retentionBytes: Int64 = -1
  /// -1: no limit.
  package var retentionMilliseconds: Int64 = 7 * 86_400_000
  package var segmentBytes = Limits.segmentBytes
  package var segmentIndexBytes = 10_485_760
  package var segmentJitter: Int64 = 0
  package var segmentMilliseconds: Int64 = 7 * 86_400_000
  /// What was set for the topic itself, by key: what its file holds.
  package private(set) var overrides: [String: String] = [:]

  package init() {}

  /// These settings with those of `overrides` in their place. Thrown: `invalidConfiguration`.
  package func applying(_ overrides: [String: String]) throws(LogError) -> TopicConfiguration {
    var changed = self
    for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
      let key = try TopicConfigurationKey.named(name)
      guard key.apply(value, &changed) else {
        throw .invalidConfiguration(key: name, reason: "\"\(value)\" is not \(key.expectation)")
      }
      changed.overrides[name] = value
    }
    guard changed.minCompactionLag <= changed.maxCompactionLag else {
      throw .invalidConfiguration(
        key: "min.compaction.lag.ms", reason: "it is more than max.compaction.lag.ms")
    }
    return changed
  }

  /// These settings for a topic that is known to be compacted and no more.
  var compacted: TopicConfiguration {
    var changed = self
    changed.deletesOld = false
    changed.compacts = true
    return changed
  }

  /// These settings without any that takes records away.
  var keepingEverything: TopicConfiguration {
    var changed = self
    changed.deletesOld = false
    changed.compacts = false
    return changed
  }

  /// Every key with the value in force, sorted by name.
  package var values: [(key: String, value: String)] {
    TopicConfigurationKey.all.map { ($0.name, overrides[$0.name] ?? $0.show(self)) }
      .sorted { $0.key < $1.key }
  }
}

internal import Bytes
internal import Records

/// One setting that a topic can have, under Kafka's name for it.
package struct TopicConfigurationKey: Sendable {
  package let name: String
  /// What values it takes, in words that follow "is not".
  package let expectation: String
  package let summary: String
  /// Puts a value into the settings; false where it is none of this key's.
  let apply: @Sendable (String, inout TopicConfiguration) -> Bool
  let show: @Sendable (TopicConfiguration) -> String

  /// The key of this name. Thrown: `invalidConfiguration`, with a name that is near where one is.
  @discardableResult
  package static func named(_ name: String) throws(LogError) -> TopicConfigurationKey {
    if let key = all.first(where: { $0.name == name }) { return key }
    let nearest = EditDistance.nearest(to: name, among: all.map(\.name))
    throw .invalidConfiguration(
      key: name,
      reason: "there is no such setting" + (nearest.map { " (did you mean \($0)?)" } ?? ""))
  }

  /// Every key there is.
  package static let all: [TopicConfigurationKey] = [
    .init(
      "cleanup.policy", "delete, compact, or delete,compact",
      "delete old segments, or keep the last record of each key, or both",
      { text, settings in
        let policies = text.split(separator: ",").map { $0.filter { $0 != " " } }
        guard !policies.isEmpty, policies.allSatisfy({ $0 == "delete" || $0 == "compact" }) else {
          return false
        }
        settings.deletesOld = policies.contains("delete")
        settings.compacts = policies.contains("compact")
        return true
      },
      { $0.compacts ? ($0.deletesOld ? "compact,delete" : "compact") : "delete" }),
    .init(
      "compression.type", "producer, uncompressed, gzip, snappy, lz4 or zstd",
      "how batches are kept; producer: as they come",
      { text, settings in
        switch text {
        case "producer": settings.compression = .producer
        case "uncompressed": settings.compression = .codec(.none)
        default:
          guard text != "none", let codec = Codec(text) else { return false }
          settings.compression = .codec(codec)
        }
        return true
      },
      {
        switch $0.compression {
        case .producer: "producer"
        case .codec(.none): "uncompressed"
        case .codec(let codec): "\(codec)"
        }
      }),
    .number(
      "delete.retention.ms", 0...Int64.max, \.deleteRetention,
      "how long a compacted topic keeps a key's deletion"),
    .number(
      "index.interval.bytes", 0...Int64(Int32.max), \.indexIntervalBytes,
      "bytes of log between two index entries"),
    .number(
      "max.compaction.lag.ms", 1...Int64.max, \.maxCompactionLag,
      "the longest that a record may wait to be compacted"),
    .number(
      "max.message.bytes", 0...Int64(Records.Limits.batchBytes), \.maxMessageBytes,
      "the largest batch, in bytes"),
    .number(
      "message.timestamp.after.max.ms", 0...Int64.max, \.timestampAfterMax,
      "how far a record's time may lie in the future"),
    .number(
      "message.timestamp.before.max.ms", 0...Int64.max, \.timestampBeforeMax,
      "how far a record's time may lie in the past"),
    .init(
      "message.timestamp.type", "CreateTime or LogAppendTime",
      "a record's time: its producer's, or when the log took it",
      { text, settings in
        settings.usesAppendTime = text == "LogAppendTime"
        return text == "LogAppendTime" || text == "CreateTime"
      },
      { $0.usesAppendTime ? "LogAppendTime" : "CreateTime" }),
    .init(
      "min.cleanable.dirty.ratio", "a number from 0 to 1",
      "the share of a compacted topic that may be dirty before it is compacted",
      { text, settings in
        guard let ratio = Double(text), (0...1).contains(ratio) else { return false }
        settings.minCleanableDirtyRatio = ratio
        return true
      },
      { "\($0.minCleanableDirtyRatio)" }),
    .number(
      "min.compaction.lag.ms", 0...Int64.max, \.minCompactionLag,
      "how long a record stays uncompacted at least"),
    .number(
      "retention.bytes", -1...Int64.max, \.retentionBytes,
      "bytes a partition keeps; -1: all"),
    .number(
      "retention.ms", -1...Int64.max, \.retentionMilliseconds,
      "how long records are kept; -1: for ever"),
    .number(
      "segment.bytes", 14...Int64(Limits.segmentBytes), \.segmentBytes,
      "bytes of a segment before the next is begun"),
    .number(
      "segment.index.bytes", 12...Int64(Int32.max), \.segmentIndexBytes,
      "bytes of an index before the next segment is begun"),
    .number(
      "segment.jitter.ms", 0...Int64.max, \.segmentJitter,
      "by how much less than segment.ms segments may last, so that they do not all end at once"),
    .number(
      "segment.ms", 1...Int64.max, \.segmentMilliseconds,
      "time that a segment's records span before the next is begun"),
  ]

  private init(
    _ name: String, _ expectation: String, _ summary: String,
    _ apply: @escaping @Sendable (String, inout TopicConfiguration) -> Bool,
    _ show: @escaping @Sendable (TopicConfiguration) -> String
  ) {
    self.name = name
    self.expectation = expectation
    self.summary = summary
    self.apply = apply
    self.show = show
  }

  private static func number<Number: FixedWidthInteger & Sendable>(
    _ name: String, _ range: ClosedRange<Int64>,
    _ path: any WritableKeyPath<TopicConfiguration, Number> & Sendable, _ summary: String
  ) -> TopicConfigurationKey {
    let limit = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
    return .init(
      name, "a number from \(range.lowerBound) \(limit)", summary,
      { text, settings in
        guard let value = Int64(text), range.contains(value) else { return false }
        settings[keyPath: path] = Number(clamping: value)
        return true
      },
      { "\($0[keyPath: path])" })
  }
}

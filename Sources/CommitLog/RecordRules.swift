internal import Machine
internal import Records

/// What a topic takes, at a glance: a record that this allows the topic takes too.
struct RecordRules {
  var earliest: Int64
  var latest: Int64
  var needsKeys: Bool
  /// The largest batch.
  var maxBytes: Int

  @inline(__always)
  func allows(timestamp: Int64, hasKey: Bool, bytes: Int) -> Bool {
    timestamp >= earliest && timestamp <= latest && (hasKey || !needsKeys)
      && bytes + RecordBatchHeader.size <= maxBytes
  }
}

extension PartitionLog {
  /// The rules as they are now; times are counted from now.
  var recordRules: RecordRules {
    let settings = configuration
    var rules = RecordRules(
      earliest: .min, latest: .max, needsKeys: settings.compacts,
      maxBytes: min(settings.maxMessageBytes, settings.segmentBytes))
    guard !settings.usesAppendTime else { return rules }
    let now = context.clock.milliseconds
    let latest = now.addingReportingOverflow(settings.timestampAfterMax)
    if !latest.overflow { rules.latest = latest.partialValue }
    let earliest = now.subtractingReportingOverflow(settings.timestampBeforeMax)
    if settings.timestampBeforeMax != .max, !earliest.overflow {
      rules.earliest = earliest.partialValue
    }
    return rules
  }

  /// Refuses a record that the topic does not take. Thrown: `invalidRecord`, `tooLarge`,
  /// `tooLargeForSegment`.
  func checkRecord(timestamp: Int64, hasKey: Bool, bytes: Int) throws(LogError) {
    let settings = configuration
    if !settings.usesAppendTime { try check(timestamp, settings) }
    if settings.compacts && !hasKey { throw .invalidRecord(topicPartition, reason: Self.keyless) }
    let bytes = bytes + RecordBatchHeader.size
    guard bytes <= settings.maxMessageBytes else {
      throw .tooLarge(topicPartition, bytes: bytes, limit: settings.maxMessageBytes)
    }
    guard bytes <= settings.segmentBytes else {
      throw .tooLargeForSegment(topicPartition, bytes: bytes, limit: settings.segmentBytes)
    }
  }

  static let keyless = "the topic is compacted by key, and a record has none"
}

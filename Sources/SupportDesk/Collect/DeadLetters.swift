internal import Bytes
package import Machine
internal import Records

/// The topic of what could not be read, each record with the reason and where it came from.
package struct DeadLetters: Sendable {
  /// The topic's name.
  package static let topic = "posts.dead"
  /// Bytes of an unreadable record that are kept; a longer one is cut.
  static let valueBytes = 1 << 20

  private let log: any EventLog
  private let clock: Clock

  package init(_ log: any EventLog, clock: Clock = .system) throws {
    self.log = log
    self.clock = clock
    try log.ensureTopic(Self.topic, partitions: 1, isCompacted: false)
  }

  var partition: TopicPartition { TopicPartition(Self.topic, 0) }

  /// The offset that the next dead letter will get.
  package func end() throws -> Int64 { try log.bounds(of: partition).upperBound }

  /// One record that could not be read.
  package struct Letter: Sendable {
    /// Where it was: `posts-0@17`, or `file:line` for what never reached a topic.
    package var origin: String
    package var reason: String
    package var value: [UInt8]

    package init(origin: String, reason: String, value: [UInt8]) {
      self.origin = origin
      self.reason = reason
      self.value = value
    }
  }

  /// Appends letters, marked as the work of `producer`; they are on the disk when this returns.
  package func append(_ letters: [Letter], producer: Int64 = -1) throws {
    var builder = RecordBatchBuilder(capacity: 4_096)
    func flush() throws {
      guard builder.count > 0 else { return }
      _ = try builder.finish(producer: producer) { bytes in
        try log.append(bytes, to: partition)
      }
      builder.reset()
    }
    for letter in letters {
      try letter.value.prefix(Self.valueBytes).withUnsafeBytes { value in
        try builder.append(
          timestamp: clock.milliseconds, key: nil, value: value,
          headers: [RecordHeader("origin", letter.origin), RecordHeader("reason", letter.reason)])
      }
      if builder.size > 1 << 20 { try flush() }
    }
    try flush()
  }

  /// The origins of the letters from `offset` on.
  func origins(from offset: Int64) throws -> Set<String> {
    var origins: Set<String> = []
    try log.readToEnd(of: partition, from: offset) { bytes, start in
      try RecordBatches.forEach(bytes, from: start) { record in
        for header in try record.headers() where header.name == "origin" {
          origins.insert(String(decoding: header.value ?? [], as: UTF8.self))
        }
      }
    }
    return origins
  }
}

internal import Bytes
package import Machine
internal import Posts
package import Records

/// Brings the lines of a live stream into a topic, as `Collector` brings a file's.
package struct StreamCollector: ~Copyable {
  private var collector: Collector
  private let deadLetters: DeadLetters
  private let name: String
  private var unreadable = 0

  /// A collector into `topic`, which it makes where it is missing. `name` is the stream's in
  /// messages; `producer` marks its batches.
  package init(
    into topic: String, of log: any EventLog, name: String, producer: Int64, partitions: Int,
    clock: Clock = .system
  ) throws {
    let letters = try DeadLetters(log, clock: clock)
    let collector = try Collector(
      into: topic, of: log, origin: name, format: .jsonLines, partitions: partitions,
      resumption: SourceOffsets.Resumption(producer: producer), clock: clock)
    self.name = name
    deadLetters = letters
    self.collector = collector
  }

  /// Has `headers` give more headers to each record, by its author's id.
  package mutating func annotate(_ headers: @escaping (String) -> [RecordHeader]) {
    collector.annotation = { headers(String(decoding: $0, as: UTF8.self)) }
  }

  /// Appends whole lines, each with its line feed: on the disk when this returns.
  package mutating func append(_ lines: [UInt8]) throws {
    try lines.withUnsafeBytes { try collector.feed($0) }
  }

  /// Sets lines aside that are no posts, each with the reason.
  package mutating func setAside(_ lines: [(bytes: [UInt8], reason: String)]) throws {
    try deadLetters.append(
      lines.map { .init(origin: name, reason: $0.reason, value: $0.bytes) })
    unreadable += lines.count
  }

  /// What has been done so far.
  package var totals: CollectTotals {
    var totals = collector.totals
    totals.unreadable += unreadable
    return totals
  }
}

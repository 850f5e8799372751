internal import Machine
internal import Records
internal import Synchronization

/// One offset a partition, in Kafka's checkpoint file: `0`, the number of lines, then
/// `topic partition offset` a line.
final class OffsetCheckpoint: Sendable {
  private let path: String
  private let disk: any FileSystem
  // Held while the file is replaced, so that partitions do not write it at the same time.
  private let offsets: Mutex<[TopicPartition: Int64]>
  /// The file is there and cannot be understood.
  let isUnreadable: Bool

  init(_ path: String, _ disk: any FileSystem) throws(IOFailure) {
    self.path = path
    self.disk = disk
    var known: [TopicPartition: Int64]? = [:]
    if disk.exists(path) {
      let bytes = try disk.readAll(path, limit: Limits.textFileBytes)
      known = Self.parse(String(decoding: bytes, as: UTF8.self))
    }
    isUnreadable = known == nil
    offsets = Mutex(known ?? [:])
  }

  /// What is kept of a partition.
  subscript(_ partition: TopicPartition) -> Int64? { offsets.withLock { $0[partition] } }

  /// What is kept of every partition.
  var all: [TopicPartition: Int64] { offsets.withLock { $0 } }

  /// Whether anything is kept of a topic.
  func knows(_ topic: String) -> Bool {
    offsets.withLock { $0.keys.contains { $0.topic == topic } }
  }

  /// Moves partitions' offsets; durable when this returns.
  func move(_ moved: [TopicPartition: Int64]) throws(IOFailure) {
    try replace { offsets in offsets.merging(moved) { $1 } }
  }

  /// Puts these offsets in the place of all there are.
  func replace(_ fresh: [TopicPartition: Int64]) throws(IOFailure) { try replace { _ in fresh } }

  /// Drops a topic's offsets, so that they do not vouch for a later topic of the same name.
  func forget(_ topic: String) throws(IOFailure) {
    try replace { offsets in offsets.filter { $0.key.topic != topic } }
  }

  private func replace(
    _ change: ([TopicPartition: Int64]) -> [TopicPartition: Int64]
  ) throws(IOFailure) {
    try offsets.withLock { offsets throws(IOFailure) in
      let fresh = change(offsets)
      guard fresh != offsets else { return }
      let lines = fresh.sorted { $0.key < $1.key }
        .map { "\($0.key.topic) \($0.key.partition) \($0.value)\n" }
      try disk.replace(path, with: Array(("0\n\(lines.count)\n" + lines.joined()).utf8))
      offsets = fresh
    }
  }

  private static func parse(_ text: String) -> [TopicPartition: Int64]? {
    let lines = text.split(separator: "\n")
    guard lines.count >= 2, lines[0] == "0", Int(lines[1]) == lines.count - 2 else { return nil }
    var offsets: [TopicPartition: Int64] = [:]
    for line in lines.dropFirst(2) {
      let fields = line.split(separator: " ")
      guard fields.count == 3, let partition = Int(fields[1]), let offset = Int64(fields[2]),
        offset >= 0
      else {
        return nil
      }
      offsets[TopicPartition(String(fields[0]), partition)] = offset
    }
    return offsets
  }
}

/// The checkpoint files of a log.
struct LogCheckpoints: Sendable {
  /// Before these offsets everything is known to be on the disk whole.
  let recoveryPoints: OffsetCheckpoint
  /// The ends of the partitions when the log was closed last, for Kafka's sake.
  let highWatermarks: OffsetCheckpoint
  /// Where partitions start, where that is not the first segment's beginning.
  let logStarts: OffsetCheckpoint
  /// How far compacted topics are clean.
  let cleaned: OffsetCheckpoint

  static let logStarts = "log-start-offset-checkpoint"
  static let cleaned = "cleaner-offset-checkpoint"

  /// Every file with its name.
  var all: [(name: String, checkpoint: OffsetCheckpoint)] {
    [
      ("recovery-point-offset-checkpoint", recoveryPoints),
      ("replication-offset-checkpoint", highWatermarks),
      (Self.logStarts, logStarts), (Self.cleaned, cleaned),
    ]
  }

  /// The files that are there and cannot be understood, of those that only this process knows.
  var unreadable: [String] { logStarts.isUnreadable ? [Self.logStarts] : [] }

  init(_ directory: String, _ disk: any FileSystem) throws(IOFailure) {
    func open(_ name: String) throws(IOFailure) -> OffsetCheckpoint {
      try OffsetCheckpoint(Path.join(directory, name), disk)
    }
    recoveryPoints = try open("recovery-point-offset-checkpoint")
    highWatermarks = try open("replication-offset-checkpoint")
    logStarts = try open(Self.logStarts)
    cleaned = try open(Self.cleaned)
  }

  /// Drops what vouches for a topic's records, which are about to go.
  func forgetRecords(of topic: String) throws(IOFailure) {
    for checkpoint in [recoveryPoints, highWatermarks, cleaned] { try checkpoint.forget(topic) }
  }

  /// Drops all that is kept of a topic.
  func forget(_ topic: String) throws(IOFailure) {
    for (_, checkpoint) in all { try checkpoint.forget(topic) }
  }
}

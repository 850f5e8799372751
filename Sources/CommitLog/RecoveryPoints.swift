internal import Machine
internal import Records
internal import Synchronization

/// The offsets before which everything is known to be on the disk, in Kafka's checkpoint file:
/// `0`, the number of lines, then `topic partition offset` a line.
final class RecoveryPoints: Sendable {
  private let path: String
  private let disk: any FileSystem
  // Held while the file is replaced, so that partitions do not write it at the same time.
  private let points: Mutex<[TopicPartition: Int64]>

  /// Reads what is kept below `directory`.
  init(_ directory: String, _ disk: any FileSystem) throws(IOFailure) {
    path = Path.join(directory, "recovery-point-offset-checkpoint")
    self.disk = disk
    let bytes = disk.exists(path) ? try disk.readAll(path) : []
    points = Mutex(Self.parse(String(decoding: bytes, as: UTF8.self)))
  }

  /// The recovery point of a partition; 0 where none is kept.
  func point(of partition: TopicPartition) -> Int64 { points.withLock { $0[partition] ?? 0 } }

  /// Moves partitions' points.
  func move(_ moved: [TopicPartition: Int64]) throws(IOFailure) {
    try points.withLock { points throws(IOFailure) in
      let fresh = points.merging(moved) { $1 }
      try write(fresh)
      points = fresh
    }
  }

  /// Drops a topic's points, so that they do not vouch for a later topic of the same name.
  func forget(_ topic: String) throws(IOFailure) {
    try points.withLock { points throws(IOFailure) in
      let fresh = points.filter { $0.key.topic != topic }
      if fresh.count < points.count { try write(fresh) }
      points = fresh
    }
  }

  /// None where the text is not to be understood, which costs a longer check at the start and
  /// nothing else.
  private static func parse(_ text: String) -> [TopicPartition: Int64] {
    let lines = text.split(separator: "\n")
    guard lines.count >= 2, lines[0] == "0", Int(lines[1]) == lines.count - 2 else { return [:] }
    var offsets: [TopicPartition: Int64] = [:]
    for line in lines.dropFirst(2) {
      let fields = line.split(separator: " ")
      guard fields.count == 3, let partition = Int(fields[1]), let offset = Int64(fields[2]) else {
        return [:]
      }
      offsets[TopicPartition(String(fields[0]), partition)] = offset
    }
    return offsets
  }

  private func write(_ offsets: [TopicPartition: Int64]) throws(IOFailure) {
    let lines = offsets.sorted { $0.key < $1.key }
      .map { "\($0.key.topic) \($0.key.partition) \($0.value)\n" }
    try disk.replace(path, with: Array(("0\n\(lines.count)\n" + lines.joined()).utf8))
  }
}

internal import Bytes
internal import Machine
package import Records
internal import Synchronization

/// The offsets that consumer groups commit, kept in the compacted topic `__consumer_offsets`: those
/// of one group in one partition, as Kafka chooses it. All methods may be called from any thread.
package final class ConsumerOffsets: Sendable {
  /// The name of the internal topic.
  package static let topic = "__consumer_offsets"
  /// Kafka's settings for it.
  static let settings = ["cleanup.policy": "compact", "segment.bytes": "104857600"]

  private typealias Key = OffsetRecords.Key

  /// What was committed, and the offset of the batch that says so: of two commits the one later in
  /// the log holds, whichever thread comes back from the disk first. Nil: it was deleted.
  private struct Commit {
    var offset: CommittedOffset?
    var position: Int64
  }

  private let log: CommitLog
  private let committed: Mutex<[Key: Commit]>
  /// Held while something is written, so that nobody commits between the decision that a group was
  /// silent and its end.
  private let changing = Mutex<Void>(())

  /// Reads what was committed. A log opened for reading only, or without the topic yet, is fine.
  package init(_ log: CommitLog) throws(LogError) {
    self.log = log
    committed = Mutex([:])
    guard log.topics.contains(where: { $0.name == Self.topic }) else { return }
    var loaded: [Key: Commit] = [:]
    for partition in try log.partitions(of: Self.topic) { try Self.load(partition, into: &loaded) }
    let offsets = loaded.filter { $0.value.offset != nil }
    committed.withLock { $0 = offsets }
  }

  private static func load(
    _ partition: PartitionLog, into loaded: inout [Key: Commit]
  ) throws(LogError) {
    var next = partition.startOffset
    var buffer = ByteBuffer(capacity: 1 << 20)
    while next < partition.endOffset {
      buffer.removeAll()
      try partition.read(from: next, maxBytes: 1 << 20, into: &buffer)
      guard buffer.count > 0 else { break }
      let at = next
      next = try buffer.withBytes { bytes throws(LogError) in
        try checked(partition.topicPartition, at) { () throws(RecordError) in
          try replay(bytes, from: at, into: &loaded)
        }
      }
    }
  }

  private static func replay(
    _ bytes: UnsafeRawBufferPointer, from offset: Int64, into state: inout [Key: Commit]
  ) throws(RecordError) -> Int64 {
    var rest = bytes
    var next = offset
    var decoder = RecordDecoder()
    while !rest.isEmpty {
      let header = try RecordBatchHeader(rest)
      if !header.isControl {
        try decoder.forEach(in: rest) { record throws(RecordError) in
          guard let key = record.key.flatMap(OffsetRecords.decodeKey) else { return }
          state[key] = Commit(
            offset: record.value.flatMap(OffsetRecords.decodeValue), position: header.baseOffset)
        }
      }
      next = header.nextOffset
      rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
    }
    return next
  }

  /// Commits a group's offsets, durable when this returns. Thrown: `record` with `tooLarge` where a
  /// name or the metadata has more bytes than Kafka's strings.
  package func commit(
    group: String, _ offsets: [TopicPartition: CommittedOffset]
  ) throws(LogError) {
    try changing.withLock { _ throws(LogError) in
      try write(
        offsets.map { (Key(group: group, partition: $0.key), $0.value) }, of: group)
    }
  }

  /// Deletes a group with all its offsets, durable when this returns; false where there is none.
  @discardableResult
  package func delete(group: String) throws(LogError) -> Bool {
    try changing.withLock { _ throws(LogError) in
      let partitions = offsets(of: group).keys
      try write(partitions.map { (Key(group: group, partition: $0), nil) }, of: group)
      return !partitions.isEmpty
    }
  }

  /// Deletes the offsets of groups that have committed nothing since `time` (milliseconds since
  /// 1970), as Kafka does after `offsets.retention.minutes`; returns the groups.
  @discardableResult
  package func expire(groupsSilentSince time: Int64) throws(LogError) -> [String] {
    try changing.withLock { _ throws(LogError) in
      var groups: [String: (latest: Int64, keys: [Key])] = [:]
      for (key, commit) in committed.withLock({ $0 }) {
        guard let offset = commit.offset else { continue }
        var group = groups[key.group] ?? (.min, [])
        group.keys.append(key)
        group.latest = max(group.latest, offset.committedAt)
        groups[key.group] = group
      }
      let silent = groups.filter { $0.value.latest < time }
      for (group, found) in silent { try write(found.keys.map { ($0, nil) }, of: group) }
      return silent.keys.sorted()
    }
  }

  private func write(
    _ changes: [(key: Key, offset: CommittedOffset?)], of group: String
  ) throws(LogError) {
    guard !changes.isEmpty else { return }
    try makeTopic()
    let partitions = try log.partitions(of: Self.topic)
    let target = partitions[Self.partition(of: group, among: partitions.count)]
    var builder = RecordBatchBuilder(capacity: 512)
    let now = log.clock.milliseconds
    for change in changes {
      try checked(target.topicPartition, -1) { () throws(RecordError) in
        let key = try OffsetRecords.encode(change.key)
        try key.withBytes { key throws(RecordError) in
          guard let offset = change.offset else {
            return try builder.append(timestamp: now, key: key, value: nil)
          }
          let value = try OffsetRecords.encode(offset)
          try value.withBytes { value throws(RecordError) in
            try builder.append(timestamp: now, key: key, value: value)
          }
        }
      }
    }
    let position = try builder.finish { batch throws(LogError) in
      try target.append(batch, from: .builder).firstOffset
    }
    committed.withLock { state in
      for (key, offset) in changes {
        // With the right to change alone, so what is deleted need not be remembered.
        state[key] = offset.map { Commit(offset: $0, position: position) }
      }
    }
  }

  /// The number of the partition that keeps a group: Java's hash of its name, without its sign,
  /// modulo how many there are.
  package static func partition(of group: String, among count: Int) -> Int {
    let hash = group.utf16.reduce(Int32(0)) { 31 &* $0 &+ Int32($1) }
    return hash == .min ? 0 : Int(abs(hash)) % count
  }

  private func makeTopic() throws(LogError) {
    guard !log.topics.contains(where: { $0.name == Self.topic }) else { return }
    do throws(LogError) {
      try log.createTopic(Self.topic, settings: Self.settings)
    } catch {
      // Another thread was first.
      guard error == .topicExists(Self.topic) else { throw error }
    }
  }

  /// The groups that have committed anything, sorted.
  package var groups: [String] {
    Set(committed.withLock { $0.filter { $0.value.offset != nil }.keys.map(\.group) }).sorted()
  }

  /// All that a group has committed.
  package func offsets(of group: String) -> [TopicPartition: CommittedOffset] {
    let mine = committed.withLock { $0.filter { $0.key.group == group } }
    var offsets: [TopicPartition: CommittedOffset] = [:]
    for (key, commit) in mine { offsets[key.partition] = commit.offset }
    return offsets
  }
}

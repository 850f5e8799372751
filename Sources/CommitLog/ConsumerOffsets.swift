internal import Bytes
internal import Machine
package import Records
internal import Synchronization

/// What a consumer group has committed for one partition.
package struct CommittedOffset: Hashable, Sendable {
  /// The offset of the next record to read.
  package var offset: Int64
  package var metadata: String
  /// Milliseconds since 1970.
  package var committedAt: Int64

  package init(offset: Int64, metadata: String = "", committedAt: Int64) {
    self.offset = offset
    self.metadata = metadata
    self.committedAt = committedAt
  }
}

/// The offsets that consumer groups commit, kept in the topic `__consumer_offsets` (see FORMAT.md).
package final class ConsumerOffsets: Sendable {
  /// The name of the internal topic.
  package static let topic = "__consumer_offsets"

  private struct Key: Hashable {
    var group: String
    var partition: TopicPartition
  }

  /// What was committed, and the offset of the batch that says so: of two commits the one later in
  /// the log holds, whichever thread comes back from the disk first.
  private struct Commit {
    var offset: CommittedOffset
    var position: Int64
  }

  private let log: CommitLog
  private let committed: Mutex<[Key: Commit]>

  /// Reads what was committed. A log opened for reading only, or without the topic yet, is fine.
  package init(_ log: CommitLog) throws(LogError) {
    self.log = log
    committed = Mutex([:])
    guard log.topics.contains(where: { $0.name == Self.topic }) else { return }
    let partition = try log.partition(TopicPartition(Self.topic, 0))
    var loaded: [Key: Commit] = [:]
    var next = partition.startOffset
    var buffer = ByteBuffer(capacity: 1 << 20)
    while next < partition.endOffset {
      buffer.removeAll()
      try partition.read(from: next, maxBytes: 1 << 20, into: &buffer)
      guard buffer.count > 0 else { break }
      let at = next
      next = try buffer.withBytes { bytes throws(LogError) in
        try checked(partition.topicPartition, at) { () throws(RecordError) in
          try Self.replay(bytes, from: at, into: &loaded)
        }
      }
    }
    let offsets = loaded
    committed.withLock { $0 = offsets }
  }

  /// Commits a group's offsets, durable when this returns. Thrown: `record` with `tooLarge` where a
  /// name or the metadata has more bytes than Kafka's strings.
  package func commit(
    group: String, _ offsets: [TopicPartition: CommittedOffset]
  ) throws(LogError) {
    guard !offsets.isEmpty else { return }
    try makeTopic()
    var builder = RecordBatchBuilder(capacity: 512)
    for (partition, offset) in offsets {
      try checked(TopicPartition(Self.topic, 0), -1) { () throws(RecordError) in
        let key = try Self.encode(Key(group: group, partition: partition))
        let value = try Self.encode(offset)
        try key.withBytes { key throws(RecordError) in
          try value.withBytes { value throws(RecordError) in
            try builder.append(timestamp: offset.committedAt, key: key, value: value)
          }
        }
      }
    }
    let target = try log.partition(TopicPartition(Self.topic, 0))
    let position = try builder.finish { bytes throws(LogError) in
      try target.append(UnsafeRawBufferPointer(bytes))
    }
    committed.withLock { state in
      for (partition, offset) in offsets {
        let key = Key(group: group, partition: partition)
        if let known = state[key], known.position > position { continue }
        state[key] = Commit(offset: offset, position: position)
      }
    }
  }

  private func makeTopic() throws(LogError) {
    guard !log.topics.contains(where: { $0.name == Self.topic }) else { return }
    do throws(LogError) {
      try log.createTopic(Self.topic)
    } catch {
      // Another thread was first.
      guard error == .topicExists(Self.topic) else { throw error }
    }
  }

  /// The groups that have committed anything, sorted.
  package var groups: [String] {
    Set(committed.withLock { $0.keys.map(\.group) }).sorted()
  }

  /// All that a group has committed.
  package func offsets(of group: String) -> [TopicPartition: CommittedOffset] {
    committed.withLock { state in
      Dictionary(
        uniqueKeysWithValues: state.filter { $0.key.group == group }
          .map { ($0.key.partition, $0.value.offset) })
    }
  }

  private static func replay(
    _ bytes: UnsafeRawBufferPointer, from offset: Int64, into state: inout [Key: Commit]
  ) throws(RecordError) -> Int64 {
    var decoder = RecordDecoder()
    var rest = bytes
    var next = offset
    while !rest.isEmpty {
      let header = try RecordBatchHeader(rest)
      try decoder.withRecords(of: rest, header) { records throws(RecordError) in
        while let record = try records.next() {
          guard let key = record.key.flatMap(decodeKey) else { continue }
          state[key] = record.value.flatMap(decodeValue).map {
            Commit(offset: $0, position: header.baseOffset)
          }
        }
      }
      next = header.nextOffset
      rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
    }
    return next
  }

  private static func encode(_ key: Key) throws(RecordError) -> ByteBuffer {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(bigEndian: Int16(1))
    try append(key.group, to: &bytes)
    try append(key.partition.topic, to: &bytes)
    bytes.append(bigEndian: Int32(clamping: key.partition.partition))
    return bytes
  }

  private static func encode(_ value: CommittedOffset) throws(RecordError) -> ByteBuffer {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(bigEndian: Int16(3))
    bytes.append(bigEndian: value.offset)
    bytes.append(bigEndian: Int32(0))
    try append(value.metadata, to: &bytes)
    bytes.append(bigEndian: value.committedAt)
    return bytes
  }

  private static func append(_ text: String, to bytes: inout ByteBuffer) throws(RecordError) {
    let limit = Int(Int16.max)
    guard text.utf8.count <= limit else { throw .tooLarge(bytes: text.utf8.count, limit: limit) }
    bytes.append(bigEndian: Int16(text.utf8.count))
    bytes.append(utf8: text)
  }

  /// Keys of other kinds (Kafka also keeps group metadata here) are passed over.
  private static func decodeKey(_ bytes: UnsafeRawBufferPointer) -> Key? {
    var reader = ByteReader(bytes)
    guard let version = try? reader.integer(Int16.self), version == 0 || version == 1,
      let group = string(&reader), let topic = string(&reader),
      let partition = try? reader.integer(Int32.self)
    else { return nil }
    return Key(group: group, partition: TopicPartition(topic, Int(partition)))
  }

  private static func decodeValue(_ bytes: UnsafeRawBufferPointer) -> CommittedOffset? {
    var reader = ByteReader(bytes)
    guard let version = try? reader.integer(Int16.self), version == 3,
      let offset = try? reader.integer(Int64.self),
      (try? reader.integer(Int32.self)) != nil, let metadata = string(&reader),
      let time = try? reader.integer(Int64.self)
    else { return nil }
    return CommittedOffset(offset: offset, metadata: metadata, committedAt: time)
  }

  private static func string(_ reader: inout ByteReader) -> String? {
    guard let length = try? reader.integer(Int16.self), length >= 0,
      let run = try? reader.run(Int(length))
    else { return nil }
    return String(decoding: run, as: UTF8.self)
  }
}

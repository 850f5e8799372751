internal import Bytes
internal import Records

/// What a consumer group has committed for one partition.
package struct CommittedOffset: Hashable, Sendable {
  /// The offset of the next record to read.
  package var offset: Int64
  /// The leader epoch of the record before it; -1 where it is not known.
  package var leaderEpoch: Int32
  package var metadata: String
  /// Milliseconds since 1970.
  package var committedAt: Int64

  package init(
    offset: Int64, leaderEpoch: Int32 = -1, metadata: String = "", committedAt: Int64
  ) {
    self.offset = offset
    self.leaderEpoch = leaderEpoch
    self.metadata = metadata
    self.committedAt = committedAt
  }
}

/// The records of `__consumer_offsets` in Kafka's own schema (see FORMAT.md).
enum OffsetRecords {
  /// Whose offset of what.
  struct Key: Hashable, Sendable {
    var group: String
    var partition: TopicPartition
  }

  static func encode(_ key: Key) throws(RecordError) -> ByteBuffer {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(bigEndian: Int16(1))
    try append(key.group, to: &bytes)
    try append(key.partition.topic, to: &bytes)
    bytes.append(bigEndian: Int32(clamping: key.partition.partition))
    return bytes
  }

  static func encode(_ value: CommittedOffset) throws(RecordError) -> ByteBuffer {
    var bytes = ByteBuffer(capacity: 64)
    bytes.append(bigEndian: Int16(3))
    bytes.append(bigEndian: value.offset)
    bytes.append(bigEndian: value.leaderEpoch)
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

  /// Nil for keys of other kinds: Kafka also keeps the groups' members here.
  static func decodeKey(_ bytes: UnsafeRawBufferPointer) -> Key? {
    var reader = ByteReader(bytes)
    guard let version = try? reader.integer(Int16.self), version == 0 || version == 1,
      let group = string(&reader), let topic = string(&reader),
      let partition = try? reader.integer(Int32.self)
    else { return nil }
    return Key(group: group, partition: TopicPartition(topic, Int(partition)))
  }

  /// Kafka's versions: 0 and 1 are without leader epoch (1 with a time of expiry), 3 with it; 4 has
  /// the topic's identifier behind all that.
  static func decodeValue(_ bytes: UnsafeRawBufferPointer) -> CommittedOffset? {
    var reader = ByteReader(bytes)
    guard let version = try? reader.integer(Int16.self), (0...4).contains(version),
      let offset = try? reader.integer(Int64.self), offset >= 0
    else { return nil }
    var epoch: Int32 = -1
    if version >= 3 {
      guard let found = try? reader.integer(Int32.self) else { return nil }
      epoch = found
    }
    guard let metadata = string(&reader), let time = try? reader.integer(Int64.self) else {
      return nil
    }
    return CommittedOffset(
      offset: offset, leaderEpoch: epoch, metadata: metadata, committedAt: time)
  }

  private static func string(_ reader: inout ByteReader) -> String? {
    guard let length = try? reader.integer(Int16.self), length >= 0,
      let run = try? reader.run(Int(length))
    else { return nil }
    return String(decoding: run, as: UTF8.self)
  }
}

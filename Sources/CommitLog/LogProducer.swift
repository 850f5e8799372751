internal import Bytes
package import Records

/// Appends single records to a topic, gathering them into a batch a partition.
///
/// A record with a key goes where Kafka's default partitioner places it; those without stay with
/// one partition until its batch is full, then go to the next. Nothing is acknowledged before
/// `flush` has returned, or the batch was full and `send` has. Belongs to one thread; several
/// threads have one each.
package struct LogProducer: ~Copyable {
  private struct Slot: ~Copyable {
    let partition: PartitionLog
    var builder: RecordBatchBuilder
    /// What the topic takes, as it was when the batch was begun.
    var rules: RecordRules
  }

  /// Puts a batch into a partition; returns when it is acknowledged.
  package typealias Append =
    (UnsafeMutableRawBufferPointer, PartitionLog) throws(LogError) -> Void

  // A noncopyable builder cannot stand in an array; a pointer costs nothing a record.
  private let slots: UnsafeMutablePointer<Slot>
  private let append: Append
  private let count: Int
  private let codec: Codec
  private let batchBytes: Int
  private var sticky: Int
  /// Records that were acknowledged.
  package private(set) var acknowledged = 0

  /// A producer to all partitions of a topic; batches have about `batchBytes`, or what the topic's
  /// `max.message.bytes` allows, compressed by `codec`. Records without a key begin at partition
  /// `first`, modulo how many there are. `append` is what takes the batches, where that is not the
  /// log itself. Thrown: `unknownTopic`.
  package init(
    _ log: CommitLog, topic: String, codec: Codec = .none, batchBytes: Int = 64 << 10,
    first: Int = 0,
    append: @escaping Append = { batch, partition throws(LogError) in
      _ = try partition.append(batch, from: .builder)
    }
  ) throws(LogError) {
    let partitions = try log.partitions(of: topic)
    sticky = first % partitions.count
    slots = .allocate(capacity: partitions.count)
    count = partitions.count
    self.codec = codec
    self.batchBytes = batchBytes
    self.append = append
    for (number, partition) in partitions.enumerated() {
      (slots + number).initialize(
        to: Slot(
          partition: partition, builder: RecordBatchBuilder(capacity: batchBytes + 1_024),
          rules: partition.recordRules))
    }
  }

  deinit {
    slots.deinitialize(count: count)
    slots.deallocate()
  }

  /// Adds a record; `timestamp` in milliseconds since 1970. `partition` overrules the partitioner.
  ///
  /// Thrown: `record` where it is too large; `unknownTopic` where there is no such partition; what
  /// `PartitionLog.append` throws where this fills a batch.
  @inline(__always)
  package mutating func send(
    timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    partition: Int? = nil
  ) throws(LogError) {
    let number = try choose(partition, key)
    try makeRoom(number, timestamp, key, value, 0)
    do throws(RecordError) {
      try slots[number].builder.append(timestamp: timestamp, key: key, value: value)
    } catch {
      throw refused(error, number)
    }
    if slots[number].builder.size >= batchBytes { try flush(number) }
  }

  /// The same with headers.
  package mutating func send(
    timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: [RecordHeader], partition: Int? = nil
  ) throws(LogError) {
    let number = try choose(partition, key)
    let more = headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) + 10 }
    try makeRoom(number, timestamp, key, value, more)
    do throws(RecordError) {
      try slots[number].builder.append(
        timestamp: timestamp, key: key, value: value, headers: headers)
    } catch {
      throw refused(error, number)
    }
    if slots[number].builder.size >= batchBytes { try flush(number) }
  }

  /// Refuses a record that the topic does not take, before those gathered are refused with it, and
  /// appends these where it would make their batch too large.
  @inline(__always)
  private mutating func makeRoom(
    _ number: Int, _ timestamp: Int64, _ key: UnsafeRawBufferPointer?,
    _ value: UnsafeRawBufferPointer?, _ headers: Int
  ) throws(LogError) {
    let size = (key?.count ?? 0) + (value?.count ?? 0) + headers + Self.overhead
    let rules = slots[number].rules
    if !rules.allows(timestamp: timestamp, hasKey: key != nil, bytes: size) {
      try slots[number].partition.checkRecord(
        timestamp: timestamp, hasKey: key != nil, bytes: size - Self.overhead)
    }
    if slots[number].builder.count > 0, slots[number].builder.size + size > rules.maxBytes {
      try flush(number)
    }
  }

  /// More than the numbers around a record take.
  private static let overhead = 40

  private func refused(_ error: RecordError, _ number: Int) -> LogError {
    .record(
      error, at: slots[number].partition.topicPartition,
      offset: slots[number].partition.endOffset)
  }

  @inline(__always)
  private func choose(
    _ partition: Int?, _ key: UnsafeRawBufferPointer?
  ) throws(LogError) -> Int {
    if let partition {
      guard (0..<count).contains(partition) else {
        let topic = slots[0].partition.topicPartition.topic
        throw .unknownPartition(TopicPartition(topic, partition), count: count)
      }
      return partition
    }
    guard count > 1 else { return 0 }
    return key.map { DefaultPartitioner.partition(for: $0, of: count) } ?? sticky
  }

  /// Appends what was gathered; everything sent is acknowledged when this returns.
  package mutating func flush() throws(LogError) {
    for number in 0..<count where slots[number].builder.count > 0 { try flush(number) }
  }

  private mutating func flush(_ number: Int) throws(LogError) {
    let partition = slots[number].partition
    do throws(RecordError) {
      try slots[number].builder.seal(codec: codec)
    } catch {
      throw refused(error, number)
    }
    try slots[number].builder.withBatch { batch throws(LogError) in try append(batch, partition) }
    acknowledged += Int(slots[number].builder.count)
    slots[number].builder.reset()
    slots[number].rules = partition.recordRules
    if number == sticky { sticky = (sticky + 1) % count }
  }
}

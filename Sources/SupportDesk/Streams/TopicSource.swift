internal import Bytes
package import Machine
internal import Records
package import Streams
internal import Synchronization

/// A record of a topic as a stream has it.
package struct TopicRecord: Sendable, Equatable {
  /// Nil where the record has none.
  package var key: [UInt8]?
  /// Nil for a tombstone.
  package var value: [UInt8]?
  /// Milliseconds since 1970.
  package var timestamp: Int64
}

/// The records of a topic, as a stream reads them.
package final class TopicSource: StreamSource {
  package let name: String
  private let log: any EventLog
  private let buffer = Mutex(Reusable())

  private struct Reusable: ~Copyable {
    var bytes = ByteBuffer(capacity: 1 << 20)
  }

  /// Bytes of records that are read at a time.
  private static let readBytes = 4 << 20

  /// The topic must be there.
  package init(_ topic: String, in log: any EventLog) {
    name = topic
    self.log = log
  }

  package var arrivals: Signal { log.arrivals }

  package func partitionCount() throws -> Int { try log.partitionCount(of: name) }

  package func bounds(of partition: Int) throws -> Range<Int64> {
    try log.bounds(of: TopicPartition(name, partition))
  }

  /// What stops a reading at its limit.
  private struct Enough: Error { let next: Int64 }

  package func read(
    _ partition: Int, from offset: Int64, to end: Int64, limit: Int,
    into events: inout [Event<TopicRecord>]
  ) throws -> Int64 {
    var next = offset
    var left = limit
    try buffer.withLock { reusable in
      while next < end, left > 0 {
        reusable.bytes.removeAll()
        try log.read(
          TopicPartition(name, partition), from: next, maxBytes: Self.readBytes,
          into: &reusable.bytes)
        guard reusable.bytes.count > 0 else { break }
        do {
          var decoder = RecordDecoder()
          next = try reusable.bytes.withBytes { bytes throws in
            try RecordBatches.forEach(bytes, from: next, with: &decoder) { record in
              guard left > 0, record.offset < end else { throw Enough(next: record.offset) }
              left -= 1
              events.append(
                Event(
                  TopicRecord(
                    key: record.key.map { [UInt8]($0) }, value: record.value.map { [UInt8]($0) },
                    timestamp: record.timestamp),
                  time: record.timestamp, origin: Origin(name, partition, record.offset)))
            }
          }
        } catch let enough as Enough { next = enough.next }
        // What was read stays in memory until the batch is committed.
        if limit < .max, reusable.bytes.count >= Self.readBytes { break }
      }
    }
    return min(next, end)
  }
}

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
  private let buffer = Mutex(ByteBuffer(capacity: 1 << 20))

  /// Bytes of records that are read at a time, and about what one call reads where it may stop.
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
    _ partition: Int, from offset: Int64, to end: Int64, limit: Int?,
    into events: inout [Event<TopicRecord>]
  ) throws -> Int64 {
    let place = TopicPartition(name, partition)
    var next = offset
    var left = limit ?? .max
    var room = limit == nil ? Int.max : Self.readBytes
    try buffer.withLock { buffer in
      while next < end, left > 0, room > 0 {
        buffer.removeAll()
        try log.read(place, from: next, maxBytes: Self.readBytes, into: &buffer)
        guard buffer.count > 0 else { break }
        room -= buffer.count
        do {
          next = try buffer.withBytes { bytes throws in
            try RecordBatches.forEach(bytes, from: next) { record in
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
      }
    }
    return min(next, end)
  }
}

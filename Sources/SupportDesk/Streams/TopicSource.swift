internal import Bytes
package import Machine
package import Records
package import Streams
internal import Synchronization

/// A record of a topic as a stream has it.
package struct TopicRecord: Sendable, Equatable {
  /// Nil where the record has none. The bytes of records that were read together lie in one piece
  /// of memory, which lives as long as the last of them.
  package var key: ArraySlice<UInt8>?
  /// Nil for a tombstone.
  package var value: ArraySlice<UInt8>?
  package var headers: [RecordHeader]
  /// Milliseconds since 1970.
  package var timestamp: Int64
}

/// The records of a topic, as a stream reads them.
package final class TopicSource: StreamSource {
  package let name: String
  private let log: any EventLog
  private let maxBytes: Int
  /// Where each partition ends for this source; nil where it has no end.
  private let ends: [Int64]?
  private let buffer = Mutex(ByteBuffer(capacity: 1 << 20))

  /// The topic must be there. `maxBytes` are what is read for one batch, about;
  /// nothing is read from the offsets `ends` on.
  package init(
    _ topic: String, in log: any EventLog, maxBytes: Int = 4 << 20, before ends: [Int64]? = nil
  ) {
    name = topic
    self.ends = ends
    self.log = log
    self.maxBytes = max(maxBytes, 1)
  }

  package var arrivals: Signal { log.arrivals }

  package func identity() throws -> String { try log.identifier(of: name) }

  package func partitionCount() throws -> Int { try log.partitionCount(of: name) }

  package func bounds(of partition: Int) throws -> Range<Int64> {
    let bounds = try log.bounds(of: TopicPartition(name, partition))
    guard let ends else { return bounds }
    let end = partition < ends.count ? ends[partition] : 0
    return min(bounds.lowerBound, end)..<min(bounds.upperBound, end)
  }

  package func read(
    _ partition: Int, from offset: Int64, to end: Int64, limit: Int?, among partitions: Int,
    into events: inout [Event<TopicRecord>]
  ) throws -> Int64 {
    let place = TopicPartition(name, partition)
    var next = offset
    var left = limit ?? .max
    let share = max(maxBytes / max(partitions, 1), 1)
    var room = limit == nil ? Int.max : share
    try buffer.withLock { buffer in
      while next < end, left > 0, room > 0 {
        buffer.removeAll()
        try log.read(place, from: next, maxBytes: share, into: &buffer)
        guard buffer.count > 0 else { break }
        room -= buffer.count
        var records = RecordCopies(capacity: buffer.count)
        next = try buffer.withBytes { bytes throws in
          try records.take(bytes, from: next, to: end, limit: left)
        }
        left -= records.count
        records.move(to: &events, source: name, partition: partition)
      }
    }
    return min(next, end)
  }
}

/// Records that were read together: their bytes side by side, so that they are one allocation.
private struct RecordCopies {
  private struct Copy {
    var offset, timestamp: Int64
    var key, value: Range<Int>?
    var headers: [RecordHeader]
  }

  private var bytes: [UInt8] = []
  private var copies: [Copy] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  var count: Int { copies.count }

  /// What stops a reading at its limit.
  private struct Enough: Error { let next: Int64 }

  /// Copies at most `limit` records before `end`; returns the offset to read next.
  mutating func take(
    _ batches: UnsafeRawBufferPointer, from start: Int64, to end: Int64, limit: Int
  ) throws -> Int64 {
    do {
      return try RecordBatches.forEach(batches, from: start) { record in
        guard copies.count < limit, record.offset < end else { throw Enough(next: record.offset) }
        copies.append(
          Copy(
            offset: record.offset, timestamp: record.timestamp, key: copy(record.key),
            value: copy(record.value),
            headers: record.headerCount == 0 ? [] : try record.headers()))
      }
    } catch let enough as Enough { return enough.next }
  }

  private mutating func copy(_ field: UnsafeRawBufferPointer?) -> Range<Int>? {
    guard let field else { return nil }
    let start = bytes.count
    bytes.append(contentsOf: field)
    return start..<bytes.count
  }

  func move(to events: inout [Event<TopicRecord>], source: String, partition: Int) {
    events.reserveCapacity(events.count + copies.count)
    for copy in copies {
      events.append(
        Event(
          TopicRecord(
            key: copy.key.map { bytes[$0] }, value: copy.value.map { bytes[$0] },
            headers: copy.headers, timestamp: copy.timestamp),
          time: copy.timestamp, origin: Origin(source, partition, copy.offset)))
    }
  }
}

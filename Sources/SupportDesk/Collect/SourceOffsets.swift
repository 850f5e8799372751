internal import Bytes
package import Machine
internal import Records

/// How far each source has been collected, kept as Kafka Connect keeps it: in a topic, the source's
/// name as key and the number of its records collected as value; the last one counts.
package struct SourceOffsets: Sendable {
  /// The topic's name, in Kafka's way of naming what is the system's own.
  package static let topic = "__source_offsets"

  private let log: any EventLog
  private let clock: Clock
  private let partition = TopicPartition(SourceOffsets.topic, 0)

  package init(_ log: any EventLog, clock: Clock = .system) throws {
    self.log = log
    self.clock = clock
    try log.ensureTopic(Self.topic, partitions: 1)
  }

  /// The records of a source collected so far.
  package func position(of source: String) throws -> Int {
    let bounds = try log.bounds(of: partition)
    var next = bounds.lowerBound
    var position = 0
    var buffer = ByteBuffer(capacity: 1 << 16)
    while next < bounds.upperBound {
      buffer.removeAll()
      try log.read(partition, from: next, maxBytes: 1 << 20, into: &buffer)
      let start = next
      next = try buffer.withBytes { bytes throws in
        try RecordBatches.forEach(bytes, from: start) { record in
          guard let key = record.key, key.elementsEqual(source.utf8) else { return }
          position = record.value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        }
      }
      if next == start { break }
    }
    return position
  }

  /// Keeps a source's position, on the disk when this returns.
  package func commit(_ source: String, position: Int) throws {
    var builder = RecordBatchBuilder(capacity: 512)
    try Array(source.utf8).withUnsafeBytes { key in
      try Array("\(position)".utf8).withUnsafeBytes { value in
        try builder.append(timestamp: clock.milliseconds, key: key, value: value)
      }
    }
    _ = try builder.finish { bytes in try log.append(bytes, to: partition) }
  }
}

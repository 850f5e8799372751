internal import Bytes
package import Machine
internal import Posts
package import Records

/// How far each stream has been collected into a topic. It lies beside the positions of files
/// (`SourceOffsets`), under the key `<topic> <stream>`: the word for where the stream goes on, and
/// the ends of the topic's partitions behind which all that came since lies.
package struct StreamOffsets: Sendable {
  /// A note.
  package struct Note: Hashable, Sendable {
    /// Where the stream goes on, in its own word, without spaces.
    package var since: String
    package var ends: [Int64]

    package init(since: String, ends: [Int64]) {
      self.since = since
      self.ends = ends
    }
  }

  private let log: any EventLog
  private let target: String
  private let stream: String
  private let clock: Clock
  private let partition = TopicPartition(SourceOffsets.topic, 0)

  /// The offsets of `stream`, such as `x https://api.x.com`, collected into `target`.
  package init(
    _ log: any EventLog, into target: String, of stream: String, clock: Clock = .system
  ) throws {
    self.log = log
    self.target = target
    self.stream = stream
    self.clock = clock
    try log.ensureTopic(SourceOffsets.topic, partitions: 1, isCompacted: true)
  }

  private var key: [UInt8] { Array("\(target) \(stream)".utf8) }

  /// What marks the stream's batches in the topic; the same in every run.
  package var producer: Int64 {
    let hash = key.withUnsafeBytes { Murmur.hash3x128($0, signExtendedTail: false).0 }
    return Int64(hash >> 1)
  }

  /// The last note; nil where there is none, or the topic it speaks of is gone.
  package func note() throws -> Note? {
    guard try log.hasTopic(target) else { return nil }
    var value: String?
    let key = key
    try log.readToEnd(of: partition, from: 0) { bytes, start in
      try RecordBatches.forEach(bytes, from: start) { record in
        guard let found = record.key, found.elementsEqual(key) else { return }
        value = record.value.map { String(decoding: $0, as: UTF8.self) }
      }
    }
    guard let words = value?.split(separator: " "), words.count > 1 else { return nil }
    let ends = words.dropFirst().compactMap { Int64($0) }
    guard ends.count == words.count - 1 else { return nil }
    let partitions = try log.partitionCount(of: target)
    for (number, end) in ends.enumerated() {
      guard number < partitions,
        try log.bounds(of: TopicPartition(target, number)).upperBound >= end
      else { return nil }
    }
    return Note(since: String(words[0]), ends: ends)
  }

  /// The ends of the topic's partitions.
  package func ends() throws -> [Int64] {
    try (0..<(try log.partitionCount(of: target))).map {
      try log.bounds(of: TopicPartition(target, $0)).upperBound
    }
  }

  /// Shows `body` the id of each post of this stream behind `ends`.
  package func forEachID(behind ends: [Int64], _ body: (UInt64) -> Void) throws {
    try forEachRecord(behind: ends) { _, record in
      if let value = record.value, case .post(let id?)? = try? StreamLine(value) { body(id) }
    }
  }

  /// Shows `body` each record of this stream behind `ends`, and in which partition it is.
  package func forEachRecord(
    behind ends: [Int64], _ body: (TopicPartition, Record) throws -> Void
  ) throws {
    guard try log.hasTopic(target) else { return }
    for number in 0..<(try log.partitionCount(of: target)) {
      let place = TopicPartition(target, number)
      let start = try log.bounds(of: place).lowerBound
      let offset = max(number < ends.count ? ends[number] : 0, start)
      try log.readToEnd(of: place, from: offset) { bytes, start in
        var rest = bytes
        var next = start
        while !rest.isEmpty {
          let header = try RecordBatchHeader(rest)
          let batch = UnsafeRawBufferPointer(rebasing: rest[..<header.totalSize])
          if header.producerID == producer, header.nextOffset > offset {
            _ = try RecordBatches.forEach(batch, from: max(header.baseOffset, offset)) { record in
              try body(place, record)
            }
          }
          next = header.nextOffset
          rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
        }
        return next
      }
    }
  }

  /// Keeps a note, on the disk when this returns.
  package func commit(_ note: Note) throws {
    let value = ([note.since] + note.ends.map(String.init)).joined(separator: " ")
    var builder = RecordBatchBuilder(capacity: 512)
    try key.withUnsafeBytes { key in
      try Array(value.utf8).withUnsafeBytes { value in
        try builder.append(timestamp: clock.milliseconds, key: key, value: value)
      }
    }
    _ = try builder.finish { bytes in try log.append(bytes, to: partition) }
  }
}

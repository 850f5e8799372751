internal import Bytes
package import Machine
internal import Records

/// How far each source has been collected into a topic, kept as Kafka Connect keeps it: in a topic,
/// topic and source as key, and as value the number of its records collected, their checksum, the
/// end of the dead letters and the ends of the topic's partitions behind them; the last one counts.
///
/// A crash may come between the records and the note of them. As a source's batches carry its
/// producer id, those that lie behind the ends noted can be counted, and are not appended again.
package struct SourceOffsets: Sendable {
  /// The topic's name, in Kafka's way of naming what is the system's own.
  package static let topic = "__source_offsets"

  private let log: any EventLog
  private let target: String
  private let clock: Clock
  private let partition = TopicPartition(SourceOffsets.topic, 0)

  /// The offsets of sources collected into `target`.
  package init(_ log: any EventLog, into target: String, clock: Clock = .system) throws {
    self.log = log
    self.target = target
    self.clock = clock
    try log.ensureTopic(Self.topic, partitions: 1, isCompacted: true)
  }

  /// Where a source's collection goes on.
  package struct Resumption: Sendable {
    /// Marks the source's batches; the same in every run.
    var producer: Int64
    /// Records of the source that were noted as collected.
    package var position = 0
    /// The checksum of those records: what begins otherwise is another file in its place.
    var checksum: UInt32 = 0
    /// Records of each partition that were appended and not noted.
    var unnoted: [Int: Int] = [:]
    /// Dead letters that were appended and not noted.
    var unnotedLetters = 0
  }

  /// Where to go on with `source`: at its beginning where it was not collected yet, or where the
  /// topic that it was collected into is gone.
  package func resumption(of source: String) throws -> Resumption {
    let name = key(source)
    var found = beginning(of: source)
    guard try log.hasTopic(target) else { return found }
    var note = try lastNote(name)
    let partitions = try log.partitionCount(of: target)
    let letters = try DeadLetters(log).partition
    for (number, end) in note.ends.enumerated() {
      let isThere =
        number < partitions
        ? try log.bounds(of: TopicPartition(target, number)).upperBound >= end : false
      if !isThere { note = Note() }
    }
    found.position = note.position
    found.checksum = note.checksum
    for number in 0..<partitions {
      found.unnoted[number] = try count(
        of: found.producer, in: TopicPartition(target, number),
        from: number < note.ends.count ? note.ends[number] : 0)
    }
    found.unnotedLetters = try count(of: found.producer, in: letters, from: note.deadEnd)
    return found
  }

  /// Where to begin with a source that has taken the place of another one of its name.
  package func beginning(of source: String) -> Resumption {
    let hash = key(source).withUnsafeBytes { Murmur.hash3x128($0, signExtendedTail: false).0 }
    return Resumption(producer: Int64(hash >> 1))
  }

  private struct Note {
    var position = 0
    var checksum: UInt32 = 0
    var deadEnd: Int64 = 0
    var ends: [Int64] = []

    init() {}

    init?(_ text: String) {
      let numbers = text.split(separator: " ").map { Int64($0) ?? -1 }
      guard numbers.count > 3, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
      position = Int(numbers[0])
      checksum = UInt32(truncatingIfNeeded: numbers[1])
      deadEnd = numbers[2]
      ends = Array(numbers[3...])
    }
  }

  private func key(_ source: String) -> [UInt8] { Array("\(target) \(source)".utf8) }

  private func lastNote(_ key: [UInt8]) throws -> Note {
    var note = Note()
    try log.readToEnd(of: partition, from: 0) { bytes, start in
      try RecordBatches.forEach(bytes, from: start) { record in
        guard let found = record.key, found.elementsEqual(key) else { return }
        note = record.value.flatMap { Note(String(decoding: $0, as: UTF8.self)) } ?? Note()
      }
    }
    return note
  }

  private func count(
    of producer: Int64, in partition: TopicPartition, from offset: Int64
  ) throws -> Int {
    var count = 0
    try log.readToEnd(of: partition, from: offset) { bytes, start in
      var rest = bytes
      var next = start
      while !rest.isEmpty {
        let header = try RecordBatchHeader(rest)
        // By its offsets: some of its records may have been taken out since.
        if header.producerID == producer, header.baseOffset >= offset {
          count += Int(header.nextOffset - header.baseOffset)
        }
        next = header.nextOffset
        rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
      }
      return next
    }
    return count
  }

  /// Keeps a source's position, on the disk when this returns. Nothing of the source may have been
  /// appended behind it.
  package func commit(_ source: String, position: Int, checksum: UInt32) throws {
    var numbers = [Int64(position), Int64(checksum), try DeadLetters(log, clock: clock).end()]
    for number in 0..<(try log.partitionCount(of: target)) {
      numbers.append(try log.bounds(of: TopicPartition(target, number)).upperBound)
    }
    let value = numbers.map(String.init).joined(separator: " ")
    var builder = RecordBatchBuilder(capacity: 512)
    try key(source).withUnsafeBytes { key in
      try Array(value.utf8).withUnsafeBytes { value in
        try builder.append(timestamp: clock.milliseconds, key: key, value: value)
      }
    }
    _ = try builder.finish { bytes in try log.append(bytes, to: partition) }
  }
}

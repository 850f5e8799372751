internal import Bytes
package import Machine
package import Posts
internal import Records

/// What a collector has done so far.
package struct CollectTotals: Hashable, Sendable {
  /// Records appended to the topic.
  package var records = 0
  /// Bytes of input read.
  package var bytes = 0
  /// Records that could not be appended (too long, cut off) and went to the dead letters.
  package var unreadable = 0
  /// 1 where a last line was left, as it has no line end yet and cannot be read.
  package var unfinished = 0
  /// Records passed over, as they were collected before.
  package var known = 0
  /// How much of the source has been read, compressed where it is so, and how much there is; nil
  /// where nobody knows, as of a pipe.
  package var place: Int64 = 0
  package var size: Int64?

  package init() {}

  /// Adds the counts of another part of the same source.
  package mutating func add(_ other: CollectTotals) {
    records += other.records
    bytes += other.bytes
    unreadable += other.unreadable
    unfinished += other.unfinished
    known += other.known
  }
}

/// Brings the records of one source into a topic, their bytes unchanged.
///
/// Only what is not UTF-8 in a dump that is known to be in Latin-1 is made that.
///
/// The key is the author's id where the record tells one, so that an author's posts stay in order
/// in one partition. What has been read is appended and acknowledged chunk by chunk.
package struct Collector: ~Copyable {
  private let log: any EventLog
  private let topic: String
  private let origin: String
  private let clock: Clock
  private let deadLetters: DeadLetters
  private let partitions: Int
  private var scanner: RecordScanner
  private let format: FileFormat
  private var csvHeader: (bytes: [UInt8], parsed: CSVHeader)?
  private var headers: [RecordHeader]
  /// More headers for a record, by its author.
  var annotation: ((UnsafeRawBufferPointer) -> [RecordHeader])?
  private var builders: BatchSet
  private var parser: PostParser
  private var posts: PostBatch
  private var letters: [DeadLetters.Letter] = []
  private var resumption: SourceOffsets.Resumption?
  private let pacer: Pacer?
  /// What the scanner gives from now on has no line end behind it.
  private var isEnding = false
  /// It was told to stop while it waited for a record to be due: it takes no more.
  package private(set) var isStopped = false
  /// Records and failures met so far, the ones skipped included.
  package private(set) var position = 0
  /// The checksum of those records' bytes.
  package private(set) var checksum: UInt32 = 0
  package private(set) var totals = CollectTotals()

  /// A collector into `topic`, which it makes where it is missing. `origin` names the source in
  /// messages. With `resumption`, what was collected before is passed over. `pacer` holds records
  /// back until they are due.
  package init(
    into topic: String, of log: any EventLog, origin: String, format: FileFormat,
    partitions: Int = 1, resumption: SourceOffsets.Resumption? = nil,
    pacer: Pacer? = nil, clock: Clock = .system
  ) throws {
    try log.ensureTopic(topic, partitions: partitions, isCompacted: false)
    let deadLetters = try DeadLetters(log, clock: clock)
    let partitionCount = try log.partitionCount(of: topic)
    let impliedHeader = Array(Sentiment140.header.utf8)
    csvHeader =
      format == .sentiment140
      ? (impliedHeader, try impliedHeader.withUnsafeBytes { try CSVHeader($0) }) : nil
    parser = PostParser()
    posts = PostBatch(capacity: 4_096)
    self.log = log
    self.topic = topic
    self.origin = origin
    self.clock = clock
    self.format = format
    self.resumption = resumption
    self.pacer = pacer
    self.deadLetters = deadLetters
    self.partitions = partitionCount
    scanner = RecordScanner(format: format)
    headers = RecordFormatHeaders.make(format, header: nil)
    builders = BatchSet(partitions: partitionCount)
  }

  /// Takes the next piece of the source's bytes. What it completes is appended when this returns.
  /// `waiting` hears of the totals before each wait of the pacer, which `isEnded` ends.
  package mutating func feed(
    _ chunk: UnsafeRawBufferPointer, isEnded: () -> Bool = { false },
    waiting: (CollectTotals) -> Void = { _ in }
  ) throws {
    totals.bytes += chunk.count
    scanner.feed(chunk)
    try drain(isEnded, waiting)
  }

  /// The source has ended: takes what is left.
  package mutating func finish(
    isEnded: () -> Bool = { false }, waiting: (CollectTotals) -> Void = { _ in }
  ) throws {
    scanner.finish()
    isEnding = true
    try drain(isEnded, waiting)
  }

  private mutating func drain(
    _ isEnded: () -> Bool, _ waiting: (CollectTotals) -> Void
  ) throws {
    while !isStopped, let item = scanner.next() {
      switch item {
      case .header(let bytes):
        let copy = [UInt8](bytes)
        let header: CSVHeader
        do { header = try CSVHeader(bytes) } catch {
          throw DatasetError.unreadable(path: origin, line: 1, reason: "\(error)")
        }
        guard header.hasText else {
          throw DatasetError.noColumn(path: origin, column: "text", known: header.names)
        }
        csvHeader = (copy, header)
        headers = RecordFormatHeaders.make(format, header: copy)
      case .record(let bytes, _):
        if isEnding && mayBeUnfinished(bytes) {
          totals.unfinished += 1
          continue
        }
        let before = (position, checksum)
        try count(bytes)
        guard position > resumption?.position ?? 0 else {
          totals.known += 1
          continue
        }
        if try !take(bytes, isEnded, waiting) {
          (position, checksum) = before
          isStopped = true
        }
      case .failure(let failure):
        try count(UnsafeRawBufferPointer(start: nil, count: 0))
        guard position > resumption?.position ?? 0 else {
          totals.known += 1
          continue
        }
        totals.unreadable += 1
        if let unnoted = resumption?.unnotedLetters, unnoted > 0 {
          resumption?.unnotedLetters = unnoted - 1
          continue
        }
        letters.append(
          .init(origin: "\(origin):\(failure.line)", reason: "\(failure)", value: []))
      }
      if builders.largest > Self.batchBytes { try flush() }
    }
    try flush()
  }

  private static let batchBytes = 512 << 10

  /// Counts one more record, and sees at the last of those collected before whether they are the
  /// same still.
  private mutating func count(_ record: UnsafeRawBufferPointer) throws {
    position += 1
    checksum = CRC32C.checksum(record, seed: checksum)
    if let resumption, position == resumption.position, checksum != resumption.checksum {
      throw SourceReplaced()
    }
  }

  /// Whether a last line without its end is one that somebody is still writing: then it is left for
  /// the next run of this source, which will find it whole.
  private mutating func mayBeUnfinished(_ record: UnsafeRawBufferPointer) -> Bool {
    guard resumption != nil, format == .jsonLines || format == .jsonDocument else { return false }
    posts.removeAll()
    do throws(PostError) {
      _ = try parser.parse(record, as: .json, into: &posts)
      return false
    } catch {
      return true
    }
  }

  /// Appends a record to its batch, when it is due; false where the waiting was ended.
  private mutating func take(
    _ record: UnsafeRawBufferPointer, _ isEnded: () -> Bool, _ waiting: (CollectTotals) -> Void
  ) throws -> Bool {
    if format == .sentiment140, let text = Latin1.utf8(record) {
      return try text.withUnsafeBytes { try takeReadable($0, isEnded, waiting) }
    }
    return try takeReadable(record, isEnded, waiting)
  }

  private mutating func takeReadable(
    _ record: UnsafeRawBufferPointer, _ isEnded: () -> Bool, _ waiting: (CollectTotals) -> Void
  ) throws -> Bool {
    posts.removeAll()
    let (author, createdAt) = facts(of: record)
    let partition: Int
    if let author {
      partition = DefaultPartitioner.partition(for: author, of: partitions)
    } else {
      // By its place in the source, so that the same record goes the same way after a crash.
      partition = (position - 1) % partitions
    }
    if let unnoted = resumption?.unnoted[partition], unnoted > 0 {
      resumption?.unnoted[partition] = unnoted - 1
      totals.known += 1
      return true
    }
    if let pacer, pacer.mustWait(for: createdAt) {
      try flush()
      waiting(totals)
      guard pacer.wait(isStopped: isEnded) else { return false }
    }
    totals.records += 1
    let more = author.flatMap { annotation?($0) } ?? []
    try builders.append(
      to: partition, timestamp: clock.milliseconds, key: author, value: record,
      headers: headers + more)
    return true
  }

  /// The author of a record's only post, and the time of its first. The author's id is borrowed
  /// from `posts`: valid until the next record. What cannot be read has neither here; the query
  /// will say what is wrong with it.
  private mutating func facts(
    of record: UnsafeRawBufferPointer
  ) -> (author: UnsafeRawBufferPointer?, createdAt: Int64?) {
    let format: RecordFormat
    switch self.format {
    case .jsonLines, .jsonDocument: format = .json
    case .text: return (nil, nil)
    case .csv, .sentiment140:
      guard let csvHeader else { return (nil, nil) }
      format = .csv(csvHeader.parsed)
    }
    guard let kind = try? parser.parse(record, as: format, into: &posts) else {
      return (nil, nil)
    }
    let createdAt = posts.posts.first?.createdAt
    // A deletion follows what it deletes, in the same partition.
    let author: ByteRange
    switch kind {
    case .posts(1): author = posts.posts.first?.authorID ?? .none
    case .control(.delete): author = posts.removals.first?.authorID ?? .none
    default: return (nil, createdAt)
    }
    return (author.isEmpty ? nil : posts.bytes(author), createdAt)
  }

  private mutating func flush() throws {
    let producer = resumption?.producer ?? -1
    try builders.flush(producer: producer) { partition, batch in
      try log.append(batch, to: TopicPartition(topic, partition))
    }
    if !letters.isEmpty {
      try deadLetters.append(letters, producer: producer)
      letters.removeAll()
    }
  }
}

/// The source is not the one of its name that was collected before: its first records differ.
package struct SourceReplaced: Error {
  package init() {}
}

/// One growing batch a partition.
private struct BatchSet: ~Copyable {
  // Noncopyable builders cannot stand in an array; a class each is one allocation a partition.
  private final class Slot {
    var builder = RecordBatchBuilder()
  }

  private let slots: [Slot]
  private(set) var largest = 0

  init(partitions: Int) { slots = (0..<partitions).map { _ in Slot() } }

  mutating func append(
    to partition: Int, timestamp: Int64, key: UnsafeRawBufferPointer?,
    value: UnsafeRawBufferPointer, headers: [RecordHeader]
  ) throws {
    try slots[partition].builder.append(
      timestamp: timestamp, key: key, value: value, headers: headers)
    largest = max(largest, slots[partition].builder.size)
  }

  mutating func flush(
    producer: Int64, _ write: (Int, UnsafeMutableRawBufferPointer) throws -> Int64
  ) throws {
    for (partition, slot) in slots.enumerated() where slot.builder.count > 0 {
      _ = try slot.builder.finish(producer: producer) { bytes in try write(partition, bytes) }
      slot.builder.reset()
    }
    largest = 0
  }
}

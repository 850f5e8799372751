import Bytes
import CommitLog
import Machine
import Records
import Synchronization
import TestSupport
import Testing

/// Time that passes when it is told to.
final class Hourglass: Sendable {
  private let now: Atomic<Int64>

  init(at milliseconds: Int64) { now = Atomic(milliseconds) }

  /// Begins days ago, so that what expires has expired by the machine's own time too.
  convenience init(daysAgo: Int64) {
    self.init(at: Clock.system.milliseconds - daysAgo * 86_400_000)
  }

  var milliseconds: Int64 { now.load(ordering: .relaxed) }
  var clock: Clock { Clock { [self] in milliseconds * 1_000 } }
  func pass(_ milliseconds: Int64) { now.add(milliseconds, ordering: .relaxed) }
}

/// Appends records of all sorts to a log and keeps what a reader is to find.
struct Scribe {
  let log: CommitLog
  let hourglass: Hourglass
  var random: SeededRandom
  /// Everything appended, by partition.
  private(set) var expected: [TopicPartition: [PeerRecord]] = [:]
  /// The next sequence of each producer in each partition.
  private var sequences: [TopicPartition: [Int64: Int32]] = [:]
  /// Producers whose transaction is open.
  private(set) var open: [TopicPartition: Set<Int64>] = [:]

  init(_ log: CommitLog, _ hourglass: Hourglass, _ random: SeededRandom) {
    self.log = log
    self.hourglass = hourglass
    self.random = random
  }

  /// Goes on writing to the same partitions of a log that was opened anew.
  func continued(in log: CommitLog) -> Scribe {
    var scribe = Scribe(log, hourglass, random)
    (scribe.expected, scribe.sequences, scribe.open) = (expected, sequences, open)
    return scribe
  }

  /// What a partition's records are to be like.
  struct Sort {
    var counts = 1...20
    var codecs: [Codec] = [.none, .gzip, .snappy, .lz4, .zstd]
    /// The numbers of the keys there are; nil: any key, or none.
    var keys: ClosedRange<Int>?
    var tombstones = 0.1
  }

  /// Appends a batch of random records.
  mutating func write(
    _ place: TopicPartition, _ sort: Sort = Sort(), producer: Int64? = nil, epoch: Int16 = 0,
    isTransactional: Bool = false
  ) throws {
    hourglass.pass(Int64.random(in: 0...2_000, using: &random))
    var records: [PeerRecord] = []
    for _ in 0..<Int.random(in: sort.counts, using: &random) { records.append(record(place, sort)) }
    var identity = BatchProducer.none
    if let producer {
      let next = sequences[place]?[producer] ?? 0
      identity = BatchProducer(
        id: producer, epoch: epoch, sequence: next, isTransactional: isTransactional)
      sequences[place, default: [:]][producer] = (next &+ Int32(records.count)) & .max
      if isTransactional { open[place, default: []].insert(producer) }
    }
    let codec = sort.codecs.randomElement(using: &random) ?? .none
    try append(records, to: place, codec, identity)
  }

  /// A new incarnation of a producer counts from 0.
  mutating func restart(_ producer: Int64, in place: TopicPartition, at sequence: Int32 = 0) {
    sequences[place, default: [:]][producer] = sequence
  }

  private mutating func append(
    _ records: [PeerRecord], to place: TopicPartition, _ codec: Codec, _ producer: BatchProducer
  ) throws {
    let partition = try log.partition(place)
    var builder = RecordBatchBuilder(capacity: 256)
    for record in records { try builder.append(record) }
    try builder.seal(codec: codec, producer: producer)
    let appended = try builder.withBatch { batch in
      Result { () throws(LogError) in try partition.append(batch) }
    }.get()
    var kept = codec
    if case .codec(let own) = partition.configuration.compression { kept = own }
    for (delta, var record) in records.enumerated() {
      record.offset = appended.firstOffset + Int64(delta)
      record.baseOffset = appended.firstOffset
      if partition.configuration.usesAppendTime {
        record.timestampType = "LogAppendTime"
        record.timestamp = appended.appendTime
      }
      record.codec = "\(kept)"
      record.producerId = producer.id
      record.producerEpoch = producer.epoch
      record.sequence =
        producer.sequence < 0 ? -1 : (producer.sequence &+ Int32(delta)) & .max
      record.isTransactional = producer.isTransactional
      expected[place, default: []].append(record)
    }
  }

  /// Ends a producer's transaction.
  mutating func end(
    _ producer: Int64, in place: TopicPartition, epoch: Int16 = 0, commit: Bool,
    coordinatorEpoch: Int32 = 3
  ) throws {
    let appended = try log.partition(place).endTransaction(
      producerID: producer, epoch: epoch, isCommitted: commit, coordinatorEpoch: coordinatorEpoch)
    open[place]?.remove(producer)
    expected[place, default: []].append(
      PeerRecord(
        topic: place.topic, partition: place.partition, offset: appended.firstOffset,
        timestamp: hourglass.milliseconds,
        key: PeerBytes([0, 0, 0, commit ? 1 : 0]),
        value: PeerBytes([0, 0, 0, 0, 0, UInt8(coordinatorEpoch)]),
        baseOffset: appended.firstOffset, producerId: producer, producerEpoch: epoch,
        isTransactional: true, isControl: true, marker: commit ? "commit" : "abort",
        coordinatorEpoch: coordinatorEpoch))
  }

  /// A record whose time may lie behind that of the one before.
  private mutating func record(_ place: TopicPartition, _ sort: Sort) -> PeerRecord {
    let back = Int.random(in: 0..<5, using: &random) == 0 ? 3_600_000 : Int64(500)
    var record = PeerRecord(
      topic: place.topic, partition: place.partition, offset: 0,
      timestamp: hourglass.milliseconds - Int64.random(in: 0...back, using: &random), baseOffset: 0)
    if let keys = sort.keys {
      record.key = PeerBytes("key \(Int.random(in: keys, using: &random))".utf8)
    } else if Bool.random(using: &random) {
      record.key = bytes(upTo: 20)
    }
    if Double.random(in: 0..<1, using: &random) >= sort.tombstones {
      record.value = bytes(upTo: 200)
    }
    if Int.random(in: 0..<4, using: &random) == 0 {
      record.headers = [
        [PeerBytes("trace".utf8), bytes(upTo: 9)], [PeerBytes("é".utf8), nil],
        [PeerBytes([]), nil],
      ]
    }
    return record
  }

  /// Text that compresses, bytes that are no text, or nothing.
  private mutating func bytes(upTo count: Int) -> PeerBytes {
    let count = Int.random(in: 0...count, using: &random)
    return Bool.random(using: &random)
      ? PeerBytes(String(repeating: "grouse 🐦 ", count: count / 12 + 1).utf8.prefix(count & ~3))
      : PeerBytes((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
  }
}

extension RecordBatchBuilder {
  mutating func append(_ record: PeerRecord) throws {
    func withBytes<Result>(
      _ bytes: PeerBytes?, _ body: (UnsafeRawBufferPointer?) throws -> Result
    ) rethrows -> Result {
      guard let bytes else { return try body(nil) }
      return try bytes.bytes.withUnsafeBytes { try body($0) }
    }
    let headers = record.headers.map { pair in
      RecordHeader(String(decoding: pair[0]?.bytes ?? [], as: UTF8.self), pair[1]?.bytes)
    }
    try withBytes(record.key) { key in
      try withBytes(record.value) { value in
        try append(timestamp: record.timestamp, key: key, value: value, headers: headers)
      }
    }
  }
}

extension PartitionLog {
  /// All records as our own reader sees them.
  func peerRecords() throws -> [PeerRecord] {
    var found: [PeerRecord] = []
    var next = startOffset
    var buffer = ByteBuffer()
    var decoder = RecordDecoder()
    while next < endOffset {
      buffer.removeAll()
      try read(from: next, maxBytes: 5_000, into: &buffer)
      let bytes = buffer.toArray()
      guard !bytes.isEmpty else { break }
      try bytes.withUnsafeBytes { bytes in
        var rest = bytes
        while !rest.isEmpty {
          let header = try RecordBatchHeader(rest)
          try decoder.forEach(in: rest) { record throws(RecordError) in
            found.append(try PeerRecord(record, header, topicPartition))
          }
          next = header.nextOffset
          rest = UnsafeRawBufferPointer(rebasing: rest[header.totalSize...])
        }
      }
    }
    return found
  }
}

extension PeerRecord {
  init(
    _ record: Record, _ header: RecordBatchHeader, _ place: TopicPartition
  ) throws(RecordError) {
    let headers = try record.headers()
    self.init(
      topic: place.topic, partition: place.partition, offset: record.offset,
      timestamp: record.timestamp,
      timestampType: header.hasLogAppendTime ? "LogAppendTime" : "CreateTime",
      key: record.key.map { PeerBytes($0) }, value: record.value.map { PeerBytes($0) },
      headers: headers.map { [PeerBytes($0.name.utf8), $0.value.map { PeerBytes($0) }] },
      baseOffset: header.baseOffset, leaderEpoch: header.leaderEpoch, codec: "\(header.codec)",
      producerId: header.producerID, producerEpoch: header.producerEpoch,
      sequence: header.baseSequence < 0
        ? -1 : (header.baseSequence &+ Int32(record.offset - header.baseOffset)) & .max,
      isTransactional: header.isTransactional, isControl: header.isControl)
    guard header.isControl, let kind = key?.bytes.last, let epoch = value?.bytes.last
    else { return }
    marker = kind == 0 ? "abort" : "commit"
    coordinatorEpoch = Int32(epoch)
  }
}

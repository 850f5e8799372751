import CommitLog
import Foundation
import Machine
import Records
import TestSupport
import Testing

/// What an independent writer of Kafka's files has left behind, taken over by our log.
@Suite(.enabled(if: Peers.areInstalled, Peers.absence))
struct WrittenByPeerTests {
  static let variants = [
    [], ["--open-transaction"], ["--unclean"], ["--unclean", "--open-transaction"],
  ]

  private let folder = TemporaryDirectory()
  private let hourglass = Hourglass(at: 1_795_139_000_000)
  private var directory: String { folder("log") }
  private static let codecs = TopicPartition("peer", 0)
  private static let transactions = TopicPartition("peer", 1)

  private func open() throws -> CommitLog {
    try CommitLog(
      directory, disk: WatchedDisk(syncing: false), clock: hourglass.clock,
      configuration: LogConfiguration(segmentBytes: 16_384))
  }

  private func records(_ log: CommitLog) throws -> [PeerRecord] {
    try log.topics.flatMap { topic in
      try log.partitions(of: topic.name).flatMap { try $0.peerRecords() }
    }
  }

  @Test(arguments: variants)
  func `every record is found, by who writes and by who reads only`(options: [String]) throws {
    let written = try Peers.write(directory, options)
    try checkContents(CommitLog(readingOnly: directory), written)
    let log = try open()
    #expect(log.repairs == [])
    try checkContents(log, written)
    try checkContents(CommitLog(readingOnly: directory), written)
    #expect(try LogCheck(directory, beside: true).faults == [])
    try log.close()
    #expect(try LogCheck(directory, beside: false).faults == [])
    #expect(try Peers.read(directory) == written)
  }

  private func checkContents(_ log: CommitLog, _ written: [PeerRecord]) throws {
    let found = try records(log)
    #expect(found.count == written.count)
    if let difference = zip(found, written).first(where: { $0 != $1 }) {
      Issue.record("found \(difference.0), written \(difference.1)")
    }
    for place in [Self.codecs, Self.transactions] {
      let partition = try log.partition(place)
      let mine = written.filter { $0.topic == place.topic && $0.partition == place.partition }
      try checkTransactions(partition, mine)
      try checkTimes(partition, mine)
    }
    let offsets = try ConsumerOffsets(log)
    #expect(offsets.groups == ["peers"])
    let commits = offsets.offsets(of: "peers")
    #expect(commits.mapValues(\.offset) == [Self.codecs: 640, Self.transactions: 200])
  }

  /// The transactions by the records alone.
  private func checkTransactions(_ partition: PartitionLog, _ records: [PeerRecord]) throws {
    var open: [Int64: Int64] = [:]
    var aborted: [[Int64]] = []
    for record in records where record.isTransactional {
      if record.isControl {
        guard let first = open.removeValue(forKey: record.producerId), record.marker == "abort"
        else { continue }
        aborted.append(
          [record.producerId, first, record.offset, open.values.min() ?? record.offset + 1])
      } else {
        open[record.producerId] = open[record.producerId] ?? record.offset
      }
    }
    let end = partition.endOffset
    #expect(partition.stableOffset == open.values.min() ?? end)
    let found = try partition.abortedTransactions(from: 0, to: end)
    #expect(
      found.map { [$0.producerID, $0.firstOffset, $0.lastOffset, $0.lastStableOffset] } == aborted)
  }

  private func checkTimes(_ partition: PartitionLog, _ records: [PeerRecord]) throws {
    let times = records.map(\.timestamp)
    let latest = try #require(times.max())
    var some = [0, latest, latest + 1]
    for index in stride(from: 0, to: times.count, by: 11) {
      some += [times[index], times[index] + 1]
    }
    for time in some {
      let wanted = records.first { $0.timestamp >= time }
      #expect(try partition.offset(atOrAfter: time) == wanted?.offset, "\(time)")
    }
    let last = records.first { $0.timestamp == latest }
    #expect(try partition.latestRecord()?.offset == last?.offset)
  }

  @Test(arguments: variants)
  func `producers go on where they stopped`(options: [String]) throws {
    let written = try Peers.write(directory, options)
    let log = try open()
    let producers: [TopicPartition: [Int64]] = [
      Self.codecs: [1000, 1001], Self.transactions: [2000, 2001],
    ]
    for (place, producers) in producers {
      let partition = try log.partition(place)
      let mine = written.filter { $0.topic == place.topic && $0.partition == place.partition }
      for producer in producers {
        let last = mine.filter { $0.producerId == producer && !$0.isControl }
        let base = try #require(last.last).baseOffset
        let batch = last.filter { $0.baseOffset == base }
        let end = partition.endOffset
        let repeated = try append(batch, to: partition)
        #expect(repeated.isDuplicate && repeated.firstOffset == base)
        #expect(partition.endOffset == end)
        let next = (try #require(batch.last).sequence &+ 1) & .max
        #expect(throws: LogError.self) { try append(batch, at: next &+ 1, to: partition) }
        let isFirstEpoch = batch.first?.producerEpoch == 0
        if !isFirstEpoch {
          #expect(throws: LogError.self) { try append(batch, at: next, epochs: -1, to: partition) }
        }
        #expect(try append(batch, at: next, to: partition).firstOffset == end)
      }
    }
  }

  /// Sends a batch again, as it was or at another sequence.
  @discardableResult
  private func append(
    _ records: [PeerRecord], at sequence: Int32? = nil, epochs: Int16 = 0,
    to partition: PartitionLog
  ) throws -> PartitionLog.Appended {
    let first = try #require(records.first)
    var builder = RecordBatchBuilder(capacity: 256)
    for record in records { try builder.append(record) }
    try builder.seal(
      producer: BatchProducer(
        id: first.producerId, epoch: first.producerEpoch + epochs,
        sequence: sequence ?? first.sequence, isTransactional: first.isTransactional))
    return try builder.withBatch { batch in
      Result { () throws(LogError) in try partition.append(batch) }
    }.get()
  }

  @Test(arguments: variants)
  func `another reader finds nothing wrong after we went on`(options: [String]) throws {
    let written = try Peers.write(directory, options)
    var scribe = Scribe(try open(), hourglass, Seed.random())
    let epochs = Dictionary(grouping: written) { TopicPartition($0.topic, $0.partition) }
      .mapValues { $0.last?.leaderEpoch ?? 0 }
    for round in 0..<30 {
      try scribe.write(Self.codecs)
      try scribe.write(Self.codecs, producer: 3_000)
      try scribe.write(Self.transactions, producer: 3_000 + Int64(round % 3), isTransactional: true)
      if round % 5 == 4 {
        try scribe.end(3_000, in: Self.transactions, commit: false, coordinatorEpoch: 7)
      }
    }
    for producer in [2_000, 2_001, 2_002, 3_001] as [Int64] {
      try scribe.end(
        producer, in: Self.transactions, epoch: producer < 3_000 ? 5 : 0,
        commit: producer == 3_001, coordinatorEpoch: 7)
    }
    try ConsumerOffsets(scribe.log).commit(
      group: "peers",
      [Self.codecs: CommittedOffset(offset: 700, metadata: "ours", committedAt: 1)])
    try scribe.log.close()
    let found = try Peers.read(directory)
    for place in [Self.codecs, Self.transactions] {
      let mine = { (record: PeerRecord) in
        record.topic == place.topic && record.partition == place.partition
      }
      let added = (scribe.expected[place] ?? []).map { record in
        var record = record
        record.leaderEpoch = epochs[place] ?? 0
        return record
      }
      #expect(found.filter(mine) == written.filter(mine) + added)
    }
    let committed = try Peers.readOffsets(directory)
    let key = PeerCommit.Key(group: "peers", topic: "peer", partition: 0)
    #expect(committed[key]?.offset == 700 && committed[key]?.metadata == "ours")
    #expect(try LogCheck(directory, beside: false).faults == [])
    let again = try ConsumerOffsets(open()).offsets(of: "peers")
    #expect(again.mapValues(\.offset) == [Self.codecs: 700, Self.transactions: 200])
  }
}

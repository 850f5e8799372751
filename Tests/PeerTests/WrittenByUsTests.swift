import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// What our log writes, judged by an independent reader of Kafka's files.
@Suite(.enabled(if: Peers.areInstalled, Peers.absence))
struct WrittenByUsTests {
  /// Sizes under which a few records meet every boundary, and Kafka's own interval.
  struct Sizes: Sendable {
    var segmentBytes: Int
    var indexIntervalBytes: Int

    var configuration: LogConfiguration {
      LogConfiguration(
        segmentBytes: segmentBytes, indexIntervalBytes: indexIntervalBytes,
        durability: .interval(milliseconds: .max))
    }

    var rule: [String] { ["--index-interval", "\(indexIntervalBytes)"] }
  }

  private static let small = Sizes(segmentBytes: 4_096, indexIntervalBytes: 150)
  private static let sizes = [
    small, Sizes(segmentBytes: 16_384, indexIntervalBytes: 4_096),
    Sizes(segmentBytes: 6_000, indexIntervalBytes: 0),
  ]

  private let folder = TemporaryDirectory()
  private let hourglass = Hourglass(daysAgo: 8)

  private func open(_ name: String, _ sizes: Sizes) throws -> CommitLog {
    try CommitLog(
      folder(name), disk: WatchedDisk(syncing: false), clock: hourglass.clock,
      configuration: sizes.configuration)
  }

  /// Compares partition by partition, so that a failure names one.
  private func compare(
    _ found: [PeerRecord], _ expected: [TopicPartition: [PeerRecord]],
    at place: SourceLocation = #_sourceLocation
  ) {
    let found = Dictionary(grouping: found) { TopicPartition($0.topic, $0.partition) }
    #expect(
      Set(found.keys) == Set(expected.filter { !$0.value.isEmpty }.keys), sourceLocation: place)
    for (partition, records) in expected {
      let difference = zip(found[partition] ?? [], records).first { $0 != $1 }
      if let difference {
        Issue.record(
          "found \(difference.0), appended \(difference.1)", sourceLocation: place)
      }
      #expect(
        found[partition]?.count ?? 0 == records.count, "\(partition)", sourceLocation: place)
    }
  }

  private static let plain = (0..<3).map { TopicPartition("plain", $0) }
  private static let timed = TopicPartition("append-time", 0)
  private static let packed = TopicPartition("packed", 0)
  private static let unpacked = TopicPartition("unpacked", 0)
  private static let counted = TopicPartition("idempotent.producers", 0)
  private static let transactions = (0..<2).map { TopicPartition("transactions", $0) }

  private func createTopics(_ log: CommitLog) throws {
    try log.createTopic("plain", partitions: 3)
    try log.createTopic("empty", partitions: 2)
    try log.createTopic("append-time", settings: ["message.timestamp.type": "LogAppendTime"])
    try log.createTopic("packed", settings: ["compression.type": "zstd"])
    try log.createTopic("unpacked", settings: ["compression.type": "uncompressed"])
    try log.createTopic("idempotent.producers")
    try log.createTopic("transactions", partitions: 2)
  }

  /// Writes to every topic in turn.
  private func fill(
    _ scribe: inout Scribe, rounds: Int, producersFrom first: Int64 = 10
  ) throws {
    for round in 0..<rounds {
      try scribe.write(Self.plain[round % 3])
      try scribe.write(Self.timed)
      try scribe.write(Self.packed)
      try scribe.write(Self.unpacked)
      let producer = Int64.random(in: first...first + 2, using: &scribe.random)
      try scribe.write(Self.counted, producer: producer, epoch: producer == 11 ? 4 : 0)
      try transact(&scribe, Self.transactions[round % 2], round, first + 10)
    }
  }

  /// One step of producers whose transactions overlap.
  private func transact(
    _ scribe: inout Scribe, _ place: TopicPartition, _ round: Int, _ first: Int64
  ) throws {
    let producer = Int64.random(in: first...first + 3, using: &scribe.random)
    if scribe.open[place]?.contains(producer) == true, round % 3 == 0 {
      try scribe.end(producer, in: place, commit: Bool.random(using: &scribe.random))
    } else {
      try scribe.write(
        place, Scribe.Sort(counts: 1...8), producer: producer, isTransactional: true)
    }
    if round % 7 == 0 { try scribe.write(place) }
  }

  @Test(arguments: sizes)
  func `another reader finds what was appended, after the end and after a kill`(sizes: Sizes) throws
  {
    var scribe = Scribe(try open("log", sizes), hourglass, Seed.random())
    try createTopics(scribe.log)
    // The sequence after 2^31 - 1 is 0.
    scribe.restart(12, in: Self.counted, at: .max - 30)
    try fill(&scribe, rounds: 36)
    try FileCopy.copy(folder("log"), to: folder("killed"))
    try scribe.log.close()
    compare(try Peers.read(folder("log"), sizes.rule), scribe.expected)
    compare(try Peers.read(folder("killed")), scribe.expected)

    var again = scribe.continued(in: try open("killed", sizes))
    try fill(&again, rounds: 12)
    try FileCopy.copy(folder("killed"), to: folder("killed-twice"))
    try again.log.close()
    compare(try Peers.read(folder("killed"), sizes.rule), again.expected)
    let last = try open("killed-twice", sizes)
    try last.close()
    compare(try Peers.read(folder("killed-twice"), sizes.rule), again.expected)

    var reopened = scribe.continued(in: try open("log", sizes))
    try fill(&reopened, rounds: 12)
    try reopened.log.close()
    compare(try Peers.read(folder("log")), reopened.expected)
  }

  @Test func `another reader agrees on epochs, expired producers and fenced transactions`() throws {
    let sizes = Self.small
    var scribe = Scribe(try open("log", sizes), hourglass, Seed.random())
    try createTopics(scribe.log)
    let (counted, place) = (Self.counted, Self.transactions[0])
    for epoch in 0..<30 as Range<Int16> {
      scribe.restart(10, in: counted)
      for _ in 0..<4 { try scribe.write(counted, producer: 10, epoch: epoch) }
      try scribe.write(place, producer: 20, epoch: epoch, isTransactional: true)
      // The coordinator fences a producer by a marker of the next epoch.
      try scribe.end(20, in: place, epoch: epoch + 1, commit: false)
      scribe.restart(20, in: place)
    }
    try scribe.end(30, in: place, commit: true)
    hourglass.pass(86_400_001)
    try scribe.log.maintain()
    for _ in 0..<10 { try scribe.write(counted, producer: 11) }
    try FileCopy.copy(folder("log"), to: folder("killed"))
    try scribe.log.close()
    compare(try Peers.read(folder("log"), sizes.rule), scribe.expected)
    try open("killed", sizes).close()
    compare(try Peers.read(folder("killed")), scribe.expected)
  }

  @Test func `another reader finds what deletion and retention leave`() throws {
    let sizes = Self.small
    var scribe = Scribe(try open("log", sizes), hourglass, Seed.random())
    try createTopics(scribe.log)
    let (cut, emptied, bounded) = (Self.plain[0], Self.plain[1], Self.counted)
    try fill(&scribe, rounds: 36)
    for _ in 0..<30 { try scribe.write(cut) }
    try scribe.log.alterTopic(
      "idempotent.producers", settings: ["retention.bytes": "\(sizes.segmentBytes)"])
    let middle = try #require(scribe.expected[cut]?.last).offset / 2
    try scribe.log.partition(cut).deleteRecords(before: middle)
    let emptiedEnd = try scribe.log.partition(emptied).deleteRecords(before: -1)
    try scribe.log.maintain()
    hourglass.pass(7 * 86_400_000 - 1_000_000)
    for _ in 0..<5 { try scribe.write(Self.transactions[1]) }
    hourglass.pass(2_000_000)
    try scribe.log.maintain()
    // Those before were forgotten, being silent for so long.
    try fill(&scribe, rounds: 5, producersFrom: 100)
    let partitions = try scribe.log.topics.flatMap { try scribe.log.partitions(of: $0.name) }
    let starts = partitions.map { ($0.topicPartition, $0.startOffset) }
    try FileCopy.copy(folder("log"), to: folder("killed"))
    try scribe.log.close()
    for name in ["log", "killed"] {
      if name == "killed" { try open("killed", sizes).close() }
      let found = Dictionary(grouping: try Peers.read(folder(name))) {
        TopicPartition($0.topic, $0.partition)
      }
      for (place, start) in starts {
        let kept = found[place] ?? []
        let all = scribe.expected[place] ?? []
        #expect(kept == all.suffix(kept.count), "\(name) \(place)")
        let wanted = all.filter { $0.offset >= start }
        #expect(kept.count >= wanted.count, "\(name) \(place)")
        #expect(start >= (place == cut ? middle : place == emptied ? emptiedEnd : 0))
      }
      #expect(found[bounded]?.count ?? 0 > 0)
    }
  }
}

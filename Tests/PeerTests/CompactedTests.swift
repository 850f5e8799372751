import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// What our compaction leaves, judged by an independent reader of Kafka's files.
@Suite(.enabled(if: Peers.areInstalled, Peers.absence))
struct CompactedTests {
  private let folder = TemporaryDirectory()
  private let hourglass = Hourglass(daysAgo: 8)
  private let place = TopicPartition("compacted", 0)
  private static let deleteRetention: Int64 = 100_000
  private static let keyed = Scribe.Sort(counts: 1...6, keys: 0...39, tombstones: 0.2)

  private func open(_ name: String = "log", dedupeBytes: Int = 1 << 20) throws -> CommitLog {
    var configuration = LogConfiguration(
      segmentBytes: 4_096, indexIntervalBytes: 150, durability: .interval(milliseconds: .max))
    configuration.dedupeBytes = dedupeBytes
    return try CommitLog(
      folder(name), disk: WatchedDisk(syncing: false), clock: hourglass.clock,
      configuration: configuration)
  }

  private func createTopic(_ log: CommitLog) throws {
    try log.createTopic(
      place.topic,
      settings: [
        "cleanup.policy": "compact", "delete.retention.ms": "\(Self.deleteRetention)",
        "min.cleanable.dirty.ratio": "0",
      ])
  }

  /// What compactions are to leave, by Kafka's rules in their simplest form.
  private struct Remains {
    var records: [PeerRecord] = []
    /// When the deletions in the batch with this base offset may go.
    private var horizons: [Int64: Int64] = [:]

    mutating func compact(before end: Int64, now: Int64, _ isAborted: (PeerRecord) -> Bool) {
      var latest: [PeerBytes?: Int64] = [:]
      for record in records where record.offset < end && !record.isControl && !isAborted(record) {
        latest[record.key] = record.offset
      }
      records.removeAll { record in
        guard record.offset < end, !record.isControl else { return false }
        return isAborted(record) || record.offset < latest[record.key] ?? 0
          || record.value == nil && horizons[record.baseOffset] ?? .max <= now
      }
      for record in records
      where record.offset < end && record.value == nil && horizons[record.baseOffset] == nil {
        horizons[record.baseOffset] = now + CompactedTests.deleteRetention
      }
    }
  }

  /// The records of transactions that were aborted, by offset.
  private func aborted(_ records: [PeerRecord]) -> Set<Int64> {
    var open: [Int64: [Int64]] = [:]
    var aborted: Set<Int64> = []
    for record in records where record.isTransactional {
      if record.isControl {
        let ended = open.removeValue(forKey: record.producerId) ?? []
        if record.marker == "abort" { aborted.formUnion(ended) }
      } else {
        open[record.producerId, default: []].append(record.offset)
      }
    }
    return aborted
  }

  private func step(_ scribe: inout Scribe, _ round: Int) throws {
    let producer = Int64.random(in: 20...22, using: &scribe.random)
    switch Int.random(in: 0..<10, using: &scribe.random) {
    case 0..<3: try scribe.write(place, Self.keyed)
    case 3: try scribe.write(place, Self.keyed, producer: 10 + Int64(round / 40))
    case 4 where scribe.open[place]?.contains(producer) == true, 5 where round % 40 == 39:
      try scribe.end(producer, in: place, commit: Bool.random(using: &scribe.random))
    default: try scribe.write(place, Self.keyed, producer: producer, isTransactional: true)
    }
  }

  @Test(arguments: [1 << 20, 1_200])
  func `another reader finds what compactions leave`(dedupeBytes: Int) throws {
    var scribe = Scribe(try open(dedupeBytes: dedupeBytes), hourglass, Seed.random())
    try createTopic(scribe.log)
    var remains = Remains()
    var (compactions, seen) = (0, 0)
    for round in 0..<160 {
      try step(&scribe, round)
      guard round % 40 == 39 else { continue }
      if round == 79 { hourglass.pass(Self.deleteRetention) }
      for producer in scribe.open[place] ?? [] where round != 119 {
        try scribe.end(producer, in: place, commit: Bool.random(using: &scribe.random))
      }
      let all = scribe.expected[place] ?? []
      remains.records += all[seen...]
      seen = all.count
      let dropped = aborted(all)
      if let report = try scribe.log.partition(place).compact(force: true) {
        compactions += 1
        remains.compact(before: report.cleanUpTo, now: hourglass.milliseconds) {
          dropped.contains($0.offset)
        }
      }
      guard round > 80 else { continue }
      try FileCopy.copy(folder("log"), to: folder("killed-\(round)"))
      try check(folder("killed-\(round)"), remains.records, all)
    }
    #expect(compactions > 2)
    try scribe.log.close()
    let all = scribe.expected[place] ?? []
    try check(folder("log"), remains.records, all, ["--index-interval", "150"])
    try open().close()
    try check(folder("log"), remains.records, all)
  }

  /// Compares the data with what is to remain; of the markers, which may go in time, those stay
  /// whose transactions have records.
  private func check(
    _ directory: String, _ remains: [PeerRecord], _ all: [PeerRecord], _ rule: [String] = []
  ) throws {
    let found = try Peers.read(directory, rule)
    let data = found.filter { !$0.isControl }
    let expected = remains.filter { !$0.isControl }
    if let difference = zip(data, expected).first(where: { $0 != $1 }) {
      Issue.record("found \(difference.0), expected \(difference.1)")
    }
    #expect(data.count == expected.count)
    let markers = all.filter(\.isControl)
    #expect(found.filter { $0.isControl && !markers.contains($0) } == [])
    for record in data where record.isTransactional {
      let marker = markers.first {
        $0.producerId == record.producerId && $0.offset > record.offset
      }
      if let marker, !found.contains(marker) { Issue.record("\(marker) of \(record) is gone") }
    }
  }

  @Test func `a record of a transaction aborted later does not replace one that stands`() throws {
    var scribe = Scribe(try open(), hourglass, Seed.random())
    try createTopic(scribe.log)
    let one = Scribe.Sort(counts: 1...1, keys: 0...0, tombstones: 0)
    try scribe.write(place, one)
    try scribe.write(place, one, producer: 20, isTransactional: true)
    let others = Scribe.Sort(counts: 20...20, keys: 1...99, tombstones: 0)
    // The marker comes into the next segment, which is not compacted.
    while try scribe.log.partition(place).size < 5_000 { try scribe.write(place, others) }
    try scribe.end(20, in: place, commit: false)
    let first = try #require(scribe.expected[place]?.first)
    _ = try #require(try scribe.log.partition(place).compact(force: true))
    try scribe.log.close()
    #expect(try Peers.read(folder("log")).first == first)
  }

  @Test func `another reader agrees on what groups have committed`() throws {
    var random = Seed.random()
    let log = try open()
    let offsets = try ConsumerOffsets(log)
    try offsets.commit(group: "first", [place: CommittedOffset(offset: 0, committedAt: 0)])
    try log.alterTopic(ConsumerOffsets.topic, settings: ["segment.bytes": "2000"])
    var expected: [PeerCommit.Key: PeerCommit.Value] = [
      PeerCommit.Key(group: "first", topic: place.topic, partition: 0):
        PeerCommit.Value(offset: 0, leaderEpoch: -1, metadata: "", commitTimestamp: 0)
    ]
    for round in 0..<300 {
      hourglass.pass(1_000)
      let group = try #require(["a", "groupe é", "🐦", "x-1"].randomElement(using: &random))
      if round % 20 == 19 {
        try offsets.delete(group: group)
        expected = expected.filter { $0.key.group != group }
      } else {
        let partition = Int.random(in: 0...3, using: &random)
        let commit = CommittedOffset(
          offset: Int64.random(in: 0...(.max), using: &random),
          leaderEpoch: Int32.random(in: -1...5, using: &random), metadata: "µ \(round)",
          committedAt: hourglass.milliseconds)
        try offsets.commit(group: group, [TopicPartition("posts", partition): commit])
        let key = PeerCommit.Key(group: group, topic: "posts", partition: partition)
        expected[key] = PeerCommit.Value(
          offset: commit.offset, leaderEpoch: commit.leaderEpoch, metadata: commit.metadata,
          commitTimestamp: commit.committedAt)
      }
      if round % 100 == 99 {
        let partition = try log.partition(TopicPartition(ConsumerOffsets.topic, 0))
        let report = try #require(try partition.compact(force: true))
        #expect(report.bytesAfter < report.bytesBefore)
        try FileCopy.copy(folder("log"), to: folder("killed-\(round)"))
        #expect(try Peers.readOffsets(folder("killed-\(round)")) == expected)
      }
    }
    try log.close()
    #expect(try Peers.readOffsets(folder("log")) == expected)
    _ = try Peers.read(folder("log"))
  }
}

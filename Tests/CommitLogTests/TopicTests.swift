import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

@Suite struct TopicTests {
  let disk = SimulatedDisk(seed: 5)

  private func reopened(_ disk: SimulatedDisk) throws -> CommitLog {
    disk.endProcess()
    return try CommitLog("/data/log", disk: disk, configuration: small)
  }

  @Test(
    arguments: [
      "", ".", "..", "a/b", "a b", "a\u{0}", "é", "a:b", String(repeating: "x", count: 250),
    ])
  func `names that Kafka refuses are refused`(name: String) throws {
    let log = try CommitLog("/data/log", disk: disk)
    let error = #expect(throws: LogError.self) { try log.createTopic(name) }
    guard case .invalidTopicName(name, _) = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(log.topics.isEmpty)
  }

  @Test(
    arguments: [
      "a", "posts-0", "a.b_c-D9", "...", "-", "--1", "x.0-delete", "__mine",
      String(repeating: "x", count: 249),
    ])
  func `names that Kafka takes can be created, used, deleted, and created again`(name: String)
    throws
  {
    let directory = TemporaryDirectory()
    for round in 0..<2 {
      let log = try CommitLog(directory("log"))
      try log.createTopic(name, partitions: 2)
      #expect(throws: LogError.topicExists(name)) { try log.createTopic(name) }
      try log.partition(TopicPartition(name, 1)).append(["round \(round)"])
      let again = try CommitLog(directory("log"))
      #expect(again.topics.map(\.name) == [name] && again.topics.map(\.partitions) == [2])
      #expect(try again.partitions(of: name).map(\.topicPartition.partition) == [0, 1])
      #expect(try again.partition(TopicPartition(name, 1)).all().map(\.value) == ["round \(round)"])
      try again.deleteTopic(name)
      #expect(throws: LogError.unknownTopic(name)) { try again.deleteTopic(name) }
      #expect(throws: LogError.unknownTopic(name)) { try again.partitions(of: name) }
      #expect(try CommitLog(directory("log")).topics.isEmpty)
    }
  }

  /// As in Kafka, whose metrics put an underscore in the place of a dot (class `Topic`).
  @Test func `names that differ by dots and underscores alone collide`() throws {
    let log = try CommitLog("/data/log", disk: disk)
    for name in ["a.b_c", "ab", "a-b-c"] { try log.createTopic(name) }
    for name in ["a_b.c", "a.b.c", "a_b_c"] {
      #expect(throws: LogError.topicCollision(name, with: ["a.b_c"])) { try log.createTopic(name) }
    }
    #expect(throws: LogError.topicExists("a.b_c")) { try log.createTopic("a.b_c") }
    try log.deleteTopic("a.b_c")
    try log.createTopic("a_b_c")
    #expect(try reopened(disk).topics.map(\.name) == ["a-b-c", "a_b_c", "ab"])
  }

  @Test func `a batch from outside that is larger than a segment is refused, one as large is not`()
    throws
  {
    let batch = encode(["a", "b", "c"])
    let log = try CommitLog("/data/log", disk: disk)
    try log.createTopic("posts", settings: ["segment.bytes": "\(batch.count)"])
    let partition = try log.partition(posts)
    for _ in 0..<3 { try partition.append(batch) }
    try log.alterTopic("posts", settings: ["segment.bytes": "\(batch.count - 1)"])
    #expect(
      throws: LogError.tooLargeForSegment(posts, bytes: batch.count, limit: batch.count - 1)
    ) { try partition.append(batch) }
    #expect(partition.endOffset == 9)
  }

  @Test func `a topic has 1 to 1024 partitions`() throws {
    let log = try CommitLog("/data/log", disk: disk)
    for count in [0, -1, 1_025, .max, .min] {
      #expect(throws: LogError.invalidPartitionCount(count)) {
        try log.createTopic("x", partitions: count)
      }
    }
  }

  @Test func `a partition's folder holds Kafka's files`() throws {
    let log = try freshLog(disk, partitions: 2)
    try log.close()
    #expect(
      try disk.list("/data/log") == [
        ".kafka_cleanshutdown", "meta.properties", "posts-0", "posts-1",
        "recovery-point-offset-checkpoint", "replication-offset-checkpoint",
      ])
    #expect(
      try disk.list("/data/log/posts-1") == [
        "00000000000000000000.index", "00000000000000000000.log", "00000000000000000000.snapshot",
        "00000000000000000000.timeindex", "leader-epoch-checkpoint", "partition.metadata",
      ])
    let texts = try (0..<2).map {
      String(decoding: try disk.readAll("/data/log/posts-\($0)/partition.metadata"), as: UTF8.self)
    }
    #expect(texts[0] == texts[1] && texts[0].count == 22 + "version: 0\ntopic_id: ".count)
    #expect(texts[0].wholeMatch(of: /version: 0\ntopic_id: [A-Za-z0-9_-]{22}/) != nil)
  }

  @Test func `a creation that failed leaves no partitions behind for the next one`() throws {
    let log = try CommitLog("/data/log", disk: disk)
    var operation = 1
    while true {
      let name = "t\(operation)"
      disk.arm(.init(operation: operation, code: 28))
      let created = (try? log.createTopic(name, partitions: 3)) != nil
      let hasFailed = disk.hasFailed
      disk.arm(nil)
      #expect(created || hasFailed)
      guard hasFailed else { break }
      if !created { try log.createTopic(name, partitions: 1) }
      let count = try log.partitions(of: name).count
      #expect(count == (created ? 3 : 1))
      #expect(try reopened(disk.copy()).partitions(of: name).count == count, "\(operation)")
      operation += 1
    }
    #expect(operation > 20)
  }

  @Test func `folders that nothing explains are left alone`() throws {
    try freshLog(disk, partitions: 2).partition(TopicPartition("posts", 1)).append(["precious"])
    try disk.createDirectory("/data/log/backup-2024")
    try disk.replace("/data/log/backup-2024/thesis", with: [1])
    try disk.remove("/data/log/posts-0")
    let log = try reopened(disk)
    #expect(log.topics.isEmpty && log.repairs.count == 2)
    #expect(throws: LogError.topicExists("posts")) { try log.createTopic("posts") }
    #expect(try disk.readAll("/data/log/backup-2024/thesis") == [1])
    #expect(try disk.readAll("/data/log/posts-1/00000000000000000000.log").count > 60)
  }

  @Test func `keys go where Kafka's partitioner puts them`() {
    // Positive murmur2 of the key (`UtilsTest.testMurmur2` of Kafka), modulo the partitions.
    let placed: [(key: String, hash: Int32)] = [
      ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
      ("a-little-bit-longer-string", -1_486_304_829),
      ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
    ]
    for (key, hash) in placed {
      for count in [1, 2, 7, 12, 1_024] {
        let expected = Int(hash & 0x7FFF_FFFF) % count
        let found = Array(key.utf8).withUnsafeBytes {
          DefaultPartitioner.partition(for: $0, of: count)
        }
        #expect(found == expected)
      }
    }
  }

  @Test func `a folder of a later version is refused, and left as it is`() throws {
    try freshLog(disk).close()
    let path = "/data/log/meta.properties"
    let text = String(decoding: try disk.readAll(path), as: UTF8.self)
    #expect(text.contains("version=1\n") && text.contains("node.id=1\n"))
    try disk.replace(path, with: Array(text.replacing("version=1", with: "version=2").utf8))
    #expect(throws: LogError.newerFormat(path: path, version: "2")) { try reopened(disk) }
    #expect(disk.exists("/data/log/.kafka_cleanshutdown"))
    try disk.replace(path, with: Array(text.utf8))
    #expect(try reopened(disk).repairs == [])
  }

  @Test func `every error says something of its own`() {
    let failure = IOFailure("sync", "/x", code: 5)
    let errors: [LogError] = [
      .io(failure), .record(.incomplete, at: posts, offset: 7), .unknownTopic("a"),
      .topicExists("a"), .topicCollision("a.b", with: ["a_b"]),
      .tooLargeForSegment(posts, bytes: 2, limit: 1), .invalidTopicName("a", reason: "b"),
      .invalidPartitionCount(0),
      .offsetOutOfRange(posts, offset: 9, start: 1, end: 3), .stopped(posts, because: failure),
      .readOnly, .closed, .fewerPartitions("a", current: 2, wanted: 1),
      .invalidConfiguration(key: "a", reason: "b"), .tooLarge(posts, bytes: 2, limit: 1),
      .invalidRecord(posts, reason: "c"), .notALogFile("/y"),
      .newerFormat(path: "/z", version: "2"),
      .sequence(.outOfOrder(found: 3, expected: 1), posts, producerID: 4),
      .sequence(.oldEpoch(found: 3, current: 4), posts, producerID: 4),
      .sequence(.oldCoordinator(found: 3, current: 4), posts, producerID: 4),
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect("\(errors[1])".hasPrefix("posts-0@7: "))
  }
}

import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// Rules that were once broken, each with the smallest log that shows it.
@Suite struct ReviewedTests {
  let disk = SimulatedDisk(seed: 11)

  private func reopened(_ configuration: LogConfiguration = small) throws -> CommitLog {
    disk.endProcess()
    return try CommitLog("/data/log", disk: disk, configuration: configuration)
  }

  @Test func `a group that commits again is not ended for its silence before`() throws {
    let log = try freshLog(disk)
    let offsets = try ConsumerOffsets(log)
    for group in ["silent", "busy"] {
      try offsets.commit(group: group, [posts: CommittedOffset(offset: 1, committedAt: 10)])
    }
    try offsets.commit(group: "busy", [posts: CommittedOffset(offset: 2, committedAt: 30)])
    #expect(try offsets.expire(groupsSilentSince: 20) == ["silent"])
    #expect(offsets.groups == ["busy"])
    #expect(try offsets.expire(groupsSilentSince: 30) == [])
    #expect(try ConsumerOffsets(try reopened()).groups == ["busy"])
  }

  @Test func `a clean start reads as little whatever the records' times`() throws {
    for times in [[1, 2, 3], [5, 5, 5], [9, 1, 1]] as [[Int64]] {
      let disk = SimulatedDisk(seed: 1)
      let log = try freshLog(disk, LogConfiguration(indexIntervalBytes: 100))
      for step in 0..<600 {
        try log.partition(posts).append(["\(step)"], time: times[min(step, 2)])
      }
      try log.close()
      disk.arm(nil)
      let again = try CommitLog("/data/log", disk: disk)
      #expect(disk.operations < 120, "times \(times): \(disk.operations) operations")
      #expect(again.repairs == [])
    }
  }

  @Test func `a check names what is missing, not only what is broken`() throws {
    let log = try freshLog(disk)
    for step in 0..<20 { try log.partition(posts).append(["value \(step)"]) }
    try log.close()
    let folder = "/data/log/posts-0/"
    let logs = try disk.list(folder).filter { $0.hasSuffix(".log") }
    #expect(logs.count > 2)
    let middle = disk.copy()
    try middle.remove(folder + logs[1])
    #expect(try faults(middle).contains { $0.contains("are missing") })
    let last = disk.copy()
    try last.remove(folder + (logs.last ?? ""))
    #expect(try faults(last).contains { $0.contains("had reached 20") })
    let whole = disk.copy()
    try whole.remove("/data/log/posts-0")
    #expect(try faults(whole).contains { $0.contains("its folder is gone") })
    #expect(try faults(disk) == [])
  }

  @Test func `a write that a kill has torn is no fault, a log cut after its end is one`() throws {
    let log = try freshLog(disk)
    try log.partition(posts).append(["a"])
    let path = "/data/log/posts-0/00000000000000000000.log"
    let whole = try disk.readAll(path)
    let killed = disk.copy()
    try killed.open(path, .readWrite).write(Array(whole.dropLast(3)), at: Int64(whole.count))
    #expect(try faults(killed) == [])
    #expect(try CommitLog("/data/log", disk: killed).repairs.count == 1)
    try log.close()
    try disk.open(path, .readWrite).truncate(to: Int64(whole.count - 3))
    #expect(try faults(disk).contains { $0.contains("cut short") })
  }

  @Test func `a damaged batch that was once whole does not take those behind it with it`() throws {
    let log = try freshLog(disk, LogConfiguration(indexIntervalBytes: 100))
    for step in 0..<30 { try log.partition(posts).append(["value \(step)"]) }
    try log.close()
    let path = "/data/log/posts-0/00000000000000000000.log"
    var bytes = try disk.readAll(path)
    let size = bytes.count / 30
    bytes[3 * size + 65] ^= 1
    let file = try disk.open(path, .readWrite)
    try file.write(bytes, at: 0)
    try disk.remove("/data/log/.kafka_cleanshutdown")
    let again = try reopened(LogConfiguration(indexIntervalBytes: 100))
    let partition = try again.partition(posts)
    #expect(try partition.append(["next"]) == 30)
    #expect(try partition.read(from: 0, maxBytes: 10_000).map(\.offset) == [0, 1, 2])
    #expect(throws: LogError.self) { try partition.read(from: 3, maxBytes: 10_000) }
    #expect(try partition.read(from: 4, maxBytes: 100_000).last?.value == "next")
  }

  @Test func `a reader sees what is whole of a segment that was cut short`() throws {
    let log = try freshLog(disk, LogConfiguration(indexIntervalBytes: 100))
    for step in 0..<9 { try log.partition(posts).append(["value \(step)"]) }
    try log.close()
    let file = try disk.open("/data/log/posts-0/00000000000000000000.log", .readWrite)
    try file.truncate(to: try file.size() - 10)
    let reader = try CommitLog(readingOnly: "/data/log", disk: disk)
    #expect(try reader.partition(posts).all().count == 8)
    #expect(try reopened().repairs.contains { $0.contains("1 records are missing") })
  }

  @Test func `a topic's limit holds for batches that it compresses anew`() throws {
    let log = try CommitLog("/data/log", disk: disk)
    try log.createTopic(
      "posts", settings: ["compression.type": "uncompressed", "max.message.bytes": "500"])
    var builder = RecordBatchBuilder()
    let value = [UInt8](repeating: 7, count: 5_000)
    try value.withUnsafeBytes { try builder.append(timestamp: 1, key: nil, value: $0) }
    try builder.seal(codec: .zstd)
    var batch = builder.withBatch { [UInt8]($0) }
    #expect(batch.count < 500)
    let partition = try log.partition(posts)
    #expect(throws: LogError.self) {
      try batch.withUnsafeMutableBytes { _ = try partition.append($0) }
    }
    #expect(partition.endOffset == 0)
  }

  @Test func `a producer of which only a marker is known begins at 0`() throws {
    let log = try freshLog(disk)
    let partition = try log.partition(posts)
    try partition.endTransaction(producerID: 1, epoch: 4, isCommitted: false)
    func send(_ sequence: Int32, transactional: Bool) throws {
      var builder = RecordBatchBuilder()
      try builder.append(timestamp: 1, key: nil, value: nil)
      try builder.seal(
        producer: BatchProducer(
          id: 1, epoch: 4, sequence: sequence, isTransactional: transactional))
      _ = try builder.withBatch { try partition.append($0) }
    }
    #expect(
      throws: LogError.sequence(.outOfOrder(found: 5, expected: 0), posts, producerID: 1)
    ) { try send(5, transactional: true) }
    try send(0, transactional: true)
    #expect(throws: LogError.sequence(.openTransaction, posts, producerID: 1)) {
      try send(1, transactional: false)
    }
  }

  @Test func `a header's latest time is that of its records`() throws {
    let partition = try freshLog(disk).partition(posts)
    var batch = encode(["a"], time: 1_000)
    // The header's latest time, and the checksum over it.
    batch[35 + 7] = 9
    let sum = CRC32C.checksum(Array(batch[21...]))
    for byte in 0..<4 {
      batch[17 + byte] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(byte)))
    }
    try partition.append(batch)
    #expect(try partition.record(atOrAfter: 1_000)?.offset == 0)
    #expect(try partition.latestRecord()?.timestamp == 1_000)
    #expect(try faults(disk, beside: true) == [])
  }

  @Test func `the log's own topic is neither deleted nor given partitions`() throws {
    let log = try freshLog(disk)
    try ConsumerOffsets(log).commit(
      group: "g", [posts: CommittedOffset(offset: 1, committedAt: 1)])
    let refused = LogError.internalTopic(ConsumerOffsets.topic)
    #expect(throws: refused) { try log.deleteTopic(ConsumerOffsets.topic) }
    #expect(throws: refused) { try log.addPartitions(ConsumerOffsets.topic, upTo: 5) }
  }

  @Test func `a batch that claims many records takes no memory for them`() throws {
    let log = try CommitLog("/data/log", disk: disk, configuration: small)
    try log.createTopic("posts", settings: ["cleanup.policy": "compact"])
    let partition = try log.partition(posts)
    for step in 0..<40 {
      var builder = RecordBatchBuilder()
      let key = Array("k\(step % 3)".utf8)
      try key.withUnsafeBytes { try builder.append(timestamp: 1, key: $0, value: $0) }
      _ = try builder.finish { try partition.append($0) }
    }
    var configuration = small
    configuration.dedupeBytes = 1
    // So little memory that a round takes some forty keys: several rounds, the same result.
    let again = try reopened(configuration)
    let report = try again.partition(posts).compact(force: true)
    #expect(report != nil)
    let found = try again.partition(posts).all().map(\.value)
    #expect(Set(found) == ["k0", "k1", "k2"])
    #expect(try faults(disk, beside: true) == [])
  }

  @Test func `a producer keeps to the topic's largest batch, and to its rules record by record`()
    throws
  {
    let log = try CommitLog("/data/log", disk: disk)
    try log.createTopic(
      "posts", partitions: 3,
      settings: ["max.message.bytes": "300", "cleanup.policy": "compact"])
    var producer = try LogProducer(log, topic: "posts", first: 4)
    let text = Array("0123456789".utf8)
    for step in 0..<100 {
      try text.withUnsafeBytes {
        try producer.send(timestamp: Int64(step), key: $0, value: $0)
      }
    }
    let large = [UInt8](repeating: 1, count: 400)
    text.withUnsafeBytes { key in
      large.withUnsafeBytes { value in
        #expect(throws: LogError.self) {
          try producer.send(timestamp: 1, key: key, value: value)
        }
        #expect(throws: LogError.self) {
          try producer.send(timestamp: 1, key: nil, value: key)
        }
        #expect(throws: LogError.self) {
          try producer.send(timestamp: .max, key: key, value: key)
        }
      }
    }
    try producer.flush()
    #expect(producer.acknowledged == 100)
    let total = try log.partitions(of: "posts").reduce(0) { $0 + $1.endOffset }
    #expect(total == 100)
  }

  @Test func `records without a key take turns, batch by batch`() throws {
    let log = try freshLog(disk, partitions: 3)
    var producer = try LogProducer(log, topic: "posts")
    for _ in 0..<6 {
      try Array("x".utf8).withUnsafeBytes {
        try producer.send(timestamp: 1, key: nil, value: $0)
      }
      try producer.flush()
    }
    #expect(try log.partitions(of: "posts").map(\.endOffset) == [2, 2, 2])
  }
}

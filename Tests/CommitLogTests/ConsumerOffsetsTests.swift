import CommitLog
import Machine
import Records
import Synchronization
import TestSupport
import Testing

@Suite struct ConsumerOffsetsTests {
  let disk = SimulatedDisk(seed: 9)

  @Test func `what was committed last is there after a crash`() throws {
    var random = Seed.random()
    let log = try freshLog(disk)
    let offsets = try ConsumerOffsets(log)
    #expect(offsets.groups.isEmpty && offsets.offsets(of: "none").isEmpty)
    var expected: [String: [TopicPartition: CommittedOffset]] = [:]
    for step in 0..<60 {
      let group = ["a", "", "groupe é", "x-1"].randomElement(using: &random)!
      var batch: [TopicPartition: CommittedOffset] = [:]
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        batch[TopicPartition("t-\(step % 3)", Int.random(in: 0...3, using: &random))] =
          CommittedOffset(
            offset: Int64.random(in: 0...(.max), using: &random), metadata: "m\(step)",
            committedAt: Int64.random(in: .min...(.max), using: &random))
      }
      try offsets.commit(group: group, batch)
      expected[group, default: [:]].merge(batch) { $1 }
    }
    disk.crash(.dropped)
    let again = try ConsumerOffsets(
      try CommitLog("/data/log", disk: disk, configuration: small))
    #expect(again.groups == expected.filter { !$0.value.isEmpty }.keys.sorted())
    for (group, committed) in expected { #expect(again.offsets(of: group) == committed) }
    let reader = try ConsumerOffsets(try CommitLog(readingOnly: "/data/log", disk: disk))
    #expect(reader.groups == again.groups)
  }

  @Test func `the first commits of many threads all count, and memory agrees with the log`() throws
  {
    let directory = TemporaryDirectory()
    let log = try CommitLog(directory("log"))
    let offsets = try ConsumerOffsets(log)
    let failures = Mutex<[String]>([])
    let workers = (0..<4).map { worker in
      Worker {
        for step in 0..<15 {
          do {
            let offset = CommittedOffset(offset: Int64(step), metadata: "\(worker)", committedAt: 0)
            try offsets.commit(group: "g\(step % 2)", [posts: offset])
          } catch {
            failures.withLock { $0.append("\(error)") }
          }
        }
      }
    }
    for worker in workers { worker.join() }
    #expect(failures.withLock { $0 } == [])
    let replayed = try ConsumerOffsets(log)
    for group in ["g0", "g1"] { #expect(replayed.offsets(of: group) == offsets.offsets(of: group)) }
  }

  @Test(arguments: [
    ("peers", 3), ("groupe-é", 2), ("🐦", 25), ("grouse", 45), ("analytics", 10),
    ("order-processor", 23), ("polygenelubricants", 0),
  ])
  func `a group is kept where Kafka keeps it`(group: String, partition: Int) throws {
    // `Utils.abs(group.hashCode()) % 50` of Kafka's own library.
    #expect(ConsumerOffsets.partition(of: group, among: 50) == partition)
    let log = try freshLog(disk)
    try log.createTopic(ConsumerOffsets.topic, partitions: 50)
    let offset = CommittedOffset(offset: 7, committedAt: 1)
    try ConsumerOffsets(log).commit(group: group, [posts: offset])
    let place = TopicPartition(ConsumerOffsets.topic, partition)
    #expect(try log.partition(place).endOffset == 1)
    #expect(try ConsumerOffsets(log).offsets(of: group) == [posts: offset])
  }

  @Test func `names too long for the format are refused, not cut`() throws {
    let offsets = try ConsumerOffsets(try freshLog(disk))
    let offset = CommittedOffset(offset: 1, committedAt: 1)
    #expect(throws: LogError.self) {
      try offsets.commit(group: String(repeating: "é", count: 20_000), [posts: offset])
    }
    #expect(offsets.groups.isEmpty)
  }
}

import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// A fault at every disk operation of what makes, changes and deletes topics, and of commits.
@Suite struct TopicCrashTests {
  /// A topic as it may be: nil where it is not there.
  private struct Shape: Hashable {
    var partitions: Int
    var settings: [String: String]
  }

  private func open(_ disk: SimulatedDisk) throws(LogError) -> CommitLog {
    var configuration = LogConfiguration(segmentBytes: 400, indexIntervalBytes: 90)
    configuration.topicDefaults.minCleanableDirtyRatio = 0
    return try CommitLog("/data/log", disk: disk, configuration: configuration)
  }

  private func shape(_ log: CommitLog, _ topic: String) throws -> Shape? {
    guard let count = log.topics.first(where: { $0.name == topic })?.partitions else { return nil }
    return Shape(partitions: count, settings: try log.configuration(of: topic).overrides)
  }

  /// Takes a step; what may be there afterwards is the new shape, or also the old ones.
  private func attempt(
    _ allowed: inout Set<Shape?>, _ fresh: (Shape?) -> Shape?,
    by body: @autoclosure () throws -> Void
  ) {
    let changed = Set(allowed.map(fresh))
    if (try? body()) != nil { allowed = changed } else { allowed.formUnion(changed) }
  }

  private func live(_ log: CommitLog?, _ allowed: inout [String: Set<Shape?>]) throws {
    guard let log else { return }
    let first = ["cleanup.policy": "compact", "segment.ms": "5000"]
    attempt(
      &allowed["a"]!, { _ in Shape(partitions: 2, settings: first) },
      by: try log.createTopic("a", partitions: 2, settings: first))
    let second = first.merging(["retention.bytes": "777"]) { $1 }
    attempt(
      &allowed["a"]!, { $0.map { Shape(partitions: $0.partitions, settings: second) } },
      by: try log.alterTopic("a", settings: ["retention.bytes": "777"]))
    attempt(
      &allowed["a"]!, { $0.map { Shape(partitions: 4, settings: $0.settings) } },
      by: try log.addPartitions("a", upTo: 4))
    attempt(
      &allowed["b"]!, { _ in nil },
      by: try log.deleteTopic("b"))
    attempt(
      &allowed["b"]!, { _ in Shape(partitions: 1, settings: [:]) },
      by: try log.createTopic("b", partitions: 1))
  }

  @Test(arguments: [false, true])
  func `topics come, change and go whole, whatever fails`(isPersistent: Bool) throws {
    Seed.printSeed()
    let empty = SimulatedDisk(seed: Seed.value)
    let log = try open(empty)
    try log.createTopic("b", partitions: 3)
    for number in 0..<3 { try log.partition(TopicPartition("b", number)).append(["old"]) }
    empty.endProcess()
    var operation = 0
    var hasFailed = true
    while hasFailed {
      operation += 1
      let disk = empty.copy(seed: Seed.value &+ UInt64(operation))
      var allowed: [String: Set<Shape?>] = [
        "a": [nil], "b": [Shape(partitions: 3, settings: [:])],
      ]
      disk.arm(
        .init(operation: operation, code: operation % 2 == 0 ? 28 : 5, isPersistent: isPersistent))
      let log = try? open(disk)
      try live(log, &allowed)
      hasFailed = disk.hasFailed
      disk.arm(nil)
      for number in 0..<4 {
        let disk = disk.copy(seed: Seed.value &+ UInt64(operation * 10 + number))
        disk.crash([.dropped, .kept, .torn][min(number, 2)])
        let again = try open(disk)
        for (topic, shapes) in allowed {
          let found = try shape(again, topic)
          #expect(shapes.contains(found), "operation \(operation), crash \(number), \(topic)")
          if !shapes.contains(found) { return }
        }
        #expect(try faults(disk, beside: true) == [], "operation \(operation), crash \(number)")
        try finish(again, disk)
      }
      if let log { try finish(log, disk) }
    }
    #expect(operation > 60)
  }

  /// Names of which the file system takes the same part for folders that are to go.
  @Test func `long names that begin alike do not meet, whatever fails`() throws {
    Seed.printSeed()
    let gone = String(repeating: "x", count: 248) + "a"
    let fresh = String(repeating: "x", count: 248) + "b"
    let full = SimulatedDisk(seed: Seed.value)
    let log = try open(full)
    try log.createTopic(gone, partitions: 3)
    for number in 0..<3 { try log.partition(TopicPartition(gone, number)).append(["old"]) }
    full.endProcess()
    var operation = 0
    var hasFailed = true
    while hasFailed {
      operation += 1
      let disk = full.copy(seed: Seed.value &+ UInt64(operation))
      let log = try open(disk)
      disk.arm(.init(operation: operation, code: 5, isPersistent: true))
      try? log.deleteTopic(gone)
      hasFailed = disk.hasFailed
      disk.arm(nil)
      try log.createTopic(fresh, partitions: 2)
      disk.crash(.kept)
      let again = try open(disk)
      #expect(try again.partitions(of: fresh).count == 2, "operation \(operation)")
      if try shape(again, gone) == nil { try again.createTopic(gone, partitions: 1) }
      let names = try disk.list("/data/log").filter { $0.hasPrefix("xxx") }
      #expect(names.count == again.topics.reduce(0) { $0 + $1.partitions }, "\(operation)")
    }
    #expect(operation > 5)
  }

  /// With a disk that is well again everything can be done, and is there after a start.
  private func finish(_ log: CommitLog, _ disk: SimulatedDisk) throws {
    let held = try? log.partition(TopicPartition("b", 0))
    if try shape(log, "b") != nil { try log.deleteTopic("b") }
    try log.createTopic("b", partitions: 2)
    for number in 0..<2 {
      #expect(try log.partition(TopicPartition("b", number)).append(["new"]) == 0)
    }
    // Who still holds the deleted topic's partition must not write into the new one's folder.
    #expect(throws: LogError.self) { try held?.append(["stale"]) ?? { throw LogError.closed }() }
    if try shape(log, "a") == nil { try log.createTopic("a") }
    // An earlier change that failed may be on the disk or not; this one is.
    try log.alterTopic("a", settings: ["retention.bytes": "778"])
    let count = try log.partitions(of: "a").count
    try log.addPartitions("a", upTo: count + 1)
    let shapes = try (shape(log, "a"), shape(log, "b"))
    #expect(shapes.0?.partitions == count + 1)
    disk.crash(.torn)
    let again = try open(disk)
    #expect(try shape(again, "a") == shapes.0 && shape(again, "b") == shapes.1)
    for partition in try again.partitions(of: "b") {
      #expect(try partition.all().map(\.value) == ["new"])
    }
  }

  @Test(arguments: [false, true])
  func `a group's last commit survives its topic's compaction, whatever fails`(
    isPersistent: Bool
  ) throws {
    Seed.printSeed()
    let empty = SimulatedDisk(seed: Seed.value)
    let offsets = try ConsumerOffsets(try open(empty))
    try offsets.commit(group: "gone", [posts: CommittedOffset(offset: 1, committedAt: 1)])
    try open(empty).alterTopic(ConsumerOffsets.topic, settings: ["segment.bytes": "300"])
    empty.endProcess()
    var operation = 0
    var hasFailed = true
    while hasFailed {
      operation += 1
      let disk = empty.copy(seed: Seed.value &+ UInt64(operation))
      var known: (acknowledged: Int64, attempted: Int64, isDeleted: Bool) = (-1, -1, false)
      disk.arm(
        .init(operation: operation, code: operation % 2 == 0 ? 28 : 5, isPersistent: isPersistent))
      let log = try? open(disk)
      let offsets = try? log.map { try ConsumerOffsets($0) } ?? nil
      for step in 0..<10 as Range<Int64> where offsets != nil {
        known.attempted = step
        let committed = CommittedOffset(offset: step, committedAt: step)
        if (try? offsets?.commit(group: "g", [posts: committed])) != nil {
          known.acknowledged = step
        }
        if step == 4, (try? offsets?.delete(group: "gone")) != nil { known.isDeleted = true }
        if step % 4 == 3 { _ = try? log?.maintain() }
      }
      hasFailed = disk.hasFailed
      disk.arm(nil)
      for tail in CrashTail.allCases {
        let disk = disk.copy(seed: Seed.value &+ UInt64(operation * 10))
        disk.crash(tail)
        let log = try open(disk)
        for _ in 0..<2 {
          let again = try ConsumerOffsets(log)
          let found = again.offsets(of: "g")[posts]?.offset ?? -1
          #expect(
            (known.acknowledged...known.attempted).contains(found), "\(operation), \(tail)")
          if known.isDeleted { #expect(again.groups.contains("gone") == false) }
          try log.partition(TopicPartition(ConsumerOffsets.topic, 0)).compact(force: true)
        }
        #expect(try faults(disk, beside: true) == [], "\(operation), \(tail)")
      }
    }
    #expect(operation > 60)
  }
}

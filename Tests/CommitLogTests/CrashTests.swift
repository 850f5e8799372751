import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// What a test has done to a log, and so what it may ask of it after a crash.
private struct Ledger {
  /// Acknowledged values by their offset.
  var acknowledged: [TopicPartition: [Int64: String]] = [:]
  /// Values of appends that failed or were never answered: they may be there, once.
  var attempted: [TopicPartition: Set<String>] = [:]
  var topics: [String: Topic] = [:]
  var commits: [TopicPartition: [Int64]] = [:]
  var acknowledgedCommit: [TopicPartition: Int64] = [:]
  var step = 0

  enum Topic {
    case there(Int)
    case gone
    case unclear(Int)
  }

  mutating func create(_ log: CommitLog, _ name: String, _ partitions: Int) {
    do {
      try log.createTopic(name, partitions: partitions)
      topics[name] = .there(partitions)
    } catch {
      if case .topicExists = error { return }
      topics[name] = .unclear(partitions)
    }
  }

  mutating func delete(_ log: CommitLog, _ name: String) {
    guard let partitions = try? log.partitions(of: name).count else { return }
    do {
      try log.deleteTopic(name)
      topics[name] = .gone
    } catch {
      topics[name] = .unclear(partitions)
    }
    for number in 0..<partitions { acknowledged[TopicPartition(name, number)] = nil }
  }

  mutating func append(_ log: CommitLog, _ to: TopicPartition, _ count: Int) {
    step += 1
    let values = (0..<count).map {
      "\(to) \(step).\($0)" + String(repeating: "-", count: step % 40)
    }
    attempted[to, default: []].formUnion(values)
    guard let partition = try? log.partition(to), let offset = try? partition.append(values) else {
      return
    }
    for (index, value) in values.enumerated() {
      acknowledged[to, default: [:]][offset + Int64(index)] = value
    }
  }

  mutating func commit(_ offsets: ConsumerOffsets?, _ partition: TopicPartition) {
    step += 1
    let offset = Int64(step)
    commits[partition, default: []].append(offset)
    do {
      guard let offsets else { return }
      try offsets.commit(
        group: "g", [partition: CommittedOffset(offset: offset, committedAt: 1)])
      acknowledgedCommit[partition] = offset
    } catch {}
  }

  /// Says what is wrong with a log that was opened after a crash; nil where nothing is.
  func complaint(_ log: CommitLog, _ disk: SimulatedDisk) throws -> String? {
    for (name, state) in topics {
      let found = log.topics.first { $0.name == name }?.partitions
      switch state {
      case .there(let count):
        if found != count { return "\(name) has \(found as Any), not \(count)" }
      case .gone: if found != nil { return "\(name) is there again" }
      case .unclear(let count):
        if found != nil && found != count { return "\(name) is there in part: \(found as Any)" }
      }
    }
    for topic in log.topics where topic.name != ConsumerOffsets.topic {
      for partition in try log.partitions(of: topic.name) {
        let place = partition.topicPartition
        let found = try partition.all()
        for (index, record) in found.enumerated() {
          if record.offset != Int64(index) {
            return "\(place): offset \(record.offset) at \(index)"
          }
          let expected = acknowledged[place]?[record.offset]
          if expected != nil && expected != record.value { return "\(place)@\(index): other value" }
          if attempted[place]?.contains(record.value) != true {
            return "\(place)@\(index): invented"
          }
        }
        if Set(found.map(\.value)).count != found.count {
          return "\(place): a record is there twice"
        }
        let wanted = (acknowledged[place]?.keys.max() ?? -1) + 1
        if found.count < wanted { return "\(place): \(found.count) of \(wanted) records" }
      }
    }
    let offsets = try ConsumerOffsets(log).offsets(of: "g")
    for (partition, offset) in acknowledgedCommit {
      guard let found = offsets[partition]?.offset else { return "\(partition): commit lost" }
      if found < offset || commits[partition]?.contains(found) != true {
        return "\(partition): committed \(found), not \(offset)"
      }
    }
    let faults = try LogCheck("/data/log", disk: disk, beside: false).faults
    return faults.isEmpty ? nil : "check: \(faults)"
  }
}

@Suite struct CrashTests {
  private static let configuration = LogConfiguration(segmentBytes: 400, indexIntervalBytes: 90)

  private func open(_ disk: SimulatedDisk) throws(LogError) -> CommitLog {
    try CommitLog("/data/log", disk: disk, configuration: Self.configuration)
  }

  /// A life of a log: topics come and go, records, commits, an orderly end and a start.
  private func live(_ disk: SimulatedDisk) -> Ledger {
    var ledger = Ledger()
    let second = TopicPartition("posts", 1)
    guard let log = try? open(disk) else { return ledger }
    ledger.create(log, "posts", 2)
    for step in 0..<5 {
      ledger.append(log, posts, 1 + step % 2)
      if step % 2 == 0 { ledger.append(log, second, 1) }
    }
    let offsets = try? ConsumerOffsets(log)
    ledger.commit(offsets, posts)
    ledger.create(log, "brief", 2)
    ledger.append(log, TopicPartition("brief", 1), 1)
    ledger.delete(log, "brief")
    try? log.close()
    guard let log = try? open(disk) else { return ledger }
    ledger.append(log, posts, 3)
    ledger.append(log, posts, 1)
    ledger.append(log, second, 2)
    ledger.commit(try? ConsumerOffsets(log), second)
    return ledger
  }

  @Test(arguments: [false, true])
  func `a fault at any operation, then a crash: all that was acknowledged is there, once`(
    isPersistent: Bool
  ) throws {
    Seed.printSeed()
    var operation = 0
    while true {
      operation += 1
      let disk = SimulatedDisk(seed: Seed.value &+ UInt64(operation))
      disk.arm(
        .init(operation: operation, code: operation % 2 == 0 ? 28 : 5, isPersistent: isPersistent))
      let ledger = live(disk)
      let hasFailed = disk.hasFailed
      disk.arm(nil)
      for (number, tail) in [CrashTail.dropped, .kept, .torn, .torn].enumerated() {
        let disk = disk.copy(seed: Seed.value &+ UInt64(operation * 10 + number))
        disk.crash(tail)
        let complaint = try afterCrash(ledger, disk)
        #expect(complaint == nil, "operation \(operation), \(tail)")
        if complaint != nil { return }
      }
      if !hasFailed { break }
    }
    #expect(operation > 200)
  }

  /// Opens after a crash, and again after a second one that follows at once: what was seen in
  /// between must stay.
  private func afterCrash(_ ledger: Ledger, _ disk: SimulatedDisk) throws -> String? {
    let log = try open(disk)
    if let complaint = try ledger.complaint(log, disk) { return complaint }
    let seen = try log.topics.map(\.name).map { name in
      try log.partitions(of: name).map(\.endOffset)
    }
    disk.crash(.dropped)
    var ledger = ledger
    let again = try open(disk)
    if let complaint = try ledger.complaint(again, disk) { return "second start: " + complaint }
    let found = try again.topics.map(\.name).map { name in
      try again.partitions(of: name).map(\.endOffset)
    }
    if seen != found { return "seen \(seen) before the second crash, \(found) after" }
    ledger.step = 1_000
    if again.topics.contains(where: { $0.name == "posts" }) {
      ledger.append(again, posts, 2)
      if ledger.acknowledged[posts]?.values.contains(where: { $0.hasPrefix("posts-0 1001.") })
        != true
      {
        return "takes no records"
      }
    }
    try again.close()
    return try ledger.complaint(try open(disk), disk).map { "third start: " + $0 }
  }

  @Test(arguments: [CrashTail.dropped, .torn])
  func `what a killed process left in memory is on the disk once it was read again`(
    tail: CrashTail
  ) throws {
    let disk = SimulatedDisk(seed: 3)
    let configuration = LogConfiguration(durability: .interval(milliseconds: 1_000_000))
    let log = try freshLog(disk, configuration)
    for number in 0..<5 { try log.partition(posts).append(["\(number)"]) }
    #expect(try log.partition(posts).endOffset == 5)
    disk.endProcess()
    let again = try open(disk)
    #expect(try again.partition(posts).endOffset == 5)
    disk.crash(tail)
    #expect(try open(disk).partition(posts).all().map(\.value) == ["0", "1", "2", "3", "4"])
  }

  @Test func `with an interval, a crash loses a tail and nothing but a tail`() throws {
    for seed in 0..<40 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      let log = try freshLog(
        disk,
        LogConfiguration(
          segmentBytes: 400, indexIntervalBytes: 90, durability: .interval(milliseconds: 1_000_000))
      )
      let values = (0..<20).map { "\($0)" }
      for value in values { try log.partition(posts).append([value]) }
      disk.crash(.torn)
      let again = try open(disk)
      let found = try again.partition(posts).all().map(\.value)
      #expect(found == Array(values.prefix(found.count)), "seed \(seed)")
      #expect(found.count >= 10, "segments before the last are synced")
      #expect(try faults(disk) == [])
    }
  }

  @Test func `a failed sync stops the partition, and closing does not vouch for it`() throws {
    let disk = SimulatedDisk(seed: 3)
    let log = try freshLog(disk, partitions: 2, LogConfiguration())
    let partition = try log.partition(posts)
    try partition.append(["a"])
    disk.arm(.init(operation: 2))
    let failure = IOFailure("sync", "/data/log/posts-0/00000000000000000000.log", code: 5)
    let stopped = LogError.stopped(posts, because: failure)
    #expect(throws: stopped) { try partition.append(["b"]) }
    disk.arm(nil)
    #expect(throws: stopped) { try partition.append(["c"]) }
    #expect(partition.endOffset == 1)
    #expect(try partition.all().map(\.value) == ["a"])
    #expect(try log.partition(TopicPartition("posts", 1)).append(["other"]) == 0)
    #expect(throws: stopped) { try log.close() }
    disk.crash(.dropped)
    let again = try open(disk)
    let found = try again.partition(posts).all().map(\.value)
    #expect(found == ["a"] || found == ["a", "b"])
    #expect(try again.partition(posts).append(["d"]) == Int64(found.count))
  }

  @Test func `a segment that could not be begun does not take the offsets of a smaller batch`()
    throws
  {
    for operation in 1...12 {
      let disk = SimulatedDisk(seed: 3)
      let partition = try freshLog(disk).partition(posts)
      for number in 0..<4 { try partition.append(["\(number)"]) }
      disk.arm(.init(operation: operation, code: 28))
      let large = (0..<30).map { "large \($0)" }
      let taken = try? partition.append(large)
      disk.arm(nil)
      guard (try? partition.append(["small"])) != nil else { continue }
      let expected = ["0", "1", "2", "3"] + (taken == nil ? [] : large) + ["small"]
      #expect(try partition.all().map(\.value) == expected)
      disk.endProcess()
      let found = try open(disk).partition(posts).all().map(\.value)
      #expect(found == expected, "operation \(operation)")
    }
  }

  @Test func `what a failed append could not take back is gone before the next one`() throws {
    for seed in 0..<30 as Range<UInt64> {
      let disk = SimulatedDisk(seed: seed)
      let partition = try freshLog(disk).partition(posts)
      try partition.append(["a"])
      disk.arm(.init(operation: 1, isPersistent: true))
      #expect(throws: LogError.self) { try partition.append((0..<20).map { "large \($0)" }) }
      disk.arm(nil)
      try partition.append(["b"])
      #expect(try partition.all().map(\.value) == ["a", "b"])
      #expect(try faults(disk) == [], "seed \(seed)")
    }
  }

  @Test func `a full disk refuses records until there is room, and loses none`() throws {
    for room in stride(from: 0, to: 200, by: 2) {
      let disk = SimulatedDisk(seed: UInt64(room))
      let log = try open(disk)
      var ledger = Ledger()
      ledger.create(log, "posts", 1)
      for _ in 0..<3 { ledger.append(log, posts, 1) }
      disk.limit(to: disk.used + room)
      for size in [16, 14, 12] {
        do {
          try log.partition(posts).append((0..<size).map { "too much \($0)" })
          Issue.record("\(size) records went into \(room) bytes")
        } catch LogError.io(let failure) where failure.isOutOfSpace {
        } catch {
          Issue.record(error)
        }
      }
      disk.limit(to: nil)
      for count in [1, 2, 1, 3] { ledger.append(log, posts, count) }
      #expect(ledger.acknowledged[posts]?.count == 10)
      #expect(try ledger.complaint(log, disk) == nil, "room for \(room) bytes")
      disk.crash(.dropped)
      #expect(try ledger.complaint(try open(disk), disk) == nil, "room for \(room) bytes")
    }
  }
}

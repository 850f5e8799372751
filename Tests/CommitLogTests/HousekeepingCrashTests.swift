import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// A fault at every disk operation of whatever takes records away or moves them, each followed by
/// going on in the same process and by a crash.
@Suite struct HousekeepingCrashTests {
  enum Life: String, CaseIterable {
    case retention, compaction, transactions, rewriting
  }

  private let time = MovableClock(milliseconds: 1_000_000)

  private func open(_ disk: SimulatedDisk) throws(LogError) -> CommitLog {
    var configuration = LogConfiguration(segmentBytes: 400, indexIntervalBytes: 90)
    configuration.dedupeBytes = 1
    configuration.topicDefaults.minCleanableDirtyRatio = 0
    return try CommitLog("/data/log", disk: disk, clock: time.clock, configuration: configuration)
  }

  /// Lives a life on a disk that may fail; returns the log as it is at its end, if it is open.
  private func live(
    _ life: Life, _ disk: SimulatedDisk, _ ledger: inout FaultLedger
  ) -> CommitLog? {
    var log = try? open(disk)
    switch life {
    case .retention:
      for step in 0..<8 { ledger.append(log, posts, 1 + step % 3) }
      ledger.deleteRecords(log, posts, before: 3)
      try? log?.alterTopic("posts", settings: ["retention.bytes": "500"])
      ledger.places[posts]?.possibleStart = .max
      _ = try? log?.maintain()
      ledger.append(log, posts, 2)
      ledger.deleteRecords(log, posts, before: 11)
      ledger.append(log, posts, 1)
    case .compaction:
      for step in 0..<9 { ledger.append(log, posts, 1 + step % 3) }
      _ = try? log?.partition(posts).compact()
      for _ in 0..<4 { ledger.append(log, posts, 2) }
      _ = try? log?.maintain()
      ledger.append(log, posts, 1)
    case .rewriting:
      for step in 0..<7 { ledger.append(log, posts, 1 + step % 4) }
      ledger.transaction(log, posts, commits: false)
      ledger.rewrite(log, posts)
      for _ in 0..<3 { ledger.append(log, posts, 2) }
      ledger.rewrite(log, posts)
      ledger.append(log, posts, 1)
    case .transactions:
      for step in 0..<5 {
        ledger.transaction(log, posts, commits: step % 2 == 0)
        ledger.append(log, posts, 1)
      }
      if (try? log?.close()) != nil { log = nil }
      if log == nil { log = try? open(disk) }
      for step in 0..<3 { ledger.transaction(log, posts, commits: step % 2 == 1) }
    }
    return log
  }

  @Test(arguments: Life.allCases, [false, true])
  func `a fault at any operation costs nothing that was acknowledged`(
    life: Life, isPersistent: Bool
  ) throws {
    Seed.printSeed()
    let empty = SimulatedDisk(seed: Seed.value)
    let settings = life == .compaction ? ["cleanup.policy": "compact"] : [:]
    try open(empty).createTopic("posts", settings: settings)
    empty.endProcess()
    var operation = 0
    var hasFailed = true
    while hasFailed {
      operation += 1
      let disk = empty.copy(seed: Seed.value &+ UInt64(operation))
      var ledger = FaultLedger()
      ledger.places[posts] = .init(isCompacted: life == .compaction)
      disk.arm(
        .init(operation: operation, code: operation % 2 == 0 ? 28 : 5, isPersistent: isPersistent))
      let log = live(life, disk, &ledger)
      hasFailed = disk.hasFailed
      disk.arm(nil)
      var complaint: String?
      for (number, tail) in CrashTail.allCases.enumerated() where complaint == nil {
        let disk = disk.copy(seed: Seed.value &+ UInt64(operation * 10 + number))
        disk.crash(tail)
        complaint = try afterCrash(ledger, disk).map { "\(tail): " + $0 }
      }
      if complaint == nil, let log {
        complaint = try goOn(log, disk, &ledger).map { "same process: " + $0 }
      }
      #expect(complaint == nil, "operation \(operation)")
      if complaint != nil { return }
    }
    #expect(operation > 60)
  }

  /// The disk is well again: the process that saw the fault goes on.
  private func goOn(
    _ log: CommitLog, _ disk: SimulatedDisk, _ ledger: inout FaultLedger
  ) throws -> String? {
    if let complaint = try ledger.complaint(log, isSameProcess: true) { return complaint }
    let done = try log.maintain()
    let isStopped = done.failures.contains {
      if case .stopped = $0.error { true } else { $0.error == .closed }
    }
    if !isStopped, !done.failures.isEmpty { return "\(done.failures)" }
    ledger.append(log, posts, 2)
    if let complaint = try ledger.complaint(log, isSameProcess: true) { return "then " + complaint }
    let faults = try LogCheck("/data/log", disk: disk, beside: true).faults
    if !faults.isEmpty { return "check: \(faults)" }
    let left = try disk.list("/data/log/posts-0").filter {
      $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap")
    }
    if !left.isEmpty { return "left behind: \(left)" }
    disk.crash(.torn)
    return try afterCrash(ledger, disk)
  }

  /// Opens after a crash, and again after a second one at once: nothing of what was seen may go.
  private func afterCrash(_ ledger: FaultLedger, _ disk: SimulatedDisk) throws -> String? {
    let log = try open(disk)
    if let complaint = try ledger.complaint(log, isSameProcess: false) { return complaint }
    let faults = try LogCheck("/data/log", disk: disk, beside: true).faults
    if !faults.isEmpty { return "check: \(faults)" }
    let seen = try FaultLedger.read(log.partition(posts), .uncommitted)
    let stable = try log.partition(posts).stableOffset
    let sequence = ledger.places[posts]?.sequence ?? 0
    if sequence > 0, try takes(log, sequence: sequence + 5) { return "takes a gap" }
    disk.crash(.dropped)
    let again = try open(disk)
    if try FaultLedger.read(again.partition(posts), .uncommitted) != seen
      || again.partition(posts).stableOffset != stable
    {
      return "other records after a second crash"
    }
    _ = try again.maintain()
    return try ledger.complaint(again, isSameProcess: false).map { "after maintenance: " + $0 }
  }

  private func takes(_ log: CommitLog, sequence: Int32) throws -> Bool {
    let batch = try encode(
      [Sample(time: 1, key: [1], value: [1])],
      producer: BatchProducer(id: 7, epoch: 0, sequence: sequence, isTransactional: true))
    do throws(LogError) {
      try log.partition(posts).appended(batch)
      return true
    } catch {
      if case .sequence = error { return false }
      throw error
    }
  }
}

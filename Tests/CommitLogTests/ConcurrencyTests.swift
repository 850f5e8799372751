import Bytes
import CommitLog
import Machine
import Records
import Synchronization
import TestSupport
import Testing

/// Threads on the machine's own disk.
@Suite struct ConcurrencyTests {
  private final class Faults: Sendable {
    private let found = Mutex<[String]>([])
    var all: [String] { found.withLock { $0 } }
    func note(_ what: String) { found.withLock { $0.append(what) } }

    /// Runs `body` and notes what it throws.
    func watch(_ name: String, _ body: () throws -> Void) {
      do { try body() } catch { note("\(name): \(error)") }
    }
  }

  private static func record(_ writer: Int, _ number: Int) -> Sample {
    Sample(
      time: 1_000 + Int64(number), key: Array("\(writer).\(number % 5)".utf8),
      value: Array("\(writer):\(number)".utf8))
  }

  /// Reads all there is once and says what is wrong: values must be what their writers sent, each
  /// writer's in order, and of each key nothing newer may be missing behind what was seen before.
  private static func scan(_ partition: PartitionLog) throws -> [Sample] {
    while true {
      let start = partition.startOffset
      do {
        var next = start
        var found: [Sample] = []
        var buffer = ByteBuffer()
        let end = partition.endOffset
        while next < end {
          buffer.removeAll()
          try partition.read(from: next, maxBytes: 2_000, into: &buffer)
          let batches = try decode(buffer.toArray())
          guard let last = batches.last?.header else { throw Stalled(offset: next) }
          found += batches.flatMap(\.samples).filter { $0.offset >= next }
          next = last.nextOffset
        }
        return found
      } catch LogError.offsetOutOfRange where partition.startOffset > start {
        // Deleted meanwhile, as the error says.
      }
    }
  }

  private static func complaint(_ found: [Sample]) -> String? {
    var last = [Int](repeating: -1, count: 3)
    var offset: Int64 = -1
    for sample in found {
      let parts = String(decoding: sample.value ?? [], as: UTF8.self).split(separator: ":")
      guard parts.count == 2, let writer = Int(parts[0]), let number = Int(parts[1]),
        record(writer, number).key == sample.key, sample.time == 1_000 + Int64(number)
      else { return "@\(sample.offset): \(sample)" }
      if sample.offset <= offset || number <= last[writer] { return "order at \(sample.offset)" }
      last[writer] = number
      offset = sample.offset
    }
    return nil
  }

  @Test(arguments: ["compact", "delete"])
  func `readers beside writers and housekeeping see right records and no error`(
    policy: String
  ) throws {
    let directory = TemporaryDirectory()
    var configuration = LogConfiguration(
      segmentBytes: 1_500, indexIntervalBytes: 200, durability: .interval(milliseconds: 5))
    configuration.topicDefaults.minCleanableDirtyRatio = 0
    let settings = configuration
    let log = try CommitLog(directory("log"), configuration: configuration)
    try log.createTopic(
      "posts",
      settings: ["cleanup.policy": policy, "retention.bytes": "20000", "retention.ms": "-1"])
    let partition = try log.partition(posts)
    let faults = Faults()
    let isDone = Atomic(false)
    let count = 400
    let writers = (0..<3).map { writer in
      Worker {
        faults.watch("writer") {
          for number in 0..<count {
            try partition.appended(try encode([Self.record(writer, number)]))
          }
        }
      }
    }
    let readerDirectory = directory("log")
    let readers = (0..<2).map { kind in
      Worker {
        faults.watch("reader \(kind)") {
          let beside = try CommitLog(readingOnly: readerDirectory, configuration: settings)
          while !isDone.load(ordering: .acquiring) {
            if kind == 1 { try beside.refresh() }
            let watched = kind == 1 ? try beside.partition(posts) : partition
            let found = try Self.scan(watched)
            if let complaint = Self.complaint(found) { faults.note("\(kind): \(complaint)") }
            _ = try watched.record(atOrAfter: 1_100)
            _ = try watched.latestRecord()
          }
        }
      }
    }
    let keeper = Worker {
      faults.watch("keeper") {
        while !isDone.load(ordering: .acquiring) {
          let done = try log.maintain()
          if let failure = done.failures.first { faults.note("\(failure)") }
          if policy == "delete" {
            try partition.deleteRecords(before: max(partition.endOffset - 150, 0))
          }
        }
      }
    }
    for writer in writers { writer.join() }
    isDone.store(true, ordering: .releasing)
    for worker in readers + [keeper] { worker.join() }
    #expect(faults.all.prefix(5) == [])
    #expect(partition.endOffset == Int64(3 * count))
    if policy == "compact" { try partition.compact(force: true) }
    let found = try Self.scan(partition)
    let newest = Dictionary(found.map { ($0.key, $0.value) }) { $1 }
    for writer in 0..<3 {
      for number in count - 5..<count where policy == "compact" {
        let sent = Self.record(writer, number)
        #expect(newest[sent.key] == sent.value)
      }
    }
    try log.close()
    #expect(try LogCheck(directory("log"), beside: false).faults == [])
  }

  @Test func `what is acknowledged was synced before, and writers share syncs`() throws {
    let directory = TemporaryDirectory()
    let disk = WatchedDisk()
    let log = try CommitLog(directory("log"), disk: disk)
    try log.createTopic("posts")
    let partition = try log.partition(posts)
    let size = Int64(try encode([Self.record(0, 100)]).count)
    let before = disk.syncs
    let faults = Faults()
    let writers = (0..<8).map { writer in
      Worker {
        faults.watch("writer") {
          for number in 100..<160 {
            let taken = try partition.appended(try encode([Self.record(writer, number)]))
            // All batches have one size, so the offset tells where it lies.
            let synced = disk.syncedBytes
            if synced < (taken.lastOffset + 1) * size {
              faults.note("\(taken.lastOffset) was acknowledged, \(synced) bytes synced")
            }
          }
        }
      }
    }
    for writer in writers { writer.join() }
    #expect(faults.all.prefix(5) == [])
    let syncs = disk.syncs - before
    #expect(syncs > 0 && syncs < 8 * 60)
  }
}

import ArgumentParser
import Bytes
import CLogFloor
import CommitLog
import Machine
import Records
import Synchronization
import TestSupport

/// The commit log alone, each figure beside what a C program reaches with the same bytes on the
/// same disk in the same run. Runs take turns, and the best of each side counts.
struct LogBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "log")

  @Option(help: "Bytes that each append run writes, in MiB; a segment ends, with a sync, at 1,024.")
  var mebibytes = 512
  @Option(help: "How often each side runs.") var rounds = 5
  @Option(help: "Gibibytes of the log that is opened and searched; 0 leaves that out.")
  var gibibytes = 10
  @OptionGroup var places: Places

  /// What Kafka 4.0 with its own producer tool was measured to reach on two cores of this kind.
  private enum Kafka {
    static let smallRecords = 410_000.0
    static let largeRecords = 95_000.0
  }

  func run() throws {
    let folder = try places.folder()
    defer { try? LocalDisk().remove(folder) }
    for (size, kafka) in [(1_024, Kafka.largeRecords), (100, Kafka.smallRecords)] {
      try append(folder, recordBytes: size, kafka: kafka)
    }
    try groupCommit(folder, writers: 16)
    if gibibytes > 0 { try large(folder) }
    print("peak memory     \(shown(Measure.peakMebibytes)) MiB in this process")
  }

  // MARK: appending and scanning

  private func append(_ folder: String, recordBytes: Int, kafka: Double) throws {
    let value = [UInt8](repeating: 7, count: recordBytes)
    let records = mebibytes << 20 / recordBytes
    var floor = Double.infinity
    var batched = Double.infinity
    var single = Double.infinity
    var scan = Double.infinity
    var rawScan = Double.infinity
    for _ in 0..<rounds {
      let raw = Path.join(folder, "raw")
      let block = try Self.batch(of: value)
      let blocks = records / Int(block.records)
      floor = min(floor, try write(block.bytes, raw, blocks))
      try LocalDisk().remove(raw)
      let path = Path.join(folder, "log")
      batched = min(batched, try Self.appendBatches(path, value, records))
      let log = try CommitLog(path)
      scan = min(scan, try Self.scan(log, records: records))
      rawScan = min(rawScan, try Self.rawScan(log))
      try LocalDisk().remove(path)
      single = min(single, try Self.appendSingly(path, value, records))
      try LocalDisk().remove(path)
    }
    let count = Double(records)
    let name = "\(recordBytes) B records"
    report(
      "append", name, "batches of 64 KiB", count / batched, ratio: floor / batched, "C write()")
    report("append", name, "one call each", count / single, ratio: floor / single, "C write()")
    report(
      "against Kafka", name, "4.0, its producer tool", count / single,
      ratio: count / single / kafka, "Kafka")
    report(
      "scan", name, "checksum and decode", count / scan, ratio: rawScan / scan, "C pread + CRC")
  }

  private func write(_ block: [UInt8], _ path: String, _ count: Int) throws -> Double {
    Measure.settle()
    let seconds = block.withUnsafeBytes {
      grouse_floor_write(path, $0.baseAddress, $0.count, count)
    }
    guard seconds > 0 else { throw Benchmark.Wrong(what: "the disk refused the C program") }
    return seconds
  }

  /// One batch as the log writes it: what the C program writes.
  private static func batch(of value: [UInt8]) throws -> (bytes: [UInt8], records: Int32) {
    var builder = RecordBatchBuilder(capacity: 1 << 17)
    try value.withUnsafeBytes { value in
      while builder.size < 64 << 10 {
        try builder.append(timestamp: 1_795_132_800_000, key: nil, value: value)
      }
    }
    return (builder.finish { [UInt8]($0) }, builder.count)
  }

  private static func open(_ path: String) throws -> CommitLog {
    let log = try CommitLog(
      path, configuration: LogConfiguration(durability: .interval(milliseconds: 3_600_000)))
    try log.createTopic("bench")
    return log
  }

  private static func appendBatches(
    _ path: String, _ value: [UInt8], _ records: Int
  ) throws -> Double {
    let log = try open(path)
    Measure.settle()
    let partition = try log.partition(TopicPartition("bench", 0))
    var builder = RecordBatchBuilder(capacity: 1 << 17)
    let cost = try Measure.time {
      try value.withUnsafeBytes { value in
        var left = records
        while left > 0 {
          builder.reset()
          while builder.size < 64 << 10, left > 0 {
            try builder.append(timestamp: 1_795_132_800_000, key: nil, value: value)
            left -= 1
          }
          _ = try builder.finish { try partition.append($0, from: .builder) }
        }
      }
    }
    guard partition.endOffset == Int64(records) else {
      throw Benchmark.Wrong(what: "\(partition.endOffset) records of \(records)")
    }
    return cost.seconds
  }

  private static func appendSingly(
    _ path: String, _ value: [UInt8], _ records: Int
  ) throws -> Double {
    let log = try open(path)
    Measure.settle()
    let cost = try Measure.time {
      var producer = try LogProducer(log, topic: "bench")
      try value.withUnsafeBytes { value in
        for _ in 0..<records {
          try producer.send(timestamp: 1_795_132_800_000, key: nil, value: value)
        }
      }
      try producer.flush()
    }
    return cost.seconds
  }

  private static func scan(_ log: CommitLog, records: Int) throws -> Double {
    let partition = try log.partition(TopicPartition("bench", 0))
    var buffer = ByteBuffer(capacity: 1 << 20)
    var decoder = RecordDecoder()
    var found = 0
    var bytes = 0
    let cost = try Measure.time {
      var next: Int64 = 0
      while next < partition.endOffset {
        buffer.removeAll()
        try partition.read(from: next, maxBytes: 1 << 20, into: &buffer)
        next = try buffer.withBytes { read in
          try RecordBatches.forEach(read, from: next, with: &decoder) { record in
            found += 1
            bytes += record.value?.count ?? 0
          }
        }
      }
    }
    guard found == records else { throw Benchmark.Wrong(what: "\(found) records of \(records)") }
    return cost.seconds
  }

  private static func rawScan(_ log: CommitLog) throws -> Double {
    var sum: UInt32 = 0
    var seconds = 0.0
    let folder = try log.partition(TopicPartition("bench", 0)).directory
    for name in try LocalDisk().list(folder) where name.hasSuffix(".log") {
      seconds += grouse_floor_scan(Path.join(folder, name), 1 << 20, &sum)
    }
    return seconds
  }

  // MARK: durable appends

  /// Short runs take turns, and their times are added up: a disk that others use, or that has its
  /// own moods, is then the same for all.
  private func groupCommit(_ folder: String, writers: Int) throws {
    let value = [UInt8](repeating: 7, count: 1_024)
    let appends = 400
    var ours = (seconds: 0.0, syncs: 0)
    var raw = (seconds: 0.0, syncs: 0)
    var shared = 0.0
    let turns = rounds * 5
    for _ in 0..<turns {
      let (seconds, syncs) = try Self.durable(folder, value, writers: writers, appends: appends)
      ours = (ours.seconds + seconds, ours.syncs + syncs)
      let path = Path.join(folder, "raw")
      let block = [UInt8](repeating: 7, count: 1_100 * writers * appends / syncs)
      raw.seconds += block.withUnsafeBytes {
        grouse_floor_sync(path, $0.baseAddress, $0.count, syncs)
      }
      raw.syncs += syncs
      var count = 0
      shared += value.withUnsafeBytes {
        grouse_floor_group(path, $0.baseAddress, $0.count, appends, Int32(writers), &count)
      }
      try LocalDisk().remove(path)
    }
    let acks = Double(turns * writers * appends)
    print(
      "durable         \(writers) writers, 1 KiB each, fdatasync  "
        + "\(shown(acks / ours.seconds)) acknowledged/s in groups of "
        + "\(shown(acks / Double(ours.syncs), 1))  "
        + "\(shown(raw.seconds / ours.seconds, 2)) of one C writer's "
        + "\(shown(Double(raw.syncs) / raw.seconds)) syncs/s of as many bytes, "
        + "\(shown(shared / ours.seconds, 2)) of \(writers) C writers that share syncs")
  }

  private static func durable(
    _ folder: String, _ value: [UInt8], writers: Int, appends: Int
  ) throws -> (seconds: Double, syncs: Int) {
    let disk = WatchedDisk()
    let path = Path.join(folder, "durable")
    let log = try CommitLog(path, disk: disk)
    try log.createTopic("bench")
    let partition = try log.partition(TopicPartition("bench", 0))
    let failure = Mutex<(any Error)?>(nil)
    let before = disk.syncs
    let cost = Measure.time {
      let workers = (0..<writers).map { _ in
        Worker {
          var builder = RecordBatchBuilder(capacity: 2_048)
          do {
            for _ in 0..<appends {
              builder.reset()
              try value.withUnsafeBytes {
                try builder.append(timestamp: 1_795_132_800_000, key: nil, value: $0)
              }
              _ = try builder.finish { try partition.append($0, from: .builder) }
            }
          } catch {
            failure.withLock { $0 = error }
          }
        }
      }
      for worker in workers { worker.join() }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    try LocalDisk().remove(path)
    return (cost.seconds, disk.syncs - before)
  }

  // MARK: a large log

  private func large(_ folder: String) throws {
    let path = Path.join(folder, "large")
    for share in [10, 1] {
      let gibibytes = max(gibibytes / share, 1)
      let segment = (gibibytes << 30) / 100
      try fill(path, bytes: gibibytes << 30, segmentBytes: segment)
      let start = Clock.monotonicSeconds()
      let log = try CommitLog(path)
      let opened = Clock.monotonicSeconds() - start
      let partition = try log.partition(TopicPartition("bench", 0))
      var random = SeededRandom(seed: 1)
      var buffer = ByteBuffer(capacity: 1 << 20)
      var slowest = (offset: 0.0, time: 0.0)
      var total = (offset: 0.0, time: 0.0)
      let seeks = 1_000
      for round in 0..<2 {
        for _ in 0..<seeks {
          let offset = Int64.random(in: 0..<partition.endOffset, using: &random)
          buffer.removeAll()
          let byOffset = try Measure.time {
            try partition.read(from: offset, maxBytes: 1, into: &buffer)
          }
          let byTime = try Measure.time {
            guard try partition.offset(atOrAfter: 1_795_132_800_000 + offset) == offset else {
              throw Benchmark.Wrong(what: "a time was not found")
            }
          }
          // The first round warms the caches.
          guard round == 1 else { continue }
          slowest = (max(slowest.offset, byOffset.seconds), max(slowest.time, byTime.seconds))
          total = (total.offset + byOffset.seconds, total.time + byTime.seconds)
        }
      }
      let segments = try LocalDisk().list(partition.directory).filter { $0.hasSuffix(".log") }.count
      print(
        "open            \(gibibytes) GiB in \(segments) segments, closed in order  "
          + "\(shown(opened * 1_000, 1)) ms;  seek by offset "
          + "\(shown(total.offset / Double(seeks) * 1e6)) µs (slowest "
          + "\(shown(slowest.offset * 1e6))), by time \(shown(total.time / Double(seeks) * 1e6)) µs "
          + "(slowest \(shown(slowest.time * 1e6)))")
      try LocalDisk().remove(path)
    }
  }

  private func fill(_ path: String, bytes: Int, segmentBytes: Int) throws {
    let log = try CommitLog(
      path,
      configuration: LogConfiguration(
        segmentBytes: segmentBytes, durability: .interval(milliseconds: 3_600_000)))
    try log.createTopic("bench", settings: ["message.timestamp.after.max.ms": "\(Int64.max)"])
    var producer = try LogProducer(log, topic: "bench")
    let value = [UInt8](repeating: 7, count: 1_024)
    try value.withUnsafeBytes { value in
      for number in 0..<(bytes / 1_033) {
        try producer.send(timestamp: 1_795_132_800_000 + Int64(number), key: nil, value: value)
      }
    }
    try producer.flush()
    try log.close()
  }

  private func report(
    _ what: String, _ records: String, _ how: String, _ rate: Double, ratio: Double, _ floor: String
  ) {
    let padded = what + String(repeating: " ", count: max(16 - what.count, 1))
    print(
      "\(padded)\(records), \(how)  \(shown(rate / 1e6, 2)) million/s  "
        + "\(shown(ratio, 2)) of \(floor)")
  }
}

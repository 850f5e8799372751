import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// Files that somebody or something has damaged: right records or an error, never wrong records.
@Suite struct HostileFileTests {
  private let time = MovableClock(milliseconds: 1_000_000)

  private func open(_ disk: SimulatedDisk) throws(LogError) -> CommitLog {
    try CommitLog("/data/log", disk: disk, clock: time.clock, configuration: Self.configuration)
  }

  private static let configuration: LogConfiguration = {
    var configuration = LogConfiguration(segmentBytes: 500, indexIntervalBytes: 90)
    configuration.topicDefaults.minCleanableDirtyRatio = 0
    return configuration
  }()

  /// Everything that was put into the log.
  private struct Truth {
    var records: [Int64: Sample] = [:]
    var aborted: Set<Int64> = []
    var isClosed = false
    var start: Int64 = 0
    var end: Int64 = 0
    /// Records and markers by time.
    var times: [(offset: Int64, time: Int64)] = []
  }

  /// A log of several segments with transactions, of which one was aborted in each segment.
  private func sample(closing: Bool) throws -> (SimulatedDisk, Truth) {
    let disk = SimulatedDisk(seed: 11)
    let log = try open(disk)
    try log.createTopic("posts", settings: ["retention.ms": "600000", "max.message.bytes": "9000"])
    let partition = try log.partition(posts)
    var truth = Truth()
    var sequence: Int32 = 0
    for step in 0..<12 {
      let isTransactional = step % 2 == 1
      let samples = (0..<1 + step % 3).map { index in
        Sample(
          // Out of order, some twice, so that a garbled index finds another batch with its time.
          time: 1_000_000
            + Int64([10, 50, 10, 60, 20, 60, 70, 70][step % 8] * 10 + step / 8 * 300),
          key: [UInt8(ascii: "k"), UInt8(step % 3)], value: Array("\(step).\(index)".utf8))
      }
      let producer = BatchProducer(
        id: isTransactional ? 5 : -1, epoch: isTransactional ? 0 : -1,
        sequence: isTransactional ? sequence : -1, isTransactional: isTransactional)
      if isTransactional { sequence += Int32(samples.count) }
      let first = try partition.appended(
        try encode(samples, codec: step % 4 == 0 ? .gzip : .none, producer: producer)
      ).firstOffset
      for (index, sample) in samples.enumerated() {
        var sample = sample
        sample.offset = first + Int64(index)
        truth.records[sample.offset] = sample
        truth.times.append((sample.offset, sample.time))
        if isTransactional, step % 4 == 1 { truth.aborted.insert(sample.offset) }
      }
      if isTransactional {
        let marker = try partition.endTransaction(
          producerID: 5, epoch: 0, isCommitted: step % 4 != 1)
        truth.times.append((marker.firstOffset, time.milliseconds))
      }
    }
    try partition.deleteRecords(before: 1)
    truth.start = 1
    truth.times.removeAll { $0.offset < 1 }
    truth.end = partition.endOffset
    truth.isClosed = closing
    if closing { try log.close() }
    disk.endProcess()
    return (disk, truth)
  }

  /// What damage to one file may cost.
  private enum Cost { case time, records, start }

  private func cost(_ name: String) -> Cost {
    if name.hasSuffix(".log") { return .records }
    return name.hasPrefix("log-start") ? .start : .time
  }

  /// Opens and asks everything; nil where all answers are right.
  private func complaint(
    _ disk: SimulatedDisk, _ truth: Truth, _ cost: Cost, readOnly: Bool
  ) throws -> String? {
    let log: CommitLog
    do throws(LogError) {
      log =
        readOnly
        ? try CommitLog(
          readingOnly: "/data/log", disk: disk, configuration: Self.configuration)
        : try open(disk)
    } catch {
      if case .invalidConfiguration = error { return nil }
      return "does not open: \(error)"
    }
    guard let partition = try? log.partition(posts) else { return "no topic" }
    var truth = truth
    if cost == .records && partition.endOffset < truth.end {
      // After a crash, an end that lies at a batch's may be the real one.
      if !readOnly && log.repairs.isEmpty && truth.isClosed {
        return "ends at \(partition.endOffset) in silence"
      }
      truth.end = partition.endOffset
    }
    // A reader beside the writer takes headers at their word until it reads.
    if cost == .records && readOnly { truth.end = min(truth.end, partition.endOffset) }
    if cost == .start {
      truth.start = partition.startOffset
    } else if partition.startOffset != truth.start {
      return "starts at \(partition.startOffset)"
    }
    if partition.endOffset != truth.end, cost != .records || !readOnly {
      return "ends at \(partition.endOffset)"
    }
    if let complaint = reading(partition, truth, cost) { return complaint }
    for wanted in stride(from: Int64(1_000_050), to: 1_001_100, by: 50) where cost == .time {
      let found = try partition.offset(atOrAfter: wanted)
      let expected = truth.times.first { $0.time >= wanted }?.offset
      if found != expected { return "time \(wanted): \(found as Any), not \(expected as Any)" }
    }
    guard !readOnly else { return nil }
    _ = try log.maintain()
    if partition.startOffset != truth.start { return "retention deletes what is young" }
    try log.alterTopic("posts", settings: ["cleanup.policy": "compact"])
    do throws(LogError) {
      try partition.compact(force: true)
    } catch {
      guard cost == .records, case .record = error else { return "compaction: \(error)" }
      return nil
    }
    return cost == .records ? nil : compacted(partition, truth)
  }

  /// Reads from every offset; a fault is named with its place.
  private func reading(_ partition: PartitionLog, _ truth: Truth, _ cost: Cost) -> String? {
    for from in truth.start..<max(truth.end, truth.start) {
      do throws(LogError) {
        var buffer = ByteBuffer()
        try partition.read(from: from, maxBytes: 200, into: &buffer)
        _ = try partition.slice(from: from, maxBytes: 200)
        guard let batches = try? decode(buffer.toArray()) else { return "unsound bytes at \(from)" }
        guard let last = batches.last?.header else { return "nothing at \(from)" }
        let found = batches.filter { !$0.header.isControl }.flatMap(\.samples)
          .filter { $0.offset >= from }
        let expected = (from..<last.nextOffset).compactMap { truth.records[$0] }
        if found != expected { return "from \(from): \(found)" }
        let aborted = try partition.abortedTransactions(from: from, to: last.nextOffset)
        for batch in batches where batch.header.isTransactional && !batch.header.isControl {
          let isAborted = aborted.contains {
            $0.producerID == batch.header.producerID && $0.firstOffset <= batch.header.baseOffset
              && batch.header.baseOffset < $0.lastOffset
          }
          if isAborted != truth.aborted.contains(batch.header.baseOffset) {
            return "@\(batch.header.baseOffset): aborted \(isAborted)"
          }
        }
      } catch {
        guard cost == .records, case .record(_, posts, _) = error else { return "\(error)" }
      }
    }
    return nil
  }

  private func compacted(_ partition: PartitionLog, _ truth: Truth) -> String? {
    guard let found = try? FaultLedger.read(partition, .committed) else { return "unreadable" }
    var last: [[UInt8]?: Int64] = [:]
    for (offset, sample) in truth.records where !truth.aborted.contains(offset) {
      last[sample.key] = max(last[sample.key] ?? -1, offset)
    }
    let kept = Set(found.map(\.offset))
    let lost = last.values.filter { $0 >= truth.start && !kept.contains($0) }
    return lost.isEmpty ? nil : "compaction loses \(lost)"
  }

  /// All that can be done to a file's bytes: nil removes it.
  private func damages(_ bytes: [UInt8], _ random: inout SeededRandom) -> [[UInt8]?] {
    var damaged: [[UInt8]?] = [nil, [], bytes + bytes, [UInt8](repeating: 0, count: bytes.count)]
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
      damaged.append(flipped)
    }
    let step = max(bytes.count / 60, 1)
    for count in stride(from: 1, to: bytes.count, by: step) {
      damaged.append(Array(bytes[..<count]))
    }
    for _ in 0..<6 {
      damaged.append(bytes.map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    return damaged
  }

  /// The bytes of batches' base offsets and leader epochs lie outside their checksums.
  private func unguarded(_ bytes: [UInt8]) throws -> Set<Int> {
    var start = 0
    var found: Set<Int> = []
    for batch in try decode(bytes) {
      found.formUnion(start..<start + 8)
      start += batch.header.totalSize
    }
    return found
  }

  @Test(arguments: [true, false])
  func `a damaged file costs time, or records with an error, but never shows wrong ones`(
    closing: Bool
  ) throws {
    var random = Seed.random()
    let (disk, truth) = try sample(closing: closing)
    #expect(try complaint(disk.copy(), truth, .time, readOnly: false) == nil)
    let folder = "/data/log/posts-0"
    var paths = try disk.list(folder).map { folder + "/" + $0 }
    #expect(paths.filter { $0.hasSuffix(".log") }.count > 3)
    paths += try disk.list("/data/log").filter { $0.hasSuffix("checkpoint") }
      .map { "/data/log/" + $0 }
    for path in paths {
      let sound = try disk.readAll(path)
      let cost = cost(Path.name(of: path))
      let skipped = cost == .records ? try unguarded(sound) : []
      for bytes in damages(sound, &random) {
        if let bytes, bytes.count == sound.count,
          let place = bytes.indices.first(where: { bytes[$0] != sound[$0] }),
          skipped.contains(place)
        {
          continue
        }
        if bytes == nil, cost == .records { continue }
        for readOnly in Bool.random(using: &random) ? [true] : [false] {
          let disk = disk.copy()
          try disk.remove(path)
          if let bytes { try disk.replace(path, with: bytes) }
          _ = try LogCheck("/data/log", disk: disk, beside: false)
          let complaint = try complaint(disk, truth, cost, readOnly: readOnly)
          #expect(
            complaint == nil,
            "\(path), read-only \(readOnly): \(bytes.map { difference($0, sound) } ?? "removed")")
          if complaint != nil { break }
        }
      }
    }
  }

  private func difference(_ bytes: [UInt8], _ sound: [UInt8]) -> String {
    let place = zip(bytes, sound).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    return "\(bytes.count) of \(sound.count) bytes, first other one at \(place as Any)"
  }
}

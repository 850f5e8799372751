import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// Logs in which others have written: a cluster before us, or another process beside us.
@Suite struct ForeignLogTests {
  private let disk = SimulatedDisk(seed: 11)
  private let epochs = "/data/log/posts-0/leader-epoch-checkpoint"

  private func encoded(_ value: String, _ producer: BatchProducer) throws -> [UInt8] {
    var builder = RecordBatchBuilder(capacity: 256)
    try Array(value.utf8).withUnsafeBytes { bytes in
      try builder.append(timestamp: 1_000, key: bytes, value: bytes)
    }
    try builder.seal(producer: producer)
    return builder.withBatch { [UInt8]($0) }
  }

  private func transactional(_ producer: Int64, _ sequence: Int32) -> BatchProducer {
    BatchProducer(id: producer, epoch: 0, sequence: sequence, isTransactional: true)
  }

  private func leaderEpochs(_ partition: PartitionLog) throws -> [Int32] {
    var found: [Int32] = []
    for offset in partition.startOffset..<partition.endOffset {
      var buffer = ByteBuffer()
      try partition.read(from: offset, maxBytes: 0, into: &buffer)
      found.append(try buffer.withBytes { try RecordBatchHeader($0) }.leaderEpoch)
    }
    return found
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try disk.readAll(path), as: UTF8.self)
  }

  @Test func `what is appended has the epoch of the last leader there was`() throws {
    let log = try freshLog(disk)
    for value in ["a", "b"] { try log.partition(posts).append([value]) }
    try log.close()
    #expect(try text(epochs) == "0\n1\n0 0\n")
    // The last one tells of records that are gone.
    try disk.replace(epochs, with: Array("0\n3\n0 0\n4 2\n7 9\n".utf8))
    let again = try CommitLog("/data/log", disk: disk, configuration: small)
    #expect(try text(epochs) == "0\n2\n0 0\n4 2\n")
    let partition = try again.partition(posts)
    for value in 0..<20 { try partition.append(["\(value)"]) }
    #expect(try leaderEpochs(partition) == [0, 0] + [Int32](repeating: 4, count: 20))
    try partition.deleteRecords(before: 20)
    let start = String(try text(epochs).split(separator: "\n").last ?? "")
    #expect(try text(epochs).hasPrefix("0\n1\n4 ") && start != "4 2", "\(start)")
    for damage in ["", "0\n", "0\n1\n4", "1 1\n\nx y\n"] {
      let copy = disk.copy()
      copy.endProcess()
      try copy.replace(epochs, with: Array(damage.utf8))
      let found = try CommitLog("/data/log", disk: copy, configuration: small)
      #expect(try found.partition(posts).append(["more"]) == 22)
    }
  }

  @Test func `a process that only reads knows which transactions are open, and which aborted`()
    throws
  {
    let log = try freshLog(disk)
    let partition = try log.partition(posts)
    let reader = try CommitLog(readingOnly: "/data/log", disk: disk, configuration: small)
    let seen = try reader.partition(posts)
    var next: Int32 = 0
    for round in 0..<12 {
      let before = partition.endOffset
      let batch = try encoded("\(round)", transactional(5, next))
      try partition.append(batch)
      next += 1
      if round % 3 == 0 { try partition.append(["beside"]) }
      try reader.refresh()
      #expect(seen.endOffset == partition.endOffset && seen.stableOffset == before)
      let fresh = try CommitLog(readingOnly: "/data/log", disk: disk, configuration: small)
      #expect(try fresh.partition(posts).stableOffset == before)
      try partition.endTransaction(producerID: 5, epoch: 0, isCommitted: round % 2 == 0)
      try reader.refresh()
      let end = partition.endOffset
      #expect(seen.stableOffset == end)
      let aborted = try partition.abortedTransactions(from: 0, to: end)
      #expect(aborted.count == (round + 1) / 2)
      #expect(try seen.abortedTransactions(from: 0, to: end) == aborted)
      let later = try CommitLog(readingOnly: "/data/log", disk: disk, configuration: small)
      #expect(try later.partition(posts).abortedTransactions(from: 0, to: end) == aborted)
    }
  }

  @Test func `aborted transactions are in their file at once`() throws {
    let partition = try freshLog(disk).partition(posts)
    try partition.append(try encoded("a", transactional(5, 0)))
    try partition.endTransaction(producerID: 5, epoch: 0, isCommitted: false)
    // The marker's time is so much later that it begins a segment.
    #expect(try disk.readAll("/data/log/posts-0/00000000000000000001.txnindex").count == 34)
  }

  @Test func `a process that only reads finds the latest record`() throws {
    let log = try freshLog(disk, LogConfiguration(indexIntervalBytes: 100))
    for (number, time) in [500, 900, 100, 700, 1_300, 1_200, 1_400, 10].enumerated() {
      try log.partition(posts).append(["\(number)"], time: Int64(time))
      let reader = try CommitLog(readingOnly: "/data/log", disk: disk)
      let expected = try log.partition(posts).latestRecord()
      #expect(try reader.partition(posts).latestRecord() == expected)
    }
  }

  @Test func `a record of a transaction aborted later replaces none that stands`() throws {
    let log = try CommitLog("/data/log", disk: disk, configuration: small)
    try log.createTopic("posts", settings: ["cleanup.policy": "compact"])
    let partition = try log.partition(posts)
    try partition.append(try encoded("key", .none))
    try partition.append(try encoded("key", transactional(5, 0)))
    for number in 0..<8 { try partition.append(try encoded("\(number)", .none)) }
    try partition.endTransaction(producerID: 5, epoch: 0, isCommitted: false)
    let report = try #require(try partition.compact(force: true))
    #expect(report.cleanUpTo > 2 && report.cleanUpTo < partition.endOffset)
    #expect(try partition.all().map(\.offset).prefix(2) == [0, 2])
  }
}

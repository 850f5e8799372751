import Bytes
import CommitLog
import Machine
import Records
import TestSupport
import Testing

/// Logs in which others have written: a cluster before us, or another process beside us.
@Suite struct ForeignLogTests {
  private let disk = SimulatedDisk(seed: 11)

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

  @Test func `aborted transactions are in their file at once`() throws {
    let partition = try freshLog(disk).partition(posts)
    try partition.append(try encoded("a", transactional(5, 0)))
    try partition.endTransaction(producerID: 5, epoch: 0, isCommitted: false)
    // The marker's time is so much later that it begins a segment.
    #expect(try disk.readAll("/data/log/posts-0/00000000000000000001.txnindex").count == 34)
  }
}

package import Bytes
package import CommitLog
package import Machine
package import Records
internal import SupportDesk
internal import Synchronization

/// The application's event log where another process has it open for writing: read here from its
/// files, written to over that process's interface.
package final class RemoteEventLog: EventLog {
  private struct Ends {
    var process: RunningProcess
    var changes: RemoteLogChanges
  }

  private let log: CommitLog
  private let ends: Mutex<Ends>
  package let arrivals = Signal()

  /// `log` is the process's log, open here for reading.
  package init(_ process: sending RunningProcess, _ log: CommitLog) {
    self.log = log
    ends = Mutex(Ends(process: process, changes: RemoteLogChanges(process, log)))
  }

  package func ensureTopic(_ name: String, partitions: Int, isCompacted: Bool) throws {
    guard try !hasTopic(name) else { return }
    do {
      try ends.withLock {
        try $0.changes.createTopic(
          name, partitions: partitions,
          settings: isCompacted ? ["cleanup.policy": "compact"] : [:])
      }
    } catch let error as RefusedRequest where error.status == 409 {
      // Somebody else was faster.
      try log.refresh()
    }
  }

  package func hasTopic(_ name: String) throws -> Bool {
    try log.refresh()
    return log.topics.contains { $0.name == name }
  }

  package func identifier(of topic: String) throws -> String { try log.identifier(of: topic) }

  package func partitionCount(of topic: String) throws -> Int {
    try log.partitions(of: topic).count
  }

  package func bounds(of partition: TopicPartition) throws -> Range<Int64> {
    try log.refresh()
    let found = try log.partition(partition)
    let end = found.endOffset
    return min(found.startOffset, end)..<end
  }

  @discardableResult
  package func append(
    _ batch: UnsafeMutableRawBufferPointer, to partition: TopicPartition
  ) throws -> Int64 {
    let bytes = Array(batch)
    let answer = try ends.withLock {
      try $0.process.call(
        "POST", ["topics", partition.topic, "records"],
        query: [("partition", "\(partition.partition)")], bytes: bytes,
        type: InterfacePaths.batchType)
    }
    arrivals.raise()
    return Int64(answer["offset"]?.integer ?? 0)
  }

  package func read(
    _ partition: TopicPartition, from offset: Int64, maxBytes: Int, into buffer: inout ByteBuffer
  ) throws {
    try log.refresh()
    try log.partition(partition).read(from: offset, maxBytes: maxBytes, into: &buffer)
  }

  package func commit(group: String, _ offsets: [TopicPartition: Int64]) throws {
    try ends.withLock { try $0.changes.commit(group: group, offsets) }
  }
}

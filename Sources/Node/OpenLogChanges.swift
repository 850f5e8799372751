package import CommitLog
internal import Machine
package import Records
internal import Synchronization
package import Tables

/// Changes to a log that this process has open for writing.
package struct OpenLogChanges: LogChanges, Sendable {
  package let log: CommitLog
  private let committed: OnceRead
  private let tables: @Sendable () throws -> Tables?
  /// The queries that run in this process, with the topics that each needs.
  private let running: [String: Set<String>]

  /// Changes of one command, which opens the rest where it needs it.
  package init(
    _ log: CommitLog, tables: @escaping @Sendable () throws -> Tables?
  ) {
    self.log = log
    self.tables = tables
    committed = OnceRead(log)
    running = [:]
  }

  /// Changes beside the queries that run in this process.
  init(
    _ log: CommitLog, _ offsets: ConsumerOffsets, _ tables: Tables,
    running: [String: Set<String>]
  ) {
    self.log = log
    committed = OnceRead(log, offsets)
    self.tables = { tables }
    self.running = running
  }

  package func createTopic(
    _ name: String, partitions: Int, settings: [String: String]
  ) throws {
    try log.createTopic(name, partitions: partitions, settings: settings)
  }

  package func alterTopic(
    _ name: String, partitions: Int?, settings: [String: String?]
  ) throws {
    if let partitions { try log.checkPartitions(name, partitions) }
    if !settings.isEmpty { try log.alterTopic(name, settings: settings) }
    if let partitions { try log.addPartitions(name, upTo: partitions) }
  }

  package func deleteTopic(_ name: String) throws {
    if let query = running.first(where: { $0.value.contains(name) })?.key {
      throw TopicInUse(topic: name, query: query)
    }
    try log.deleteTopic(name)
  }

  package func deleteRecords(of place: TopicPartition, before offset: Int64) throws -> Int64 {
    try log.partition(place).deleteRecords(before: offset)
  }

  package func clean(force: Bool, goesOn: (Int, Int) -> Bool) throws -> CleanReport {
    CleanReport(try log.maintain(force: force, goesOn: goesOn))
  }

  package func append(
    _ batch: UnsafeMutableRawBufferPointer, to partition: PartitionLog
  ) throws(LogError) {
    _ = try partition.append(batch, from: .builder)
  }

  package func reset(_ reset: GroupReset) throws -> [GroupMove] {
    if running[reset.group] != nil { throw RunningQuery(name: reset.group) }
    let offsets = try GroupOffsets(log, try committed.offsets(), try tables())
    let moves = try reset.plan(offsets, log)
    try offsets.move(
      reset.group, to: Dictionary(uniqueKeysWithValues: moves.map { ($0.place, $0.after) }),
      at: Clock.system.milliseconds)
    return moves
  }

  package func deleteGroup(_ name: String) throws -> [TopicPartition: Int64] {
    let offsets = try GroupOffsets(log, try committed.offsets(), try tables())
    if offsets.isQuery(name) || running[name] != nil { throw QueryGroup(name: name) }
    let forgotten = offsets.offsets(of: name).mapValues(\.offset)
    guard try offsets.delete(name) else { throw UnknownGroup(name: name) }
    return forgotten
  }

  package func commit(group: String, _ offsets: [TopicPartition: Int64]) throws {
    if running[group] != nil { throw RunningQuery(name: group) }
    let now = Clock.system.milliseconds
    try committed.offsets().commit(
      group: group, offsets.mapValues { CommittedOffset(offset: $0, committedAt: now) })
  }

  package func close() throws { try log.close() }
}

/// The committed offsets of a log, read when they are first needed.
private final class OnceRead: Sendable {
  private let log: CommitLog
  private let read: Mutex<ConsumerOffsets?>

  init(_ log: CommitLog, _ read: ConsumerOffsets? = nil) {
    self.log = log
    self.read = Mutex(read)
  }

  func offsets() throws -> ConsumerOffsets {
    try read.withLock { read in
      let offsets = try read ?? ConsumerOffsets(log)
      read = offsets
      return offsets
    }
  }
}

package import CommitLog
package import Records
internal import Streams
internal import SupportDesk
package import Tables

/// How far each consumer group has come: those that commit to the log, and the queries, whose
/// offsets lie with their rows.
package struct GroupOffsets {
  private let log: CommitLog
  private let committed: ConsumerOffsets
  private let tables: Tables?
  private var byGroup: [String: [TopicPartition: CommittedOffset]] = [:]
  private var queries: Set<String> = []

  /// Reads both, beside any process that writes.
  package init(_ directory: DataDirectory, _ log: CommitLog) throws {
    try self.init(log, try directory.readTables())
  }

  /// Reads both from engines that are open. Nil: there are no tables yet.
  package init(_ log: CommitLog, _ tables: Tables?) throws {
    try self.init(log, try ConsumerOffsets(log), tables)
  }

  /// The same with the log's offsets as they have been read: a process has one who writes them.
  package init(_ log: CommitLog, _ committed: ConsumerOffsets, _ tables: Tables?) throws {
    self.log = log
    self.tables = tables
    self.committed = committed
    for group in committed.groups { byGroup[group] = committed.offsets(of: group) }
    guard let tables else { return }
    let states = TableStateStore(EmbeddedTableStore(tables))
    for name in try QueryPosition.names(in: states) {
      guard let position = try QueryPosition(of: name, in: states) else { continue }
      queries.insert(name)
      for topic in position.sources {
        for (partition, offset) in position.offsets(of: topic).enumerated() {
          let place = TopicPartition(topic, partition)
          let time = byGroup[name]?[place]?.committedAt ?? 0
          byGroup[name, default: [:]][place] = CommittedOffset(offset: offset, committedAt: time)
        }
      }
    }
  }

  /// The groups' names, sorted.
  package var groups: [String] { byGroup.keys.sorted() }

  /// A group's offsets; none where there is no such group.
  package func offsets(of group: String) -> [TopicPartition: CommittedOffset] {
    byGroup[group] ?? [:]
  }

  /// Whether a group is a query of this program.
  package func isQuery(_ group: String) -> Bool { queries.contains(group) }

  /// Moves a group's offsets; on the disk when this returns. The log and the tables must have been
  /// opened for writing. A query goes on from its new offsets when it is next started.
  package func move(_ group: String, to offsets: [TopicPartition: Int64], at time: Int64) throws {
    if isQuery(group), let tables {
      let byTopic = Dictionary(grouping: offsets, by: \.key.topic)
      for (topic, moved) in byTopic {
        try QueryCheckpoint(name: group, topic: topic).move(
          Dictionary(uniqueKeysWithValues: moved.map { ($0.key.partition, $0.value) }),
          in: EmbeddedTableStore(tables), of: try EmbeddedEventLog(log))
      }
    }
    try committed.commit(
      group: group,
      offsets.mapValues { CommittedOffset(offset: $0, leaderEpoch: 0, committedAt: time) })
  }

  /// Forgets a group's committed offsets; false where there are none.
  package func delete(_ group: String) throws -> Bool { try committed.delete(group: group) }
}

package import CommitLog
package import Records
internal import SupportDesk
internal import Tables

/// How far each consumer group has come: those that commit to the log, and the queries, whose
/// offsets lie with their rows.
package struct GroupOffsets: Sendable {
  private var byGroup: [String: [TopicPartition: CommittedOffset]] = [:]

  /// Reads both, beside any process that writes.
  package init(_ directory: DataDirectory, _ log: CommitLog) throws {
    let committed = try ConsumerOffsets(log)
    for group in committed.groups { byGroup[group] = committed.offsets(of: group) }
    guard let tables = try directory.readTables() else { return }
    for state in try tables.states(withPrefix: QueryCheckpoint.prefix) {
      guard let found = QueryCheckpoint.offset(named: state.name, state.bytes) else { continue }
      let time = byGroup[found.query]?[found.place]?.committedAt ?? 0
      byGroup[found.query, default: [:]][found.place] = CommittedOffset(
        offset: found.offset, committedAt: time)
    }
  }

  /// The groups' names, sorted.
  package var groups: [String] { byGroup.keys.sorted() }

  /// A group's offsets; none where there is no such group.
  package func offsets(of group: String) -> [TopicPartition: CommittedOffset] {
    byGroup[group] ?? [:]
  }
}

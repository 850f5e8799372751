internal import CommitLog
internal import Node
internal import Records

/// A group's committed offsets beside the ends of the partitions.
struct GroupPositions {
  struct Row {
    var place: TopicPartition
    var committed: CommittedOffset
    var end: Int64
    var lag: Int64 { max(end - committed.offset, 0) }
    /// Milliseconds since 1970; nil for a query, whose rows do not tell.
    var committedAt: Int64? { committed.committedAt == 0 ? nil : committed.committedAt }
  }

  var rows: [Row] = []
  var lag: Int64 { rows.reduce(0) { $0 + $1.lag } }

  init(_ group: String, _ offsets: GroupOffsets, _ log: CommitLog) throws {
    for (place, committed) in offsets.offsets(of: group).sorted(by: { $0.key < $1.key }) {
      // A topic deleted since keeps its group's offsets; it has no end to lag behind.
      let end = (try? log.partition(place).endOffset) ?? committed.offset
      rows.append(Row(place: place, committed: committed, end: end))
    }
  }
}

package import CommitLog
internal import Tables

/// A place in a partition, as people name it.
package enum StartPosition: Sendable {
  case earliest
  case latest
  case offset(Int64)
  /// Milliseconds since 1970.
  case time(Int64)

  /// What can be said.
  package static let forms =
    "give earliest, latest, an offset, or a time such as 2026-11-20T18:00:00Z"

  /// Nil where `text` is none of these.
  package init?(parsing text: String) {
    if let offset = Int64(text), offset >= 0 {
      self = .offset(offset)
    } else if let time = CalendarTime.parse(text) {
      self = .time(time)
    } else if text == "earliest" || text == "beginning" {
      self = .earliest
    } else if text == "latest" || text == "end" {
      self = .latest
    } else {
      return nil
    }
  }

  private func inside(
    _ offset: Int64, _ partition: PartitionLog, isStrict: Bool
  ) throws -> Int64 {
    let (start, end) = (partition.startOffset, partition.endOffset)
    guard offset >= start && offset <= end else {
      guard isStrict else { return min(max(offset, start), end) }
      throw LogError.offsetOutOfRange(
        partition.topicPartition, offset: offset, start: start, end: end)
    }
    return offset
  }

  /// The offset in one partition; where it `isStrict`, one outside of what there is is an error.
  package func offset(in partition: PartitionLog, isStrict: Bool) throws -> Int64 {
    switch self {
    case .earliest: partition.startOffset
    case .latest: partition.endOffset
    case .offset(let offset): try inside(offset, partition, isStrict: isStrict)
    case .time(let time): try partition.offset(atOrAfter: time) ?? partition.endOffset
    }
  }
}

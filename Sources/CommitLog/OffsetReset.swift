internal import Records

/// Where a group's offsets are to be moved to, in the words of `kafka-consumer-groups`.
package enum OffsetReset: Hashable, Sendable {
  case earliest
  case latest
  /// As near to this offset as there are records.
  case offset(Int64)
  /// The first record at or after this time, in milliseconds since 1970; the end where there is
  /// none.
  case time(Int64)
  /// By so many records, on or back, as far as there are records.
  case shift(Int64)
  /// To where they are, brought inside what there is.
  case current

  /// The offset that a group is to have in a partition where it has `committed` now.
  package func target(
    in partition: PartitionLog, committed: Int64?
  ) throws(LogError) -> Int64 {
    let (start, end) = (partition.startOffset, partition.endOffset)
    func inside(_ offset: Int64) -> Int64 { min(max(offset, start), end) }
    switch self {
    case .earliest: return start
    case .latest: return end
    case .offset(let offset): return inside(offset)
    case .time(let time): return try partition.offset(atOrAfter: time) ?? end
    case .shift(let count):
      let (moved, overflow) = (committed ?? start).addingReportingOverflow(count)
      return overflow ? (count < 0 ? start : end) : inside(moved)
    case .current: return inside(committed ?? end)
    }
  }
}

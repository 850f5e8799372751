/// The latest time that each partition of a source has come to.
struct PartitionTimes: Equatable, Sendable {
  /// How long late events are waited for; nil where nothing is late.
  var delay: Span?
  /// By partition; `Int64.min` where there was no event yet.
  var latest: [Int64] = []
  /// The query's watermark, behind which no partition can go back.
  var floor = Int64.min

  /// What is older is late.
  func watermark(of partition: Int) -> Int64 {
    guard let delay, partition < latest.count, latest[partition] > .min else { return floor }
    let (time, overflows) = latest[partition].subtractingReportingOverflow(delay.milliseconds)
    return max(overflows ? .min : time, floor)
  }

  mutating func see(_ time: Int64, in partition: Int) {
    guard delay != nil else { return }
    while latest.count <= partition { latest.append(.min) }
    latest[partition] = max(latest[partition], time)
  }

  /// The watermark of the partition furthest ahead; nil where the source says nothing of time.
  var furthest: Int64? {
    delay == nil ? nil : latest.indices.map { watermark(of: $0) }.max() ?? floor
  }

  /// The watermark of the partition furthest behind, of those that have records; nil where the
  /// source says nothing of time.
  func watermark(amongPartitions areUsed: [Bool]) -> Int64? {
    guard delay != nil else { return nil }
    return areUsed.indices.filter { areUsed[$0] }.map { watermark(of: $0) }.min() ?? floor
  }
}

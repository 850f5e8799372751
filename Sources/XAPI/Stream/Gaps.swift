internal import Posts

/// What a stream may have left out at its breaks, until a search has brought it.
struct Gaps: Sendable {
  /// From a break to what the stream brought first when it was open again.
  struct Gap: Hashable, Sendable {
    var since: StreamPosition.Since
    /// An id above all that is missing; nil: nothing has come behind the gap yet.
    var until: UInt64?
    /// The id up to which nothing is missing once this is searched; nil: as for `until`.
    var settled: UInt64?
    /// The place behind which all lies that is kept of it.
    var mark: [Int64]
    /// The break that it ends with: each has another.
    var number: Int
  }

  private(set) var all: [Gap] = []
  private var breaks = 0

  var isEmpty: Bool { all.isEmpty }

  init() {}

  /// The gaps that a run before has left; the last one ends when a stream is open.
  init(goingOnAt position: StreamPosition) {
    for missing in position.missing {
      add(Gap(since: missing.since, until: missing.until, mark: position.mark, number: 0))
    }
    open(at: position)
  }

  /// The stream has broken off. Where it has not come any further since it was open again, this is
  /// still the last gap.
  mutating func open(at position: StreamPosition) {
    if let last = all.last, last.since == position.since || last.until == nil {
      breaks += 1
      all[all.count - 1].until = nil
      all[all.count - 1].settled = nil
      all[all.count - 1].number = breaks
    } else {
      add(Gap(since: position.since, until: nil, mark: position.mark, number: 0))
    }
  }

  /// The stream, open again, brings its first posts. What is missing was made before that, and what
  /// comes first may be late by `overlap` milliseconds.
  mutating func end(lowest: UInt64, now: Int64, overlap: Int64) {
    guard let last = all.last, last.until == nil else { return }
    let late = UInt64(max(overlap, 1)) << 22
    let behind = lowest.addingReportingOverflow(late)
    all[all.count - 1].settled = lowest > late ? lowest - late : 0
    all[all.count - 1].until = max(
      behind.overflow ? .max : behind.partialValue,
      PostTime.firstSnowflake(at: now + max(overlap, 1)))
  }

  /// Where a gap ends; nil: that is not known yet, or no longer, as the stream has broken off
  /// again.
  func end(of gap: Int) -> UInt64? { all.first { $0.number == gap }?.until }

  /// Posts are older than the time from which gaps begin.
  mutating func begin(at since: StreamPosition.Since) {
    for index in all.indices {
      if case .time = all[index].since { all[index].since = since }
    }
  }

  /// A gap was searched; returns what it has become meanwhile. Where it is longer now it stays, and
  /// there is nothing to return.
  mutating func close(_ gap: Gap) -> Gap? {
    guard let index = all.firstIndex(where: { $0.number == gap.number }) else { return nil }
    return all.remove(at: index)
  }

  private mutating func add(_ gap: Gap) {
    breaks += 1
    var gap = gap
    gap.number = breaks
    all.append(gap)
    guard all.count > Limits.gaps else { return }
    all[0].until = all[1].until
    all[0].settled = all[1].settled
    all[0].number = all[1].number
    all.remove(at: 1)
  }

  /// Where a later run goes on, when the stream has come as far as `reached`.
  func position(_ reached: StreamPosition) -> StreamPosition {
    guard let first = all.first else { return reached }
    var position = reached
    position.mark = first.mark
    for gap in all {
      guard let until = gap.until else {
        // What follows it is searched with it.
        position.since = gap.since
        break
      }
      position.missing.append(.init(since: gap.since, until: until))
    }
    return position
  }

  /// The ids that searches may find.
  var ranges: [Range<UInt64>] {
    all.map { gap in
      let lowest: UInt64
      switch gap.since {
      case .id(let id): lowest = id
      // Other ids than X's own tell no time, and nothing came before.
      case .time: lowest = 0
      }
      return lowest..<max(gap.until ?? .max, lowest)
    }
  }
}

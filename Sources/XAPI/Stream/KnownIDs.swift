internal import Posts

/// The ids of posts that are kept, as far as they may come again: the latest, and all that the
/// search of an open gap would find, however long that takes.
package struct KnownIDs: Sendable {
  private var latest: RecentKeys<UInt64>
  private var ofGaps: RecentKeys<UInt64>
  private var gaps: [Range<UInt64>] = []
  private let gapIDs: Int
  /// The highest that there was; nil: there was none.
  private(set) var highest: UInt64?

  /// None yet; `latest` and `ofGaps` are how many are kept of each.
  package init(latest: Int = Limits.recentIDs, ofGaps: Int = Limits.gapIDs) {
    self.latest = RecentKeys(capacity: latest)
    self.ofGaps = RecentKeys(capacity: ofGaps)
    gapIDs = ofGaps
  }

  /// None yet, with room for all that is kept behind a position: whoever reads them there has what
  /// the searches from there would find.
  package init(
    at position: StreamPosition, latest: Int = Limits.recentIDs, ofGaps: Int = Limits.gapIDs
  ) {
    self.init(latest: latest, ofGaps: ofGaps)
    gaps = Gaps(goingOnAt: position).ranges
  }

  /// Keeps an id; false where it was known.
  @discardableResult
  package mutating func insert(_ id: UInt64) -> Bool {
    highest = max(id, highest ?? id)
    return isOfGap(id) ? ofGaps.insert(id) : latest.insert(id)
  }

  /// From now on these are the gaps. What no gap has any more becomes one of the latest, unless it
  /// is `settled` or lower, and so never asked for again.
  mutating func keep(_ gaps: [Range<UInt64>], settled: UInt64) {
    guard gaps != self.gaps else { return }
    self.gaps = gaps
    let before = ofGaps.all
    ofGaps = RecentKeys(capacity: gapIDs)
    for id in latest.all where isOfGap(id) { ofGaps.insert(id) }
    for id in before {
      if isOfGap(id) { ofGaps.insert(id) } else if id > settled { latest.insert(id) }
    }
  }

  private func isOfGap(_ id: UInt64) -> Bool { gaps.contains { $0.contains(id) } }

  /// How many are kept.
  var count: Int { latest.count + ofGaps.count }
}

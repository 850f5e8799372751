internal import Posts

/// Where a collection goes on: all posts up to `since` are kept, but for those of `missing`; of
/// those that are not sure to be kept, all that are lie behind `mark`, so that reading from there
/// tells which.
package struct StreamPosition: Hashable, Sendable {
  /// Up to where nothing is missing.
  package enum Since: Hashable, Sendable {
    case id(UInt64)
    /// Milliseconds since 1970: nothing has come yet.
    case time(Int64)
  }

  /// What lies between two ids, or a time and an id, may be missing; the ends are not.
  package struct Missing: Hashable, Sendable {
    package var since: Since
    package var until: UInt64

    package init(since: Since, until: UInt64) {
      self.since = since
      self.until = until
    }
  }

  package var since: Since
  /// A place in what is written, in the words of who writes it.
  package var mark: [Int64]
  /// What earlier breaks have left out and no search has brought yet, the earliest first.
  package var missing: [Missing]

  package init(since: Since, mark: [Int64], missing: [Missing] = []) {
    self.since = since
    self.mark = mark
    self.missing = missing
  }
}

/// Follows a stream without order and tells up to where nothing can be missing any more: the
/// highest id of a while ago. Posts come late by seconds, so what came last proves nothing of what
/// is just below it.
package struct Frontier: Sendable {
  private struct Point {
    var position: StreamPosition
    var time: Int64
    var posts: Int
  }

  private var points: [Point]
  private var highest: UInt64?
  private var posts = 0
  /// While the stream is broken, what was late then is late still, however long it takes.
  private(set) package var isBroken = false
  private let overlap: Int64
  private let overlapPosts: Int

  /// A frontier at `position`; posts come late by up to `overlap` milliseconds, or so many posts.
  /// `highest` is the highest id of what is kept already, where there is any.
  package init(
    at position: StreamPosition, highest: UInt64? = nil, now: Int64, overlap: Int64,
    overlapPosts: Int = Limits.overlapPosts
  ) {
    points = [Point(position: position, time: now, posts: 0)]
    self.highest = highest
    if case .id(let id) = position.since { self.highest = max(id, highest ?? id) }
    self.overlap = max(overlap, 1)
    self.overlapPosts = max(overlapPosts, 1)
  }

  /// Where to go on after a crash.
  package var position: StreamPosition { points[0].position }

  /// The stream has broken off: the position stays until it is open again and has brought what is
  /// late by then.
  package mutating func breakOff() { isBroken = true }

  /// The stream is open again.
  package mutating func goOn() {
    isBroken = false
    points.removeSubrange(1...)
  }

  /// What the last break has left out was searched: a further break need not go back to it. Where
  /// the stream has brought nothing since, what the search has found tells how far it came.
  mutating func closed(_ gap: Gaps.Gap) {
    guard points[0].position.since == gap.since, let highest else { return }
    let late = UInt64(overlap) << 22
    let settled = gap.settled ?? (highest > late ? highest - late : 0)
    if case .id(let id) = gap.since, id >= settled { return }
    points[0].position.since = .id(settled)
  }

  /// Whether posts are to be noted before they are written: the first, before which nothing is
  /// known but the time.
  package var isWithoutID: Bool {
    if case .time = position.since { points.count == 1 } else { false }
  }

  /// The first posts are about to be written, with `lowest` as their lowest id. A gap before them
  /// is searched from the time, unless the ids are older: then older posts are sent anew.
  package mutating func begin(lowest: UInt64, behindGap: Bool) {
    if behindGap, case .time(let time) = position.since,
      lowest >= PostTime.firstSnowflake(at: time)
    {
      return
    }
    points[0].position.since = .id(lowest > 0 ? lowest - 1 : 0)
  }

  /// Posts were written, `highest` the highest id among them; `mark` is the place behind them.
  package mutating func advance(
    highest: UInt64?, posts count: Int, now: Int64, mark: () throws -> [Int64]
  ) rethrows {
    if let highest { self.highest = max(highest, self.highest ?? 0) }
    posts += count
    guard !isBroken else { return }
    if let last = points.last,
      now - last.time >= overlap / 16 || posts - last.posts >= overlapPosts / 16
    {
      addPoint(now, try mark())
    }
    dropOld(now)
  }

  /// Time has passed.
  package mutating func dropOld(_ now: Int64) {
    guard !isBroken else { return }
    while points.count > 1,
      now - points[1].time >= overlap || posts - points[1].posts >= overlapPosts
    {
      points.removeFirst()
    }
  }

  private mutating func addPoint(_ now: Int64, _ mark: [Int64]) {
    guard let highest else { return }
    points.append(
      Point(position: StreamPosition(since: .id(highest), mark: mark), time: now, posts: posts))
  }
}

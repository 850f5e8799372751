internal import Posts

/// Where a collection goes on: all posts up to `since` are kept; of those behind it, all that are
/// kept already lie behind `mark`, so that reading from there tells which.
package struct StreamPosition: Hashable, Sendable {
  /// Up to where nothing is missing.
  package enum Since: Hashable, Sendable {
    case id(UInt64)
    /// Milliseconds since 1970: nothing has come yet.
    case time(Int64)
  }

  package var since: Since
  /// A place in what is written, in the words of who writes it.
  package var mark: [Int64]

  package init(since: Since, mark: [Int64]) {
    self.since = since
    self.mark = mark
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
  /// While there is a gap, nothing behind it counts.
  private(set) package var isHeld = false
  private let overlap: Int64
  private let overlapPosts: Int

  /// A frontier at `position`; posts come late by up to `overlap` milliseconds, or so many posts.
  package init(
    at position: StreamPosition, now: Int64, overlap: Int64,
    overlapPosts: Int = Limits.overlapPosts
  ) {
    points = [Point(position: position, time: now, posts: 0)]
    if case .id(let id) = position.since { highest = id }
    self.overlap = max(overlap, 1)
    self.overlapPosts = max(overlapPosts, 1)
  }

  /// Where to go on after a crash.
  package var position: StreamPosition { points[0].position }

  /// A gap has opened: the position stays until `release`.
  package mutating func hold() { isHeld = true }

  /// The gap was filled, or given up.
  package mutating func release(now: Int64, mark: [Int64]) {
    isHeld = false
    addPoint(now, mark)
  }

  /// Whether posts are to be noted before they are written: the first, before which nothing is
  /// known but the time.
  package var isWithoutID: Bool {
    if case .time = position.since { points.count == 1 } else { false }
  }

  /// The first posts are about to be written, with `lowest` as their lowest id. While there is a
  /// gap it is searched from the time, unless the ids are older: then older posts are sent anew.
  package mutating func begin(lowest: UInt64) {
    if isHeld, case .time(let time) = position.since, lowest >= PostTime.firstSnowflake(at: time) {
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
    guard !isHeld else { return }
    if let last = points.last,
      now - last.time >= overlap / 16 || posts - last.posts >= overlapPosts / 16
    {
      addPoint(now, try mark())
    }
    dropOld(now)
  }

  /// Time has passed.
  package mutating func dropOld(_ now: Int64) {
    guard !isHeld else { return }
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

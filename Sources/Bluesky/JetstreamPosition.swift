/// Where a collection goes on: behind `cursor`. All that is kept of what may come again lies behind
/// `mark`.
package struct JetstreamPosition: Hashable, Sendable {
  /// Microseconds since 1970, in the stream's own time.
  package var cursor: Int64
  /// A place in what is written, in the words of who writes it.
  package var mark: [Int64]

  package init(cursor: Int64, mark: [Int64]) {
    self.cursor = cursor
    self.mark = mark
  }
}

/// Follows a stream's time and tells from where on it has to be read again. Servers stamp the same
/// commit each with a time of their own, some seconds apart: so it goes on `rewind` before the
/// latest, and what comes twice is known from what lies behind a mark of as much before that.
struct Timeline: Sendable {
  /// A place in the log, and the latest time of what lies before it.
  private struct Point {
    var time: Int64
    var mark: [Int64]
  }

  private var points: [Point] = []
  private(set) var latest: Int64 = 0
  private let rewind: Int64
  /// Records up to this time may lie before any mark taken from now on.
  private let keptUntil: Int64

  /// `rewind` is in microseconds. `keptUntil` is the latest time of what a run before has kept: one
  /// that was killed has kept more than its position tells.
  init(at position: JetstreamPosition?, rewind: Int64, keptUntil: Int64 = 0) {
    self.rewind = max(rewind, 1)
    self.keptUntil = keptUntil
    guard let position else { return }
    points = [Point(time: position.cursor, mark: position.mark)]
    latest = position.cursor
  }

  /// Whether nothing is known yet.
  var isEmpty: Bool { points.isEmpty }

  /// The first message is about to be kept.
  mutating func begin(at time: Int64, mark: [Int64]) {
    // Another server may have stamped it, and what comes next, earlier.
    points = [Point(time: time - rewind - 1, mark: mark)]
    latest = time - 1
  }

  /// All with these times, in the order they came, is kept before `mark`.
  mutating func advance(over times: [Int64], mark: () throws -> [Int64]) rethrows {
    var hasMoved = false
    for time in times {
      latest = max(latest, time)
      guard let last = points.last, latest - last.time >= rewind / 8 else { continue }
      // Within what was kept at once there is no mark of its own: an earlier one does.
      points.append(Point(time: latest, mark: last.mark))
      hasMoved = true
    }
    guard hasMoved, let last = points.last else { return }
    // Until all that was kept has come again, a mark would have more before it than this time says.
    let isPast = latest - rewind > keptUntil
    let end = Point(time: latest, mark: isPast ? try mark() : last.mark)
    if last.time == latest { points[points.count - 1] = end } else { points.append(end) }
    let cursor = back.time
    points.removeFirst(points.lastIndex { $0.time < cursor - rewind } ?? 0)
  }

  /// The latest point that is old enough; else the first.
  private var back: Point { points.last { $0.time <= latest - rewind } ?? points[0] }

  /// Where to go on; nil: nothing has come yet.
  var position: JetstreamPosition? {
    guard let first = points.first else { return nil }
    return JetstreamPosition(cursor: back.time, mark: first.mark)
  }
}

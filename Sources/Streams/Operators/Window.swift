/// Spans of event time in which values are gathered.
package enum Window: Hashable, Sendable, CustomStringConvertible {
  /// One after the other, from 1970 on.
  case tumbling(Span)
  /// As long as the first, a new one every second span.
  case sliding(Span, every: Span)
  /// From a key's first value until none has come for so long.
  case session(gap: Span)
  /// All of time: its result never ends, so it is given in the modes `update` and `complete` alone.
  case unbounded

  package var description: String {
    switch self {
    case .tumbling(let size): "windows of \(size)"
    case .sliding(let size, let slide): "windows of \(size) every \(slide)"
    case .session(let gap): "sessions with gaps of \(gap)"
    case .unbounded: "all of time"
    }
  }

  /// The ends of the windows that a time lies in, earliest first, for windows that do not depend
  /// on the values. Thrown for a time whose windows no 64 bits can tell.
  func ends(of time: Int64) throws(StreamError) -> StrideThrough<Int64> {
    switch self {
    case .tumbling(let size): try ends(of: time, size.milliseconds, size.milliseconds)
    case .sliding(let size, let slide): try ends(of: time, size.milliseconds, slide.milliseconds)
    case .session, .unbounded: stride(from: 0, through: -1, by: 1)
    }
  }

  private func ends(
    of time: Int64, _ size: Int64, _ slide: Int64
  ) throws(StreamError) -> StrideThrough<Int64> {
    let size = max(size, 1)
    let slide = max(slide, 1)
    // The window that begins last at or before the time; those before it that still hold it.
    let back = time % slide
    let (last, underflows) = time.subtractingReportingOverflow(back < 0 ? back + slide : back)
    let (end, overflows) = last.addingReportingOverflow(size)
    guard !overflows, !underflows else { throw .unsupported("no window can hold the time \(time)") }
    guard end > time else { return stride(from: 0, through: -1, by: 1) }
    let windows = (end - time - 1) / slide
    return stride(from: end - windows * slide, through: end, by: Int64.Stride(slide))
  }

  /// Milliseconds from a window's start to its end.
  var length: Int64 {
    switch self {
    case .tumbling(let size), .sliding(let size, _): max(size.milliseconds, 1)
    case .session(let gap): max(gap.milliseconds, 1)
    case .unbounded: .max
    }
  }
}

/// The result of one key's values in one window.
package struct Windowed<Key: Sendable, Value: Sendable>: Sendable {
  package var key: Key
  /// Milliseconds since 1970; the end is not part of it.
  package var window: Range<Int64>
  package var value: Value
}

extension Windowed: Equatable where Key: Equatable, Value: Equatable {}
extension Windowed: Hashable where Key: Hashable, Value: Hashable {}

extension Stream {
  /// What `aggregate` makes of the values of each key in each window.
  ///
  /// In the mode `append` a result comes once, when the watermark has passed its window's end; in
  /// `update` a session that has grown, or has become one with another, comes again as it is now. A
  /// value is late, and left out, where its own partition's watermark has passed the end of its
  /// window, or, in sessions, its own time.
  package func aggregate<Key: Hashable & StateValue, Accumulator, Result>(
    by key: @escaping @Sendable (Value) -> Key, in window: Window = .unbounded,
    _ aggregate: Aggregate<Value, Accumulator, Result>
  ) -> Stream<Windowed<Key, Result>> {
    Stream<Windowed<Key, Result>>(
      outline: "\(outline), \(window) by \(Key.self) into \(Accumulator.self)"
    ) { plan, next in
      if case .session = window {
        build(plan, plan.add { SessionStage($0, plan, window, key, aggregate, next) })
      } else {
        build(plan, plan.add { WindowStage($0, plan, window, key, aggregate, next) })
      }
    }
  }
}

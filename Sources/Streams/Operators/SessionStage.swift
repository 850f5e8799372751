internal import Bytes

/// Gathers values in sessions: a value joins those of its key that are near it in time.
///
/// State: kind 0, the end of a session and its key → nothing; kind 1, key → its open sessions.
final class SessionStage<Value: Sendable, Key: Hashable & StateValue, Accumulator, Result>:
  AggregateStage<Value, Key, Accumulator, Result>
where Accumulator: StateValue, Result: Sendable {
  private struct Session: StateValue {
    var start, end: Int64
    var accumulator: Accumulator

    init(_ start: Int64, _ end: Int64, _ accumulator: Accumulator) {
      (self.start, self.end, self.accumulator) = (start, end, accumulator)
    }

    var span: Range<Int64> { start..<end }

    func encode(into buffer: inout ByteBuffer) {
      start.encode(into: &buffer)
      end.encode(into: &buffer)
      accumulator.encode(into: &buffer)
    }

    init(from reader: inout ByteReader) throws(ByteError) {
      start = try Int64(from: &reader)
      end = try Int64(from: &reader)
      accumulator = try Accumulator(from: &reader)
    }
  }

  private let ends: KeyedState<TimedKey<Key>, Bool>
  private let open: KeyedState<Key, [Session]>

  init(
    _ state: StepState, _ plan: Plan, _ window: Window, _ key: @escaping @Sendable (Value) -> Key,
    _ aggregate: Aggregate<Value, Accumulator, Result>, _ next: Stage<Windowed<Key, Result>>
  ) {
    ends = KeyedState(state, kind: 0)
    open = KeyedState(state, kind: 1)
    super.init(plan, window, key, aggregate, next)
  }

  override func receive(_ event: Event<Value>) throws {
    // One that lies behind its watermark might belong to a session that has been given.
    guard event.time >= event.watermark else {
      plan.leaveOut(event)
      return
    }
    let key = key(event.value)
    let (end, overflows) = event.time.addingReportingOverflow(window.length)
    guard !overflows else { throw StreamError.unsupported("the time \(event.time) is too large") }
    var joined = Session(event.time, end, aggregate.initial)
    try aggregate.add(&joined.accumulator, event.value)
    var sessions: [Session] = []
    for session in try open[key] ?? [] {
      guard session.start < joined.end, joined.start < session.end else {
        sessions.append(session)
        continue
      }
      ends.set(TimedKey(session.end, key), nil)
      let later = joined.accumulator
      joined.accumulator = session.accumulator
      try aggregate.merge(&joined.accumulator, later)
      joined.start = min(joined.start, session.start)
      joined.end = max(joined.end, session.end)
    }
    sessions.append(joined)
    sessions.sort { $0.start < $1.start }
    for session in sessions { ends.set(TimedKey(session.end, key), true) }
    open.set(key, sessions)
  }

  override func endBatch() throws {
    let changed = plan.mode == .update ? open.changed() : []
    open.flush()
    ends.flush()
    let given = plan.mode == .complete ? try open.all() : changed
    for (key, sessions) in given {
      for session in sessions { try give(key, session.span, session.accumulator) }
    }
  }

  override func advance(from former: Int64, to watermark: Int64, limit: Int) throws -> Bool {
    guard plan.mode != .complete else { return true }
    let (found, isAll) = try ends.due(upTo: watermark, limit: limit)
    for (due, _) in found {
      ends.set(due, nil)
      var sessions = try open[due.key] ?? []
      for session in sessions where session.end == due.time {
        if plan.mode == .append {
          try give(due.key, session.span, session.accumulator, at: former)
        }
      }
      sessions.removeAll { $0.end == due.time }
      open.set(due.key, sessions.isEmpty ? nil : sessions)
    }
    open.flush()
    ends.flush()
    return isAll
  }

  override func discard() {
    open.discard()
    ends.discard()
  }
}

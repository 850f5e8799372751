/// Gathers values in windows that do not depend on them.
///
/// State: kind 0, a window's end and the key → the accumulator.
final class WindowStage<Value: Sendable, Key: Hashable & StateValue, Accumulator, Result>:
  AggregateStage<Value, Key, Accumulator, Result>
where Accumulator: StateValue, Result: Sendable {
  private let open: KeyedState<TimedKey<Key>, Accumulator>

  init(
    _ state: StepState, _ plan: Plan, _ window: Window, _ key: @escaping @Sendable (Value) -> Key,
    _ aggregate: Aggregate<Value, Accumulator, Result>, _ next: Stage<Windowed<Key, Result>>
  ) {
    open = KeyedState(state, kind: 0)
    super.init(plan, window, key, aggregate, next)
  }

  override func receive(_ event: Event<Value>) throws {
    let key = key(event.value)
    if window == .unbounded { return try add(event, key, end: .max) }
    for end in try window.ends(of: event.time) {
      if end <= event.watermark { plan.leaveOut(event) } else { try add(event, key, end: end) }
    }
  }

  private func add(_ event: Event<Value>, _ key: Key, end: Int64) throws {
    try open.modify(TimedKey(end, key), initial: aggregate.initial) {
      try aggregate.add(&$0, event.value)
    }
  }

  override func endBatch() throws {
    let changed = plan.mode == .update ? open.changed() : []
    open.flush()
    let given = plan.mode == .complete ? try open.all() : changed
    for (key, accumulator) in given { try give(key.key, span(key), accumulator) }
  }

  override func advance(from former: Int64, to watermark: Int64, limit: Int) throws -> Bool {
    guard plan.mode != .complete else { return true }
    let (due, isAll) = try open.due(upTo: watermark, limit: limit)
    for (key, accumulator) in due {
      if plan.mode == .append { try give(key.key, span(key), accumulator, at: former) }
      open.set(key, nil)
    }
    open.flush()
    return isAll
  }

  private func span(_ key: TimedKey<Key>) -> Range<Int64> {
    (window == .unbounded ? .min : key.time - window.length)..<key.time
  }

  override func discard() { open.discard() }
}

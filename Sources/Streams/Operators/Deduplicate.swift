extension Stream {
  /// Leaves out values whose key has come before at a time less than `span` away from theirs; ever,
  /// without one.
  ///
  /// Late events are left out, as nobody remembers what was there then. Of events of one key in
  /// several partitions, whichever is read first stays.
  package func deduplicate<Key: Hashable & StateValue>(
    on key: @escaping @Sendable (Value) -> Key, within span: Span? = nil
  ) -> Stream<Value> {
    Stream(
      outline: "\(outline), distinct \(Key.self) within \(span.map { "\($0)" } ?? "all of time")"
    ) { plan, next in
      build(plan, plan.add { DeduplicateStage($0, plan, key, span, next) })
    }
  }
}

/// State: kind 0, when a time is forgotten and its key → nothing; kind 1, key → the times at which
/// values of it were let through.
private final class DeduplicateStage<Value: Sendable, Key: Hashable & StateValue>: Stage<Value> {
  private let plan: Plan
  private let key: @Sendable (Value) -> Key
  private let span: Int64?
  private let next: Stage<Value>
  private let ends: KeyedState<TimedKey<Key>, Bool>
  private let seen: KeyedState<Key, [Int64]>

  init(
    _ state: StepState, _ plan: Plan, _ key: @escaping @Sendable (Value) -> Key, _ span: Span?,
    _ next: Stage<Value>
  ) {
    self.plan = plan
    self.key = key
    self.span = span?.milliseconds
    self.next = next
    ends = KeyedState(state, kind: 0)
    seen = KeyedState(state, kind: 1)
  }

  override func receive(_ event: Event<Value>) throws {
    let key = key(event.value)
    guard let span else {
      if try seen[key] == nil {
        seen.set(key, [])
        try next.receive(event)
      }
      return
    }
    guard event.time >= event.watermark else {
      plan.leaveOut(event)
      return
    }
    let times = try seen[key] ?? []
    let wasSeen = times.contains { isNear(event.time, $0, span) }
    guard !wasSeen else { return }
    seen.set(key, times + [event.time])
    ends.set(TimedKey(event.time.addingReportingOverflow(span).partialValue, key), true)
    try next.receive(event)
  }

  override func endBatch() throws {
    seen.flush()
    ends.flush()
  }

  override func advance(from former: Int64, to watermark: Int64, limit: Int) throws -> Bool {
    guard let span else { return true }
    let (found, isAll) = try ends.due(upTo: watermark, limit: limit)
    for (due, _) in found {
      ends.set(due, nil)
      let times = try seen[due.key]?.filter { $0 &+ span > watermark } ?? []
      seen.set(due.key, times.isEmpty ? nil : times)
    }
    try endBatch()
    return isAll
  }

  override func discard() {
    seen.discard()
    ends.discard()
  }
}

/// Whether two times are less than `span` apart.
private func isNear(_ one: Int64, _ other: Int64, _ span: Int64) -> Bool {
  let (distance, overflows) = max(one, other).subtractingReportingOverflow(min(one, other))
  return !overflows && distance < span
}

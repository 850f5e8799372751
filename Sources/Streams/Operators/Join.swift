internal import Bytes

extension Stream where Value: StateValue {
  /// Pairs of a value of this stream and one of `other` that have the same key, the other's time
  /// from `earliest` before to `latest` after this one's, both included. A pair's time is the later
  /// of the two. Late events find no partner.
  package func join<Other: StateValue, Key: Hashable & StateValue>(
    _ other: Stream<Other>, on key: @escaping @Sendable (Value) -> Key,
    equals otherKey: @escaping @Sendable (Other) -> Key,
    from earliest: Span = .milliseconds(0), to latest: Span
  ) -> Stream<(Value, Other)> {
    let outline =
      "(\(outline)) joined with (\(other.outline)) on \(Key.self) from -\(earliest) to \(latest)"
    return Stream<(Value, Other)>(outline: outline) { plan, next in
      let join = plan.add {
        JoinStep<Key, Value, Other>(
          $0, plan, -earliest.milliseconds...latest.milliseconds, next)
      }
      build(plan, JoinInput { try join.receive(left: $0, key($0.value)) })
      other.build(plan, JoinInput { try join.receive(right: $0, otherKey($0.value)) })
    }
  }
}

/// One of the two ways into a join.
private final class JoinInput<Value: Sendable>: Stage<Value> {
  private let body: (Event<Value>) throws -> Void

  init(_ body: @escaping (Event<Value>) throws -> Void) { self.body = body }

  override func receive(_ event: Event<Value>) throws { try body(event) }
}

/// State: kind 0, when a key's earliest value finds no partner any more and the key → nothing;
/// kind 1, key → the values of both streams that may find one.
private final class JoinStep<Key: Hashable & StateValue, Left: StateValue, Right: StateValue>:
  RunningStep
{
  private typealias Waiting = Pair<[Pair<Int64, Left>], [Pair<Int64, Right>]>

  private let plan: Plan
  /// How much later a right value's time may be than its partner's.
  private let distance: ClosedRange<Int64>
  private let next: Stage<(Left, Right)>
  private let ends: KeyedState<TimedKey<Key>, Bool>
  private let waiting: KeyedState<Key, Waiting>

  init(
    _ state: StepState, _ plan: Plan, _ distance: ClosedRange<Int64>, _ next: Stage<(Left, Right)>
  ) {
    self.plan = plan
    self.distance = distance
    self.next = next
    ends = KeyedState(state, kind: 0)
    waiting = KeyedState(state, kind: 1)
  }

  func receive(left event: Event<Left>, _ key: Key) throws {
    guard isOnTime(event) else { return }
    try waiting.modify(key, initial: Waiting([], [])) { waiting in
      for right in waiting.second where distance.contains(right.first &- event.time) {
        try give(event.value, right.second, at: max(event.time, right.first), event.watermark)
      }
      waiting.first.append(Pair(event.time, event.value))
    }
    ends.set(TimedKey(event.time &+ distance.upperBound, key), true)
  }

  func receive(right event: Event<Right>, _ key: Key) throws {
    guard isOnTime(event) else { return }
    try waiting.modify(key, initial: Waiting([], [])) { waiting in
      for left in waiting.first where distance.contains(event.time &- left.first) {
        try give(left.second, event.value, at: max(event.time, left.first), event.watermark)
      }
      waiting.second.append(Pair(event.time, event.value))
    }
    ends.set(TimedKey(event.time &- distance.lowerBound, key), true)
  }

  private func isOnTime(_ event: Event<some Any>) -> Bool {
    if event.time < event.watermark { plan.leaveOut(event) }
    return event.time >= event.watermark
  }

  private func give(_ left: Left, _ right: Right, at time: Int64, _ watermark: Int64) throws {
    var event = Event((left, right), time: time, origin: nil)
    event.watermark = watermark
    try next.receive(event)
  }

  override func endBatch() throws {
    waiting.flush()
    ends.flush()
  }

  override func advance(from former: Int64, to watermark: Int64, limit: Int) throws -> Bool {
    // A partner may still come at the watermark itself.
    let (found, isAll) = try ends.due(upTo: watermark - 1, limit: limit)
    for (due, _) in found {
      ends.set(due, nil)
      guard var rows = try waiting[due.key] else { continue }
      rows.first.removeAll { $0.first &+ distance.upperBound < watermark }
      rows.second.removeAll { $0.first &- distance.lowerBound < watermark }
      waiting.set(due.key, rows.first.isEmpty && rows.second.isEmpty ? nil : rows)
    }
    try endBatch()
    return isAll
  }

  override func discard() {
    waiting.discard()
    ends.discard()
  }
}

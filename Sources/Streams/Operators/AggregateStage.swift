/// What both kinds of windows have in common: whose values are gathered, and how results are given.
class AggregateStage<Value: Sendable, Key: Hashable & StateValue, Accumulator, Result>: Stage<Value>
where Accumulator: StateValue, Result: Sendable {
  let plan: Plan
  let window: Window
  let key: @Sendable (Value) -> Key
  let aggregate: Aggregate<Value, Accumulator, Result>
  private let next: Stage<Windowed<Key, Result>>

  init(
    _ plan: Plan, _ window: Window, _ key: @escaping @Sendable (Value) -> Key,
    _ aggregate: Aggregate<Value, Accumulator, Result>, _ next: Stage<Windowed<Key, Result>>
  ) {
    self.plan = plan
    self.window = window
    self.key = key
    self.aggregate = aggregate
    self.next = next
  }

  override final var gathers: Bool { true }

  /// Gives a window's result; `watermark` is the one that the next step goes by.
  final func give(
    _ key: Key, _ window: Range<Int64>, _ accumulator: Accumulator, at watermark: Int64 = .min
  ) throws {
    let value = Windowed(key: key, window: window, value: try aggregate.result(accumulator))
    var event = Event(value, time: window.upperBound - 1, origin: nil)
    event.watermark = watermark
    try next.receive(event)
  }
}

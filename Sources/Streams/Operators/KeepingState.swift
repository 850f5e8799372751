extension Stream {
  /// What `body` makes of each value, together with what it keeps under the value's key.
  ///
  /// `body` finds in its first argument what it left there for the key, nil where nothing is, and
  /// takes it away by setting nil. Values of a key come in the order of their records, those of a
  /// window's results in the order of the windows' ends.
  package func flatMap<Key: Hashable & StateValue, State: StateValue, Output: Sendable>(
    by key: @escaping @Sendable (Value) -> Key, keeping: State.Type,
    _ body: @escaping @Sendable (inout State?, Value) throws -> [Output]
  ) -> Stream<Output> {
    Stream<Output>(outline: "\(outline), keeping \(State.self) by \(Key.self)") { plan, next in
      build(plan, plan.add { StateStage($0, key, body, next) })
    }
  }
}

/// State: kind 0, key → what the closure has kept.
private final class StateStage<
  Value: Sendable, Key: Hashable & StateValue, State: StateValue, Output: Sendable
>: Stage<Value> {
  private let key: @Sendable (Value) -> Key
  private let body: @Sendable (inout State?, Value) throws -> [Output]
  private let next: Stage<Output>
  private let kept: KeyedState<Key, State>

  init(
    _ state: StepState, _ key: @escaping @Sendable (Value) -> Key,
    _ body: @escaping @Sendable (inout State?, Value) throws -> [Output], _ next: Stage<Output>
  ) {
    self.key = key
    self.body = body
    self.next = next
    kept = KeyedState(state, kind: 0)
  }

  override func receive(_ event: Event<Value>) throws {
    let key = key(event.value)
    var state = try kept[key]
    let made = try body(&state, event.value)
    kept.set(key, state)
    for value in made { try next.receive(event.with(value)) }
  }

  override func endBatch() throws { kept.flush() }

  override func discard() { kept.discard() }
}

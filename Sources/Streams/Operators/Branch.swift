extension Stream {
  /// Gives each value to every one of `branches`, and goes on with all that they make of it.
  ///
  /// One reading of the source serves them all, and what they make is committed together. Each is
  /// called when the stream is described and again when it is run, with the values to go on from. A
  /// watermark has to stand before the branching.
  package func branch<Output: Sendable>(
    _ branches: (@Sendable (Stream<Value>) -> Stream<Output>)...
  ) -> Stream<Output> {
    let outlines = branches.map { branch in
      branch(Stream(outline: "") { _, _ in }).outline
    }
    return Stream<Output>(
      outline: "\(outline), into \(outlines.map { "[\($0)]" }.joined(separator: " and "))"
    ) { plan, next in
      // Unsafe in name only: the closure below runs while this one does, on the same thread.
      nonisolated(unsafe) let fork = ForkStage<Value>()
      for branch in branches {
        branch(Stream(outline: "") { _, stage in fork.branches.append(stage) }).build(plan, next)
      }
      build(plan, fork)
    }
  }
}

/// Hands each event to several steps, in their order.
private final class ForkStage<Value: Sendable>: Stage<Value> {
  var branches: [Stage<Value>] = []

  override func receive(_ event: Event<Value>) throws {
    for branch in branches { try branch.receive(event) }
  }
}

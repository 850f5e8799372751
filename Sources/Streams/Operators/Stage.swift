/// A step that is being run: what it is given, it works on and hands to the next one.
///
/// Batch after batch: `receive` for each event in order; `endBatch`, when the step puts its changes
/// into the state; `advance` when the watermark has moved. Used by one thread at a time.
class Stage<Value: Sendable>: RunningStep {
  func receive(_ event: Event<Value>) throws {}
}

/// What a batch does with every step, whatever its events are.
class RunningStep {
  /// Whether it gives results that later events can change.
  var gathers: Bool { false }

  /// The batch's events have all been received: changes go into the state.
  func endBatch() throws {}
  /// Time has come to `watermark`; it stood at `former` before. About `limit` keys are worked on;
  /// false where more wait: then the same comes again, with the next batch.
  func advance(from former: Int64, to watermark: Int64, limit: Int) throws -> Bool { true }
  /// Forgets what the batch at hand has changed.
  func discard() {}
}

/// A step that works on one event at a time and keeps nothing.
final class TransformStage<Input: Sendable, Output: Sendable>: Stage<Input> {
  private let transform: Transform<Input, Output>
  private let next: Stage<Output>
  /// Asked for by nobody: watermarks stand before the first such step.
  private let notes = RecordNotes()

  init(_ transform: @escaping Transform<Input, Output>, _ next: Stage<Output>) {
    self.transform = transform
    self.next = next
  }

  override func receive(_ event: Event<Input>) throws {
    try transform(event, notes, next.receive)
  }
}

/// What one event becomes: none, one or several, each given to the closure, in order.
typealias Transform<Input: Sendable, Output: Sendable> =
  @Sendable (Event<Input>, RecordNotes, (Event<Output>) throws -> Void) throws -> Void

/// What the steps note of a record. Used by one thread.
final class RecordNotes {
  /// The latest time of its events where their watermark stands: those that are filtered out behind
  /// it count, too.
  var latest = Int64.min
  /// Bytes of what it has become, as far as its steps say.
  var weight = 0
}

/// The end of a query's steps: gathers what goes to the sink.
final class Gathering<Value: Sendable>: Stage<Value> {
  private(set) var events: [Event<Value>] = []

  override func receive(_ event: Event<Value>) throws { events.append(event) }
  override func discard() { events.removeAll(keepingCapacity: true) }
}

/// The steps of one query as they run: ports where events come in, and the steps that keep
/// something.
final class Plan {
  let state: BatchState
  let mode: OutputMode
  var ports: [Port] = []
  /// In the order in which they are made: from the sink to the sources.
  private(set) var steps: [RunningStep] = []
  /// How many late events were left out since the batch began.
  private(set) var late = 0
  /// Those of them that have an origin, where somebody asks for them.
  private(set) var lateRecords: [FailedRecord] = []
  private let gathersLate: Bool

  init(_ state: BatchState, _ mode: OutputMode, gathersLate: Bool = false) {
    self.state = state
    self.mode = mode
    self.gathersLate = gathersLate
  }

  /// Counts an event that came too late, for one window or altogether.
  func leaveOut<Value>(_ event: Event<Value>) {
    late += 1
    guard gathersLate, let origin = event.origin, lateRecords.last?.origin != origin else { return }
    lateRecords.append(
      FailedRecord(
        origin: origin,
        reason: "late: its time \(event.time) is behind the watermark \(event.watermark)"))
  }

  /// Adds a step that keeps something; `make` gets its part of the state.
  func add<Step: RunningStep>(_ make: (StepState) -> Step) -> Step {
    let step = make(StepState(state, step: steps.count + 1))
    steps.append(step)
    return step
  }

  /// Ends the batch and lets time advance in every step, those nearest to the sources first, until
  /// one has more to do than `limit`: false then, and time stands where it did.
  func finish(from former: Int64, to watermark: Int64, limit: Int) throws -> Bool {
    var isDone = true
    for step in steps.reversed() {
      try step.endBatch()
      if watermark > former, isDone {
        isDone = try step.advance(from: former, to: watermark, limit: limit)
      }
    }
    return isDone
  }

  /// Forgets the batch at hand.
  func discard() {
    late = 0
    lateRecords.removeAll()
    state.discard()
    for step in steps { step.discard() }
  }
}

/// Which results of an aggregate a batch gives to the sink.
package enum OutputMode: String, Sendable {
  /// Each result once, when no event can change it any more.
  case append
  /// Those that the batch has changed.
  case update
  /// All of them.
  case complete
}

extension Plan {
  /// Throws where the steps cannot run together.
  func check() throws(StreamError) {
    let timed = ports.filter { $0.delay != nil }.count
    guard timed == 0 || timed == ports.count else {
      throw .unsupported(
        "of the streams that are joined, some have a watermark and some have none: give one to each"
      )
    }
    guard mode == .append || steps.filter(\.gathers).count < 2 else {
      throw .unsupported("one aggregate behind another needs the output mode append")
    }
    guard Set(ports.map(\.name)).count == ports.count else {
      throw .unsupported("two sources of a query have the same name")
    }
  }
}

internal import Machine
internal import Synchronization

/// A stream that is run: batches of its source's records, each committed with its state, its rows
/// and its offsets, or not at all.
///
/// While one batch is worked on, another thread reads the next one. A query is run by one process
/// and one call of `run` at a time.
package final class Query<Value: Sendable, Store: StateStore>: Sendable {
  package let name: String
  let stream: Stream<Value>
  let store: Store
  let settings: QuerySettings
  let sink: Sink<Value, Store.Transaction>
  private let stopping = Atomic<Bool>(false)
  private let waking = Mutex<[Signal]>([])

  /// A query whose state lies in `store` under its name.
  package init(
    _ name: String, _ stream: Stream<Value>, in store: Store,
    settings: QuerySettings = QuerySettings(), to sink: Sink<Value, Store.Transaction>
  ) {
    self.name = name
    self.stream = stream
    self.store = store
    self.settings = settings
    self.sink = sink
  }

  /// Ends the run in order, behind the batch at hand. Any thread.
  package func stop() {
    stopping.store(true, ordering: .releasing)
    for signal in waking.withLock({ $0 }) { signal.raise() }
  }

  /// Runs as the trigger says, until `stop()`, or until something fails: then what was committed
  /// stays, and the next run goes on behind it. `progress` hears of each batch.
  package func run(progress: (BatchProgress) -> Void = { _ in }) throws {
    let execution = try Execution(self)
    try execution.giveRest()
    let ports = execution.ports
    waking.withLock { $0 = ports.map(\.arrivals) }
    let ready = BoundedQueue<ReadBatch>(capacity: 1)
    let reader = BatchSource(
      ports, settings, after: execution.checkpoint,
      isStopped: { [self] in
        stopping.load(ordering: .acquiring) || ready.isClosed
      })
    let reading = Worker {
      reader.run { ready.push($0) }
      ready.close()
    }
    defer {
      ready.close()
      for port in ports { port.arrivals.raise() }
      reading.join()
    }
    while !stopping.load(ordering: .acquiring), let batch = ready.pop() {
      if let failure = batch.failure { throw failure }
      let report = try execution.run(batch)
      reader.took(report)
      progress(report)
    }
  }
}

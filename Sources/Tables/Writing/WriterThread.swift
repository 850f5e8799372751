internal import LMDB
internal import Machine
internal import Synchronization

/// The one thread that writes, with group commit: what comes until a commit begins is committed
/// with it, by one sync, and answered with it.
///
/// Each request runs in a nested transaction, so that one that fails leaves no trace and the others
/// stand. That costs a microsecond where the sync costs hundreds.
final class WriterThread: Sendable {
  private struct State {
    /// The groups whose commit has not begun. The first one may be running, and takes more.
    var waiting: [WriteGroup] = []
    /// How many the last commit has answered.
    var answered = 0
    var isStopped = false
  }

  private let environment: Environment
  private let schema: CurrentSchema
  private let clock: Clock
  private let durability: Tables.Durability
  private let state = Mutex(State())
  private let arrivals = Signal()
  private let worker = Mutex<Worker?>(nil)

  init(
    _ environment: Environment, _ schema: CurrentSchema, _ clock: Clock,
    _ durability: Tables.Durability, lastTimestamp: Int64
  ) {
    self.environment = environment
    self.schema = schema
    self.clock = clock
    self.durability = durability
    worker.withLock { $0 = Worker { [self] in work(after: lastTimestamp) } }
  }

  /// Ends the thread once all that waits is written.
  func stop() {
    state.withLock { $0.isStopped = true }
    arrivals.raise()
    worker.withLock { $0 }?.join()
  }

  /// How many requests wait for the commit that has them.
  var waiting: Int { state.withLock { $0.waiting.reduce(0) { $0 + $1.requests.count } } }

  /// Runs `body` on the thread that writes and returns once it is committed.
  func write<Result>(
    _ body: (WriteTransaction) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    var result: Result?
    // The closure does not outlive this: `perform` waits until the other thread is done with it.
    let failure = withoutActuallyEscaping(body) { body in
      perform(.change { transaction throws(TableError) in result = try body(transaction) })
    }
    if let failure { throw failure }
    // Always set: what has not failed has run.
    guard let result else { throw TableError(.serverError, "the write did not run") }
    return result
  }

  /// Lets `body` change the definitions on the thread that writes, and returns once they are
  /// committed.
  func define<Result>(
    _ body: (inout Schema, inout Int64, borrowing Transaction) throws(TableError) -> Result
  ) throws(TableError) -> Result {
    var result: Result?
    let failure = withoutActuallyEscaping(body) { body in
      perform(
        .define { schema, lastTimestamp, transaction throws(TableError) in
          result = try body(&schema, &lastTimestamp, transaction)
        })
    }
    if let failure { throw failure }
    // Always set: what has not failed has run.
    guard let result else { throw TableError(.serverError, "the write did not run") }
    return result
  }

  /// Has `work` done and waits for it; returns why it was not committed.
  func perform(_ work: WriteRequest.Work) -> TableError? {
    let request = WriteRequest(work)
    enqueue(request).finished.wait(since: 0)
    return request.failure
  }

  /// Runs `body` on the thread that writes, and goes on once it is committed; no thread waits.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws(TableError) -> Result
  ) async throws(TableError) -> Result {
    let result = Mutex<Result?>(nil)
    let failure = await whenDone(
      .change { transaction throws(TableError) in
        let value = try body(transaction)
        result.withLock { $0 = value }
      })
    if let failure { throw failure }
    guard let value = result.withLock({ $0 }) else {
      throw TableError(.serverError, "the write did not run")
    }
    return value
  }

  /// Has `work` done; returns why it was not committed. No thread waits.
  func whenDone(_ work: sending WriteRequest.Work) async -> TableError? {
    await withCheckedContinuation { continuation in
      _ = enqueue(WriteRequest(work) { continuation.resume(returning: $0) })
    }
  }

  private func enqueue(_ request: WriteRequest) -> WriteGroup {
    let (group, isFirst) = state.withLock { state in
      if let last = state.waiting.last, last.take(request) { return (last, false) }
      let group = WriteGroup(request)
      state.waiting.append(group)
      return (group, state.waiting.count == 1)
    }
    if isFirst { arrivals.raise() }
    return group
  }

  private func work(after lastTimestamp: Int64) {
    var lastTimestamp = lastTimestamp
    var syncDue: Double?
    while true {
      let seen = arrivals.generation
      let (group, isStopped) = state.withLock { ($0.waiting.first, $0.isStopped) }
      if let group {
        commit(group, &lastTimestamp)
        if case .interval(let milliseconds) = durability {
          // Each commit has made those before it durable.
          syncDue = Clock.monotonicSeconds() + Double(milliseconds) / 1_000
        }
      } else if isStopped {
        return
      } else if let due = syncDue {
        let left = Int(((due - Clock.monotonicSeconds()) * 1_000).rounded(.up))
        if left > 0 {
          arrivals.wait(since: seen, milliseconds: left)
        } else {
          // The next one to write hears of a failure.
          _ = try? environment.sync()
          syncDue = nil
        }
      } else {
        arrivals.wait(since: seen)
      }
    }
  }

  private func commit(_ group: WriteGroup, _ lastTimestamp: inout Int64) {
    var failure: TableError?
    let former = lastTimestamp
    do throws(TableError) {
      var definitions = schema.current
      try environment.write(mapping: TableError.init) { transaction throws(TableError) in
        definitions = schema.current
        var done = 0
        let closing = Clock.monotonicSeconds() + Self.patience
        while let request = next(of: group, done, until: closing) {
          run(request, transaction, &definitions, &lastTimestamp)
          // Nothing of this is committed: the map grows, and all of it runs again.
          if transaction.hasMetMapEnd, let failure = request.failure { throw failure }
          done += 1
        }
        if lastTimestamp != former {
          try Format.write(lastTimestamp: lastTimestamp, transaction)
        }
      }
      schema.current = definitions
    } catch {
      failure = error
      // Where it could not even begin, nobody has ended the group yet.
      end(group)
    }
    for request in group.requests { request.finish(failure) }
    state.withLock { $0.answered = group.requests.count }
    group.finished.raise()
  }

  /// The request of a group after the first `done`; nil at the end, and then it takes no more.
  ///
  /// Those who were answered together mostly come again together, one after the other as they get
  /// the processor: until `closing` it is theirs, so that they do not fall apart into two groups
  /// that wait for each other.
  private func next(
    of group: WriteGroup, _ done: Int, until closing: Double
  ) -> WriteRequest? {
    while true {
      let (request, isAwaiting) = state.withLock { state -> (WriteRequest?, Bool) in
        if done < group.requests.count { return (group.requests[done], false) }
        if done < state.answered, Clock.monotonicSeconds() < closing { return (nil, true) }
        state.waiting.removeAll { $0 === group }
        return (nil, false)
      }
      if !isAwaiting { return request }
      Worker.yieldProcessor()
    }
  }

  /// Seconds for which a commit waits for those that the last one has answered: less than a sync
  /// takes.
  private static let patience = 0.000_1

  private func end(_ group: WriteGroup) {
    state.withLock { state in state.waiting.removeAll { $0 === group } }
  }

  private func run(
    _ request: WriteRequest, _ transaction: borrowing Transaction, _ definitions: inout Schema,
    _ lastTimestamp: inout Int64
  ) {
    request.failure = nil
    do throws(TableError) {
      try transaction.nested(mapping: TableError.init) { transaction throws(TableError) in
        switch request.work {
        case .change(let body):
          let open = try WriteTransaction(
            transaction, definitions, clock, environment.maxKeySize, lastTimestamp: lastTimestamp)
          defer {
            lastTimestamp = open.lastTimestamp
            open.close()
          }
          try body(open)
          try open.flush()
          if let failure = open.failure { throw failure }
        case .define(let body):
          var changed = definitions
          try body(&changed, &lastTimestamp, transaction)
          definitions = changed
        case nil: break
        }
      }
    } catch { request.failure = error }
  }
}

/// The definitions as they are committed.
final class CurrentSchema: Sendable {
  private let held: Mutex<Shared<Schema>>

  init(_ schema: Schema) { held = Mutex(Shared(schema)) }

  var version: Int { held.withLock { $0.value.version } }

  /// Behind one reference: what readers look at with each statement.
  var shared: Shared<Schema> { held.withLock { $0 } }

  var current: Schema {
    get { shared.value }
    set {
      let schema = Shared(newValue)
      held.withLock { $0 = schema }
    }
  }
}

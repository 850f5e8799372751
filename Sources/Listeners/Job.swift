package import Bytes
internal import Machine
internal import Synchronization

/// A kind of work that takes a while and that a client asks for: a replay, say.
package struct JobKind: Sendable {
  /// What is done, on a thread of its own; returns the result. It looks at `JobControl.isCancelled`
  /// now and then and returns what is done by then, or throws.
  package typealias Work = @Sendable (JobControl) throws -> JSON

  package let name: String
  /// One line on what it does and takes.
  package let summary: String
  /// Checks the arguments, at once, and gives the work. Thrown: what is wrong with them.
  let prepare: @Sendable (JSON) throws -> Work

  package init(
    _ name: String, _ summary: String, prepare: @escaping @Sendable (JSON) throws -> Work
  ) {
    self.name = name
    self.summary = summary
    self.prepare = prepare
  }
}

/// How a job's work hears that it is to end, and says how far it is.
package final class JobControl: Sendable {
  private let cancelled = Atomic(false)
  private let reported: @Sendable (JSON) -> Void

  init(reported: @escaping @Sendable (JSON) -> Void) { self.reported = reported }

  /// Whether somebody wants it to end.
  package var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

  /// Tells those who watch how far it is. Any thread.
  package func report(_ progress: JSON) { reported(progress) }

  func cancel() { cancelled.store(true, ordering: .releasing) }
}

/// One piece of work that was asked for, running or ended.
package final class Job: Sendable {
  /// What has become of it.
  package enum Outcome: Sendable, Equatable {
    case done(JSON)
    case failed(String)
    /// Ended before its time; with the result up to there, where there is one.
    case cancelled(JSON)
  }

  private struct State {
    var progress: JSON = .null
    var outcome: Outcome?
    var endedAt: Int64?
  }

  package let id: String
  package let kind: String
  private let arguments: JSON
  private let startedAt: Int64
  private let state = Mutex(State())
  private let watchers = FeedGroup()
  private let ended = Signal()
  private let control = Mutex<JobControl?>(nil)

  init(id: String, kind: String, arguments: JSON) {
    self.id = id
    self.kind = kind
    self.arguments = arguments
    startedAt = Clock.system.milliseconds
  }

  /// Starts the work.
  func start(_ work: @escaping JobKind.Work) {
    let control = JobControl { [weak self] in self?.take($0) }
    self.control.withLock { $0 = control }
    _ = Worker { [self] in
      do {
        let result = try work(control)
        end(control.isCancelled ? .cancelled(result) : .done(result))
      } catch {
        end(control.isCancelled ? .cancelled(.null) : .failed("\(error)"))
      }
    }
  }

  private func take(_ progress: JSON) {
    state.withLock { $0.progress = progress }
    if watchers.count > 0 { watchers.send(json.line) }
  }

  private func end(_ outcome: Outcome) {
    state.withLock {
      $0.outcome = outcome
      $0.endedAt = Clock.system.milliseconds
    }
    ended.raise()
    watchers.send(json.line)
    watchers.end()
  }

  /// Asks the work to end; it does when it next looks.
  package func cancel() { control.withLock { $0 }?.cancel() }

  /// Nil while it runs.
  package var outcome: Outcome? { state.withLock { $0.outcome } }

  /// Waits until it has ended.
  package func wait() {
    while true {
      let seen = ended.generation
      if outcome != nil { return }
      ended.wait(since: seen)
    }
  }

  /// What there is to say of it now.
  package var json: JSON {
    let state = state.withLock { $0 }
    var fields: [JSON.Field] = [
      .init("id", .text(id)), .init("kind", .text(kind)), .init("arguments", arguments),
      .init("started_at", .text(UTCTime.text(milliseconds: startedAt))),
      .init("state", .text(state.outcome?.name ?? "running")),
    ]
    if let end = state.endedAt {
      fields.append(.init("ended_at", .text(UTCTime.text(milliseconds: end))))
    }
    if state.progress != .null { fields.append(.init("progress", state.progress)) }
    switch state.outcome {
    case .done(let result), .cancelled(let result): fields.append(.init("result", result))
    case .failed(let message): fields.append(.init("error", .text(message)))
    case nil: break
    }
    return .object(fields)
  }

  /// The job as it is now, then again with each progress, then as it has ended, a line each.
  func follow() -> LineFeed {
    // Taken up first: what ends between the two is told twice rather than not at all.
    let feed = watchers.add(beginning: [])
    feed.send(json.line)
    return outcome == nil ? feed : finished(feed)
  }

  private func finished(_ feed: LineFeed) -> LineFeed {
    let last = LineFeed()
    last.send(json.line)
    last.finish()
    feed.finish()
    return last
  }
}

extension Job.Outcome {
  /// The state's name in JSON.
  var name: String {
    switch self {
    case .done: "done"
    case .failed: "failed"
    case .cancelled: "cancelled"
    }
  }
}

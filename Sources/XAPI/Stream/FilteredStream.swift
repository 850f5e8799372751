internal import Bytes
internal import Curl
internal import Machine
package import Posts
internal import Synchronization

/// X's filtered stream, kept alive: what it delivers goes to a sink, each post once, and what it
/// did not deliver while it was broken is looked for by search.
///
/// The sink is called on whatever executor `run` runs on, and may block it: meanwhile the server
/// is made to wait.
package actor FilteredStream {
  /// What a stream is to do.
  package struct Settings: Sendable {
    /// The rules to add where X has none.
    package var rules: [StreamRule] = []
    /// Where a run before has ended; nil: this is the first.
    package var start: StreamPosition?
    /// Ids of posts that are kept already.
    package var recent = RecentKeys<UInt64>(capacity: Limits.recentIDs)
    package var fillsGaps = true
    /// Milliseconds by which posts may come late. Tests shorten it with the waits.
    package var overlap = 15_000
    /// Milliseconds until a post that was made can be found.
    package var indexDelay = 10_000
    /// Milliseconds between two notes of where it stands.
    package var commitInterval = 1_000

    package init() {}
  }

  let client: XClient
  let sink: any StreamSink
  let settings: Settings
  private let report: @Sendable (StreamNotice) -> Void
  nonisolated private let stopping = StopSwitch()
  nonisolated private let shared = Mutex(StreamStatus())
  private var policy: ReconnectPolicy
  private var recent: RecentKeys<UInt64>
  private var assembler = LineAssembler()
  var frontier: Frontier
  private var committed: StreamPosition?
  private var lastCommit: Int64 = 0
  private var failure: (any Error)?
  private var isBroken = false
  /// A search for what was missed has still to be made.
  var isGapDue = false

  package init(
    _ client: XClient, into sink: any StreamSink, _ settings: Settings,
    report: @escaping @Sendable (StreamNotice) -> Void = { _ in }
  ) throws {
    self.client = client
    self.sink = sink
    self.settings = settings
    self.report = report
    policy = ReconnectPolicy(scale: client.settings.backoffScale)
    recent = settings.recent
    let now = client.clock.milliseconds
    committed = settings.start
    let start = try settings.start ?? StreamPosition(since: .time(now), mark: sink.mark())
    frontier = Frontier(at: start, now: now, overlap: Int64(Self.scaled(settings.overlap, client)))
    isBroken = settings.start != nil
    if isBroken && settings.fillsGaps { frontier.hold() }
  }

  /// A time of ours where waits are shortened; nothing becomes longer.
  static func scaled(_ milliseconds: Int, _ client: XClient) -> Int {
    Int(Double(milliseconds) * min(client.settings.backoffScale, 1))
  }

  /// How it is doing, for any thread.
  package nonisolated var status: StreamStatus { shared.withLock { $0 } }

  /// Ends it in order: what has come is kept, then `run` returns. Any thread.
  package nonisolated func stop() { stopping.stop() }

  /// Runs until `stop`. Thrown: `StreamFailure` where X will not go on, and what the sink throws.
  package func run() async throws {
    defer { note { $0.state = .stopped } }
    // Known before the first post comes, so that a crash now does not lose what comes meanwhile.
    try commit()
    let (gaps, gap) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withDiscardingTaskGroup { group in
      group.addTask { for await _ in gaps { await self.fillGap() } }
      do { try await follow { gap.yield() } } catch { end(with: error) }
      gap.finish()
      group.cancelAll()
    }
    if let failure { throw failure }
    frontier.dropOld(client.clock.milliseconds)
    try commit()
  }

  /// What fails first is what is told.
  func end(with error: any Error) {
    failure = failure ?? error
    stopping.stop()
  }

  var isEnding: Bool { stopping.isStopped || Task.isCancelled }

  /// Opens one connection after the other.
  private func follow(_ fill: () -> Void) async throws {
    while !isEnding {
      guard let ending = try await connect(fill), !isEnding else { return }
      isBroken = true
      if settings.fillsGaps { frontier.hold() }
      try await goOn(after: ending)
    }
  }

  /// One connection from its beginning to its end; nil where we have ended it.
  private func connect(_ fill: () -> Void) async throws -> ReconnectPolicy.Ending? {
    note {
      $0.state = .connecting
      $0.connections += 1
    }
    let answer: XStreamAnswer
    switch await open() {
    case .success(let opened): answer = opened
    case .failure(let error): return try ending(error)
    }
    let limit = RateLimit(answer.head, now: client.clock.milliseconds)
    guard answer.head.isSuccess else {
      return .refused(
        status: answer.head.status,
        XProblem(status: answer.head.status, body: await refusal(answer.body)), limit)
    }
    policy.opened(limit)
    note { $0.state = .connected }
    report(.connected)
    if isBroken && settings.fillsGaps {
      isGapDue = true
      fill()
    }
    isBroken = false
    return try await read(answer.body)
  }

  private func open() async -> Result<XStreamAnswer, any Error> {
    let client = client
    let spread = client.settings.keepAliveTimeout / 20
    return await stopping.run {
      let call = XCall(
        "GET", ["2", "tweets", "search", "stream"],
        query: PostFields.query(client.settings.streamFieldSpelling), as: .app)
      var request = call.request
      request.headers.append(("Authorization", try await client.authorizer.header(for: call)))
      // A keep-alive may be on its way still when its time is over.
      return try await client.transport.open(
        request, silence: client.settings.keepAliveTimeout + spread)
    }
  }

  private func ending(_ error: any Error) throws -> ReconnectPolicy.Ending? {
    switch error {
    case CurlError.cancelled, XError.cancelled, is CancellationError: return nil
    case let error as CurlError: return .lost(error)
    case XError.network(let error): return .lost(error)
    case XError.refused(let status, let problem): return .refused(status: status, problem, .init())
    case XError.usageCapped(let problem): throw StreamFailure.usageCapped(problem)
    case let error as XError: throw StreamFailure.request(error)
    default: throw error
    }
  }

  /// What a refusal says, as far as it can be had.
  private func refusal(_ body: any XBody) async -> [UInt8] {
    let number = stopping.add { body.cancel() }
    defer { stopping.remove(number) }
    var bytes: [UInt8] = []
    while bytes.count < Limits.refusalBytes, let piece = try? await body.next() { bytes += piece }
    body.cancel()
    return bytes
  }

  private func read(_ body: any XBody) async throws -> ReconnectPolicy.Ending? {
    let number = stopping.add { body.cancel() }
    defer {
      stopping.remove(number)
      body.cancel()
      assembler.forget()
    }
    let opened = client.clock.milliseconds
    while true {
      let piece: [UInt8]?
      do throws(CurlError) { piece = try await body.next() } catch {
        return error == .cancelled ? nil : .lost(error)
      }
      guard let piece else { return .closed }
      let notice = try take(piece)
      // What lives longer than a keep-alive takes is well, though nobody posts.
      if client.clock.milliseconds - opened > Int64(client.settings.keepAliveTimeout) {
        policy.progressed()
      }
      if let notice { return .disconnected(notice) }
    }
  }

  /// Keeps what a piece completes; what is returned is the server's word that the stream is over.
  private func take(_ piece: [UInt8]) throws -> XProblem? {
    let now = client.clock.milliseconds
    var batch = StreamBatch(.stream)
    var notice: XProblem?
    var keepAlives = 0
    var duplicates = 0
    piece.withUnsafeBytes { bytes in
      assembler.feed(bytes) { found in
        switch found {
        case .keepAlive: keepAlives += 1
        case .tooLong(let line, let length):
          batch.quarantine(line, "a line of \(length) bytes; \(Limits.lineBytes) are allowed")
        case .line(let line):
          do throws(PostError) {
            switch try StreamLine(line) {
            case .post(let id):
              if id.map({ recent.insert($0) }) ?? true {
                batch.add(line, id: id)
              } else {
                duplicates += 1
              }
            case .removal: batch.add(line, id: nil)
            case .notice: notice = (try? JSON(parsing: line)).map { XProblem($0) } ?? XProblem()
            case .unknown: batch.quarantine(line, "a message of an unknown kind")
            }
          } catch {
            batch.quarantine(line, "\(error)")
          }
        }
      }
    }
    note {
      $0.lastHeard = now
      $0.bytes += piece.count
      $0.keepAlives += keepAlives
      $0.duplicates += duplicates
    }
    if batch.posts + duplicates > 0 { policy.progressed() }
    try keep(batch)
    return notice
  }

  /// Has posts kept and sees how far that brings us.
  func keep(_ batch: StreamBatch) throws {
    let now = client.clock.milliseconds
    if !batch.isEmpty {
      if batch.origin == .stream, let lowest = batch.lowest, frontier.isWithoutID {
        frontier.begin(lowest: lowest)
        try commit()
      }
      try sink.append(batch)
      if !batch.quarantined.isEmpty { report(.quarantined(batch.quarantined.count)) }
      if batch.origin == .stream {
        client.ledger.add("posts read", batch.posts, at: client.settings.prices.postRead)
      }
      let dollars = client.ledger.dollars
      note { status in
        status.posts += batch.posts
        status.dollars = dollars
        status.quarantined += batch.quarantined.count
        if batch.origin == .search { status.filled += batch.posts }
        guard batch.posts > 0 else { return }
        status.lastPost = now
        guard batch.origin == .stream, let highest = batch.highest else { return }
        let lag = now - PostTime.ofSnowflake(highest)
        // Other ids than X's own tell no time.
        status.lag = (0...86_400_000).contains(lag) ? lag : nil
      }
    }
    try frontier.advance(highest: batch.highest, posts: batch.posts, now: now) { try sink.mark() }
    if now - lastCommit >= Int64(Self.scaled(settings.commitInterval, client)) { try commit() }
  }

  func isNew(_ id: UInt64?) -> Bool { id.map { recent.insert($0) } ?? true }

  /// Notes where a later run goes on, where that has changed.
  func commit() throws {
    lastCommit = client.clock.milliseconds
    guard committed != frontier.position else { return }
    try sink.commit(frontier.position)
    committed = frontier.position
  }

  /// The gap was filled, or given up, unless there is another by now.
  func closeGap() throws {
    guard !isBroken, !isGapDue else { return }
    frontier.release(now: client.clock.milliseconds, mark: try sink.mark())
  }

  func note(_ change: (inout StreamStatus) -> Void) { shared.withLock { change(&$0) } }

  func tell(_ notice: StreamNotice) { report(notice) }
}

extension FilteredStream {
  /// Does what the policy says of an ending.
  private func goOn(after ending: ReconnectPolicy.Ending) async throws {
    let step = policy.next(
      after: ending, now: client.clock.milliseconds, random: client.random())
    let reason = Self.words(ending)
    report(.ended(reason, step: step))
    note {
      $0.state = .waiting
      $0.reason = reason
      $0.waits += 1
    }
    switch step {
    case .stop(let failure): throw failure
    case .connect(let wait): await pause(wait)
    case .freeConnections(let wait):
      let client = client
      switch await stopping.run({ try await client.freeConnections() }) {
      case .success:
        report(.connectionsFreed)
        await pause(wait)
      case .failure(let error):
        guard !isEnding else { return }
        report(.failed("\(error)"))
        // It is tried once: the same ending leads to a wait now.
        try await goOn(after: ending)
      }
    case .syncRules(let wait):
      await pause(wait)
      guard !isEnding else { return }
      try await seeToRules()
    }
  }

  private func pause(_ wait: ReconnectPolicy.Wait) async {
    guard wait.milliseconds > 0 else { return }
    let transport = client.transport
    _ = await stopping.run { try await transport.pause(milliseconds: wait.milliseconds) }
  }

  /// Adds the rules that are wished for where there are none.
  private func seeToRules() async throws {
    let client = client
    let wished = settings.rules
    let outcome = await stopping.run { () -> RuleOutcome? in
      guard try await client.rules().isEmpty else { return nil }
      return try await client.addRules(wished)
    }
    switch outcome {
    case .success(nil): return
    case .success(let outcome?):
      for (value, problem) in outcome.refused {
        report(.failed("X does not take the rule \(value): \(problem)"))
      }
      guard !outcome.created.isEmpty else {
        throw StreamFailure.request(
          .invalid("X's stream has no rules: give some with `grouse x rules add`, or x.rules"))
      }
      report(.rulesAdded(outcome.created.count))
    case .failure(let error):
      guard !isEnding, let error = error as? XError else { return }
      guard error.isPassing else { throw StreamFailure.request(error) }
      report(.failed("\(error)"))
    }
  }

  private static func words(_ ending: ReconnectPolicy.Ending) -> String {
    switch ending {
    case .closed: "X's stream has ended"
    case .lost(let error): "X's stream broke off: \(error)"
    case .disconnected(let problem): "X has ended the stream: \(problem)"
    case .refused(let status, let problem, _):
      "X does not open the stream (\(status)): \(problem)"
    }
  }
}

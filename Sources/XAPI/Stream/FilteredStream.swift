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
    package var recent = KnownIDs()
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
  nonisolated let stopping = StopSwitch()
  nonisolated private let shared = Mutex(StreamStatus())
  var policy: ReconnectPolicy
  private var known: KnownIDs
  private var assembler = LineAssembler()
  private var frontier: Frontier
  private(set) var gaps = Gaps()
  private var committed: StreamPosition?
  private var lastCommit: Int64 = 0
  private var failure: (any Error)?
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
    known = settings.recent
    let now = client.clock.milliseconds
    committed = settings.start
    let start = try settings.start ?? StreamPosition(since: .time(now), mark: sink.mark())
    frontier = Frontier(
      at: StreamPosition(since: start.since, mark: start.mark),
      highest: Self.reached(known.highest, now), now: now,
      overlap: Int64(Self.scaled(settings.overlap, client)))
    if settings.start != nil {
      frontier.breakOff()
      if settings.fillsGaps { gaps = Gaps(goingOnAt: start) }
    }
    known.keep(gaps.ranges, settled: 0)
  }

  /// An id as a sign of how far the stream has come; nil for one from the future, which would have
  /// the searches pass over all that comes before it.
  private static func reached(_ id: UInt64?, _ now: Int64) -> UInt64? {
    id.flatMap { PostTime.ofSnowflake($0) <= now + Limits.clockDifference ? $0 : nil }
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
      group.addTask { for await _ in gaps { await self.fillGaps() } }
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
      breakOff()
      try await goOn(after: ending)
    }
  }

  private func breakOff() {
    guard !frontier.isBroken else { return }
    frontier.breakOff()
    guard settings.fillsGaps else { return }
    gaps.open(at: frontier.position)
    keepKnown()
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
    frontier.goOn()
    if !gaps.isEmpty {
      isGapDue = true
      fill()
    }
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
              if id.map({ known.insert($0) }) ?? true {
                batch.add(line, id: id)
              } else {
                duplicates += 1
              }
            case .textless: batch.quarantine(line, "a post without a text")
            case .removal: batch.addRemoval(line)
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
      if batch.origin == .stream, let lowest = Self.reached(batch.lowest, now) {
        try begin(lowest: lowest, now)
      }
      try sink.append(batch)
      if !batch.quarantined.isEmpty { report(.quarantined(batch.quarantined.count)) }
      // X counts a post once a day, however often it brings it: only those that are new.
      client.ledger.add(
        CostLedger.Resource.posts.rawValue, batch.posts - batch.removals,
        at: client.settings.prices.postRead)
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
    try frontier.advance(
      highest: Self.reached(batch.highest, now), posts: batch.posts, now: now
    ) { try sink.mark() }
    if now - lastCommit >= Int64(Self.scaled(settings.commitInterval, client)) { try commit() }
  }

  /// The stream is about to have its first posts written, ever or since it was open again.
  private func begin(lowest: UInt64, _ now: Int64) throws {
    if frontier.isWithoutID {
      frontier.begin(lowest: lowest, behindGap: !gaps.isEmpty)
      if !frontier.isWithoutID { gaps.begin(at: frontier.position.since) }
      try commit()
    }
    guard let last = gaps.all.last, last.until == nil else { return }
    gaps.end(lowest: lowest, now: now, overlap: Int64(Self.scaled(settings.overlap, client)))
    keepKnown()
  }

  /// How many ids it remembers.
  var knownIDs: Int { known.count }

  func isNew(_ id: UInt64?) -> Bool { id.map { known.insert($0) } ?? true }

  private func keepKnown() {
    let settled: UInt64 = if case .id(let id) = frontier.position.since { id } else { 0 }
    known.keep(gaps.ranges, settled: settled)
  }

  /// Notes where a later run goes on, where that has changed.
  func commit() throws {
    lastCommit = client.clock.milliseconds
    let position = gaps.position(frontier.position)
    guard committed != position else { return }
    try sink.commit(position)
    committed = position
  }

  /// A gap was searched, or is given up.
  func close(_ gap: Gaps.Gap) {
    if let closed = gaps.close(gap) { frontier.closed(closed) }
    keepKnown()
  }

  func note(_ change: (inout StreamStatus) -> Void) { shared.withLock { change(&$0) } }

  func tell(_ notice: StreamNotice) { report(notice) }
}

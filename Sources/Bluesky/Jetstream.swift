package import Machine
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Posts
internal import Synchronization

/// Bluesky's Jetstream, kept alive: the posts that name a brand go to a sink, each commit once, and
/// so do the deletions of posts that are kept.
///
/// It has no filter for words, so all posts come and are looked at here. `run` blocks its thread;
/// while that writes, the server is made to wait.
package final class Jetstream {
  /// What a stream is to do.
  package struct Settings: Sendable {
    /// Tried in turn.
    package var endpoints: [JetstreamEndpoint] = []
    package var collections = ["app.bsky.feed.post"]
    /// Where a run before has ended; nil: this is the first.
    package var start: JetstreamPosition?
    package var recent = RecentCommits()
    package var kept = KeptPosts()
    /// Milliseconds of the stream's time that are read again after a break.
    package var rewind = 5_000
    /// Milliseconds of silence behind which a connection is dead.
    package var idleTimeout = 30_000
    /// What waits between attempts are multiplied with.
    package var backoffScale = 1.0
    /// Milliseconds between two notes of where it stands.
    package var commitInterval = 5_000
    /// Milliseconds between two words of how it does.
    package var reportInterval = 60_000
    /// A file of the authorities that are believed; nil: the system's.
    package var authorities: String?

    package init() {}
  }

  private let settings: Settings
  private let brand: BrandMatch
  private let sink: any JetstreamSink
  private let report: @Sendable (JetstreamNotice) -> Void
  private let clock: Clock
  private let shared: Shared
  private var timeline: Timeline
  private var recent: RecentCommits
  private var kept: KeptPosts
  private var backoff: Backoff
  private var committed: JetstreamPosition?
  private var lastCommit = Clock.monotonicSeconds()
  private var lastReport = Clock.monotonicSeconds()
  /// Connections in a row that a message too long has ended, without getting by it.
  private var stumbles = 0
  /// The stream's time before that message.
  private var stumbled: Int64 = 0
  private var isSkipping = false
  /// Where the present connection began, until its first message has come.
  private var asked: Int64?

  private final class Shared: Sendable {
    let status = Mutex(JetstreamStatus())
  }

  package init(
    _ settings: Settings, brand: BrandMatch, into sink: any JetstreamSink, clock: Clock = .system,
    report: @escaping @Sendable (JetstreamNotice) -> Void = { _ in }
  ) {
    self.settings = settings
    self.brand = brand
    self.sink = sink
    self.clock = clock
    self.report = report
    shared = Shared()
    let rewind = Int64(settings.rewind) * 1_000
    timeline = Timeline(
      at: settings.start, rewind: rewind,
      keptUntil: min(settings.recent.latest, clock.microseconds + rewind))
    recent = settings.recent
    kept = settings.kept
    committed = settings.start
    backoff = Backoff(scale: settings.backoffScale)
  }

  /// Tells how it is doing, on any thread.
  package var status: @Sendable () -> JetstreamStatus {
    { [shared] in shared.status.withLock { $0 } }
  }

  private func note(_ change: (inout JetstreamStatus) -> Void) {
    shared.status.withLock { change(&$0) }
  }

  /// Runs until `isStopped`, which is asked some times a second, as is `tick`. Thrown: what the
  /// sink throws, and `NIOSSLError` where the authorities cannot be read.
  package func run(isStopped: () -> Bool, tick: () -> Void = {}) throws {
    let tls =
      settings.endpoints.contains { $0.isEncrypted } ? try NIOSSLContext(configuration: trust) : nil
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer {
      note { $0.stream.state = .stopped }
      try? group.syncShutdownGracefully()
    }
    var turn = 0
    while !isStopped(), !settings.endpoints.isEmpty {
      let endpoint = settings.endpoints[turn % settings.endpoints.count]
      turn += 1
      guard let ending = try follow(endpoint, group, tls, isStopped, tick) else { break }
      let wait = backoff.next(random: Double.random(in: 0...1))
      report(.ended(endpoint, reason: ending.words, wait: wait))
      note { status in
        status.stream.state = .waiting
        status.stream.reason = ending.words
      }
      pause(wait, isStopped, tick)
    }
    try commit()
  }

  private var trust: TLSConfiguration {
    var trust = TLSConfiguration.makeClientConfiguration()
    if let file = settings.authorities { trust.trustRoots = .file(file) }
    return trust
  }

  private func pause(_ milliseconds: Int, _ isStopped: () -> Bool, _ tick: () -> Void) {
    let end = Clock.monotonicSeconds() + Double(milliseconds) / 1_000
    let nothing = Signal()
    while !isStopped(), Clock.monotonicSeconds() < end {
      tick()
      let left = Int((end - Clock.monotonicSeconds()) * 1_000)
      nothing.wait(since: nothing.generation, milliseconds: min(max(left, 1), 50))
    }
  }

  /// One connection from its beginning to its end; nil where we have ended it.
  private func follow(
    _ endpoint: JetstreamEndpoint, _ group: MultiThreadedEventLoopGroup, _ tls: NIOSSLContext?,
    _ isStopped: () -> Bool, _ tick: () -> Void
  ) throws -> Ending? {
    isSkipping = stumbles > 1
    if isSkipping { report(.skippedAhead) }
    let cursor = isSkipping ? nil : timeline.position?.cursor
    var fields = settings.collections.map { (name: "wantedCollections", value: $0) }
    if let cursor { fields.append((name: "cursor", value: String(cursor))) }
    asked = cursor
    note { status in
      status.stream.state = .connecting
      status.stream.connections += 1
    }
    let connection = JetstreamConnection(
      to: endpoint, asking: endpoint.target(fields), on: group,
      tls: endpoint.isEncrypted ? tls : nil)
    defer { connection.close() }
    let mailbox = connection.mailbox
    let began = Clock.monotonicSeconds()
    var isConnected = false
    var hasPinged = false
    while true {
      let seen = mailbox.changed.generation
      if isStopped() {
        try keep(mailbox.take().messages)
        return nil
      }
      tick()
      if !isConnected, mailbox.isOpen {
        isConnected = true
        note { $0.stream.state = .connected }
        report(.connected(endpoint, cursor: cursor))
      }
      let (messages, ending) = mailbox.take()
      try keep(messages)
      if !messages.isEmpty { continue }
      if let ending {
        if ending == .tooLong {
          stumbles += 1
          stumbled = timeline.latest
        }
        return ending
      }
      try commitInTime()
      let now = Clock.monotonicSeconds()
      if !isConnected, now - began > 15 { return .timedOut }
      let silence = (now - mailbox.heard) * 1_000
      if isConnected, silence > Double(settings.idleTimeout) { return .silent }
      if silence < Double(settings.idleTimeout) / 2 { hasPinged = false }
      if isConnected, !hasPinged, silence > Double(settings.idleTimeout) / 2 {
        hasPinged = true
        connection.ping()
      }
      mailbox.changed.wait(since: seen, milliseconds: 50)
    }
  }

  /// Keeps what has come.
  private func keep(_ messages: [[UInt8]]) throws {
    guard !messages.isEmpty else { return }
    var batch = JetstreamBatch()
    var newest: Int64 = 0
    var times: [Int64] = []
    var duplicates = 0
    let now = clock.microseconds
    for message in messages {
      let event: JetstreamEvent
      do { event = try message.withUnsafeBytes { try JetstreamEvent($0) } } catch {
        batch.quarantine(message, "\(error)")
        continue
      }
      // A clock that goes wrong at the server must not take the cursor with it.
      let time = min(event.time, now + Int64(settings.rewind) * 1_000)
      if timeline.isEmpty {
        timeline.begin(at: time, mark: try sink.mark())
        try commit()
      }
      newest = max(newest, time)
      times.append(time)
      seeWhetherAll(since: time)
      switch event.kind {
      case .other: continue
      case .departure:
        guard kept.contains(event.did), recent.insert(event) else { continue }
        batch.deletions += 1
      case .commit(.delete):
        guard kept.contains(event.address) else { continue }
        guard recent.insert(event) else {
          duplicates += 1
          continue
        }
        batch.deletions += 1
      case .commit(let operation):
        guard brand.matches(event.text) || operation == .update && kept.contains(event.address)
        else { continue }
        guard recent.insert(event) else {
          duplicates += 1
          continue
        }
        kept.insert(event)
        batch.posts += 1
      }
      batch.add(message)
    }
    if !batch.isEmpty { try sink.append(batch) }
    if !batch.quarantined.isEmpty { report(.quarantined(batch.quarantined.count)) }
    tell(messages, batch, newest, duplicates, now)
    guard newest > 0 else { return }
    backoff.progressed()
    try timeline.advance(over: times) { try sink.mark() }
    // What is read again before the message says nothing of getting by it.
    if timeline.latest > stumbled { stumbles = 0 }
    try commitInTime()
  }

  /// The first message behind a cursor shows whether the server still had what was asked for.
  private func seeWhetherAll(since time: Int64) {
    guard let cursor = asked else { return }
    asked = nil
    let missing = (time - cursor) / 1_000
    if missing > 600_000 { report(.gapRemains(milliseconds: missing)) }
  }

  private func tell(
    _ messages: [[UInt8]], _ batch: JetstreamBatch, _ newest: Int64, _ duplicates: Int,
    _ now: Int64
  ) {
    note { status in
      status.stream.lastHeard = now / 1_000
      status.messages += messages.count
      let bytes = messages.reduce(0) { $0 + $1.count }
      status.stream.bytes += bytes
      status.mostWaiting = max(status.mostWaiting, bytes)
      status.stream.posts += batch.posts
      status.deletions += batch.deletions
      status.stream.duplicates += duplicates
      status.stream.quarantined += batch.quarantined.count
      if batch.posts > 0 { status.stream.lastPost = now / 1_000 }
      if newest > 0 { status.stream.lag = max(now - newest, 0) / 1_000 }
    }
    let seconds = Clock.monotonicSeconds()
    guard (seconds - lastReport) * 1_000 >= Double(settings.reportInterval) else { return }
    lastReport = seconds
    report(.alive(status()))
  }

  private func commitInTime() throws {
    let now = Clock.monotonicSeconds()
    if (now - lastCommit) * 1_000 >= Double(settings.commitInterval) { try commit() }
  }

  /// Notes where a later run goes on, where that has changed.
  private func commit() throws {
    lastCommit = Clock.monotonicSeconds()
    guard let position = timeline.position, committed != position else { return }
    try sink.commit(position)
    committed = position
  }
}

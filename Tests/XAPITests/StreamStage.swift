import Curl
import FakeX
import Machine
import Posts
import Synchronization
import Testing

@testable import XAPI

/// Keeps in memory what a stream delivers, in order, and what was noted of it.
final class MemorySink: StreamSink {
  struct Kept {
    var ids: [UInt64] = []
    var origins: [StreamBatch.Origin] = []
    var reasons: [String] = []
    var lines: [[UInt8]] = []
    var note: StreamPosition?
    /// How often it is written before it fails; nil: it never does.
    var failsBehind: Int?
    var isBlocked = false
  }

  struct Failure: Error {}

  let kept = Mutex(Kept())
  let changed = Signal()

  func append(_ batch: StreamBatch) throws {
    while kept.withLock({ $0.isBlocked }) {
      changed.wait(since: changed.generation, milliseconds: 20)
    }
    try kept.withLock { kept in
      if let left = kept.failsBehind {
        guard left > 0 else { throw Failure() }
        kept.failsBehind = left - 1
      }
      for line in batch.lines.split(separator: 10) {
        guard case .post(let id?) = try line.withUnsafeBytes({ try StreamLine($0) }) else {
          continue
        }
        kept.ids.append(id)
        kept.origins.append(batch.origin)
        kept.lines.append(Array(line))
      }
      kept.reasons += batch.quarantined.map(\.reason)
    }
    changed.raise()
  }

  func mark() throws -> [Int64] { kept.withLock { [Int64($0.ids.count)] } }

  func commit(_ position: StreamPosition) throws {
    kept.withLock { $0.note = position }
    changed.raise()
  }

  var ids: [UInt64] { kept.withLock { $0.ids } }
  var reasons: [String] { kept.withLock { $0.reasons } }

  /// Waits until what is kept is as asked.
  func wait(until isSo: @escaping @Sendable (Kept) -> Bool) async {
    await Self.onThread { [self] in
      while true {
        let seen = changed.generation
        if kept.withLock({ isSo($0) }) { return }
        changed.wait(since: seen)
      }
    }
  }

  /// Blocks a thread of its own, not one of Swift's few.
  static func onThread(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      _ = Worker {
        body()
        continuation.resume()
      }
    }
  }
}

/// A clock that stands still unless it is moved, however long a test is kept waiting.
final class StandingClock: Sendable {
  private let now = Mutex(Clock.system.microseconds)

  var clock: Clock { Clock { self.now.withLock { $0 } } }

  func advance(milliseconds: Int) { now.withLock { $0 += Int64(milliseconds) * 1_000 } }
}

/// A local X, a client of it, and a stream between.
final class StreamStage: Sendable {
  let x: FakeX
  let client: XClient
  let sink = MemorySink()
  let notices = Mutex<[StreamNotice]>([])
  let noticed = Signal()
  /// What holds requests back; nil: nothing does.
  let gate: Gate?
  private let latestIDs: Int

  /// Waits are a thousandth of what they are.
  init(
    keepAliveTimeout: Int = 60_000, rule: Bool = true, credentials: XCredentials? = nil,
    clock: Clock = .system, gate: String? = nil, latestIDs: Int = Limits.recentIDs,
    _ change: (inout Settings) -> Void = { _ in }
  ) throws {
    self.latestIDs = latestIDs
    var settings = Settings()
    settings.stream.keepAlive = nil
    settings.clock = clock
    settings.timeScale = 0.001
    settings.rateLimits = ["GET /2/tweets/search/recent": 1_000_000]
    change(&settings)
    x = FakeX(settings)
    if rule { x.addRule("asos", tag: "brand:asos") }
    let address = try x.start()
    var client = XClient.Settings()
    client.backoffScale = 0.001
    client.keepAliveTimeout = keepAliveTimeout
    var own = XCredentials()
    own.bearer = Secret(settings.bearer)
    var retries = HTTPRetries()
    retries.scale = client.backoffScale
    let network = XNetwork(try #require(HTTPSession()), url: address, retries: retries)
    self.gate = gate.map { Gate($0, before: network) }
    self.client = XClient(self.gate ?? network, credentials ?? own, client, clock: clock)
  }

  deinit { x.stop() }

  /// A stream into the sink that goes on from its note, as after a crash: what was only in memory
  /// is gone.
  func stream(_ change: (inout FilteredStream.Settings) -> Void = { _ in }) throws
    -> FilteredStream
  {
    var settings = FilteredStream.Settings()
    settings.recent = KnownIDs(latest: latestIDs)
    settings.rules = [StreamRule("asos", tag: "brand:asos")]
    sink.kept.withLock { kept in
      settings.start = kept.note
      if let note = kept.note { settings.recent = KnownIDs(at: note, latest: latestIDs) }
      for id in kept.ids[Int(kept.note?.mark.first ?? 0)...] { settings.recent.insert(id) }
    }
    change(&settings)
    return try FilteredStream(client, into: sink, settings) { [weak self] notice in
      self?.notices.withLock { $0.append(notice) }
      self?.noticed.raise()
    }
  }

  /// Runs a stream while `body` does something, then ends it.
  func run(
    _ change: (inout FilteredStream.Settings) -> Void = { _ in },
    _ body: (FilteredStream) async throws -> Void
  ) async throws {
    let stream = try stream(change)
    let running = Task { try await stream.run() }
    await waitForStream()
    try await body(stream)
    stream.stop()
    try await running.value
  }

  /// Waits until a stream is open at X.
  func waitForStream() async {
    let x = x
    await MemorySink.onThread { x.wait { $0.openStreams > 0 } }
  }

  func waitForX(_ isSo: @escaping @Sendable (Status) -> Bool) async {
    let x = x
    await MemorySink.onThread { x.wait(until: isSo) }
  }

  /// Waits for something that the stream has to say.
  func waitForNotice(_ isIt: @escaping @Sendable (String) -> Bool) async {
    await MemorySink.onThread { [self] in
      while true {
        let seen = noticed.generation
        if notices.withLock({ $0.contains { isIt("\($0)") } }) { return }
        noticed.wait(since: seen)
      }
    }
  }

  var said: [String] { notices.withLock { $0.map { "\($0)" } } }

  /// A post of now, or of some milliseconds ago, and its id.
  static func post(
    _ number: Int, text: String = "asos", ago: Int64 = 0
  ) -> (id: UInt64, line: String) {
    let now = Clock.system.milliseconds - ago - 1_288_834_974_657
    let id = UInt64(now) << 22 + UInt64(number)
    return (
      id,
      #"{"data":{"id":"\#(id)","text":"\#(text) \#(number) é","author_id":"5","#
        + #""edit_history_tweet_ids":["\#(id)"]}}"#
    )
  }
}

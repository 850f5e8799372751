import Bluesky
import FakeJetstream
import Machine
import Posts
import Synchronization
import Testing

/// Keeps in memory what a stream delivers and what was noted of it.
final class MemorySink: JetstreamSink, @unchecked Sendable {
  // Unchecked: all is behind the mutex.
  struct Kept {
    var events: [JetstreamEvent] = []
    var lines: [[UInt8]] = []
    var reasons: [String] = []
    var note: JetstreamPosition?
    /// Appends until it fails, as if the process were killed; nil: it never is.
    var failsBehind: Int?
    /// Whether the batch at which it fails is kept.
    var keepsLast = false
    var isBlocked = false
  }

  struct Killed: Error {}

  let kept = Mutex(Kept())
  let changed = Signal()

  func append(_ batch: JetstreamBatch) throws {
    changed.raise()
    while kept.withLock({ $0.isBlocked }) {
      changed.wait(since: changed.generation, milliseconds: 20)
    }
    // Whoever waits is told of a failure, too.
    defer { changed.raise() }
    try kept.withLock { kept in
      var isLast = false
      if let left = kept.failsBehind {
        kept.failsBehind = left - 1
        isLast = left <= 0
        if isLast, !kept.keepsLast { throw Killed() }
      }
      for line in batch.lines.split(separator: 10) {
        kept.lines.append(Array(line))
        kept.events.append(try line.withUnsafeBytes { try JetstreamEvent($0) })
      }
      kept.reasons += batch.quarantined.map(\.reason)
      if isLast { throw Killed() }
    }
  }

  func mark() throws -> [Int64] { kept.withLock { [Int64($0.events.count)] } }

  func commit(_ position: JetstreamPosition) throws {
    kept.withLock { $0.note = position }
    changed.raise()
  }

  var keys: [String] { kept.withLock { $0.events.map(\.recordKey) } }

  func wait(until isSo: (Kept) -> Bool) {
    while true {
      let seen = changed.generation
      if kept.withLock({ isSo($0) }) { return }
      changed.wait(since: seen)
    }
  }
}

/// A stream from a local Jetstream into a sink.
final class JetstreamStage: Sendable {
  let sink = MemorySink()
  let notices = Notices()
  /// How the last stream did.
  let status = Mutex(JetstreamStatus())

  final class Notices: Sendable {
    let all = Mutex<[JetstreamNotice]>([])
    private let changed = Signal()

    func add(_ notice: JetstreamNotice) {
      all.withLock { $0.append(notice) }
      changed.raise()
    }

    /// Waits for something that the stream has to say.
    func wait(for isIt: (String) -> Bool) {
      while true {
        let seen = changed.generation
        if all.withLock({ $0.contains { isIt("\($0)") } }) { return }
        changed.wait(since: seen)
      }
    }
  }

  /// A stream that goes on from the sink's note, as after a crash: what was only in memory is gone.
  func stream(
    _ addresses: [String], _ change: (inout Jetstream.Settings) -> Void = { _ in }
  ) throws -> Jetstream {
    var settings = Jetstream.Settings()
    settings.endpoints = try addresses.map { try #require(JetstreamEndpoint($0)) }
    settings.backoffScale = 0.002
    settings.commitInterval = 0
    settings.rewind = 5
    sink.kept.withLock { kept in
      settings.start = kept.note
      for event in kept.events { settings.kept.insert(event) }
      for event in kept.events[Int(kept.note?.mark.first ?? 0)...] { settings.recent.insert(event) }
    }
    change(&settings)
    return Jetstream(settings, brand: BrandMatch(["asos", "@ASOS_HeresToHelp"]), into: sink) {
      [notices] notice in
      notices.add(notice)
    }
  }

  /// Runs a stream on a thread of its own until `body` returns.
  func run(
    _ addresses: [String], _ change: (inout Jetstream.Settings) -> Void = { _ in },
    while body: () throws -> Void
  ) throws {
    let stream = try stream(addresses, change)
    let told = stream.status
    let box = Box(stream)
    let stop = Stop()
    let outcome = Outcome()
    let worker = Worker {
      let result = Result { try box.stream.run(isStopped: { stop.isSet }) }
      outcome.result.withLock { $0 = result }
    }
    let result = Result { try body() }
    stop.set()
    worker.join()
    status.withLock { $0 = told() }
    try outcome.result.withLock { $0 }?.get()
    try result.get()
  }

  private final class Box: @unchecked Sendable {
    // Unchecked: handed to the one thread that runs it.
    let stream: Jetstream
    init(_ stream: Jetstream) { self.stream = stream }
  }

  final class Stop: Sendable {
    private let flag = Atomic<Bool>(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
  }

  private final class Outcome: Sendable {
    let result = Mutex<Result<Void, any Error>?>(nil)
  }
}

/// A feed of posts, some about the brand, one each 100 microseconds of the stream's time.
struct SamplePosts {
  let feed = JetstreamFeed()
  private(set) var expected: [String] = []
  private var number = 0

  mutating func publish(_ count: Int) {
    let base: Int64 = 1_763_661_871_000_000
    for _ in 0..<count {
      let key = "k\(number)"
      let isOurs = number % 3 == 0
      feed.post(
        isOurs
          ? "asos lost parcel \(number) \\u00e9 \\ud83d\\ude00 é😀" : "nothing at all \(number)",
        did: "did:plc:a\(number % 7)", key: key, at: base + Int64(number) * 100)
      if isOurs { expected.append(key) }
      number += 1
    }
  }
}

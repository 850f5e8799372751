import Bytes
import Curl
import Listeners
import Machine
import Streams
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A served interface in a folder of its own.
final class Served: Sendable {
  let folder = TemporaryDirectory()
  let queries = QueryMonitors()
  let jobs: Jobs
  let interface: Interface
  let address: Interface.Address

  init(
    kinds: [JobKind] = [], routes: [Route] = [], name: String = "grouse.sock",
    _ change: (inout Interface.Settings) -> Void = { _ in }
  ) {
    let reported = Reports()
    jobs = Jobs(kinds)
    var settings = Interface.Settings()
    settings.socketPath = folder(name)
    change(&settings)
    let content = InterfaceContent(
      queries: queries, jobs: jobs, more: routes, health: { ["status": "ok"] },
      metrics: { $0.add("more", .gauge, "More.", 1) }, stop: { reported.add(stop: true) })
    interface = Interface(settings, content) { reported.add($0) }
    address = interface.start()
    self.reported = reported
  }

  private let reported: Reports

  /// What went wrong.
  var problems: [String] { reported.lines }
  /// How often it was asked to stop.
  var stopCount: Int { reported.stops }

  deinit { interface.stop() }

  var socket: String { folder("grouse.sock") }

  func client() throws -> HTTPClient { try #require(HTTPClient(.socket(socket))) }

  func send(
    _ method: String, _ path: String, _ body: String? = nil, type: String? = nil
  ) throws -> (status: Int, json: JSON) {
    let response = try client().send(
      HTTPRequest(method, path, body: body.map { Array($0.utf8) }, type: type))
    return (response.status, try JSON(parsing: response.body))
  }
}

/// What an interface says to its program.
final class Reports: Sendable {
  private let state = Mutex((lines: [String](), stops: 0))

  func add(_ line: String) { state.withLock { $0.lines.append(line) } }
  func add(stop: Bool) { state.withLock { $0.stops += 1 } }
  var lines: [String] { state.withLock { $0.lines } }
  var stops: Int { state.withLock { $0.stops } }
}

/// A client that says what no library would let it say.
final class RawClient: Sendable {
  private let descriptor: Int32

  init(_ path: String) {
    signal(SIGPIPE, SIG_IGN)
    #if canImport(Glibc)
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(descriptor, bytes, bytes.count)
  }

  /// Says that nothing more will come.
  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Reads until `text` has come, or the other side has closed.
  func read(until text: String) -> String {
    var bytes: [UInt8] = []
    while bytes.firstRange(of: Array(text.utf8)) == nil {
      var part = [UInt8](repeating: 0, count: 4_096)
      let count = recv(descriptor, &part, part.count, 0)
      if count <= 0 { break }
      bytes += part[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads until the other side has closed.
  func readToEnd() -> String { read(until: "\u{0}never") }
}

/// Several clients that ask for the same at the same time.
final class Race: Sendable {
  private let clients: [RawClient]
  private let answers = Mutex<[String]>([])
  private let changed = Signal()

  /// `count` clients that each say `text`.
  init(_ count: Int, _ path: String, _ text: String) {
    clients = (0..<count).map { _ in RawClient(path) }
    for client in clients {
      client.send(text)
      _ = Worker { [self] in
        let line = client.read(until: "\r\n")
        answers.withLock { $0.append(line) }
        changed.raise()
      }
    }
  }

  /// All say more.
  func send(_ text: String) { for client in clients { client.send(text) } }

  /// How many were answered with something that begins so.
  func count(_ beginning: String) -> Int {
    answers.withLock { $0.count { $0.hasPrefix(beginning) } }
  }

  /// Waits until so many were answered with something that begins so.
  func wait(for wanted: Int, _ beginning: String) {
    while true {
      let seen = changed.generation
      if count(beginning) >= wanted { return }
      changed.wait(since: seen)
    }
  }
}

/// A condition that threads wait for.
final class Gate: Sendable {
  private let isOpen = Atomic(false)
  private let changed = Signal()

  func open() {
    isOpen.store(true, ordering: .releasing)
    changed.raise()
  }

  func wait() {
    while true {
      let seen = changed.generation
      if isOpen.load(ordering: .acquiring) { return }
      changed.wait(since: seen)
    }
  }
}

extension BatchProgress {
  /// A batch that read `rows` records from offset `start` on.
  static func sample(_ number: Int64, start: Int64 = 0, rows: Int = 10) -> BatchProgress {
    var batch = BatchProgress(name: "classify", batchId: number)
    batch.numInputRows = rows
    batch.inputRowsPerSecond = 100
    batch.processedRowsPerSecond = 200
    batch.durationMs = ["getBatch": 20, "addBatch": 30, "triggerExecution": 50]
    batch.watermark = 1_763_661_600_000
    batch.sources = [
      BatchProgress.Source(
        description: "topic posts", startOffset: [start], endOffset: [start + Int64(rows)],
        latestOffset: [start + Int64(rows) + 5], numInputRows: rows)
    ]
    batch.numOutputRows = rows - 1
    return batch
  }
}

internal import Curl
internal import Machine
internal import Posts
internal import SupportDesk
package import XAPI

/// What is needed to collect from X, as it is configured.
package struct XConfiguration: Sendable {
  package var baseURL = "https://api.x.com"
  package var credentials = XCredentials()
  package var settings = XClient.Settings()
  /// Rules that are configured, or follow from the brand.
  package var rules: [StreamRule] = []
  package var fillsGaps = true

  package init() {}

  /// The way to X. Thrown: `XError`.
  package func transport() throws(XError) -> any XTransport {
    guard let session = HTTPSession(userAgent: "grouse") else {
      throw .invalid("libcurl is out of memory")
    }
    var retries = HTTPRetries()
    retries.scale = settings.backoffScale
    return XNetwork(session, url: baseURL, retries: retries)
  }

  /// A client; `waiting` hears of each wait that X imposes. Thrown: `XError`.
  package func client(
    waiting: @escaping @Sendable (XWait) -> Void = { _ in }
  ) throws(XError) -> XClient {
    XClient(try transport(), credentials, settings, waiting: waiting)
  }
}

/// Collects X's filtered stream into a topic until it is told to stop.
struct XSource {
  let configuration: XConfiguration
  let topic: String
  let log: any EventLog
  let partitions: Int
  let streams: LiveStreams

  func collect(
    isStopped: () -> Bool, progress: (CollectTotals) -> Void,
    report: @escaping @Sendable (String) -> Void
  ) throws -> CollectTotals {
    let client = try configuration.client { report("\($0)") }
    let offsets = try StreamOffsets(log, into: topic, of: "x \(configuration.baseURL)")
    let sink = try XSink(offsets, into: topic, of: log, partitions: partitions)
    var settings = FilteredStream.Settings()
    settings.rules = configuration.rules
    settings.fillsGaps = configuration.fillsGaps
    if let note = try offsets.note(),
      let position = StreamPosition(word: note.since, mark: note.ends)
    {
      settings.start = position
      settings.recent = KnownIDs(at: position)
      try offsets.forEachID(behind: position.mark) { settings.recent.insert($0) }
    }
    let stream = try FilteredStream(client, into: sink, settings) { report("\($0)") }
    streams.add("x") { stream.status }
    defer {
      progress(sink.totals)
      // Cents are said, fractions of them are not.
      let cents = Int(client.ledger.dollars * 100 + 0.5)
      if cents > 0 {
        report("X will probably take $\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)")
      }
    }
    try ThreadExecutor.run {
      if isStopped() { stream.stop() }
      progress(sink.totals)
    } _: {
      try await stream.run()
    }
    return sink.totals
  }
}

/// Where the stream's posts go: the topic, and the note of how far it has come.
private final class XSink: StreamSink, @unchecked Sendable {
  // Unchecked: the stream calls one after the other, on the thread that made this.
  private let offsets: StreamOffsets
  private var collector: StreamCollector

  init(
    _ offsets: StreamOffsets, into topic: String, of log: any EventLog, partitions: Int
  ) throws {
    self.offsets = offsets
    collector = try StreamCollector(
      into: topic, of: log, name: "X", producer: offsets.producer, partitions: partitions)
  }

  var totals: CollectTotals { collector.totals }

  func append(_ batch: StreamBatch) throws {
    if batch.posts > 0 { try collector.append(batch.lines) }
    if !batch.quarantined.isEmpty {
      try collector.setAside(batch.quarantined.map { ($0.bytes, $0.reason) })
    }
  }

  func mark() throws -> [Int64] { try offsets.ends() }

  func commit(_ position: StreamPosition) throws {
    try offsets.commit(.init(since: position.word, ends: position.mark))
  }
}

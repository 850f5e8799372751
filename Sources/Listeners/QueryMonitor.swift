package import Bytes
internal import Machine
package import Streams
internal import Synchronization

/// What one running query has done lately.
package final class QueryMonitor: Sendable {
  /// Batches that are remembered, as Spark has it.
  package static let capacity = 100

  /// Counted since the run began.
  private struct Totals: Sendable {
    var batches = 0
    var inputRows = 0
    var outputRows = 0
  }

  private struct State {
    var recent: [JSON] = []
    var totals = Totals()
  }

  package let name: String
  /// The same for every run of the query.
  package let id: String
  /// Another for each run.
  package let runID: String
  private let startedAt = Clock.system.milliseconds
  private let state = Mutex(State())
  private let listeners = FeedGroup()
  private let metrics: QueryMetrics

  init(name: String, id: String, _ registry: MetricsRegistry) {
    self.name = name
    self.id = id
    metrics = QueryMetrics(query: name, registry)
    runID = Self.uuid(Entropy.identifier())
  }

  /// Takes up what a batch did, as it has just been committed. Any thread.
  package func record(_ progress: BatchProgress) {
    let json = progress.json(id: id, runID: runID, at: Clock.system.milliseconds)
    metrics.record(progress)
    state.withLock { state in
      state.recent.append(json)
      if state.recent.count > Self.capacity { state.recent.removeFirst() }
      state.totals.batches += 1
      state.totals.inputRows += progress.numInputRows
      state.totals.outputRows += progress.numOutputRows
    }
    if listeners.count > 0 { listeners.send(json.line) }
  }

  /// The latest batches, oldest first.
  package var recent: [JSON] { state.withLock { $0.recent } }

  /// The latest batches and those to come, a line each.
  func follow() -> LineFeed { listeners.add(beginning: recent.map(\.line)) }

  /// Ends those who follow, and takes what the query is at the moment off the page of metrics.
  func end() {
    metrics.end()
    listeners.end()
  }

  /// What there is to say of the query in short.
  package var json: JSON {
    let (recent, totals) = state.withLock { ($0.recent, $0.totals) }
    return [
      "name": .text(name), "id": .text(id), "runId": .text(runID),
      "startedAt": .text(UTCTime.text(milliseconds: startedAt)), "isActive": true,
      "batches": JSON(totals.batches), "numInputRows": JSON(totals.inputRows),
      "numOutputRows": JSON(totals.outputRows), "lastProgress": recent.last ?? .null,
    ]
  }

  /// 16 bytes as a UUID is written.
  package static func uuid(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for (index, byte) in bytes.prefix(16).enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return text
  }
}

/// The queries that run in this process.
package final class QueryMonitors: Sendable {
  private let monitors = Mutex<[QueryMonitor]>([])
  /// Where their metrics are kept.
  let registry: MetricsRegistry

  /// Monitors whose metrics are kept in `registry`.
  package init(_ registry: MetricsRegistry = MetricsRegistry()) { self.registry = registry }

  /// A monitor for a query that starts; another run of the name takes the place of the one before.
  package func add(name: String, id: String) -> QueryMonitor {
    // First of all: what it is at the moment has the names of its follower's.
    let former = monitors.withLock { monitors in
      defer { monitors.removeAll { $0.name == name } }
      return monitors.first { $0.name == name }
    }
    former?.end()
    let monitor = QueryMonitor(name: name, id: id, registry)
    monitors.withLock { $0.append(monitor) }
    return monitor
  }

  /// Takes a query off that has ended.
  package func remove(_ monitor: QueryMonitor) {
    monitors.withLock { $0.removeAll { $0 === monitor } }
    monitor.end()
  }

  /// In the order in which they started.
  package var all: [QueryMonitor] { monitors.withLock { $0 } }

  /// Ends all who follow any of them.
  func end() { for monitor in all { monitor.end() } }

  private func monitor(_ request: InterfaceRequest) throws(InterfaceError) -> QueryMonitor {
    let name = request.parameters["name"] ?? ""
    guard let found = all.first(where: { $0.name == name }) else {
      throw .missing("no query \(name) runs in this process; GET /queries lists those that do")
    }
    return found
  }

  /// What is asked of queries.
  var routes: [Route] {
    [
      Route("GET", "/queries") { [self] _ in .json(["queries": .array(all.map(\.json))]) },
      Route("GET", "/queries/:name") { [self] request in .json(try monitor(request).json) },
      Route("GET", "/queries/:name/progress") { [self] request in
        let monitor = try monitor(request)
        if request.flag("follow") { return .lines(monitor.follow()) }
        return .json(["progress": .array(monitor.recent)])
      },
    ]
  }
}

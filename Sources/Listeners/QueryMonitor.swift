package import Bytes
internal import Machine
package import Streams
internal import Synchronization

/// What one running query has done lately.
package final class QueryMonitor: Sendable {
  /// Batches that are remembered, as Spark has it.
  package static let capacity = 100

  /// Bounds of the histogram of a batch's duration, in seconds.
  static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// Counted since the process began.
  struct Totals: Sendable {
    var batches = 0
    var inputRows = 0
    var outputRows = 0
    var droppedRows = 0
    var failedRecords = 0
    var seconds = 0.0
    /// Batches by the first of `bounds` that they were not longer than; the last: longer than all.
    var byDuration = [Int](repeating: 0, count: QueryMonitor.bounds.count + 1)
  }

  private struct State {
    var recent: [JSON] = []
    var latest: BatchProgress?
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

  package init(name: String, id: String) {
    self.name = name
    self.id = id
    runID = Self.uuid(Entropy.identifier())
  }

  /// Takes up what a batch did, as it has just been committed. Any thread.
  package func record(_ progress: BatchProgress) {
    let json = progress.json(id: id, runID: runID, at: Clock.system.milliseconds)
    let seconds = progress.batchDuration / 1_000
    state.withLock { state in
      state.recent.append(json)
      if state.recent.count > Self.capacity { state.recent.removeFirst() }
      state.latest = progress
      state.totals.batches += 1
      state.totals.inputRows += progress.numInputRows
      state.totals.outputRows += progress.numOutputRows
      state.totals.droppedRows += progress.numRowsDroppedByWatermark
      state.totals.failedRecords += progress.failedRecords
      state.totals.seconds += seconds
      let slot = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
      state.totals.byDuration[slot] += 1
    }
    if listeners.count > 0 { listeners.send(json.line) }
  }

  /// The latest batches, oldest first.
  package var recent: [JSON] { state.withLock { $0.recent } }

  /// The latest batch, and what was counted of all.
  var now: (latest: BatchProgress?, totals: Totals) {
    state.withLock { ($0.latest, $0.totals) }
  }

  /// The latest batches and those to come, a line each.
  func follow() -> LineFeed { listeners.add(beginning: recent.map(\.line)) }

  /// Ends those who follow.
  func end() { listeners.end() }

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

  package init() {}

  /// A monitor for a query that starts; another run of the name takes the place of the one before.
  package func add(name: String, id: String) -> QueryMonitor {
    let monitor = QueryMonitor(name: name, id: id)
    let former = monitors.withLock { monitors in
      defer {
        monitors.removeAll { $0.name == name }
        monitors.append(monitor)
      }
      return monitors.first { $0.name == name }
    }
    former?.end()
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

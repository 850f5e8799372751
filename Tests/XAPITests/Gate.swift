import Curl
import Machine
import Synchronization

@testable import XAPI

/// Holds back the requests to a path until it is opened, and knows all that were sent.
final class Gate: XTransport {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var sent: [String] = []
    var refused: String?
  }

  private let path: String
  private let network: any XTransport
  private let state = Mutex(State())
  private let changed = Signal()

  init(_ path: String, before network: any XTransport) {
    self.path = path
    self.network = network
  }

  /// The paths, with their queries, of the requests that were sent to the path, in order, and those
  /// that wait.
  var sent: [String] { state.withLock { $0.sent } }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for one in waiting { one.resume() }
  }

  /// Has X not take requests with a parameter.
  func refuse(_ parameter: String) { state.withLock { $0.refused = parameter } }

  /// Waits until a request has come.
  func waitForRequest() async {
    await MemorySink.onThread { [self] in
      while true {
        let seen = changed.generation
        if state.withLock({ !$0.sent.isEmpty }) { return }
        changed.wait(since: seen)
      }
    }
  }

  func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
    if request.path.hasPrefix(path) {
      state.withLock { $0.sent.append(request.path) }
      changed.raise()
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let passes = state.withLock { state in
            if state.isOpen || Task.isCancelled { return true }
            state.waiting.append(continuation)
            return false
          }
          if passes { continuation.resume() }
        }
      } onCancel: {
        open()
      }
    }
    if let name = state.withLock({ $0.refused }), request.path.contains("\(name)=") {
      let text = #"{"title":"Invalid Request","errors":[{"message":"'\#(name)' is no good"}]}"#
      return HTTPResponse(status: 400, body: Array(text.utf8))
    }
    return try await network.send(request)
  }

  func open(_ request: HTTPRequest, silence: Int) async throws(CurlError) -> XStreamAnswer {
    try await network.open(request, silence: silence)
  }

  func pause(milliseconds: Int) async throws(CurlError) {
    try await network.pause(milliseconds: milliseconds)
  }
}

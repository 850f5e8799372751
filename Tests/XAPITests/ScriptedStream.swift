import Curl
import Synchronization

@testable import XAPI

/// An X whose stream is given piece by piece, once; then it is over for good.
final class ScriptedStream: XTransport, XBody {
  private struct State {
    var pieces: [[UInt8]]
    var isOpened = false
  }

  private let state: Mutex<State>

  init(_ pieces: [[UInt8]]) { state = Mutex(State(pieces: pieces.reversed())) }

  func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse { throw .cancelled }

  func open(_ request: HTTPRequest, silence: Int) async throws(CurlError) -> XStreamAnswer {
    let isOpened = state.withLock { state in
      defer { state.isOpened = true }
      return state.isOpened
    }
    if isOpened { throw .cancelled }
    return XStreamAnswer(head: HTTPResponse(status: 200), body: self)
  }

  func pause(milliseconds: Int) async throws(CurlError) {}

  func next() async throws(CurlError) -> [UInt8]? { state.withLock { $0.pieces.popLast() } }

  func cancel() {}
}

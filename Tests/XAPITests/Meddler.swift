import Curl
import Synchronization

@testable import XAPI

/// An answer that X has not given.
enum HTTPAnswer {
  case json(String)
  /// The network fails, and nothing has come to X.
  case failing
}

/// Answers some of the changes of rules, counted from 0, in X's place.
final class Meddler: XTransport {
  private let network: any XTransport
  private let answer: @Sendable (Int) -> HTTPAnswer?
  private let count = Mutex(0)

  init(_ network: any XTransport, _ answer: @escaping @Sendable (Int) -> HTTPAnswer?) {
    self.network = network
    self.answer = answer
  }

  func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
    guard request.method == "POST" else { return try await network.send(request) }
    let number = count.withLock { count in
      defer { count += 1 }
      return count
    }
    switch answer(number) {
    case nil: return try await network.send(request)
    case .json(let text): return HTTPResponse(status: 200, body: Array(text.utf8))
    case .failing: throw .timedOut(place: "x")
    }
  }

  func open(_ request: HTTPRequest, silence: Int) async throws(CurlError) -> XStreamAnswer {
    try await network.open(request, silence: silence)
  }

  func pause(milliseconds: Int) async throws(CurlError) {
    try await network.pause(milliseconds: milliseconds)
  }
}

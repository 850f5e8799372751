package import Curl

/// The door to X's server and to waiting, so that tests decide what it answers and how long.
package protocol XTransport: Sendable {
  /// Sends a request and returns the whole answer.
  func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse
  /// Sends a request whose answer goes on; one that is silent for so many milliseconds is ended.
  func open(_ request: HTTPRequest, silence: Int) async throws(CurlError) -> XStreamAnswer
  /// Returns after a while; thrown, at once: `CurlError.cancelled`.
  func pause(milliseconds: Int) async throws(CurlError)
}

/// An answer that goes on.
package struct XStreamAnswer: Sendable {
  package var head: HTTPResponse
  package var body: any XBody

  /// An answer of this head, whose own body is empty.
  package init(head: HTTPResponse, body: any XBody) {
    self.head = head
    self.body = body
  }
}

/// A body that comes piece by piece, for one reader.
package protocol XBody: Sendable {
  /// What has come since, waiting for it; nil at the end.
  func next() async throws(CurlError) -> [UInt8]?
  /// Ends it: what has come before is still read.
  func cancel()
}

extension HTTPBody: XBody {}

/// The way over the network.
package struct XNetwork: XTransport {
  private let session: HTTPSession
  private let server: HTTPClient.Server
  private let retries: HTTPRetries

  /// A way to `url`, such as `https://api.x.com`.
  package init(_ session: HTTPSession, url: String, retries: HTTPRetries = HTTPRetries()) {
    self.session = session
    server = .url(url)
    self.retries = retries
  }

  package func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
    var terms = HTTPTerms()
    terms.whole = 60_000
    return try await session.send(
      request, to: server, terms, limit: Limits.answerBytes, retries: retries)
  }

  package func open(
    _ request: HTTPRequest, silence: Int
  ) async throws(CurlError) -> XStreamAnswer {
    var terms = HTTPTerms()
    terms.silence = silence
    // A server that compresses keeps lines back until a block is full.
    terms.isCompressed = false
    let answer = try await session.open(request, at: server, terms)
    return XStreamAnswer(
      head: HTTPResponse(status: answer.status, headers: answer.headers), body: answer.body)
  }

  package func pause(milliseconds: Int) async throws(CurlError) {
    try await session.pause(milliseconds: milliseconds)
  }
}

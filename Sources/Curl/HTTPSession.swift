internal import CCurl
internal import Machine

/// HTTP for asynchronous code, on libcurl's multi interface and a thread of its own: any number of
/// exchanges at a time, with any servers, over kept connections, HTTP/2 where a server has it. It
/// follows no redirection, verifies certificates, and takes proxies (`https_proxy`, `no_proxy`) and
/// authorities (`CURL_CA_BUNDLE`, `SSL_CERT_FILE`, `SSL_CERT_DIR`) from the environment.
///
/// Cancelling the task that waits ends its exchange at once.
package final class HTTPSession: Sendable {
  private let loop: TransferLoop
  private let userAgent: String

  /// Nil: libcurl is out of memory.
  package init?(userAgent: String = "grouse") {
    guard HTTPClient.isReady, let loop = TransferLoop() else { return nil }
    self.loop = loop
    self.userAgent = userAgent
  }

  deinit { loop.end() }

  /// Sends a request and returns when the answer's head is there; its body is read piece by piece.
  package func open(
    _ request: HTTPRequest, at server: HTTPClient.Server, _ terms: HTTPTerms = HTTPTerms()
  ) async throws(CurlError) -> HTTPStreamedResponse {
    let exchange = Exchange(place: server.name, bufferLimit: terms.bufferLimit)
    guard let transfer = EasyTransfer(request, server, terms, userAgent, exchange) else {
      throw .failed(place: server.name, code: 27, reason: "out of memory")
    }
    exchange.connect(to: loop)
    loop.start(transfer)
    let body = HTTPBody(exchange, of: self)
    let head = try await exchange.head()
    return HTTPStreamedResponse(status: head.status, headers: head.headers, body: body)
  }

  /// Sends a request and returns the whole answer, of `limit` bytes at most.
  package func send(
    _ request: HTTPRequest, to server: HTTPClient.Server, _ terms: HTTPTerms = HTTPTerms(),
    limit: Int = HTTPClient.answerLimit
  ) async throws(CurlError) -> HTTPResponse {
    let answer = try await open(request, at: server, terms)
    var body: [UInt8] = []
    while let piece = try await answer.body.next() {
      guard body.count + piece.count <= limit else {
        answer.body.cancel()
        throw .tooLarge(place: server.name, limit: limit)
      }
      body += piece
    }
    return HTTPResponse(status: answer.status, headers: answer.headers, body: body)
  }

  /// Sends a request, and again after a while where that may help and does no harm.
  package func send(
    _ request: HTTPRequest, to server: HTTPClient.Server, _ terms: HTTPTerms = HTTPTerms(),
    limit: Int = HTTPClient.answerLimit, retries: HTTPRetries
  ) async throws(CurlError) -> HTTPResponse {
    var attempt = 0
    while true {
      let outcome: Result<HTTPResponse, CurlError>
      do throws(CurlError) {
        outcome = .success(try await send(request, to: server, terms, limit: limit))
      } catch { outcome = .failure(error) }
      guard let wait = retries.wait(after: outcome, to: request.method, attempt: attempt) else {
        return try outcome.get()
      }
      try await pause(milliseconds: wait)
      attempt += 1
    }
  }

  /// Returns after a while; thrown, at once: `CurlError.cancelled`.
  package func pause(milliseconds: Int) async throws(CurlError) {
    let exchange = Exchange(place: "a pause", bufferLimit: 0)
    exchange.connect(to: loop)
    loop.start(timer: exchange, milliseconds: milliseconds)
    do throws(CurlError) { _ = try await exchange.next() } catch .timedOut { return }
  }
}

/// On which terms an exchange is made.
package struct HTTPTerms: Sendable {
  /// Milliseconds until there is a connection.
  package var connecting = 10_000
  /// Milliseconds for all of the exchange; nil: any time.
  package var whole: Int?
  /// Milliseconds in which nothing comes, while it is waited for; nil: any time.
  package var silence: Int?
  /// Whether the answer may be compressed, for which a server may collect it a while.
  package var isCompressed = true
  /// Bytes of a body that wait to be read before the server is made to wait.
  package var bufferLimit = 1 << 20

  package init() {}
}

/// An answer whose body is still to be read.
package struct HTTPStreamedResponse: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: HTTPBody

  /// Whether the status says that it was done (200 to 299).
  package var isSuccess: Bool { (200..<300).contains(status) }

  /// A header's value, whatever the case of its name; nil where it was not sent.
  package subscript(header name: String) -> String? {
    HTTPResponse(status: status, headers: headers, body: [])[header: name]
  }
}

/// A body that comes piece by piece, for one reader. While nobody reads, the server waits. The
/// exchange ends with the body's last reference.
package final class HTTPBody: Sendable {
  private let exchange: Exchange
  // Its end would end the exchange.
  private let session: HTTPSession

  init(_ exchange: Exchange, of session: HTTPSession) {
    self.exchange = exchange
    self.session = session
  }

  deinit { exchange.cancel() }

  /// All that has come and was not read yet; waits where that is nothing. Nil at the end.
  package func next() async throws(CurlError) -> [UInt8]? { try await exchange.next() }

  /// Ends the exchange at once. What has come before is still read, then `CurlError.cancelled` is
  /// thrown.
  package func cancel() { exchange.cancel() }
}

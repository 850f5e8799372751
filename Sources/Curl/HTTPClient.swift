internal import CCurl

/// A client of one HTTP server, on libcurl: over TCP, or over a socket in the file system. It
/// blocks the calling thread, keeps its connection from one exchange to the next, follows no
/// redirection, and belongs to one thread at a time.
package final class HTTPClient {
  /// Where the server is.
  package enum Server: Hashable, Sendable, CustomStringConvertible {
    /// The path of a socket in the file system.
    case socket(String)
    /// `http://host:port` or `https://host`, without a path.
    case url(String)

    package var description: String { name }

    var name: String {
      switch self {
      case .socket(let path): path
      case .url(let url): url
      }
    }

    /// What stands before the path.
    var base: String {
      switch self {
      case .socket: "http://localhost"
      case .url(let url): url
      }
    }
  }

  /// Bytes of an answer that are taken unless told otherwise.
  package static let answerLimit = 64 << 20

  private let server: Server
  private let handle: UnsafeMutableRawPointer
  package var patience: HTTPPatience

  /// Done once a process, before the first use.
  static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// A client; it connects with its first request. Nil: libcurl is out of memory.
  package init?(_ server: Server, patience: HTTPPatience = HTTPPatience()) {
    guard Self.isReady, let handle = curl_easy_init() else { return nil }
    self.server = server
    self.handle = handle
    self.patience = patience
  }

  deinit { curl_easy_cleanup(handle) }

  /// The versions of libcurl and of the library that it encrypts with.
  package static var version: String {
    String(cString: curl_version()).split(separator: " ").prefix(2).joined(separator: " ")
  }

  /// Sends a request and returns the whole answer, of `limit` bytes at most. `isCancelled` is asked
  /// some times a second at least, from this thread.
  package func send(
    _ request: HTTPRequest, limit: Int = HTTPClient.answerLimit,
    isCancelled: () -> Bool = { false }
  ) throws(CurlError) -> HTTPResponse {
    let transfer = Transfer(limit: limit)
    return try perform(request, transfer, isCancelled, { _ in true })
  }

  /// Sends a request and hands over each line of a successful answer when it has come, without its
  /// end; where `line` returns false the exchange ends with `CurlError.cancelled`. The body of an
  /// unsuccessful answer is in what is returned.
  package func stream(
    _ request: HTTPRequest, lineLimit: Int = 1 << 20, isCancelled: () -> Bool = { false },
    line: ([UInt8]) -> Bool
  ) throws(CurlError) -> HTTPResponse {
    let transfer = Transfer(limit: lineLimit)
    transfer.isStreaming = true
    return try perform(request, transfer, isCancelled, line)
  }

  private func perform(
    _ request: HTTPRequest, _ transfer: Transfer, _ isCancelled: () -> Bool,
    _ line: ([UInt8]) -> Bool
  ) throws(CurlError) -> HTTPResponse {
    let code = withoutActuallyEscaping(isCancelled) { isCancelled in
      withoutActuallyEscaping(line) { line in
        transfer.isCancelled = isCancelled
        transfer.line = line
        defer { transfer.forget() }
        return run(request, transfer)
      }
    }
    if let error = error(code, transfer) { throw error }
    return HTTPResponse(
      status: grouse_curl_status(handle), headers: transfer.head.headers, body: transfer.body)
  }

  private func run(_ request: HTTPRequest, _ transfer: Transfer) -> CURLcode {
    // What was set for the exchange before goes; the connection stays.
    curl_easy_reset(handle)
    var list: UnsafeMutablePointer<curl_slist>?
    // Without it libcurl waits a second for leave to send a large body.
    for header in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      list = curl_slist_append(list, header) ?? list
    }
    defer { curl_slist_free_all(list) }
    set(request, list)
    set(patience)
    Authorities.set(on: handle)
    // The transfer outlives `curl_easy_perform`, which alone calls back.
    let context = Unmanaged.passUnretained(transfer).toOpaque()
    Callbacks.install(on: handle, context)
    return withExtendedLifetime(transfer) {
      guard let body = request.body else { return curl_easy_perform(handle) }
      return body.withUnsafeBytes { bytes in
        // libcurl reads it where it lies; a nil pointer would make it ask elsewhere.
        let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        _ = grouse_curl_set_large(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
        if let start, bytes.count > 0 {
          _ = grouse_curl_set_pointer(handle, CURLOPT_POSTFIELDS, start)
          return curl_easy_perform(handle)
        }
        _ = grouse_curl_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
        return curl_easy_perform(handle)
      }
    }
  }

  private func set(_ request: HTTPRequest, _ headers: UnsafeMutablePointer<curl_slist>?) {
    // libcurl keeps copies of texts, and uses the list where it is.
    _ = grouse_curl_set_text(handle, CURLOPT_URL, server.base + request.path)
    _ = grouse_curl_only_http(handle)
    if case .socket(let path) = server {
      _ = grouse_curl_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, path)
      // Proxies of the environment have no business here.
      _ = grouse_curl_set_text(handle, CURLOPT_NOPROXY, "*")
    }
    if request.body != nil { _ = grouse_curl_set_number(handle, CURLOPT_POST, 1) }
    if request.method == "HEAD" { _ = grouse_curl_set_number(handle, CURLOPT_NOBODY, 1) }
    _ = grouse_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
    _ = grouse_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
    // A `..` that a caller has put into a path is theirs to answer for.
    _ = grouse_curl_set_number(handle, CURLOPT_PATH_AS_IS, 1)
    // Timeouts must not be signals in a program of many threads.
    _ = grouse_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
  }

  private func set(_ patience: HTTPPatience) {
    _ = grouse_curl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, patience.connecting)
    if let whole = patience.whole {
      _ = grouse_curl_set_number(handle, CURLOPT_TIMEOUT_MS, whole)
    }
    if let silence = patience.silence {
      _ = grouse_curl_set_number(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
      _ = grouse_curl_set_number(handle, CURLOPT_LOW_SPEED_TIME, silence)
    }
  }

  private func error(_ code: CURLcode, _ transfer: Transfer) -> CurlError? {
    if transfer.isTooLarge { return .tooLarge(place: server.name, limit: transfer.limit) }
    if transfer.wasCancelled { return .cancelled }
    switch code {
    case CURLE_OK: return nil
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return .noConnection(place: server.name, reason: Self.words(code))
    case CURLE_OPERATION_TIMEDOUT: return .timedOut(place: server.name)
    default:
      return .failed(place: server.name, code: Int(code.rawValue), reason: Self.words(code))
    }
  }

  static func words(_ code: CURLcode) -> String {
    String(cString: curl_easy_strerror(code)).lowercased()
  }
}

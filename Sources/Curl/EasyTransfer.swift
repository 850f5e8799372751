internal import CCurl
internal import Machine

/// libcurl's handle of one exchange with all that it refers to. It is made by whoever asks, and
/// then is the loop's alone.
final class EasyTransfer: @unchecked Sendable {
  // Unchecked: handed over to the loop's thread once, and used there only.
  let handle: UnsafeMutableRawPointer
  let exchange: Exchange
  private let silence: Double?
  private let body: UnsafeMutableRawBufferPointer?
  private var headers: UnsafeMutablePointer<curl_slist>?
  private var head = AnswerHead()
  private var lastHeard = Clock.monotonicSeconds()

  /// Nil: out of memory.
  init?(
    _ request: HTTPRequest, _ server: HTTPClient.Server, _ terms: HTTPTerms, _ userAgent: String,
    _ exchange: Exchange
  ) {
    guard let handle = curl_easy_init() else { return nil }
    self.handle = handle
    self.exchange = exchange
    silence = terms.silence.map { Double($0) / 1_000 }
    body = request.body.map { bytes in
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      copy.copyBytes(from: bytes)
      return copy
    }
    set(request, server, userAgent)
    set(terms)
    Authorities.set(on: handle)
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = grouse_curl_set_receive(handle, CURLOPT_WRITEFUNCTION, receiveBody)
    _ = grouse_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    _ = grouse_curl_set_receive(handle, CURLOPT_HEADERFUNCTION, receiveHead)
    _ = grouse_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
    body?.deallocate()
  }

  private func set(_ request: HTTPRequest, _ server: HTTPClient.Server, _ userAgent: String) {
    _ = grouse_curl_set_text(handle, CURLOPT_URL, server.base + request.path)
    _ = grouse_curl_only_http(handle)
    if case .socket(let path) = server {
      _ = grouse_curl_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, path)
      _ = grouse_curl_set_text(handle, CURLOPT_NOPROXY, "*")
    }
    if let body {
      _ = grouse_curl_set_number(handle, CURLOPT_POST, 1)
      _ = grouse_curl_set_large(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      if let start = body.baseAddress, !body.isEmpty {
        _ = grouse_curl_set_pointer(handle, CURLOPT_POSTFIELDS, start)
      } else {
        _ = grouse_curl_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
      }
    }
    if request.method == "HEAD" { _ = grouse_curl_set_number(handle, CURLOPT_NOBODY, 1) }
    _ = grouse_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
    // Without the empty one libcurl waits a second for leave to send a large body.
    for header in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      headers = curl_slist_append(headers, header) ?? headers
    }
    _ = grouse_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
    _ = grouse_curl_set_text(handle, CURLOPT_USERAGENT, userAgent)
    _ = grouse_curl_set_number(handle, CURLOPT_PATH_AS_IS, 1)
    // On a kept connection that the server closes instead of an answer, libcurl sends a request
    // again by itself, whatever it asks for: what must not be done twice has a connection of its
    // own.
    if !HTTPRetries.isIdempotent(request.method) {
      _ = grouse_curl_set_number(handle, CURLOPT_FRESH_CONNECT, 1)
    }
  }

  private func set(_ terms: HTTPTerms) {
    // Timeouts must not be signals in a program of many threads.
    _ = grouse_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
    _ = grouse_curl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, terms.connecting)
    if let whole = terms.whole { _ = grouse_curl_set_number(handle, CURLOPT_TIMEOUT_MS, whole) }
    if terms.isCompressed { _ = grouse_curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip") }
    // HTTP/2 is agreed on with TLS; without it servers of version 1.1 would not understand.
    _ = grouse_curl_set_number(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    _ = grouse_curl_set_number(handle, CURLOPT_BUFFERSIZE, 256 << 10)
    _ = grouse_curl_set_number(handle, CURLOPT_TCP_KEEPALIVE, 1)
    _ = grouse_curl_set_number(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
  }

  /// When it has been silent for too long, in seconds of the monotonic clock; nil: never, or not
  /// while the silence is ours.
  var deadline: Double? {
    guard let silence, !exchange.isPaused else { return nil }
    return lastHeard + silence
  }

  /// It goes on after a pause: what was not heard meanwhile is nobody's silence.
  func resume() {
    lastHeard = Clock.monotonicSeconds()
    curl_easy_pause(handle, CURLPAUSE_CONT)
  }

  /// The loop has nothing more to do with it.
  func finish(_ code: CURLcode) {
    switch code {
    case CURLE_OK: exchange.finish(.success(()))
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      fail(.noConnection(place: exchange.place, reason: HTTPClient.words(code)))
    case CURLE_OPERATION_TIMEDOUT: fail(.timedOut(place: exchange.place))
    default:
      fail(
        .failed(
          place: exchange.place, code: Int(code.rawValue), reason: HTTPClient.words(code)))
    }
  }

  private func fail(_ error: CurlError) { exchange.finish(.failure(error)) }

  /// It has been silent for too long.
  func finishSilent() {
    fail(.silent(place: exchange.place, milliseconds: Int((silence ?? 0) * 1_000)))
  }

  fileprivate func takeHead(_ bytes: UnsafeRawBufferPointer) {
    lastHeard = Clock.monotonicSeconds()
    head.take(bytes)
    if head.isComplete { exchange.take(head) }
  }

  fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    lastHeard = Clock.monotonicSeconds()
    return switch exchange.take(bytes) {
    case .taken: bytes.count
    case .pause: Int(CURL_WRITEFUNC_PAUSE)
    // Fewer than there were makes libcurl end the transfer.
    case .refused: bytes.count == 0 ? 1 : 0
    }
  }
}

private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  return Unmanaged<EasyTransfer>.fromOpaque(context).takeUnretainedValue()
    .takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

private func receiveHead(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  Unmanaged<EasyTransfer>.fromOpaque(context).takeUnretainedValue()
    .takeHead(UnsafeRawBufferPointer(start: bytes, count: size * count))
  return size * count
}

internal import Bytes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import Synchronization

/// Turns a request that has come over the network into a route's, and its answer into what is sent.
final class InterfaceResponder: Sendable {
  private let routes: RouteTable
  private let settings: Interface.Settings
  private let queue: WorkQueue
  /// Bytes of the bodies that are being read or worked on.
  private let held = Mutex(0)

  init(routes: RouteTable, _ settings: Interface.Settings, _ queue: WorkQueue) {
    self.routes = routes
    self.settings = settings
    self.queue = queue
  }

  /// Ends when all that was begun is done.
  func stop() { queue.stop() }

  /// Thrown: that the connection is at its end.
  func respond(
    to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel,
    isSocket: Bool
  ) async throws {
    let path = request.head.path ?? "/"
    let answer: InterfaceAnswer
    do {
      answer = try await self.answer(request, path, channel, isSocket: isSocket)
    } catch let error as InterfaceError {
      var refusal = InterfaceAnswer.json(error.json, status: error.status)
      if error.status == 405 { refusal.allow = routes.allowed(Self.split(path).path) }
      answer = refusal
    }
    try await send(answer, isHead: request.method == .head, writer)
    // What is left of a body that nobody wants is not waited for.
    if Self.closes(answer.status) { throw Refused() }
  }

  /// The client may go on sending: the connection ends.
  private struct Refused: Error {}

  private static func closes(_ status: Int) -> Bool { status == 413 || status == 408 }

  private static func split(_ target: String) -> (path: String, query: Substring) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts.first ?? ""), parts.count > 1 ? parts[1] : "")
  }

  private func answer(
    _ request: Request, _ target: String, _ channel: any Channel, isSocket: Bool
  ) async throws -> InterfaceAnswer {
    let (path, query) = Self.split(target)
    if !isSocket { try LoopbackRules.check(host: request.head.authority) }
    let (route, parameters) = try routes.find(request.method.rawValue, path)
    if !isSocket { try LoopbackRules.check(route) }
    guard let fields = PercentEncoding.fields(query) else {
      throw InterfaceError.malformed("the query ?\(query) is not percent-encoded as it must be")
    }
    var asked = InterfaceRequest()
    asked.method = request.method.rawValue
    asked.path = path
    asked.parameters = parameters
    asked.query = fields
    let type = request.headers[.contentType] ?? ""
    asked.contentType = String(type.prefix { $0 != ";" && $0 != " " }).lowercased()
    let size = try hold(request, limit: route.bodyLimit)
    defer { held.withLock { $0 -= size } }
    asked.body = try await body(of: request, limit: route.bodyLimit, on: channel)
    let whole = asked
    do {
      return try await queue.run { try route.handle(whole) }
    } catch let error as InterfaceError {
      throw error
    } catch {
      throw InterfaceError(500, "\(error)")
    }
  }

  /// Makes sure that there is memory for a body before any of it is read; returns how much is held.
  private func hold(_ request: Request, limit: Int) throws(InterfaceError) -> Int {
    var size = request.headers[.transferEncoding] == nil ? 0 : limit
    if let length = request.headers[.contentLength] {
      guard let length = Int(length), length >= 0 else {
        throw .malformed("Content-Length is no number")
      }
      guard length <= limit else { throw Self.tooLarge(limit) }
      size = max(size, length)
    }
    let isFree = held.withLock { held in
      guard held + size <= settings.bodyBytes || held == 0 else { return false }
      held += size
      return true
    }
    guard isFree else { throw InterfaceError(503, "too much is being sent; try again") }
    return size
  }

  private static func tooLarge(_ limit: Int) -> InterfaceError {
    InterfaceError(413, "the body is larger than the \(limit) bytes that are taken here")
  }

  /// Reads a body, for as long as a client may take.
  private func body(
    of request: Request, limit: Int, on channel: any Channel
  ) async throws -> [UInt8] {
    let seconds = settings.bodySeconds
    let isOver = Expiry()
    // Nothing more is read then, which ends the loop: the request has an end too early.
    let expiry = channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
      isOver.flag.store(true, ordering: .releasing)
      channel.close(mode: .input, promise: nil)
    }
    defer { expiry.cancel() }
    var bytes: [UInt8] = []
    do {
      for try await part in request.body {
        guard bytes.count + part.readableBytes <= limit else { throw Self.tooLarge(limit) }
        part.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
      }
    } catch  where isOver.flag.load(ordering: .acquiring) {
      throw InterfaceError(408, "the body did not come within \(seconds) seconds")
    }
    // A client that went away in the middle has not said what it wanted.
    if let length = request.headers[.contentLength], Int(length) != bytes.count { throw Refused() }
    return bytes
  }

  /// Whether the time for a body is over.
  private final class Expiry: Sendable {
    let flag = Atomic(false)
  }

  private func send(
    _ answer: InterfaceAnswer, isHead: Bool, _ writer: consuming ResponseWriter
  ) async throws {
    var head = HTTPResponse(status: .init(code: answer.status))
    head.headerFields[.contentType] = answer.contentType
    head.headerFields[.cacheControl] = "no-store"
    // What a browser is shown here is data, whatever it looks like.
    head.headerFields[.xContentTypeOptions] = "nosniff"
    if let allow = answer.allow { head.headerFields[.allow] = allow }
    if Self.closes(answer.status) { head.headerFields[.connection] = "close" }
    switch answer.body {
    case .bytes(let bytes):
      head.headerFields[.contentLength] = "\(bytes.count)"
      if isHead { return try await writer.writeResponse(head) }
      try await writer.write(
        response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    case .lines(let feed):
      defer { feed.finish() }
      if isHead { return try await writer.writeResponse(head) }
      var body: any ResponseBodyWriter = try await writer.writeHead(head)
      for await line in feed.lines {
        try await body.write(ByteBuffer(string: line + "\n"))
      }
      try await body.finish(nil)
    }
  }
}

/// What holds on a port, where anybody on this machine may knock, and any page in a browser.
enum LoopbackRules {
  /// Refuses requests that a name was resolved for: a page elsewhere could have had its own name
  /// resolved to this machine (DNS rebinding).
  static func check(host: String?) throws(InterfaceError) {
    var name = (host ?? "").lowercased()
    if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") { name = String(name[..<colon]) }
    guard ["127.0.0.1", "localhost", "[::1]"].contains(name) else {
      throw InterfaceError(403, "the host \(host ?? "") is not this machine's own 127.0.0.1")
    }
  }

  /// Changes are made over the socket alone: its file's mode says who may, which no port can.
  static func check(_ route: Route) throws(InterfaceError) {
    guard !route.writes else {
      throw InterfaceError(
        403,
        "over a port nothing is changed: use the socket, as in curl --unix-socket "
          + "grouse-data/grouse.sock -X \(route.method) http://localhost\(route.pattern)")
    }
  }
}

package import Bytes
internal import Curl
package import Machine

/// Requests to X: signed, spread by what its headers allow, and their refusals as typed errors.
package struct XClient: Sendable {
  /// How X is asked.
  package struct Settings: Sendable {
    /// Whether requests name fields as the older documents do, or as the newer ones.
    package enum FieldSpelling: String, CaseIterable, Sendable {
      case tweet
      case post
    }

    package var fieldSpelling = FieldSpelling.tweet
    /// The same for streams, which have kept the older one.
    package var streamFieldSpelling = FieldSpelling.tweet
    /// What each wait of ours is multiplied with; never one that X names.
    package var backoffScale = 1.0
    /// Milliseconds without a byte behind which a stream is dead.
    package var keepAliveTimeout = 20_000
    package var prices = Prices()

    package init() {}
  }

  package let settings: Settings
  let transport: any XTransport
  let authorizer: Authorizer
  let clock: Clock
  let random: @Sendable () -> Double
  /// Hears of each wait that X imposes.
  let waiting: @Sendable (XWait) -> Void
  let limits = RateLimits()
  package let ledger: CostLedger

  package init(
    _ transport: any XTransport, _ credentials: XCredentials, _ settings: Settings = Settings(),
    clock: Clock = .system, random: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
    ledger: CostLedger = CostLedger(), waiting: @escaping @Sendable (XWait) -> Void = { _ in }
  ) {
    self.transport = transport
    self.settings = settings
    self.clock = clock
    self.random = random
    self.waiting = waiting
    self.ledger = ledger
    authorizer = Authorizer(credentials, transport, clock)
  }

  /// Sends a request and returns the answer's JSON. X's rate limits are waited for, and what it
  /// refuses is thrown. `leaving` is done before each time that it is sent, behind all waits.
  package func call(
    _ call: XCall, leaving: () throws(XError) -> Void = {}
  ) async throws(XError) -> JSON {
    var tries = 0
    while true {
      if let wait = limits.wait(for: call.kind, now: clock.milliseconds) {
        try await pause(wait, for: call, isNamed: true)
      }
      let answer = try await send(call, leaving)
      let limit = RateLimit(answer, now: clock.milliseconds)
      limits.note(limit, of: call.kind)
      if answer.isSuccess {
        if answer.body.isEmpty { return .object([]) }
        do { return try JSON(parsing: answer.body) } catch {
          throw .unreadable(path: call.path, reason: "\(error)")
        }
      }
      let problem = XProblem(status: answer.status, body: answer.body)
      if problem.isUsageCap { throw .usageCapped(problem) }
      guard answer.status == 429 || answer.status == 420 else {
        throw .refused(status: answer.status, problem)
      }
      tries += 1
      guard tries <= Limits.waits else { throw .refused(status: answer.status, problem) }
      if let wait = limit.wait(now: clock.milliseconds) {
        try await pause(wait, for: call, isNamed: true)
      } else {
        // Where no end is named, asking again at once would only be refused again.
        let wait = 60_000 * Double(1 << (tries - 1)) * settings.backoffScale
        try await pause(Int(wait * (1 + random() / 10)), for: call, isNamed: false)
      }
    }
  }

  private func send(
    _ call: XCall, _ leaving: () throws(XError) -> Void
  ) async throws(XError) -> HTTPResponse {
    var request = call.request
    let header = try await authorizer.header(for: call)
    request.headers.append((name: "Authorization", value: header))
    try leaving()
    do throws(CurlError) { return try await transport.send(request) } catch {
      throw error == .cancelled ? .cancelled : .network(error)
    }
  }

  private func pause(_ milliseconds: Int, for call: XCall, isNamed: Bool) async throws(XError) {
    waiting(XWait(what: call.kind, milliseconds: milliseconds, isNamed: isNamed))
    // Clients that wait for the same moment should not all come with it.
    let spread = isNamed ? Int(random() * 250) : 0
    do throws(CurlError) { try await transport.pause(milliseconds: milliseconds + spread) } catch {
      throw .cancelled
    }
  }
}

/// A wait that X imposes.
package struct XWait: Hashable, Sendable, CustomStringConvertible {
  /// What waits, such as `GET /2/tweets/search/recent`.
  package var what: String
  package var milliseconds: Int
  /// Whether X has named its end.
  package var isNamed: Bool

  package var description: String {
    "\(what): X's limit is reached; waiting \((milliseconds + 999) / 1_000) s"
  }
}

/// One request to X.
package struct XCall: Sendable {
  /// Who asks.
  package enum Asker: Sendable {
    /// The app, by its bearer token.
    case app
    /// A user, by OAuth 1.0a or 2.0.
    case user
    /// Whichever there is, the app first.
    case any
  }

  package var method: String
  package var segments: [String]
  package var query: [(name: String, value: String)]
  package var body: JSON?
  package var asker: Asker
  /// What the rate limit counts by: the path without ids.
  package var kind: String

  package init(
    _ method: String, _ segments: [String], query: [(name: String, value: String)] = [],
    body: JSON? = nil, as asker: Asker = .any, kind: String? = nil
  ) {
    self.method = method
    self.segments = segments
    self.query = query
    self.body = body
    self.asker = asker
    self.kind = "\(method) \(kind ?? "/" + segments.joined(separator: "/"))"
  }

  /// The path without its query.
  package var path: String { HTTPRequest.path(segments) }

  var request: HTTPRequest {
    HTTPRequest(
      method, HTTPRequest.path(segments, query), body: body.map { Array($0.line.utf8) },
      type: body == nil ? nil : "application/json")
  }
}

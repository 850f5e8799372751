internal import Bytes

/// What happens to the next requests instead of what they ask for.
package struct Refusal: Hashable, Sendable {
  /// How a request is refused.
  package enum Kind: Hashable, Sendable {
    case answer(status: Int, type: String, text: String)
    /// The connection is closed without an answer.
    case hangUp
    /// The connection is reset without an answer.
    case reset
    /// No answer ever comes.
    case silence
    /// What was asked for is done, and the connection goes down before the answer.
    case lostAnswer
  }

  package var kind: Kind
  /// The path of the requests; nil: any.
  package var path: String?
  package var method: String?
  /// How many requests.
  package var times = 1
  /// Seconds until the moment that `x-rate-limit-reset` names; nil: there is no such header.
  package var reset: Int64?

  package init(
    _ kind: Kind, path: String? = nil, method: String? = nil, times: Int = 1, reset: Int64? = nil
  ) {
    self.kind = kind
    self.path = path
    self.method = method
    self.times = times
    self.reset = reset
  }
}

extension Refusal.Kind {
  private static let json = "application/json; charset=utf-8"

  private static func problem(_ problem: Problem) -> Self {
    .answer(status: problem.status, type: json, text: problem.json.line)
  }

  /// 503 as X says it.
  package static var unavailable: Self { problem(.unavailable) }
  /// 502 with the page of a proxy.
  package static var badGateway: Self {
    .answer(
      status: 502, type: "text/html; charset=utf-8",
      text: "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>\n")
  }
  /// 429: the posts of the month are read.
  package static var usageCap: Self { problem(.usageCap) }
  /// 429: another connection is open.
  package static var tooManyConnections: Self { problem(.tooManyConnections) }
  /// 429: too many requests, without a word on when to come back.
  package static var tooManyRequests: Self { problem(.tooManyRequests) }
  /// 401, whatever the credentials.
  package static var unauthorized: Self { problem(.unauthorized) }
  /// 403 for an app that is in no project.
  package static var clientForbidden: Self {
    .answer(
      status: 403, type: json,
      text: #"{"client_id":"90210","detail":"When authenticating requests to the X API v2"#
        + #" endpoints, you must use keys and tokens from a developer App that is attached to a"#
        + #" Project.","reason":"client-not-enrolled","required_enrollment":"Standard Basic","#
        + #""registration_url":"https://developer.x.com","title":"Client Forbidden","#
        + #""type":"\#(Problem.base)client-forbidden"}"#)
  }

  /// A kind by its name on a command line, or the number of a status; nil: there is none.
  package init?(named name: String) {
    switch name {
    case "503": self = .unavailable
    case "502": self = .badGateway
    case "401": self = .unauthorized
    case "403": self = .clientForbidden
    case "usage-cap": self = .usageCap
    case "too-many-connections": self = .tooManyConnections
    case "429", "too-many-requests": self = .tooManyRequests
    case "hang-up": self = .hangUp
    case "reset": self = .reset
    case "silence": self = .silence
    case "lost-answer": self = .lostAnswer
    default:
      guard let status = Int(name), (400..<600).contains(status) else { return nil }
      self = Self.problem(.plain(status, "Status \(status)"))
    }
  }
}

extension Service {
  /// The refusal that a request meets; it is used up by that.
  mutating func takeRefusal(for request: Request) -> Refusal? {
    let place = refusals.firstIndex {
      $0.path.map { $0 == request.path } ?? true
        && $0.method.map { $0 == request.method } ?? true
    }
    guard let place else { return nil }
    let refusal = refusals[place]
    refusals[place].times -= 1
    if refusals[place].times <= 0 { refusals.remove(at: place) }
    return refusal
  }
}

/// The kinds of credentials.
enum Credential: String, Sendable {
  /// An app's bearer token.
  case app = "OAuth 2.0 Application-Only"
  case signed = "OAuth 1.0a User Context"
  case user = "OAuth 2.0 User Context"
}

extension Service {
  /// Whose request it is. Thrown: that nobody's, or that these credentials are not for it.
  mutating func authenticate(
    _ request: Request, _ allowed: [Credential], scopes: [String] = []
  ) throws(Problem) -> Credential {
    let credential = try credential(of: request, scopes)
    guard allowed.contains(credential) else {
      throw .unsupportedAuthentication(credential.rawValue, allowed.map(\.rawValue))
    }
    return credential
  }

  private mutating func credential(
    of request: Request, _ scopes: [String]
  ) throws(Problem) -> Credential {
    guard let header = request.header("authorization") else { throw .unauthorized }
    if let fields = OAuth1.fields(header) {
      guard OAuth1.isSigned(request, fields, settings.credentials),
        tokens.isNew(nonce: fields.first { $0.name == "oauth_nonce" }?.value ?? "")
      else { throw .unauthorized }
      return .signed
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .unauthorized }
    let token = String(parts[1])
    if token == settings.bearer || tokens.isOfApp(token) { return .app }
    guard let granted = tokens.scopes(of: token, at: now) else { throw .unauthorized }
    if let missing = scopes.first(where: { !granted.contains($0) }) {
      throw .forbidden("The token does not have the scope \(missing).")
    }
    return .user
  }

  /// Counts a request to a route. Thrown: that it is one too many.
  mutating func count(_ route: String, _ credential: Credential) throws(Problem) {
    let limits = Self.limits[route]
    let own = credential == .app ? limits?.app : limits?.user
    guard let limit = settings.rateLimits[route] ?? own ?? limits?.app ?? limits?.user else {
      return
    }
    try windows.count(
      "\(route) \(credential)", limit: limit, length: scaled(settings.rateWindow), now: now)
  }

  /// Requests in a window, by an app and by a user.
  private static let limits: [String: (app: Int?, user: Int?)] = [
    "GET /2/tweets/search/stream": (50, nil),
    "GET /2/tweets/search/stream/rules": (450, nil),
    "POST /2/tweets/search/stream/rules": (100, nil),
    "GET /2/tweets/search/stream/rules/counts": (450, nil),
    "GET /2/tweets/search/recent": (450, 300),
    "GET /2/tweets/search/all": (300, nil),
    "GET /2/tweets": (3_500, 5_000),
    "GET /2/tweets/:id": (450, 900),
    "GET /2/users": (300, 900),
    "GET /2/users/by": (300, 900),
    "GET /2/users/:id": (300, 900),
    "GET /2/users/by/username/:name": (300, 900),
    "GET /2/users/me": (nil, 75),
    "GET /2/users/:id/mentions": (450, 300),
    "POST /2/tweets": (nil, 100),
    "DELETE /2/tweets/:id": (nil, 50),
    "GET /2/usage/tweets": (50, nil),
    "GET /2/connections": (25, nil),
    "DELETE /2/connections/all": (25, nil),
    "GET /2/compliance/jobs": (150, nil),
    "POST /2/compliance/jobs": (150, nil),
  ]
}

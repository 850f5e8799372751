internal import Bytes

extension Service {
  /// Finds what a request asks for. Thrown: X's refusal.
  mutating func route(_ request: Request) throws(Problem) -> Answer {
    windows.forgetHeaders()
    var answer = try find(request)
    answer.headers += windows.headers
    answer.headers += [("x-access-level", "read-write"), ("api-version", "2.167")]
    return answer
  }

  private mutating func find(_ request: Request) throws(Problem) -> Answer {
    let parts = request.path.split(separator: "/").map(String.init)
    guard parts.first == "2" else { return try findOutside(request, parts) }
    switch (request.method, parts.count > 1 ? parts[1] : "") {
    case (_, "tweets"): return try findPosts(request, Array(parts.dropFirst(2)))
    case ("GET", "users"): return try findUsers(request, Array(parts.dropFirst(2)))
    case (_, "compliance"): return try findCompliance(request, Array(parts.dropFirst(2)))
    case (_, "oauth2"): return try findOutside(request, parts)
    case ("GET", "usage") where parts.dropFirst(2) == ["tweets"]:
      try admit(request, "GET /2/usage/tweets", [.app])
      return usage()
    case ("GET", "connections") where parts.count == 2:
      try admit(request, "GET /2/connections", [.app])
      return try listConnections(request)
    case ("DELETE", "connections") where parts.count <= 3:
      try admit(request, "DELETE /2/connections/all", [.app])
      return try killConnections(request, parts.count == 3 ? parts[2] : nil)
    default: throw .notFound
    }
  }

  private mutating func findPosts(
    _ request: Request, _ parts: [String]
  ) throws(Problem) -> Answer {
    switch (request.method, parts) {
    case ("GET", ["search", "stream", "rules"]):
      try admit(request, "GET /2/tweets/search/stream/rules", [.app])
      return try listRules(request)
    case ("POST", ["search", "stream", "rules"]):
      try admit(request, "POST /2/tweets/search/stream/rules", [.app])
      return try changeRules(request)
    case ("GET", ["search", "stream", "rules", "counts"]):
      try admit(request, "GET /2/tweets/search/stream/rules/counts", [.app])
      return countRules()
    case ("GET", ["search", "recent"]):
      try admit(request, "GET /2/tweets/search/recent", [.app, .signed, .user], ["tweet.read"])
      return try search(request, largest: 100)
    case ("GET", ["search", "all"]):
      try admit(request, "GET /2/tweets/search/all", [.app])
      return try search(request, largest: 500)
    case ("GET", []):
      try admit(request, "GET /2/tweets", [.app, .signed, .user], ["tweet.read"])
      return try posts(request)
    case ("POST", []):
      try admit(request, "POST /2/tweets", [.signed, .user], ["tweet.write"])
      return try create(request)
    case ("GET", _) where parts.count == 1:
      try admit(request, "GET /2/tweets/:id", [.app, .signed, .user], ["tweet.read"])
      return try post(request, parts[0])
    case ("DELETE", _) where parts.count == 1:
      try admit(request, "DELETE /2/tweets/:id", [.signed, .user], ["tweet.write"])
      return try delete(parts[0])
    default: throw .notFound
    }
  }

  private mutating func findUsers(
    _ request: Request, _ parts: [String]
  ) throws(Problem) -> Answer {
    let anyone: [Credential] = [.app, .signed, .user]
    switch (parts.count, parts.first) {
    case (0, _):
      try admit(request, "GET /2/users", anyone, ["users.read"])
      return try users(request, "ids", "id")
    case (1, "me"):
      try admit(request, "GET /2/users/me", [.signed, .user], ["users.read"])
      return try me(request)
    case (1, "by"):
      try admit(request, "GET /2/users/by", anyone, ["users.read"])
      return try users(request, "usernames", "username")
    case (3, "by") where parts[1] == "username":
      try admit(request, "GET /2/users/by/username/:name", anyone, ["users.read"])
      return try user(request, "username", parts[2])
    case (1, _):
      try admit(request, "GET /2/users/:id", anyone, ["users.read"])
      return try user(request, "id", parts[0])
    case (2, _) where parts[1] == "mentions":
      let credential = try admit(
        request, "GET /2/users/:id/mentions", anyone, ["tweet.read", "users.read"])
      return try mentions(request, parts[0], isOwn: credential != .app)
    default: throw .notFound
    }
  }

  /// Authenticates and counts a request.
  @discardableResult
  mutating func admit(
    _ request: Request, _ route: String, _ allowed: [Credential], _ scopes: [String] = []
  ) throws(Problem) -> Credential {
    let credential = try authenticate(request, allowed, scopes: scopes)
    try count(route, credential)
    try Parameters.check(request, route)
    return credential
  }

  /// A request's body as JSON.
  static func body(_ request: Request) throws(Problem) -> JSON {
    do { return try JSON(parsing: request.body) } catch {
      throw .invalid("body", [], "Requests with bodies must have content-type of application/json.")
    }
  }

  /// A number among the parameters; thrown: that it is none, or too large or small.
  static func number(
    _ request: Request, _ name: String, _ range: ClosedRange<Int>, standard: Int
  ) throws(Problem) -> Int {
    guard let text = request.value(name) else { return standard }
    guard let number = Int(text), range.contains(number) else {
      throw .invalid(
        name, [text],
        "The `\(name)` query parameter value [\(text)] is not between \(range.lowerBound) and"
          + " \(range.upperBound)")
    }
    return number
  }
}
